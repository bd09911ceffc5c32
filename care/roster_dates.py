"""Birth dates as people write them, and what an identity number says."""

import math
import re
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from unicodedata import normalize

from stdnum.cn import ric

from care.elders import Sex
from care.roster_cells import is_blank, plain
from care.roster_lines import Cell, Doubt, Reason
from care.roster_places import chinese_number

YOUNGEST, OLDEST = 50, 120
EXCEL_ZERO = date(1899, 12, 30)
# below this Excel counts a 29 February 1900 that never was; nobody alive was born there anyway
FIRST_SERIAL = 61
YEARS = range(1880, 2101)
AGES = range(1, 131)

YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年\\,]\s*(\d{1,2})\s*[-/.月\\,]\s*(\d{1,2})\s*[日号]?")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-./]*([a-z]{3,9})\.?[\s\-./,]*(\d{4})")
MONTH_DAY = re.compile(r"([a-z]{3,9})\.?[\s\-./]*(\d{1,2})(?:st|nd|rd|th)?[\s\-./,]+(\d{4})")
NO_DAY = re.compile(
    r"\d{4}\s*年?|\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{6}\s*月|[a-z]{3,9}\.?[\s,]*\d{4}"
)
SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{6}")
AGE = re.compile(r"(?:年龄|age)?\s*:?\s*(\d{1,3})\s*(?:周?岁|years?(?: old)?|yrs?)?")
CHINESE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
LUNAR = re.compile(r"农历|阴历|旧历|闰|腊月|正月|初[一二三四五六七八九十]|lunar")
AFTER = re.compile(r"[\st](?:00:00(?::00)?(?:\.0+)?)$|\s*(?:出?生|\(?(?:公历|阳历|新历)\)?)$")
BEFORE = re.compile(r"^(?:公历|阳历|新历|生于|born)[:\s]*")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
EXACT_DIGITS = 15


def age(born: date, today: date) -> int:
    """Whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def birth_date(cell: Cell, today: date) -> date:
    """The birth date of somebody who may be in care today."""
    return alive(_any_date(cell, today), today)


def alive(born: date, today: date) -> date:
    """`born`, if an elder can have been born then."""
    if born > today:
        raise Doubt(Reason.BIRTH_IN_FUTURE)
    years = age(born, today)
    if years < YOUNGEST:
        raise Doubt(Reason.TOO_YOUNG, age=str(years), limit=str(YOUNGEST))
    if years > OLDEST:
        raise Doubt(Reason.TOO_OLD, age=str(years), limit=str(OLDEST))
    return born


def _any_date(cell: Cell, today: date) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= 10**EXACT_DIGITS:
            raise Doubt(Reason.DATE_UNKNOWN)
        return _from_number(float(cell), plain(cell), today)
    return from_text(plain(cell))


def _from_number(number: float, written: str, today: date) -> date:
    """Excel's serial number of a day, or digits that Excel took for a number."""
    if not number.is_integer():
        year = math.isfinite(number) and int(number) in YEARS
        raise Doubt(Reason.DATE_NO_DAY if year else Reason.DATE_UNKNOWN)
    if number in YEARS or number in AGES:
        raise Doubt(Reason.DATE_NO_DAY if number in YEARS else Reason.AGE_NOT_DATE)
    if FIRST_SERIAL <= number <= (today - EXCEL_ZERO).days:
        return EXCEL_ZERO + timedelta(days=int(number))
    return from_text(written)


def from_text(text: str) -> date:
    """A date in any notation that can be read in one way only."""
    flat = normalize("NFKC", text).casefold().strip()
    if LUNAR.search(flat):
        raise Doubt(Reason.DATE_LUNAR)
    flat = BEFORE.sub("", AFTER.sub("", AFTER.sub("", flat))).strip()
    if match := YEAR_FIRST.fullmatch(flat) or PACKED.fullmatch(flat):
        return _day(match[1], match[2], match[3])
    if match := YEAR_LAST.fullmatch(flat):
        return _either_order(match[1], match[2], match[3])
    if match := DAY_MONTH.fullmatch(flat):
        return _day(match[3], _month(match[2]), match[1])
    if match := MONTH_DAY.fullmatch(flat):
        return _day(match[3], _month(match[1]), match[2])
    if match := CHINESE.fullmatch(flat):
        return _chinese_day(match[1], match[2], match[3])
    raise Doubt(_why_unclear(flat))


def _why_unclear(flat: str) -> Reason:
    if SHORT_YEAR.fullmatch(flat):
        return Reason.DATE_SHORT_YEAR
    if (match := AGE.fullmatch(flat)) and int(match[1]) in AGES:
        return Reason.AGE_NOT_DATE
    if NO_DAY.fullmatch(flat):
        return Reason.DATE_NO_DAY
    return Reason.DATE_UNKNOWN


def _day(year: str, month: str, day: str) -> date:
    if not MINYEAR <= int(year) <= MAXYEAR:
        raise Doubt(Reason.NO_SUCH_DAY)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Doubt(Reason.NO_SUCH_DAY) from None


def _either_order(first: str, second: str, year: str) -> date:
    """25/3/1948 has no second reading; 3/5/1948 has one."""
    months = range(1, 13)
    if int(first) in months and int(second) in months and int(first) != int(second):
        raise Doubt(Reason.DATE_ORDER)
    return _day(year, second, first) if int(second) in months else _day(year, first, second)


def _month(word: str) -> str:
    for number, name in enumerate(MONTHS, start=1):
        if name.startswith(word):
            return str(number)
    raise Doubt(Reason.DATE_UNKNOWN)


def _chinese_day(year: str, month: str, day: str) -> date:
    digits = year.translate(str.maketrans("〇○零一二三四五六七八九", "000123456789"))
    return _day(digits, str(chinese_number(month) or 0), str(chinese_number(day) or 0))


def identity(cell: Cell, today: date) -> tuple[date, Sex]:
    """Birth date and sex from an 18-digit identity number.

    Its check digit and date are verified, its place is not: districts are renamed, and an elder's
    number is of an age at which python-stdnum's list knows half of them only by later names.
    """
    number = "".join(normalize("NFKC", plain(cell)).upper().replace("-", "").split()).lstrip("'")
    rounded = isinstance(cell, float | int) and len(number) > EXACT_DIGITS
    if rounded or re.fullmatch(r"[\d.]+E\+?\d+", number):
        raise Doubt(Reason.IDENTITY_ROUNDED)
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        raise Doubt(Reason.IDENTITY_OLD)
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise Doubt(Reason.IDENTITY_LENGTH, length=str(len(number)))
    if number[-1] != ric.calc_check_digit(number):
        raise Doubt(Reason.IDENTITY_CHECK)
    try:
        born = ric.get_birth_date(number)
    except (ric.InvalidComponent, ValueError):
        raise Doubt(Reason.IDENTITY_DATE) from None
    return alive(born, today), Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def looks_like_identity(cell: Cell) -> bool:
    """An identity number, perhaps with a slip in it, rather than a date."""
    return not is_blank(cell) and bool(
        re.fullmatch(r"\d{15}|\d{16,18}[Xx]?", normalize("NFKC", plain(cell)).replace(" ", ""))
    )
