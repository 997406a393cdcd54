"""Business systems, and the way of their rows into the lake."""
