"""What happened at the demo community before the demo begins, and what is planned this week."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import past_days
from bot.demo.cast import CHEN, LIU, teams
from bot.demo.people import People
from bot.service import Here
from care import rounds
from care.access import Role
from care.calls import Kind, Outcome, Reason
from care.days import WEEK, HalfDay, local_day, moment, week_of
from care.elders import Tier
from care.errand_offers import Circle
from care.errands import Kind as ErrandKind
from care.errands import Step
from care.notices import Notice
from care.plans import Visit
from care.visits import PLANNED, Level, Report, State
from storage import calls, errand_circles, errands, outbox, planning, visits
from storage import week as weeks
from storage.calls import Happened
from storage.communities import settings_of
from storage.outbox import To
from storage.tables import Elder
from storage.visits import Visiting

DAYS = 40
UNRESOLVED = "韩德福"
GRANNY = "陈秀英"
VISITED = "王桂芳"
# Every so manieth visit failed, had a worry, or is not accepted yet: no past is perfect.
NOT_HOME, WORRY, UNANSWERED = 23, 11, 9
FIRST_CALL = time(8, 40)
STARTS = {HalfDay.AM: time(9, 40), HalfDay.PM: time(15, 10)}
REMARKS = (
    "精神不错，聊了半小时家常。",
    "血压 138/84，药按时吃。",
    "家里水电煤气都查过，没有问题。",
    "膝盖又疼了，走路慢，下次带膏药。",
    None,
)


async def write(tx: AsyncSession, now: datetime, people: People, group: int | None) -> None:
    """Some weeks of calls and visits, this week's plan, and a few errands."""
    today = local_day(now, people.zone)
    week = week_of(today)
    await _calls(tx, people, today)
    await past_days.write(tx, people, today, DAYS)
    await _visits_on_top(tx, now, people, today)
    # Whoever starts the demo waits for it, and nobody asks how good a past week was.
    planner = Here(quick=True)
    for first in (week - 2 * WEEK, week - WEEK, week):
        await _week(tx, people, first, today, planner)
    await _errands(tx, now, people, group)


async def _calls(tx: AsyncSession, people: People, today: date) -> None:
    """Every red elder was called every day, but for one yesterday."""
    caller = {name: people.members[team.worker] for team in teams() for name in team.elders}
    red = [elder for elder in people.elders.values() if elder.tier is Tier.RED]
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        for place, elder in enumerate(red):
            at = moment(day, FIRST_CALL, people.zone) + timedelta(minutes=6 * place)
            if past_days.not_called(elder.name, day, today):
                continue
            by = caller[elder.name].id
            if elder.name == UNRESOLVED and back == 1:
                for attempt in range(3):
                    later = at + timedelta(minutes=35 * attempt)
                    await _call(tx, elder, Outcome.NO_ANSWER, by, day, later, attempt)
                continue
            outcome = Outcome.FOLLOW_UP if (place + back) % WORRY == 0 else Outcome.FINE
            await _call(tx, elder, outcome, by, day, at, 0)
        granny = people.elders[GRANNY]
        morning = moment(day, time(8, 5), people.zone)
        await calls.check_in(tx, morning, granny, day, fine=True)


async def _call(
    tx: AsyncSession, elder: Elder, outcome: Outcome, by: int, day: date, at: datetime, nth: int
) -> None:
    key = f"call:{elder.id}:{day}:{nth}"
    await calls.record(tx, at, elder, Happened(Kind.CALL, outcome, by, day, at, key))


async def _visits_on_top(tx: AsyncSession, now: datetime, people: People, today: date) -> None:
    """王桂芳 is called every day; two visits, today and tomorrow, come on top of that."""
    elder = people.elders[VISITED]
    pairing = people.pairings[VISITED]
    tomorrow = today + timedelta(days=1)
    for day, half, name in ((today, HalfDay.PM, CHEN), (tomorrow, HalfDay.AM, LIU)):
        visit = Visit(elder.id, people.members[name].id, day, half)
        station, week = people.station.id, week_of(day)
        await visits.assign(tx, now, station, week, pairing, visit, State.ACCEPTED)


