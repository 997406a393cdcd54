"""All that an extraction imports, so that a process forked from one that has it is killed at its work."""

from __future__ import annotations

import openpyxl  # noqa: F401
import psycopg2  # noqa: F401

import tests.faults.test_extraction_faults  # noqa: F401
