"""Two years of XX e-commerce: what really happened, and what is wrong in the systems' records of it."""
