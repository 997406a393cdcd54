"""The published marts and the reports made from them, as assets."""
