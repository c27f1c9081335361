"""What is true of the SQLite store alone: its file, its batches, its disturbances."""
