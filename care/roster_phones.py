"""Phone numbers as people write them, to E.164; one cell may hold more than one."""

import re
from functools import lru_cache
from unicodedata import normalize

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from care.roster_cells import plain
from care.roster_lines import Cell, Doubt, Reason

LABEL = re.compile(
    r"^(?:(?:手机|电话|座机|固话|联系电话|tel|phone|mobile)[号码]*\s*[:.]?\s*)", re.IGNORECASE
)
SEPARATOR = re.compile(r"\s*(?:[/、,;|\n]|或|\bor\b)\s*")
FILLING = re.compile(r"[\s\-‐‑–—.()·'_]+")
POWER = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
CHINA_MOBILE, MOST_DIGITS = 11, 12


def phones(cell: Cell, region: str) -> tuple[str, ...]:
    """The numbers in the cell, the one to call first."""
    written = plain(cell)
    if POWER.fullmatch(written):
        raise Doubt(Reason.PHONE_ROUNDED)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Doubt(Reason.PHONE_WORDS)
    text = "\n".join(normalize("NFKC", line) for line in written.split("\n"))
    parts = [part for part in SEPARATOR.split(text) if part]
    found = dict.fromkeys(one_phone(part, region) for part in parts)
    if not found:
        raise Doubt(Reason.PHONE_WORDS)
    return tuple(found)


@lru_cache(maxsize=20_000)
def _one_phone(text: str, region: str) -> str | Doubt:
    try:
        return _read(text, region)
    except Doubt as doubt:
        return doubt


def one_phone(text: str, region: str) -> str:
    """`text` as E.164. Seen again, it is not worked out again: elders share their phones."""
    found = _one_phone(text, region)
    if isinstance(found, Doubt):
        raise Doubt(found.reason, **found.facts)
    return found


def _read(text: str, region: str) -> str:
    digits = FILLING.sub("", LABEL.sub("", text.strip()))
    if not re.fullmatch(r"\+?\d+", digits, re.ASCII):
        raise Doubt(Reason.PHONE_WORDS)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if region == "CN" and not digits.startswith(("+", "86")):
        _check_chinese(digits, text)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as error:
        raise Doubt(_by_length(digits), digits=str(len(digits.lstrip("+")))) from error
    if not phonenumbers.is_valid_number(number):
        raise Doubt(_by_length(digits), digits=str(len(digits.lstrip("+"))))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _check_chinese(digits: str, text: str) -> None:
    """Ten digits are a mobile with one lost or a land line without its 0: we cannot know."""
    if not digits.startswith("0") and len(digits) < CHINA_MOBILE:
        raise Doubt(Reason.PHONE_TOO_SHORT, digits=str(len(digits)))
    if len(digits) > MOST_DIGITS:
        parts = re.split(r"[\s\-]+", text.strip())
        two = (
            any(len(part) >= CHINA_MOBILE - 1 for part in parts)
            and len(digits) >= CHINA_MOBILE * 2 - 4
        )
        reason = Reason.PHONE_TWO if two else Reason.PHONE_TOO_LONG
        raise Doubt(reason, digits=str(len(digits)))


def _by_length(digits: str) -> Reason:
    if len(digits.lstrip("+")) < CHINA_MOBILE - 1:
        return Reason.PHONE_TOO_SHORT
    return Reason.PHONE_TOO_LONG if len(digits) > MOST_DIGITS + 3 else Reason.PHONE_UNKNOWN


def written(phone: str, region: str) -> str:
    """A stored number as the office writes it: 13800138000, 028-85551234; abroad, in full."""
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return phone
    home = phonenumbers.country_code_for_region(region)
    if region != "CN" or number.country_code != home or not phonenumbers.is_valid_number(number):
        return phone
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
        return national.replace(" ", "")
    return national.replace(" ", "-", 1).replace(" ", "")
