"""How fast and how large: `make bench` runs them all."""
