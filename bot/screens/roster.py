"""The roster on the way in and out."""

from bot.screens.roster_reasons import column, reason

__all__ = ["column", "reason"]
