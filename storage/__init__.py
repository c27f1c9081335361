"""Keeps things: the nouns, the promises, and the stores that keep them."""
