"""Years of a community in minutes: the real program on a clock of its own, and all that fails."""
