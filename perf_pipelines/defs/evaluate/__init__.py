"""Scores and grades as assets."""
