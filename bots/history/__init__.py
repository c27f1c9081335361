"""Chat histories from files: each reader turns one kind of file into plain lines."""
