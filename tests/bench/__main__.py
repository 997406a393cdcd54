"""``python -m tests.bench``: the small month, many employees, many personal files, the large shop; or a part of it."""

from __future__ import annotations

import argparse

from tests.bench.beside import beside
from tests.bench.crm_month import crm_month
from tests.bench.large_shop import large_shop
from tests.bench.many_employees import many_employees
from tests.bench.many_files import many_files

PARTS = {"month": crm_month, "employees": many_employees, "files": many_files}

parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
parser.add_argument("--orders", type=int, default=20_000_000, help="of the large shop, in its twelve months")
parser.add_argument("--only", choices=[*PARTS, "shop"], help="one part alone")
parser.add_argument("--beside", metavar="COMMIT", help="instead: make demo and make test, beside those of a commit")
asked = parser.parse_args()
if asked.beside:
    beside(asked.beside)
else:
    for name, part in PARTS.items():
        if asked.only in {None, name}:
            part()
    if asked.only in {None, "shop"}:
        large_shop(asked.orders)
