"""Questions about tiers: asked once with their evidence, told to the staff, decided by one."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Right, Viewer
from care.days import day_bounds, local_day
from care.notices import Notice
from care.refusals import NotYours, Stale
from care.tiers import Answer, Proposal, Question, proposals
from storage import elders, evidence, members, outbox, pairings
from storage.communities import settings_of, zone_of
from storage.elders import Decision
from storage.once import changed, insert_once
from storage.tables import Community, Elder, Member, Outbox, Post, TierQuestion

MOST_SINGLE = 3


@dataclass(frozen=True)
class Asked:
    """A question with its elder, and who decided it."""

    question: TierQuestion
    elder: Elder
    decider: Member | None

    @property
    def open(self) -> bool:
        """Still to be decided; a change of tier by any other way has decided it as well."""
        return self.question.decided_at is None and self.elder.tier == self.question.before


def question_card(question_id: int) -> str:
    """The card name of a message with one question."""
    return f"tier:{question_id}"


def digest_card(member_id: int, day: date) -> str:
    """The card name of a day's questions to one member of staff."""
    return f"tiers:{member_id}:{day}"


def review_card(member_id: int, day: date) -> str:
    """The card name of one caller's weekly review."""
    return f"tier_review:{member_id}:{day}"


async def first_look(tx: AsyncSession, now: datetime, station: Community, what: str) -> bool:
    """Whether nobody has looked yet; a look costs too much to be repeated at every beat.

    It is noted where timed work notes what exists: among the keys of the outbox, as a letter to
    nobody that was dropped.
    """
    return await insert_once(
        tx,
        Outbox,
        community_id=station.id,
        chat=0,
        notice=Notice.PLAIN,
        facts={},
        key=f"looked:{station.id}:{what}",
        priority=0,
        not_before=now,
        state=Post.DROPPED,
        stale=False,
        tries=0,
        unclear=0,
        created_at=now,
    )


async def propose(
    tx: AsyncSession, now: datetime, station: Community, only: Collection[int] | None = None
) -> None:
    """Ask about everybody for whom there is new evidence, or about some."""
    today = local_day(now, zone_of(station))
    known = await evidence.gather(tx, station, today, only)
    new = [
        question
        for one in proposals(today, known, settings_of(station))
        if (question := await _ask(tx, now, station, one)) is not None
    ]
    if new:
        await _tell(tx, now, station, today, {question.id for question in new})


async def _ask(
    tx: AsyncSession, now: datetime, station: Community, proposal: Proposal
) -> TierQuestion | None:
    """Write a question down; it stands for an older one that nobody has answered."""
    asked = await insert_once(
        tx,
        TierQuestion,
        community_id=station.id,
        elder_id=proposal.elder_id,
        kind=Question.PROPOSAL,
        before=proposal.before,
        after=proposal.after,
        evidence={
            "found": [
                {"why": one.why, "days": [str(day) for day in one.days], "key": one.key}
                for one in proposal.evidence
            ]
        },
        key=proposal.key,
        asked_at=now,
    )
    if not asked:
        return None
    question = (
        await tx.scalars(select(TierQuestion).where(TierQuestion.key == proposal.key))
    ).one()
    for older in await tx.scalars(
        select(TierQuestion).where(
            TierQuestion.elder_id == proposal.elder_id,
            TierQuestion.kind == Question.PROPOSAL,
            TierQuestion.decided_at.is_(None),
            TierQuestion.id != question.id,
        )
    ):
        await _close(tx, older, decided_at=now)
        elder = await tx.get_one(Elder, proposal.elder_id)
        await refresh(tx, now, elder, [older])
    return question


async def _tell(
    tx: AsyncSession, now: datetime, station: Community, day: date, new: set[int]
) -> None:
    """Each who keeps one of the elders hears once; of many in a day in one message.

    Three come one by one; the others of a day stand together in one message that grows.
    """
    theirs: defaultdict[int, list[int]] = defaultdict(list)
    told: dict[int, Member] = {}
    for asked in await _asked_on(tx, station, day):
        for member in await pairings.keepers(tx, asked.elder, day):
            told[member.id] = member
            theirs[member.id].append(asked.question.id)
    for member_id, questions in theirs.items():
        to = members.to_of(told[member_id])
        mine = [one for one in questions if one in new]
        if to is None or not mine:
            continue
        if len(questions) > MOST_SINGLE:
            key, card = f"tier_digest:{member_id}:{day}", digest_card(member_id, day)
            facts = {"day": str(day)}
            if not await outbox.post(tx, now, to, Notice.TIERS, facts, key=key, card=card):
                await outbox.refresh(tx, now, card)
            continue
        for question in mine:
            key, card = f"tier_question:{question}:{member_id}", question_card(question)
            await outbox.post(tx, now, to, Notice.TIER, {"question": question}, key=key, card=card)


