"""Which building an elder lives in, from a column of its own or from the address."""

import re
from unicodedata import normalize

from care.roster_cells import clean

DIGITS = "零一二三四五六七八九"
NUMBER = r"[A-Za-z]?\d{1,4}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十]{1,3}"
BUILDING = re.compile(
    rf"(?<![0-9A-Za-z#~\-一二三四五六七八九十])({NUMBER})\s*(号楼|号栋|号幢|#楼|#栋|栋|幢|座)"
    rf"|\b(?:building|bldg\.?|block)\s*(?:no\.?\s*)?([A-Za-z]?\d{{1,4}}[A-Za-z]?|[A-Za-z])\b",
    re.IGNORECASE,
)
BARE = re.compile(rf"({NUMBER})\s*[#号]?")


def chinese_number(text: str) -> int | None:
    """十二 → 12; None if it is not a number under 100."""
    if len(text) == 1 and text in DIGITS:
        return DIGITS.index(text)
    tens, ten, ones = text.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1 or not set(tens + ones) <= set(DIGITS):
        return None
    return (DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0)


def _canonical(number: str, kind: str) -> str:
    arabic = chinese_number(number)
    shown = number.upper().lstrip("0") if arabic is None else str(arabic)
    return f"{shown}座" if kind == "座" else f"{shown}号楼"


def building_in(address: str) -> str | None:
    """The one building that `address` names; 12栋 and Building 12 are 12号楼."""
    found = {
        _canonical(match[1] or match[3], match[2] or "")
        for match in BUILDING.finditer(normalize("NFKC", address))
    }
    return found.pop() if len(found) == 1 else None


def building(text: str) -> str:
    """What stands in a column for buildings, in the one way we write it, or as it stands."""
    flat = normalize("NFKC", text).strip()
    if bare := BARE.fullmatch(flat):
        return _canonical(bare[1], "")
    if (match := BUILDING.fullmatch(flat)) is not None:
        return _canonical(match[1] or match[3], match[2] or "")
    return clean(text)


def compose(address: str | None, building: str | None, unit: str, door: str) -> str | None:
    """One address out of columns for building, unit and door."""
    if not unit and not door:
        return address
    parts = [address or building or ""]
    for part in (f"{unit}单元" if unit.isdecimal() else unit, door):
        if part and part not in parts[0]:
            parts.append(part)
    return " ".join(part for part in parts if part) or None
