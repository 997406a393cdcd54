"""Dagster only: assets, checks, partitions, jobs and schedules, a folder a floor. The work is in plain functions."""
