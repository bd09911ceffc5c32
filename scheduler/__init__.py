"""The timed work: what is owed now and does not exist yet."""
