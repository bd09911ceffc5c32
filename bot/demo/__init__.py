"""The demo: a community with a past, on a Telegram of this machine, to be tried in a web page."""

from bot.demo.serve import run

__all__ = ["run"]
