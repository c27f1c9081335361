"""Pretend verbs, to try the command line without starting anything."""
