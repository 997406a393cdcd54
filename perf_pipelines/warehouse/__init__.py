"""The engine: a DuckDB file that is built from the lake and the scheme, and dbt running on it."""
