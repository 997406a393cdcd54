"""Payroll files: what has been posted to the ledger, as a file for payroll, and that file against the ledger again."""