async def _week(tx: AsyncSession, people: People, week: date, today: date, planner: Here) -> None:
    """Plan a week as the Sunday before did; then let happen what lies in the past."""
    station = people.station
    published = moment(week - timedelta(days=1), time(18), people.zone)
    await weeks.publish(tx, published, station.id, week)
    settled = rounds.settle_at(week, settings_of(station), people.zone)
    plan = await weeks.plan_of(tx, station.id, week)
    if plan is not None and settled.date() <= today:
        plan.settled_at = settled
    known = await planning.to_plan(tx, station, week, today)
    for visit in (await planner.plan(known.problem)).visits:
        pairing = people.pairings[known.elders[visit.elder_id].name]
        await visits.assign(tx, published, station.id, week, pairing, visit)
    for row in await visits.of_week(tx, station.id, week):
        if row.visit.state is State.OFFERED:
            await _become(tx, people, row, today)


async def _become(tx: AsyncSession, people: People, row: Visiting, today: date) -> None:
    visit = row.visit
    if visit.day >= today:
        # One volunteer on the page still has to answer, so that there is something to tap.
        if row.volunteer.name == LIU or visit.id % UNANSWERED == 0:
            return
        await visits.move(tx, visit, PLANNED, State.ACCEPTED)
        return
    begin = moment(visit.day, STARTS[visit.half], people.zone) + timedelta(minutes=visit.id % 40)
    end = begin + timedelta(minutes=35 + visit.id % 30)
    if visit.id % NOT_HOME == 0:
        await visits.move(tx, visit, PLANNED, State.NOT_POSSIBLE, reason=str(Reason.AWAY))
        outcome, remark, reason = Outcome.NOT_POSSIBLE, None, Reason.AWAY
    else:
        report = _report(visit.id)
        values = {"signed_in_at": begin, "signed_out_at": end}
        said = report.model_dump(mode="json")
        await visits.move(tx, visit, PLANNED, State.DONE, report=said, **values)
        outcome = Outcome.FOLLOW_UP if report.worrying else Outcome.FINE
        remark, reason = report.remark, None
    what = Happened(
        Kind.VISIT, outcome, row.volunteer.id, visit.day, begin, f"visit:{visit.id}",
        reason=reason, remark=remark,
    )  # fmt: skip
    await calls.record(tx, end, row.elder, what)


def _report(number: int) -> Report:
    worried = number % WORRY == 0
    return Report(
        health=Level.FAIR if number % 3 == 0 else Level.GOOD,
        mood=Level.BAD if worried else Level.GOOD,
        safety=Level.GOOD,
        food=Level.FAIR if number % 7 == 0 else Level.GOOD,
        needs=worried,
        remark=REMARKS[number % len(REMARKS)],
    )


async def _errands(tx: AsyncSession, now: datetime, people: People, group: int | None) -> None:
    """One done the day before yesterday; two that can still be claimed."""
    today = local_day(now, people.zone)
    evening = moment(today + timedelta(days=1), time(20), people.zone)
    elder, asker = people.elders, people.members
    bill = await errands.ask(
        tx, now - timedelta(days=3), elder["董玉芝"], ErrandKind.BILL,
        "交四月份电费，户号在冰箱上，约120元", now - timedelta(days=1), asker["李敏"].id,
    )  # fmt: skip
    viewer = people.viewer("徐国平", Role.VOLUNTEER)
    await errand_circles.note_asked(tx, now - timedelta(days=3), bill, Circle.GROUP, None)
    whole = await errands.claim(tx, now - timedelta(days=2, hours=20), viewer, bill.id)
    await tx.refresh(bill)
    done = now - timedelta(days=2, hours=18)
    await errands.take_step(tx, done, whole, Step.FINISH, viewer.member_id)
    wanted = (
        ("赵德海", ErrandKind.GROCERIES, "大米10斤、鸡蛋一板、青菜一把", "赵敏", 11),
        ("秦宝田", ErrandKind.REPAIR, "卫生间的灯不亮，要换一个灯泡", "李敏", 2),
    )
    for name, kind, what, by, hours in wanted:
        asked = now - timedelta(hours=hours)
        one = await errands.ask(tx, asked, elder[name], kind, what, evening, asker[by].id)
        for circle in Circle:
            # Asked long ago, and nobody has said yes: everybody may.
            await errand_circles.note_asked(tx, asked, one, circle, None)
        if group is not None:
            to = To(group, None, people.station.id)
            card = f"errand:{one.id}"
            key = f"errand_card:{one.id}"
            facts = {"errand": one.id}
            await outbox.post(tx, now, to, Notice.ERRAND_CARD, facts, key=key, card=card)
