"""The group in the browser."""
