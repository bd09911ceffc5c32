"""The rules of care: pure functions, with the time as an argument."""
