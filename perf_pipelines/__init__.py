"""A performance assessment (考核) as one closed, gated pipeline: raw rows to scores, pay and strategy."""
