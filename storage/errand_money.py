"""The book of an errand's money: rows are only ever added; two sides say what passed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Viewer, may
from care.days import local_day
from care.errand_money import (
    MOST_FEN,
    OUTSTANDING,
    Difference,
    Entry,
    Flow,
    Side,
    WrongSum,
    differences,
    may_correct,
    side_of,
    to_tell,
)
from care.errands import Part
from care.refusals import NotYours, Stale
from storage import errands
from storage.communities import settings_of, zone_of
from storage.elders import tie_of
from storage.errands import Whole
from storage.once import changed, insert_once
from storage.tables import Community, Elder, Errand, ErrandMoney, ErrandPhoto


@dataclass(frozen=True)
class Book:
    """An errand with its money.

    Attributes:
        part: what the viewer has to do with it; `claimer` for everybody who ever had it in hand
            and money with it.
    """

    whole: Whole
    part: Part
    rows: list[ErrandMoney]

    @property
    def holders(self) -> list[int]:
        """Everybody who ever had it in hand and money with it; whoever has it now is the last."""
        now = self.whole.errand.claimed_by
        before = dict.fromkeys(one.holder_id for one in self.rows if one.holder_id != now)
        return [*before, *([] if now is None else [now])]

    @property
    def entries(self) -> list[Entry]:
        """The rows as the rules see them."""
        return [entry_of(one) for one in self.rows]

    @property
    def differences(self) -> list[Difference]:
        """What does not add up."""
        return faults_of(self.rows, self.whole.errand)


def entry_of(row: ErrandMoney) -> Entry:
    """A row as the rules see it."""
    receipt = row.photo_id is not None
    return Entry(row.id, row.holder_id, row.flow, row.side, row.fen, row.corrects, receipt)


def faults_of(rows: list[ErrandMoney], errand: Errand) -> list[Difference]:
    """What does not add up in these rows of an errand."""
    return differences([entry_of(one) for one in rows], errand.budget_fen)


async def rows_of(tx: AsyncSession, errand_id: int) -> list[ErrandMoney]:
    """Every row of an errand, the first first."""
    found = await tx.scalars(
        select(ErrandMoney).where(ErrandMoney.errand_id == errand_id).order_by(ErrandMoney.id)
    )
    return list(found)


async def access_book(tx: AsyncSession, viewer: Viewer, errand_id: int) -> Book:
    """The money of an errand, for both sides and the staff who look after the elder.

    Also of somebody who is in care no more, for the staff: money has to be put right all the same.

    Raises:
        NotYours: absent, or not for this viewer.
    """
    whole = await errands.load(tx, viewer.community_id, errand_id)
    rows = await rows_of(tx, errand_id)
    tie = await tie_of(tx, viewer, whole.elder)
    holders = {whole.errand.claimed_by, *(one.holder_id for one in rows)}
    here = whole.elder.exited_at is None
    part = Part(
        asker=whole.errand.asked_by == viewer.member_id,
        claimer=viewer.member_id in holders,
        keeper=may(viewer, Right.CHANGE, tie),
        receiver=here and (tie.family or tie.self_),
    )
    if not (part.claimer or part.keeper or part.receiver):
        raise NotYours
    return Book(whole, part, rows)


@dataclass(frozen=True)
class Said:
    """What somebody says of money.

    Attributes:
        for_volunteer: they speak as the one who does the errand, not for whoever pays.
        holder: of whose hand they speak; None: whoever has the errand, or did it.
        key: one tap is one row, however often it is delivered.
        corrects: the row it stands in place of, with a reason.
    """

    flow: Flow
    fen: int
    key: str
    for_volunteer: bool
    holder: int | None = None
    photo_id: int | None = None
    corrects: int | None = None
    reason: str | None = None


async def say(
    tx: AsyncSession, now: datetime, viewer: Viewer, errand_id: int, said: Said
) -> ErrandMoney:
    """Add a row to the book; said again under the same key, it is the row that is there.

    Raises:
        NotYours: the viewer does not speak for that side.
        Stale: nobody has the errand, or what is to be corrected stands no more.
        WrongSum: negative, or more than any errand costs.
    """
    if not 0 <= said.fen <= MOST_FEN:
        raise WrongSum(said.fen)
    book = await access_book(tx, viewer, errand_id)
    side = side_of(said.flow, book.part, for_volunteer=said.for_volunteer)
    if side is None:
        raise NotYours
    holder = _holder(book, viewer, said, side)
    if said.corrects is not None:
        _check_correction(book, said, side, holder)
    await _check_photo(tx, errand_id, said)
    whole = book.whole
    station = await tx.get_one(Community, whole.errand.community_id)
    new = await insert_once(
        tx,
        ErrandMoney,
        community_id=station.id,
        errand_id=errand_id,
        elder_id=whole.elder.id,
        holder_id=holder,
        flow=said.flow,
        side=side,
        fen=said.fen,
        by_id=viewer.member_id,
        day=local_day(now, zone_of(station)),
        at=now,
        photo_id=said.photo_id,
        corrects=said.corrects,
        reason=said.reason,
        key=said.key,
    )
    row = await tx.scalar(
        select(ErrandMoney).where(
            ErrandMoney.community_id == station.id,
            ErrandMoney.key == said.key,
            ErrandMoney.errand_id == errand_id,
            ErrandMoney.by_id == viewer.member_id,
        )
    )
    if row is None:
        raise Stale
    if new:
        await changed(tx, update(Errand).where(Errand.id == errand_id).values(money_due=now))
        await tx.refresh(whole.errand)
    return row


def _holder(book: Book, viewer: Viewer, said: Said, side: Side) -> int:
    if side is Side.VOLUNTEER:
        return viewer.member_id
    holder = said.holder or book.whole.errand.claimed_by
    if holder is None and len(book.holders) == 1:
        [holder] = book.holders
    if holder is None or holder not in book.holders:
        raise Stale
    return holder


def _check_correction(book: Book, said: Said, side: Side, holder: int) -> None:
    entries = book.entries
    for one in entries:
        if one.number == said.corrects:
            same = one.flow is said.flow and one.holder == holder
            if same and may_correct(one, entries, side):
                return
    if not any(row.key == said.key for row in book.rows):
        raise Stale


async def _check_photo(tx: AsyncSession, errand_id: int, said: Said) -> None:
    if said.photo_id is not None:
        photo = await tx.get(ErrandPhoto, said.photo_id)
        if photo is None or photo.errand_id != errand_id:
            raise NotYours


async def keep_photo(
    tx: AsyncSession, now: datetime, by: int, errand: Errand, file: str, content: bytes | None
) -> ErrandPhoto:
    """Keep a receipt or a prescription; `file` is Telegram's name of it."""
    photo = ErrandPhoto(
        community_id=errand.community_id,
        errand_id=errand.id,
        file=file,
        content=content,
        by_id=by,
        at=now,
    )
    tx.add(photo)
    await tx.flush()
    return photo


