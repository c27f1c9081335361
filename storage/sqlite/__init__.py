"""The store by default: one SQLite file, one writer thread, many units a commit."""
