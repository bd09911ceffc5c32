"""The keyboards that a message may carry."""

from dataclasses import dataclass, field
from typing import Any

from bot.playground.entities import link_fault
from bot.playground.params import Params
from bot.playground.records import Button
from bot.playground.refusals import bad_request

_LONGEST_DATA = 64
_WIDEST = 8
_MOST = 100
_UNDRAWN = ("web_app", "login_url", "copy_text", "switch_inline_query")


@dataclass(frozen=True)
class Markup:
    """Inline buttons under the message, or a keyboard instead of the phone's own."""

    rows: list[list[Button]] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None


def read_markup(params: Params, *, inline_only: bool = False) -> Markup:
    """The keyboard of this call.

    Raises:
        Refusal: Telegram would not take it.
    """
    value = params.json("reply_markup")
    if value in (None, ""):
        return Markup()
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if value.get("keyboard"):
        keyboard = value | {"keyboard": _rows(value["keyboard"], "keyboard")}
        for key in (key for row in keyboard["keyboard"] for key in row):
            _check_key(key)
        found = Markup(keyboard=keyboard)
    elif "inline_keyboard" in value:
        found = Markup(rows=_inline(value["inline_keyboard"]))
    else:
        found = Markup(keyboard=value if value.get("remove_keyboard") else None)
    if inline_only and found.keyboard:
        raise bad_request("inline keyboard expected")
    return found


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(f'field "{name}" must be an Array of Arrays')
    rows = [row for row in value if row]
    if sum(map(len, rows)) > _MOST or any(len(row) > _WIDEST for row in rows):
        raise bad_request("reply markup is too long")
    return rows


def _check_key(key: Any) -> None:
    if not isinstance(key, str | dict):
        raise bad_request(
            "can't parse keyboard button: KeyboardButton must be a String or an Object"
        )
    if not (key if isinstance(key, str) else key.get("text")):
        raise bad_request("keyboard button text must be non-empty")


def _inline(value: Any) -> list[list[Button]]:
    named = "inline_keyboard"
    return [[_button(raw) for raw in row] for row in _rows(value, named)]


def _button(raw: Any) -> Button:
    if not isinstance(raw, dict):
        why = "InlineKeyboardButton must be an Object"
        raise bad_request(f"can't parse inline keyboard button: {why}")
    if not raw.get("text"):
        raise bad_request("inline keyboard button text must be non-empty")
    if "url" in raw:
        return _url_button(raw)
    data = raw.get("callback_data")
    if data is not None:
        if not 1 <= len(str(data).encode()) <= _LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        return Button(raw["text"], str(data), None, raw)
    if any(name in raw for name in _UNDRAWN):
        return Button(raw["text"], None, None, raw)
    why = "Text buttons are unallowed in the inline keyboard"
    raise bad_request(f"can't parse inline keyboard button: {why}")


def _url_button(raw: dict[str, Any]) -> Button:
    url = str(raw["url"])
    why = link_fault(url)
    if why:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {why}")
    return Button(raw["text"], None, url, raw)
