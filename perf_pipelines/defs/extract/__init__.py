"""Extraction as assets: one a source table."""
