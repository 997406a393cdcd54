"""The published marts as an asset."""