async def find(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Asked]:
    """Questions about elders in care, in order of name; the caller asks who may see them."""
    rows = await tx.execute(
        select(TierQuestion, Elder, Member)
        .join(Elder, Elder.id == TierQuestion.elder_id)
        .outerjoin(Member, Member.id == TierQuestion.decided_by)
        .where(Elder.exited_at.is_(None), *where)
        .order_by(Elder.name, TierQuestion.id)
    )
    return [Asked(*row) for row in rows]


async def _asked_on(tx: AsyncSession, station: Community, day: date) -> list[Asked]:
    """The proposals of a local day, without those that were replaced."""
    start, end = day_bounds(day, zone_of(station))
    return await find(
        tx,
        TierQuestion.community_id == station.id,
        TierQuestion.kind == Question.PROPOSAL,
        TierQuestion.asked_at >= start,
        TierQuestion.asked_at < end,
        TierQuestion.decided_at.is_(None) | TierQuestion.answer.is_not(None),
    )


async def of_caller(tx: AsyncSession, station: Community, caller_id: int, day: date) -> list[Asked]:
    """What one member of staff was asked on a local day."""
    return await kept_by(tx, station, caller_id, day, await _asked_on(tx, station, day))


async def kept_by(
    tx: AsyncSession, station: Community, caller_id: int, day: date, found: list[Asked]
) -> list[Asked]:
    """Those about elders whom one of the staff keeps on a local day."""
    people = [one.elder for one in found]
    kept = await pairings.elders_of_caller(tx, station.id, caller_id, people, day)
    ids = {one.id for one in kept}
    return [one for one in found if one.elder.id in ids]


async def access_question(tx: AsyncSession, viewer: Viewer, question_id: int) -> Asked:
    """A question, for the staff who look after the elder.

    Raises:
        NotYours: absent, or not for this viewer.
    """
    found = await find(
        tx, TierQuestion.id == question_id, TierQuestion.community_id == viewer.community_id
    )
    if not found:
        raise NotYours
    await elders.access_elder(tx, viewer, found[0].elder.id, Right.CHANGE)
    return found[0]


async def _close(tx: AsyncSession, question: TierQuestion, **values: Any) -> bool:
    """Decide a question that nobody has decided; False when somebody was first."""
    won = await changed(
        tx,
        update(TierQuestion)
        .where(TierQuestion.id == question.id, TierQuestion.decided_at.is_(None))
        .values(**values),
    )
    await tx.refresh(question)
    return won == 1


async def keep(tx: AsyncSession, now: datetime, viewer: Viewer, asked: Asked) -> None:
    """The tier stays.

    Raises:
        Stale: it was decided before, or the tier was changed.
    """
    decided = {"decided_at": now, "decided_by": viewer.member_id, "answer": Answer.KEEP}
    if not asked.open or not await _close(tx, asked.question, **decided):
        raise Stale
    await refresh(tx, now, asked.elder, [asked.question])


async def take(tx: AsyncSession, now: datetime, viewer: Viewer, asked: Asked, reason: str) -> None:
    """The tier becomes the one that was proposed.

    Raises:
        Stale: it was decided before, or the tier was changed.
    """
    question, elder = asked.question, asked.elder
    if question.after is None:
        raise Stale
    decided = {"decided_at": now, "decided_by": viewer.member_id, "answer": Answer.CHANGE}
    if not await _close(tx, question, **decided):
        raise Stale
    won = await changed(
        tx,
        update(Elder)
        .where(Elder.id == elder.id, Elder.tier == question.before)
        .values(tier=question.after),
    )
    if not won:
        raise Stale
    elders.change_tier(tx, now, elder, question.after, Decision(viewer.member_id, reason))
    words = {"before": question.before, "after": question.after}
    await members.audit(tx, now, viewer, "tier", f"elder:{elder.id}", **words)
    await tx.flush()
    await refresh(tx, now, elder, [question])
    await settle(tx, now, elder, viewer.member_id)


async def settle(tx: AsyncSession, now: datetime, elder: Elder, by: int) -> None:
    """The tier was changed: whatever was asked about it is decided with that."""
    found = list(
        await tx.scalars(
            select(TierQuestion).where(
                TierQuestion.elder_id == elder.id, TierQuestion.decided_at.is_(None)
            )
        )
    )
    decided = {"decided_at": now, "decided_by": by, "answer": Answer.CHANGE, "after": elder.tier}
    for question in found:
        await _close(tx, question, **decided)
    await refresh(tx, now, elder, found)


async def refresh(
    tx: AsyncSession, now: datetime, elder: Elder, questions: Iterable[TierQuestion]
) -> None:
    """Draw anew whatever shows a question about an elder, with whomever it stands."""
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    for question in questions:
        if question.kind is Question.REVIEW:
            day, card = date.fromisoformat(question.evidence["day"]), review_card
        else:
            day, card = local_day(question.asked_at, zone), digest_card
            await outbox.refresh(tx, now, question_card(question.id))
        for member in await pairings.keepers(tx, elder, day):
            await outbox.refresh(tx, now, card(member.id, day))
