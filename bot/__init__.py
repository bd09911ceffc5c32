"""The conversation: what people see and press, and the entry point that starts everything."""
