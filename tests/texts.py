"""`make texts`: which texts the program asks for, and which of them a catalogue still lacks.

Prints, per source file, ready-to-fill stanzas for what is missing, and what no source asks for.
"""

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from bot.texts import LOCALES

ROOT = LOCALES.parent.parent
KEYWORDS: Mapping[str, Any] = {"tr": None, "many": (1, 2), "of": ((1, "c"), 2)}
TAKES = {"tr": 1, "many": 2, "of": 2}
BUTTON = "button"
CATALOGUE_OF = {
    "call_list": "calls", "contact_entry": "contacts", "contact_fixes": "contacts",
    "follow_ups": "calls", "cadence": "ledger",
    "forms": "menu", "routes": "menu", "__init__": "screens", "roster_reasons": "roster",
    "exits": "pauses", "door": "visits", "leave": "visits", "week": "visits",
    "week_visit": "visits", "presence": "visits", "visit_files": "visits", "visit_words": "visits",
    "visit_time": "visits", "late_visits": "visits", "sign_in": "visits",
    "hours_words": "hours", "hours_entries": "hours",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One place at which a text is asked for; `other` is its plural."""

    path: Path
    line: int
    context: str | None
    text: str
    other: str | None
    button: bool

    @property
    def key(self) -> tuple[str | None, str]:
        """What gettext looks it up by."""
        return self.context, self.text

    @property
    def catalogue(self) -> str:
        """The catalogue file in which its translation belongs."""
        return CATALOGUE_OF.get(self.path.stem, self.path.stem) + ".po"


class NotWrittenOut(Exception):
    """A text is asked for by a name or an expression: nobody can translate that."""


def sources() -> list[Path]:
    """Every file that may ask for texts."""
    return sorted((ROOT / "bot").rglob("*.py"))


@cache
def asked() -> tuple[Asked, ...]:
    """Every text that is asked for anywhere."""
    return tuple(one for path in sources() for one in asked_in(path.read_bytes(), path))


def asked_in(source: bytes, path: Path) -> Iterator[Asked]:
    """The texts that one file asks for."""
    method: Any = _calls  # Babel's types know only the shape of its results, not of extractors
    for line, found, comments, context in extract(method, BytesIO(source), dict(KEYWORDS)):
        text, other = (found[0], found[1]) if isinstance(found, tuple) else (found, None)
        yield Asked(path, line, context or None, text, other, BUTTON in comments)


def _calls(
    fileobj: IO[bytes],
    _keywords: Collection[str],
    _tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[int, str, tuple[str, ...], list[str]]]:
    """What Babel asks of an extractor. Reads the tree: no way of writing a call is missed."""
    tree = ast.parse(fileobj.read())
    labels = {id(node) for label in _labels(tree) for node in ast.walk(label)}
    for node in ast.walk(tree):
        name = _keyword(node)
        if name and isinstance(node, ast.Call):
            comments = [BUTTON] if id(node) in labels else []
            for texts in _written(node, TAKES[name]):
                yield node.lineno, name, texts, comments


def _keyword(node: ast.AST) -> str | None:
    """Which of tr, many, of is called: `tr(…)`, `reader.tr(…)`, `tr.many(…)`, `turn.tr.of(…)`."""
    if not isinstance(node, ast.Call):
        return None
    if _is_tr(node.func):
        return "tr"
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in {"many", "of"} and _is_tr(func.value):
        return func.attr
    return None


def _is_tr(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == "tr") or (
        isinstance(node, ast.Attribute) and node.attr == "tr"
    )


def _written(call: ast.Call, count: int) -> Iterable[tuple[str, ...]]:
    """The texts of one call; two when it chooses between two."""
    match call.args[:count]:
        case [ast.IfExp(body=ast.Constant(value=str(yes)), orelse=ast.Constant(value=str(no)))]:
            return [(yes,), (no,)]
        case [ast.Constant(value=str(text))]:
            return [(text,)]
        case [ast.Constant(value=str(first)), ast.Constant(value=str(second))]:
            return [(first, second)]
    raise NotWrittenOut(f"line {call.lineno}: {ast.unparse(call)}")


def _labels(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything in which a text becomes the label of a button."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in {"Button", "Option", "back"}:
                yield from node.args
            yield from (one.value for one in node.keywords if one.arg in {"skip", "ask_contact"})


def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language by file name."""
    found = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.name] = read_po(file, locale=language)
    return found


def entries(language: str) -> list[tuple[str, Message]]:
    """Every translation with the file it stands in."""
    return [
        (name, message)
        for name, catalogue in catalogues(language).items()
        for message in catalogue
        if message.id
    ]


def key_of(message: Message) -> tuple[str | None, str]:
    """What gettext looks a translation up by."""
    one = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return message.context or None, one


def strings_of(message: Message) -> list[str]:
    """The translation; several where the language has several plural forms."""
    found = message.string
    return list(found) if isinstance(found, tuple | list) else [found or ""]


def missing(language: str) -> list[Asked]:
    """Texts without a translation, each where it is first asked for."""
    known = {
        key_of(message)
        for _, message in entries(language)
        if all(strings_of(message)) and not message.fuzzy
    }
    found: dict[tuple[str | None, str], Asked] = {}
    for one in asked():
        if one.key not in known:
            found.setdefault(one.key, one)
    return list(found.values())


def stale(language: str) -> list[tuple[str, Message]]:
    """Translations of texts that nobody asks for any more."""
    wanted = {one.key for one in asked()}
    return [(name, message) for name, message in entries(language) if key_of(message) not in wanted]


def stanzas(language: str, wanted: Iterable[Asked]) -> str:
    """Empty entries to be filled in."""
    catalogue = Catalog(locale=language)
    for one in wanted:
        catalogue.add((one.text, one.other) if one.other else one.text, context=one.context)
    out = BytesIO()
    write_po(out, catalogue, width=0, omit_header=True)
    return out.getvalue().decode().strip()


def report(language: str) -> list[str]:
    """What is to be done, as lines; none when nothing is."""
    lacking, found = missing(language), []
    for path in dict.fromkeys(one.path for one in lacking):
        mine = [one for one in lacking if one.path == path]
        target = (LOCALES / language / mine[0].catalogue).relative_to(ROOT)
        found.append(f"# {path.relative_to(ROOT)}: {len(mine)} missing, for {target}\n")
        found.append(stanzas(language, mine) + "\n")
    for name, message in stale(language):
        found.append(f"# {language}/{name}: nobody asks for {message.id!r} any more")
    return found


def main(language: str = "zh_CN") -> int:
    """Say what is to be done; 1 when there is something."""
    found = report(language)
    count = len({one.key for one in asked()})
    sys.stdout.write("\n".join(found or [f"{language}: all {count} texts are there."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
