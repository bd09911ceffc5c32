"""What people read: gettext catalogues, escaped for Telegram's HTML, dates as people say them."""

from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = ("zh_CN", "en")
DAY_FORMAT = {"zh_CN": "M月d日 EEE", "en": "EEE d MMM"}
DATE_FORMAT = {"zh_CN": "yyyy年M月d日", "en": "d MMM yyyy"}


def read_language(language: str) -> Catalog:
    """All catalogues of a language, one per subject, as one."""
    whole = Catalog(locale=language)
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole[message.id] = message
    return whole


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of `language`; compiled in memory, so no stale .mo file can exist."""
    compiled = BytesIO()
    write_mo(compiled, read_language(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose_language(*wishes: str | None, default: str = "zh_CN") -> str:
    """The first wish we speak; Telegram's codes ("zh-hans", "en-GB") are understood."""
    for wish in wishes:
        if wish and wish.lower().startswith("zh"):
            return "zh_CN"
        if wish and wish.lower().startswith("en"):
            return "en"
    return default


@cache
def locale_of(language: str) -> Locale:
    """Babel's; it would read the name anew for every date."""
    return Locale.parse(language)


class Texts:
    """One reader's language and zone. Calling it translates; every fact put in is escaped."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = choose_language(language)
        self.zone = zone
        self._texts = catalogue(self.language)

    def __call__(self, message: str, **facts: Any) -> Markup:
        """`message` in the reader's language, with `{facts}` put in."""
        return self._fill(self._texts.gettext(message), facts)

    def of(self, context: str, message: str, **facts: Any) -> Markup:
        """Like calling, where one English word has several meanings."""
        return self._fill(self._texts.pgettext(context, message), facts)

    def many(self, one: str, other: str, n: int, **facts: Any) -> Markup:
        """The form that fits the number; `{n}` is filled in."""
        return self._fill(self._texts.ngettext(one, other, n), {"n": n, **facts})

    def time(self, moment: datetime) -> str:
        """Local time of day, "08:30"."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def day(self, day: date | datetime) -> str:
        """A day of this year, "11月23日 周一"."""
        return self._format(day, DAY_FORMAT)

    def full_day(self, day: date | datetime) -> str:
        """A day with its year, "2026年11月23日"."""
        return self._format(day, DATE_FORMAT)

    def _format(self, day: date | datetime, formats: dict[str, str]) -> str:
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        return format_date(day, formats[self.language], locale=locale_of(self.language))

    @staticmethod
    def _fill(message: str, facts: dict[str, Any]) -> Markup:
        return Markup(message).format(**facts) if facts else Markup(message)  # noqa: S704 - catalogue text is ours
