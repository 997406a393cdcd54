"""All that an extraction imports, so that a process forked from one that has it is killed at its work."""

from __future__ import annotations

import dlt.destinations
import dlt.sources.helpers.rest_client
import dlt.sources.sql_database  # noqa: F401
import openpyxl  # noqa: F401
import psycopg2  # noqa: F401

import tests.faults.test_killed_extraction  # noqa: F401
