"""A Telegram on your own machine: a strict Bot API server and a page of phones."""
