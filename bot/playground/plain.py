"""What Telegram does to a text besides markup: trims it, and finds commands and links in it."""

import re

from bot.playground.entities import Entity, utf16_length

_FOUND = (
    (
        "bot_command",
        re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("url", re.compile(r"https?://[^\s<>\"'，。；：（）“”]*[^\s<>\"'，。；：（）“”.,;:!?)]")),
    ("phone_number", re.compile(r"(?<![\w+])(?:\+\d{7,15}|1[3-9]\d{9})(?!\w)")),
)
_CONTROL = {code: " " for code in range(32) if chr(code) != "\n"} | {ord("\r"): None}


def clean(text: str) -> str:
    """Control characters are spaces to Telegram."""
    return text.translate(_CONTROL)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at the ends; entities follow, and go when nothing is left of them."""
    left = len(text) - len(text.lstrip())
    whole = text.strip()
    size = utf16_length(whole)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - left, 0)
        end = min(entity["offset"] + entity["length"] - left, size)
        if begin < end:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return whole, kept


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities and the commands, links and phone numbers that the text itself shows."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if _hides(e)]
    found = list(entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            begin = utf16_length(text[: match.start()])
            end = begin + utf16_length(match[0])
            if all(end <= start or stop <= begin for start, stop in taken):
                found.append({"type": kind, "offset": begin, "length": end - begin})
                taken.append((begin, end))
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def _hides(entity: Entity) -> bool:
    return entity["type"] in {"code", "pre", "text_link", "text_mention"}
