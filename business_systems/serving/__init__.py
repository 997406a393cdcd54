"""The servers of the simulated business systems: PostgreSQL, HTTP and files, all read at one clock."""
