"""How a company assesses: goals, KPIs, weights, targets, rules, grades, bonus. No Dagster, no SQL."""
