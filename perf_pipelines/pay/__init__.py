"""From proposed payouts to the ledger: two people approve, what is posted stays, a correction pays the difference."""
