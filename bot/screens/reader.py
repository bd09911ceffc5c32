"""Whose eyes a screen is drawn for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot.screen import Button
from bot.texts import Texts
from care.days import age_on, local_day
from care.refusals import NotYours
from storage.communities import settings_of, zone_of
from storage.members import Person
from storage.tables import Community, Elder

Facts = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """The chat a message stands in, and the member it is for (None in a group).

    `edits` says that a message stands there already and is changed in place.
    """

    tx: AsyncSession
    now: datetime
    tr: Texts
    chat: int
    person: Person | None
    community: Community | None
    bot_name: str
    edits: bool = False

    @property
    def me(self) -> Person:
        """The member the message is for.

        Raises:
            NotYours: the account is nobody any more.
        """
        if self.person is None:
            raise NotYours
        return self.person

    @property
    def station(self) -> Community:
        """The community the chat belongs to.

        Raises:
            NotYours: none.
        """
        if self.community is None:
            raise NotYours
        return self.community

    @property
    def today(self) -> date:
        """The local day."""
        return local_day(self.now, zone_of(self.station))

    @property
    def settings(self) -> Any:
        """The community's choices."""
        return settings_of(self.station)

    def back(self, label: str, data: str) -> tuple[Button, ...]:
        """A row with one button that leads back."""
        return (Button("‹ " + label, data),)

    def link(self, payload: str) -> str:
        """A link that opens a chat with the bot."""
        return f"https://t.me/{self.bot_name}?start={payload}"


def tap(*parts: object) -> str:
    """What a button sends back: a name and ids."""
    return ":".join(str(part) for part in parts)


BLANK = Markup("\n")


def lines(*parts: str) -> Markup:
    """Line by line; empty parts are left out, and `BLANK` makes an empty line."""
    return Markup("\n").join("" if part == BLANK else part for part in parts if part)


def paragraphs(*parts: str) -> Markup:
    """Parts with an empty line between them; empty parts are left out."""
    return Markup("\n\n").join(part for part in parts if part)


def beside(*parts: str | None) -> Markup:
    """Words in a row; empty ones leave no gap."""
    return Markup(" ").join(part for part in parts if part)


def age(reader: Reader, elder: Elder) -> Markup:
    """ "82岁", or nothing when the birth date is not written down."""
    years = age_on(reader.today, elder.birth_date)
    return reader.tr("{n} years old", n=years) if years is not None else Markup("")


def phone_of(reader: Reader, elder: Elder) -> Markup:
    """The number to tap, or what to do without one."""
    if elder.phone:
        return Markup("{}").format(spaced(elder.phone))
    return reader.tr("no phone, go to the door")


def spaced(number: str) -> str:
    """A number as people read it; Telegram makes it tappable."""
    digits = number.removeprefix("+86")
    if len(digits) == 11 and digits.startswith("1"):  # noqa: PLR2004 - a Chinese mobile
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return number.replace("+86", "0", 1) if number.startswith("+86") else number


def fitted(items: Iterable[T], size: Callable[[T], int], first: int, room: int) -> list[list[T]]:
    """Items on pages by the lines they take; there is always one page.

    Args:
        items: what is shown, in order; what is larger than a page has one of its own.
        size: lines of an item.
        first: lines that the first page has room for.
        room: lines on every other page.
    """
    found: list[list[T]] = [[]]
    left = first
    for one in items:
        if size(one) > left and not (left == room and not found[-1]):
            found.append([])
            left = room
        found[-1].append(one)
        left -= size(one)
    return found


def pages(total: int, page: int, size: int, *stem: object) -> tuple[Button, ...]:
    """Buttons to the page before and after, which say which one of how many that is."""
    found, last = [], -(-total // size)
    if page > 0:
        found.append(Button(f"◀ {page}/{last}", tap(*stem, page - 1)))
    if (page + 1) * size < total:
        found.append(Button(f"▶ {page + 2}/{last}", tap(*stem, page + 1)))
    return tuple(found)
