"""What closing a month costs. Run by `make bench`; no test asserts a time."""
