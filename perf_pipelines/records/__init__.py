"""What people decide and must never be lost; nothing here is computed, and nothing here is ever deleted."""
