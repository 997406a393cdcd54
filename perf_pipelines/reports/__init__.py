"""What people read, made from the published marts alone."""
