"""From what a car reports to what its driver is told."""
