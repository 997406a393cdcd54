"""Payout, score table and strategy review as assets."""
