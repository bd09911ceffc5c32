"""What the judge looks at, and the thirteen invariants, a file for what belongs together."""
