"""The store by default: one SQLite file, one writer thread, many units a commit."""

DATABASE = "carclub.db"
"""The file's name in the data folder."""
