"""What the judge looks at, and the twelve invariants, a file for what belongs together."""
