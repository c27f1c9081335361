"""The stores under test."""

from tests.support.stores import shelf, store

__all__ = ["shelf", "store"]
