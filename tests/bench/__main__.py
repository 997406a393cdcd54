"""``python -m tests.bench [--orders N]``: the small month, many employees, many personal files, the large shop."""

from __future__ import annotations

import argparse

from tests.bench.crm_month import crm_month
from tests.bench.large_shop import large_shop
from tests.bench.many_employees import many_employees
from tests.bench.many_files import many_files

parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
parser.add_argument("--orders", type=int, default=20_000_000, help="of the large shop, in its twelve months")
asked = parser.parse_args()
crm_month()
many_employees()
many_files()
large_shop(asked.orders)
