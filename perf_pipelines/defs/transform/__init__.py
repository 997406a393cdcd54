"""Inputs, KPI models and facts as assets."""
