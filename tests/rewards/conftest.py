"""The store that the rules' postings are kept in."""

from tests.support.stores import shelf, store

__all__ = ["shelf", "store"]
