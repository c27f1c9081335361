"""The program is killed while its groups are busy: `python -m tests.end_to_end.killed`."""
