"""Who hears of an errand: those it is offered to, and those who wait for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.days import local_day
from care.errand_offers import Candidate, Circle, awake, chosen, turn
from care.errands import IN_HAND, Kind, State, Step, WhyNot
from care.notices import Notice
from storage import errand_circles, errands, families, members, outbox, pairings
from storage.communities import settings_of, zone_of
from storage.errands import Whole
from storage.outbox import To
from storage.tables import Community, Elder, Errand, Member, Pause, Standing


def errand_card(errand_id: int) -> str:
    """The card name of everything that shows one errand."""
    return f"errand:{errand_id}"


async def offer(tx: AsyncSession, now: datetime, station: Community, whole: Whole) -> None:
    """Ask whoever is to be asked by now: the pairing, then neighbours, then the group.

    Run again at any time, nobody is asked twice; in the quiet hours only about what cannot wait.
    """
    settings, zone, errand = settings_of(station), zone_of(station), whole.errand
    while errand.state is State.OPEN:
        asked = await errand_circles.asked(tx, errand)
        circle = turn(now, asked, errand.by_when, settings, zone)
        if circle is None:
            return
        await _ask_circle(tx, now, station, whole, circle)


async def _ask_circle(
    tx: AsyncSession, now: datetime, station: Community, whole: Whole, circle: Circle
) -> None:
    errand = whole.errand
    if circle is Circle.GROUP and station.group_chat is not None:
        await errand_circles.note_asked(tx, now, errand, circle, None)
        await _post_card(tx, now, To(station.group_chat, None, station.id), errand)
        return
    people = await errand_circles.candidates(tx, now, station, whole)
    if not await _ask(tx, now, station, whole, circle, people):
        await errand_circles.note_asked(tx, now, errand, circle, None)


async def _ask(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    whole: Whole,
    circle: Circle,
    people: Mapping[int, tuple[Candidate, Member]],
) -> list[int]:
    """Who of these people is asked, each in a message of their own."""
    errand = whole.errand
    before = await errand_circles.already(tx, errand)
    able = [one for one, _ in people.values()]
    asked = chosen(circle, able, errand.kind, settings_of(station), before)
    for member_id in asked:
        to = members.to_of(people[member_id][1])
        if to is not None and await errand_circles.note_asked(tx, now, errand, circle, member_id):
            await _post_card(tx, now, to, errand)
    return asked


async def offer_medicine(
    tx: AsyncSession, now: datetime, station: Community, member_id: int
) -> None:
    """Who may fetch medicine from now on is asked for what has gone past them by now.

    What still goes round comes to them by itself.
    """
    settings, zone = settings_of(station), zone_of(station)
    for whole in await errands.rows(
        tx,
        Errand.community_id == station.id,
        Errand.kind == Kind.MEDICINE,
        Errand.state == State.OPEN,
    ):
        gone_round = set(await errand_circles.asked(tx, whole.errand)) == set(Circle)
        if gone_round and awake(now, whole.errand.by_when, settings, zone) == now:
            people = await errand_circles.candidates(tx, now, station, whole)
            one = {number: who for number, who in people.items() if number == member_id}
            await _ask(tx, now, station, whole, Circle.GROUP, one)


async def _post_card(tx: AsyncSession, now: datetime, to: To, errand: Errand) -> None:
    whose = to.member or f"group:{to.chat}"
    key = f"errand_card:{errand.id}:{errand.turn_number}:{whose}"
    facts = {"errand": errand.id}
    await outbox.post(tx, now, to, Notice.ERRAND_CARD, facts, key=key, card=errand_card(errand.id))


async def keepers(tx: AsyncSession, now: datetime, whole: Whole) -> list[Member]:
    """The social workers who look after the elder today."""
    zone = zone_of(await tx.get_one(Community, whole.elder.community_id))
    return await pairings.keepers(tx, whole.elder, local_day(now, zone))


async def tell_circle(
    tx: AsyncSession, now: datetime, whole: Whole, event: str, by: Member
) -> None:
    """The asker, the social workers, and at the end the family hear of it; not who did it."""
    told = {whole.asker.id, *(one.id for one in await keepers(tx, now, whole))}
    if event == "done":
        told |= {one.id for one in await families.of_elder(tx, whole.elder)}
        if whole.elder.member_id is not None:
            told.add(whole.elder.member_id)
    for member_id in sorted(told):
        await tell(tx, now, member_id, whole.errand, event, by)


async def follow_group(tx: AsyncSession, now: datetime, before: int, after: int) -> None:
    """A group became a supergroup: what is still open there gets a card in the new chat.

    What stands in the old chat cannot be changed or pressed any more. To be asked before
    `outbox.move_chat`, which forgets what stood there.
    """
    stood = await tx.scalars(
        select(Standing).where(Standing.chat == before, Standing.notice == Notice.ERRAND_CARD)
    )
    for row in stood:
        errand = await tx.get(Errand, row.facts["errand"])
        if errand is not None and errand.state is State.OPEN:
            await _post_card(tx, now, To(after, None, row.community_id), errand)


async def tell_away(tx: AsyncSession, now: datetime, elder: Elder, pause: Pause) -> None:
    """Whoever asked, looks after the elder, or is on the way hears that nobody will be at home.

    Nothing is cancelled: what somebody in hospital needs, people know better.
    """
    zone = zone_of(await tx.get_one(Community, elder.community_id))
    for whole in await errands.open_of_elder(tx, elder):
        due = local_day(whole.errand.by_when, zone)
        if not (pause.first_day <= max(due, local_day(now, zone)) < pause.until):
            continue
        told = {whole.asker.id, *(one.id for one in await keepers(tx, now, whole))}
        if whole.claimer is not None:
            told.add(whole.claimer.id)
        for member_id in sorted(told):
            await tell(tx, now, member_id, whole.errand, "away", None, until=str(pause.until))


async def warn(tx: AsyncSession, now: datetime, whole: Whole, event: str, **facts: object) -> None:
    """The social workers hear of something that nobody did."""
    for one in await keepers(tx, now, whole):
        await tell(tx, now, one.id, whole.errand, event, None, **facts)


async def tell(
    tx: AsyncSession,
    now: datetime,
    member_id: int,
    errand: Errand,
    event: str,
    by: Member | None,
    **facts: object,
) -> None:
    """One line to one of them; whoever did it knows."""
    if by is not None and member_id == by.id:
        return
    to = members.to_of(await members.in_community(tx, errand.community_id, member_id))
    if to is not None:
        said = {"errand": errand.id, "event": event, "by": by.name if by else "", **facts}
        key = f"errand_told:{errand.id}:{event}:{member_id}:{now:%Y%m%d%H%M%S}"
        await outbox.post(tx, now, to, Notice.ERRAND_TOLD, said, key=key)


async def give_back(
    tx: AsyncSession,
    now: datetime,
    station: Community,
    whole: Whole,
    claimer: Member,
    why: WhyNot = WhyNot.OTHER,
) -> None:
    """Whoever had it in hand does not do it; it is offered again, and not to them."""
    await errands.take_step(tx, now, whole, Step.RETURN, claimer.id, why)
    await outbox.refresh(tx, now, errand_card(whole.errand.id))
    await tell_circle(tx, now, whole, "returned", claimer)
    await offer(tx, now, station, whole)


async def take_back(tx: AsyncSession, now: datetime, station: Community) -> None:
    """What somebody has in hand whom chat reaches no more is offered again."""
    rows = await tx.execute(
        select(Errand.id, Member)
        .join(Member, Member.id == Errand.claimed_by)
        .where(
            Errand.community_id == station.id,
            Errand.state.in_(IN_HAND),
            Member.blocked_at.is_not(None) | Member.account.is_(None),
        )
    )
    for errand_id, claimer in rows.all():
        whole = await errands.load(tx, station.id, errand_id)
        await give_back(tx, now, station, whole, claimer)
