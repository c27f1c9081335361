"""Pure: words to facts, facts to answers. No clock, disk, network or dice."""
