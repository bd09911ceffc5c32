"""Reading one cell: text, yes or no, sex, tier, building. Never raises anything but `Doubt`."""

import math
import re
from datetime import date, datetime, time, timedelta
from unicodedata import normalize

from care.elders import Sex, Tier
from care.roster_lines import Cell, Doubt, Reason
from care.roster_words import (
    BLANK,
    FLAG_NO,
    FLAG_YES,
    NO,
    NONE,
    NOT_ASSESSED,
    SEXES,
    TIERS,
    YES,
)

UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
QUOTED = re.compile(r'="([^"]*)"')
BROKEN = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
LONG_NUMBER = re.compile(r"\d{13,}[0-9Xx]{2,}")
IDENTITY = re.compile(r"(?<![0-9])[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx](?![0-9])")
BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
LISTED = re.compile(r"[、,;/+|()\[\]·]+")
SHOWN = 40
LENGTHS = {"name": 40, "number": 40, "remark": 1000, "door_hint": 500, "address": 300}
LENGTH = 100


def clean(text: str) -> str:
    """What a person sees in the cell: no invisible characters, no blanks to spare."""
    if text.isprintable():
        line = " ".join(text.split())
    else:
        lines = (" ".join(line.split()) for line in UNSEEN.sub("", text).splitlines())
        line = "\n".join(part for part in lines if part)
    if line.startswith('="') and (quoted := QUOTED.fullmatch(line)):
        return quoted[1].strip()
    return line


def plain(cell: Cell) -> str:
    """Any cell as text. Excel keeps every number as a float; 12.0 was typed as 12."""
    match cell:
        case str():
            return clean(cell)
        case bool():
            return str(cell).upper()
        case float():
            return _plain_float(cell)
        case datetime():
            return _plain_moment(cell)
        case date() | time():
            return cell.isoformat()
    return "" if cell is None else str(cell)


def _plain_float(number: float) -> str:
    if not math.isfinite(number):
        return ""
    return f"{number:.0f}" if number.is_integer() else repr(number)


def _plain_moment(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")


def key(text: str) -> str:
    """`text` for comparing: half-width, small letters, no blanks at all."""
    return "".join(normalize("NFKC", clean(text)).casefold().split())


def number_key(text: str) -> str:
    """A file number for comparing; Excel likes to take the zeros off 007."""
    folded = key(text)
    return folded.lstrip("0") or "0" if folded.isdecimal() else folded


def is_blank(cell: Cell) -> bool:
    """The cell says nothing, in no words or in some ("unknown")."""
    text = plain(cell)
    return not text or key(text) in BLANK


def is_none(cell: Cell) -> bool:
    """The cell says that there is none."""
    return key(plain(cell)) in NONE


def mask(text: str) -> str:
    """`text` without any identity number that may stand in it."""
    return LONG_NUMBER.sub(lambda found: "*" * (len(found[0]) - 2) + found[0][-2:], text)


def shown(cell: Cell) -> str:
    """The cell as a problem may quote it."""
    text = mask(normalize("NFKC", plain(cell))).replace("\n", " ")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def text(cell: Cell, field: str) -> str:
    """Free text. An identity number in it is not ours to keep."""
    if isinstance(cell, date | time | timedelta) and field != "remark":
        raise Doubt(Reason.BECAME_DATE)
    value = plain(cell)
    if BROKEN.match(value):
        raise Doubt(Reason.CELL_ERROR)
    limit = LENGTHS.get(field, LENGTH)
    if len(value) > limit:
        raise Doubt(Reason.TOO_LONG, limit=str(limit), length=str(len(value)))
    return IDENTITY.sub(lambda found: mask(found[0]), value)


def name(cell: Cell) -> str:
    """A person's name; 王　芳, spread out to be as wide as three characters, is 王芳."""
    value = BETWEEN_CHINESE.sub("", text(cell, "name").replace("\n", " "))
    if is_none(value):
        raise Doubt(Reason.NO_NAME)
    if not any(letter.isalpha() for letter in value) or re.search(r"\d{4}", value):
        raise Doubt(Reason.NOT_A_NAME)
    return value


def file_number(cell: Cell) -> str:
    """The number of somebody's file at the station."""
    value = text(cell, "number")
    if IDENTITY.search(normalize("NFKC", plain(cell))):
        raise Doubt(Reason.IDENTITY_AS_NUMBER)
    return value


def sex(cell: Cell) -> Sex:
    """男, female …; 1 and 2 mean different things in different offices."""
    if found := SEXES.get(key(plain(cell))):
        return found
    raise Doubt(Reason.SEX_UNKNOWN)


def tier(cell: Cell) -> Tier | None:
    """红, 高风险, "红 (高风险)" …; None where it says "not assessed yet"."""
    word = key(plain(cell))
    if word in NOT_ASSESSED:
        return None
    found = {TIERS.get(part) for part in LISTED.split(word) if part}
    one = found.pop() if len(found) == 1 else None
    if one is None:
        raise Doubt(Reason.TIER_UNKNOWN)
    return one


def flag(cell: Cell, field: str) -> bool:
    """Yes or no, or a word that can mean nothing else in this column."""
    if isinstance(cell, bool):
        return cell
    word = key(plain(cell))
    if word in YES or word in NO:
        return word in YES
    parts = {part for part in LISTED.split(word) if part}
    if parts and parts <= FLAG_YES[field]:
        return True
    if parts and parts <= FLAG_NO[field]:
        return False
    raise Doubt(Reason.FLAG_UNKNOWN)
