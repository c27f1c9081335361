"""Pure rules of points: no clock, disk, network or dice of their own."""
