"""The parameters of one call: text from a form, values from JSON, and files beside them."""

import json
from collections.abc import Mapping
from typing import Any

from bot.playground.refusals import bad_request

Upload = tuple[str, bytes]
_IN_JSON = {
    "allowed_updates",
    "caption_entities",
    "commands",
    "entities",
    "media",
    "menu_button",
    "message_ids",
    "reply_markup",
    "reply_parameters",
    "scope",
}
_WHOLE = {"chat_id", "limit", "message_id", "offset", "timeout", "user_id"}


class Params:
    """What the bot sent, read the way Telegram reads it."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload]) -> None:
        self.values = {name: _decoded(name, value) for name, value in values.items()}
        self.files = files

    def text(self, name: str) -> str:
        """A string; empty when absent.

        Raises:
            Refusal: it is not text that can be written as UTF-8.
        """
        value = self.values.get(name)
        text = "" if value is None else str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default when absent or not one."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def number(self, name: str) -> float | None:
        """A number, or nothing."""
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        """A yes or no; no when absent."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """A structure, or None when absent."""
        return self.values.get(name)


def _decoded(name: str, value: Any) -> Any:
    if name in _WHOLE and isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if name not in _IN_JSON or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None
