"""Telegram's HTML: plain text and entities out of it, or Telegram's own complaint about it."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.playground.refusals import Refusal, bad_request

Entity = dict[str, Any]

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SPACE = " \t\r\n\v\0"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_ATTRIBUTE_END = _SPACE + "=>/\"'"


def utf16_length(text: str) -> int:
    """How long Telegram says the text is."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)  # noqa: PLR2004 - last BMP character


def checked_link(url: str) -> str:
    """The link as Telegram would keep it, or nothing when it would drop it."""
    return "" if link_fault(url) else url


def link_fault(url: str) -> str:
    """Why Telegram would not take this link; nothing when it would."""
    scheme, separator, _ = url.partition(":")
    if separator and scheme.lower() in {"tg", "ton", "tonsite"}:
        return ""
    if separator and scheme.isalpha() and scheme.lower() not in {"http", "https", "localhost"}:
        return "Unsupported URL protocol"
    try:
        host = urlsplit(url if "://" in url else f"http://{url}").hostname or ""
    except ValueError:
        return "Wrong HTTP URL"
    return "" if "." in host or ":" in host else "Wrong HTTP URL"


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    begun: int


class _Reader:
    """Reads one text from left to right, remembering the tags that are still open."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.html):
            character = self.peek()
            if character == "<":
                self.end_tag() if self.peek(1) == "/" else self.start_tag()
            elif character == "&":
                self.emit(self.reference() or self.take())
            else:
                self.emit(self.take())
        if self.open:
            tag = self.open[-1].tag
            raise _fault(f'Can\'t find end tag corresponding to start tag "{tag}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.out), self.entities

    def peek(self, ahead: int = 0) -> str:
        """One character; past the end a NUL, which counts as space."""
        at = self.at + ahead
        return self.html[at] if at < len(self.html) else "\0"

    @property
    def ended(self) -> bool:
        return self.at >= len(self.html)

    def take(self) -> str:
        self.at += 1
        return self.html[self.at - 1]

    def take_until(self, stops: str) -> str:
        begun = self.at
        while self.peek() not in stops:
            self.at += 1
        return self.html[begun : self.at]

    def skip_space(self) -> None:
        while not self.ended and self.peek() in _SPACE:
            self.at += 1

    def emit(self, character: str) -> None:
        self.out.append(character)
        self.offset += utf16_length(character)

    def byte(self, at: int) -> int:
        return len(self.html[:at].encode())

    def reference(self) -> str:
        """The character that `&…;` stands for; nothing when it stands for itself."""
        found = _CHARACTER.match(self.html, self.at)
        if not found:
            return ""
        hexadecimal, decimal, name = found.groups()
        if name:
            character = _NAMED.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the range Unicode reserves
            character = chr(code) if 0 < code < 0x10FFFF and not surrogate else ""  # noqa: PLR2004
        if character:
            self.at = found.end()
        return character

    def start_tag(self) -> None:
        begun = self.at
        self.at += 1
        tag = self.take_until(_SPACE + ">").lower()
        if self.ended:
            raise _fault(f"Unclosed start tag at byte offset {self.byte(begun)}")
        if tag not in _KINDS:
            raise _fault(f'Unsupported start tag "{tag}" at byte offset {self.byte(begun)}')
        argument = ""
        while self.peek() != ">":
            argument = self.attribute(tag, begun) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            at = self.byte(begun)
            raise _fault(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.open.append(_Open(tag, argument, self.offset, len(self.out)))

    def attribute(self, tag: str, begun: int) -> str:
        self.skip_space()
        if self.peek() == ">":
            return ""
        name = self.take_until(_ATTRIBUTE_END)
        if not name:
            where = f'in the tag "{tag}" at byte offset {self.byte(begun)}'
            raise _fault(f"Empty attribute name {where}")
        self.skip_space()
        unclosed = _fault(f'Unclosed start tag "{tag}" at byte offset {self.byte(begun)}')
        if self.ended:
            raise unclosed
        if self.peek() != "=":
            return _argument(tag, name, "")
        self.at += 1
        self.skip_space()
        if self.ended:
            raise unclosed
        value = self.quoted() if self.peek() in "'\"" else self.bare()
        if self.ended:
            raise _fault(f"Unclosed start tag at byte offset {self.byte(begun)}")
        return _argument(tag, name, value)

    def bare(self) -> str:
        begun = self.at
        while self.peek().isascii() and (self.peek().isalnum() or self.peek() in ".-"):
            self.at += 1
        if self.peek() not in _SPACE + ">":
            raise _fault(f"Unexpected end of name token at byte offset {self.byte(begun)}")
        return self.html[begun : self.at].lower()

    def quoted(self) -> str:
        quote = self.take()
        value = []
        while not self.ended and self.peek() != quote:
            value.append((self.reference() if self.peek() == "&" else "") or self.take())
        if not self.ended:
            self.at += 1
        return "".join(value)

    def end_tag(self) -> None:
        begun = self.at
        if not self.open:
            raise _fault(f"Unexpected end tag at byte offset {self.byte(begun)}")
        self.at += 2
        found = self.take_until(_SPACE + ">").lower()
        self.skip_space()
        if self.peek() != ">":
            raise _fault(f"Unclosed end tag at byte offset {self.byte(begun)}")
        self.at += 1
        opened = self.open.pop()
        if found not in {"", opened.tag}:
            where = f"Unmatched end tag at byte offset {self.byte(begun)}"
            raise _fault(f'{where}, expected "</{opened.tag}>", found "</{found}>"')
        if self.offset > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _KINDS[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.tag == "a":
            entity = _link(entity, opened.argument or "".join(self.out[opened.begun :]))
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in {"pre", "code"} and self.joins_inner(entity, opened):
            return
        elif opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        if entity:
            self.entities.append(entity)

    def joins_inner(self, entity: Entity, opened: _Open) -> bool:
        """`<pre><code class=…>` is one entity, whichever is outside."""
        inner = self.entities[-1] if self.entities else {}
        same = all(inner.get(key) == entity[key] for key in ("offset", "length"))
        language = inner.get("language") or opened.argument
        if not same or not language or {inner.get("type"), opened.tag} != {"pre", "code"}:
            return False
        inner |= {"type": "pre", "language": language}
        return True


def _argument(tag: str, name: str, value: str) -> str:
    if tag == "a" and name == "href":
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "1" if tag == "blockquote" and name == "expandable" else ""


def _link(entity: Entity, url: str) -> Entity:
    user = re.fullmatch(r"tg://user\?id=(\d+)", url)
    if user:
        return entity | {"type": "text_mention", "user_id": int(user[1])}
    return entity | {"url": url} if checked_link(url) else {}


def _fault(why: str) -> Refusal:
    return bad_request(f"can't parse entities: {why}")


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Plain text and entities with UTF-16 offsets.

    Raises:
        Refusal: the tags are not what Telegram takes.
    """
    text, entities = _Reader(html).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