@dataclass(frozen=True)
class ToTell:
    """What a social worker is to hear about the money of one errand."""

    whole: Whole
    found: list[Difference]


async def look(tx: AsyncSession, now: datetime, station: Community) -> list[ToTell]:
    """Look at the money that is due to be looked at: what staff have not heard of yet.

    When everything has been said, or the time for it is over, it is looked at no more.
    """
    patience = timedelta(hours=settings_of(station).errand_money_hours)
    told: list[ToTell] = []
    for whole in await errands.rows(tx, Errand.community_id == station.id, Errand.money_due <= now):
        rows = await rows_of(tx, whole.errand.id)
        told += _judge(now, whole, rows, patience)
    await tx.flush()
    return told


def _judge(
    now: datetime, whole: Whole, rows: list[ErrandMoney], patience: timedelta
) -> list[ToTell]:
    errand = whole.errand
    errand.money_due = None
    if not rows:
        return []
    ended = errand.ended_at or errand.opened_at or errand.asked_at
    last = max(rows[-1].at, ended)
    found = faults_of(rows, errand)
    tell = to_tell(now, found, errand.state, last, patience)
    if found and now < last + patience:
        errand.money_due = last + patience
    known = ";".join(sorted(f"{one.fault}:{one.holder}:{one.flow}:{one.fen}" for one in tell))
    if not tell or known == errand.money_told:
        return []
    errand.money_told = known
    return [ToTell(whole, tell)]


async def unsettled(tx: AsyncSession, elder: Elder) -> list[Whole]:
    """The errands of an elder of which somebody still has, or may have, what is another's."""
    said = exists().where(ErrandMoney.errand_id == Errand.id)
    found = []
    for whole in await errands.rows(tx, Errand.elder_id == elder.id, said):
        faults = faults_of(await rows_of(tx, whole.errand.id), whole.errand)
        if OUTSTANDING & {one.fault for one in faults}:
            found.append(whole)
    return found


async def of_elder(
    tx: AsyncSession, viewer: Viewer, elder_id: int, first: date, before: date
) -> list[Book]:
    """The books of an elder's errands with a row on these days, for staff; in order of time.

    Raises:
        NotYours: not of the staff who look after the elder.
    """
    found = await tx.scalars(
        select(ErrandMoney.errand_id)
        .where(
            ErrandMoney.community_id == viewer.community_id,
            ErrandMoney.elder_id == elder_id,
            ErrandMoney.day >= first,
            ErrandMoney.day < before,
        )
        .distinct()
        .order_by(ErrandMoney.errand_id)
    )
    books = [await access_book(tx, viewer, one) for one in found]
    if any(not one.part.keeper for one in books):
        raise NotYours
    return books
