"""A week from Friday to its end: drafted, told, settled; and what happens when it does not go well.

陈同学 can come on Monday, 王老师 on Wednesday; 王桂芳 and 赵大爷 are owed two visits each.
In the next street 孙阿姨 looks after 周爷爷, and can come on Tuesdays and Fridays.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.playground.records import Person
from care.access import Role
from care.elders import Sex, Tier
from care.plans import Visit
from care.visits import PLANNED, State
from care.wishes import Kind, Side
from storage import visits
from storage.tables import Assignment, Elder, PairingVolunteer, Volunteer, WeekPlan, Wish
from tests.beginnings import Beginning
from tests.stage import Stage
from tests.street import Street, settle_in

FRIDAY, SUNDAY = "2026-04-10 16:00", "2026-04-12 18:00"
EVENING, MORNING = "2026-04-13 20:00", "2026-04-14 09:00"
WEEK = date(2026, 4, 13)


@dataclass
class Town:
    """Two streets."""

    home: Street
    sun: Person

    async def rows(self, *states: State) -> list[Assignment]:
        """The visits in these states, or all."""
        return [one for one in await self.home.visits() if not states or one.state in states]

    async def live(self) -> set[tuple[int, str]]:
        """Who goes on which day, of what stands in the plan."""
        rows = await self.rows(*PLANNED)
        return {(one.volunteer_id, f"{one.day:%a}") for one in rows}

    async def id_of(self, who: Person) -> int:
        return (await self.home.stage.member(who)).id

    async def accept(self, *people: Person) -> None:
        """They can come to all that they are asked for."""
        for one in people:
            await self.home.stage.say(one, "/visits")
            await self.home.stage.tap(one, "visits_yes")

    async def gaps(self) -> dict[int, int]:
        """Visits that nobody makes, by elder."""
        async with self.home.stage.database.read() as tx:
            plan = await tx.get_one(WeekPlan, (self.home.stage.station.id, WEEK))
        return {one["elder"]: one["owed"] for one in plan.gaps["gaps"]}


async def _two_streets(stage: Stage) -> Town:
    home = await settle_in(stage)
    sun = await stage.person("孙阿姨", Role.VOLUNTEER)
    await stage.elder("周爷爷", tier=Tier.YELLOW, building="12号楼")
    await stage.pair(home.li, [sun], ["周爷爷"])
    await home.can_come(sun, "tue_am", "fri_am", most=5)
    return Town(home, sun)


TWO_STREETS = Beginning(_two_streets)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with TWO_STREETS.again(tmp_path) as found:
        yield found


async def test_a_week_that_goes_well(town: Town) -> None:
    """Drafted on Friday with reasons, told on Sunday as it was drafted, nothing left to do."""
    home = town.home
    await home.stage.at(FRIDAY)
    drafts = {(one.id, one.day, one.volunteer_id) for one in await town.rows(State.DRAFT)}
    assert len(drafts) == 6
    await home.stage.at(SUNDAY)
    assert {(o.id, o.day, o.volunteer_id) for o in await town.rows(State.OFFERED)} == drafts
    await town.accept(home.chen, home.wang, town.sun)
    before = len(home.stage.chat(home.li))
    for when in (EVENING, MORNING, "2026-04-16 12:00"):
        await home.stage.at(when)
    assert len(await town.rows()) == 6
    assert not [one for one in home.stage.chat(home.li)[before:] if "还没有人去" in one.text]


async def test_who_is_in_no_pairing_when_the_week_is_told_leaves_no_draft_behind(
    town: Town,
) -> None:
    home = town.home
    await home.stage.at(FRIDAY)
    await home.stage.say(home.li, "/pairings")
    await home.stage.tap(home.li, "pairing:2")
    await home.stage.tap(home.li, "解散结对")
    await home.stage.tap(home.li, "pairing_end_yes")
    assert [one for one in await town.rows(State.DRAFT) if one.elder_id == 3]
    await home.stage.at(SUNDAY)
    assert not await town.rows(State.DRAFT)
    gone = [one for one in await town.rows() if one.elder_id == 3]
    assert {(one.state, one.reason) for one in gone} == {(State.DROPPED, "drafted")}
    await home.stage.pair(home.li, [town.sun], ["周爷爷"])
    await home.forge(home.li, "week_plan:2026-04-13")
    assert len([one for one in await town.rows(State.OFFERED) if one.elder_id == 3]) == 2


async def test_flu_a_third_is_away_and_others_cover_for_them(town: Town) -> None:
    """Leave entered after the draft: on Sunday others are asked, and what is left is said."""
    home = town.home
    await home.stage.at(FRIDAY)
    await home.stage.say(home.chen, "/leave")
    await home.stage.say(home.chen, "4-13 4-19")
    await home.stage.at(SUNDAY)
    chen, sun = await town.id_of(home.chen), await town.id_of(town.sun)
    rows = await town.rows(State.OFFERED)
    assert chen not in {one.volunteer_id for one in rows}
    assert sun in {one.volunteer_id for one in rows if one.elder_id in {1, 2}}
    assert not await town.gaps()
    assert all(one.state is State.DROPPED for one in await town.rows() if one.volunteer_id == chen)


async def test_a_holiday_everybody_is_away_and_every_gap_is_said_by_name(town: Town) -> None:
    home = town.home
    for who in (home.chen, home.wang, town.sun):
        await home.stage.say(who, "/leave")
        await home.stage.say(who, "4-13 4-19")
    await home.stage.at(FRIDAY)
    await home.stage.at(SUNDAY)
    assert not await town.live()
    text = home.about(home.li, "上门探访安排").text
    for name in ("王桂芳", "赵大爷", "周爷爷"):
        assert f"没有安排：{name}，缺 2 次探访" in text


async def test_declined_on_sunday_night_is_asked_of_another_on_monday_evening(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await home.can_come(home.wang)
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:busy")
    await town.accept(home.chen, home.wang, town.sun)
    count = len(await town.rows())
    await home.stage.at("2026-04-13 19:59")
    assert len(await town.rows()) == count
    await home.stage.at(EVENING)
    [new] = (await town.rows())[count:]
    wang = await town.id_of(home.wang)
    assert (new.elder_id, new.volunteer_id, new.state) == (1, wang, State.OFFERED)
    await home.stage.at("2026-04-13 20:10")
    assert len(await town.rows()) == count + 1


async def test_nobody_of_the_pairing_can_a_neighbour_claims_it_first(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:busy")
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    offer = home.about(town.sun, "谁能上门看望一位老邻居")
    assert "12号楼" in offer.text
    assert "王桂芳" not in offer.text
    await home.stage.tap(town.sun, "cover_claim")
    assert "由您上门看望 王桂芳" in home.about(town.sun, "由您上门看望").text
    sun = await town.id_of(town.sun)
    [row] = [
        o for o in await town.rows(State.ACCEPTED) if o.volunteer_id == sun and o.elder_id == 1
    ]
    assert row.week == WEEK
    assert not home.says(home.li, "这些探访还没有人去")


async def test_a_wish_said_since_keeps_a_neighbour_from_claiming(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await home.forge(home.chen, "visit_no:1:busy")
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    async with home.stage.database.write() as tx:
        (await tx.get_one(Elder, 1)).sex = Sex.FEMALE
        (await tx.get_one(Volunteer, await town.id_of(town.sun))).sex = Sex.MALE
    await home.forge(home.li, "wish:1:same_sex:1")
    count = len(await town.rows(State.ACCEPTED))
    await home.stage.tap(town.sun, "cover_claim")
    assert not [
        one for one in await town.rows(*PLANNED)
        if one.elder_id == 1 and one.volunteer_id == await town.id_of(town.sun)
    ]  # fmt: skip
    assert len(await town.rows(State.ACCEPTED)) <= count


async def test_nobody_claims_it_so_it_is_on_the_social_workers_list_by_name(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await home.can_come(town.sun, "mon_am", most=2)
    await home.stage.tap(home.chen, "visit:1")
    await home.forge(home.chen, "visit_no:1:busy")
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    await home.stage.at(MORNING)
    told = [one.text for one in home.stage.chat(home.li) if "还没有人去" in one.text]
    assert len(told) == 1
    assert "王桂芳" in told[0]
    await home.stage.at("2026-04-15 09:00")
    assert len([one for one in home.stage.chat(home.li) if "还没有人去" in one.text]) == 1


async def test_nobody_answers_the_visit_stands_until_somebody_else_makes_it(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await home.can_come(home.chen)
    await town.accept(home.chen, town.sun)
    wang = await town.id_of(home.wang)
    assert {one.state for one in await town.rows() if one.volunteer_id == wang} == {State.OFFERED}
    await home.stage.at(EVENING)
    lost = [one for one in await town.rows() if one.volunteer_id == wang]
    gone = [one for one in lost if one.state is State.DECLINED]
    assert gone
    assert {one.reason for one in gone} == {"silent"}
    assert home.says(home.wang, "已经有别人去")
    assert not await town.gaps()


async def test_to_hospital_on_wednesday_ends_only_what_it_touches(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    await home.stage.at("2026-04-15 08:00")
    counts = [len(home.stage.chat(one)) for one in (home.chen, town.sun)]
    before = await town.live()
    await home.stage.say(home.li, "/elders")
    await home.stage.tap(home.li, "王桂芳")
    await home.stage.tap(home.li, "pause_ask")
    for label in ("住院了", "今天", "天后", "⏸"):
        await home.stage.tap(home.li, label)
    await home.stage.at("2026-04-15 08:10")
    wang = await town.id_of(home.wang)
    off = [one for one in await town.rows(State.DROPPED) if one.elder_id == 1]
    assert [(one.volunteer_id, one.reason) for one in off] == [(wang, "paused")]
    assert await town.live() <= before
    assert [len(home.stage.chat(one)) for one in (home.chen, town.sun)] == counts


async def test_a_new_volunteer_in_mid_week_gets_what_nobody_made(town: Town) -> None:
    home = town.home
    await home.stage.elder("吴奶奶", tier=Tier.YELLOW)
    await home.stage.at(SUNDAY)
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    he = await home.stage.person("何师傅", Role.VOLUNTEER)
    await home.stage.pair(home.li, [he], ["吴奶奶"])
    await home.stage.at("2026-04-14 10:00")
    await home.stage.say(home.li, "/week")
    await home.forge(home.li, "week_plan:2026-04-13")
    new = [
        one for one in await town.rows(State.OFFERED) if one.volunteer_id == await town.id_of(he)
    ]
    assert len(new) == 2
    assert min(one.day for one in new) >= date(2026, 4, 14)
    assert home.says(he, "您的探访安排")


async def test_of_two_who_go_together_one_cannot_so_nobody_goes_alone(town: Town) -> None:
    home = town.home
    li = await town.id_of(home.li)
    async with home.stage.database.write() as tx:
        station = home.stage.station.id
        tx.add(
            Wish(
                community_id=station, elder_id=1, kind=Kind.TWO_PEOPLE, side=Side.ELDER,
                by_id=li, created_at=home.stage.clock.now(),
            )
        )  # fmt: skip
    for who in (home.chen, home.wang):
        await home.can_come(who, "wed_am", "fri_am", most=4)
    await home.stage.at(SUNDAY)
    both = [one for one in await town.rows(State.OFFERED) if one.elder_id == 1]
    assert len(both) == 4
    assert sorted(one.second for one in both) == [False, False, True, True]
    chen = await town.id_of(home.chen)
    mine = next(one for one in both if one.volunteer_id == chen)
    await home.stage.tap(home.chen, f"visit:{mine.id}")
    await home.forge(home.chen, f"visit_no:{mine.id}:busy")
    await home.stage.at(EVENING)
    left = [one for one in await town.rows(*PLANNED) if one.elder_id == 1 and one.day == mine.day]
    assert len(left) != 1


async def test_the_second_of_two_is_replaced_by_hand_and_not_by_the_first(town: Town) -> None:
    home = town.home
    for who in (home.chen, home.wang):
        await home.can_come(who, "wed_am", most=4)
    await home.stage.at(SUNDAY)
    liu = await home.stage.person("刘阿姨", Role.VOLUNTEER)
    async with home.stage.database.write() as tx:
        first = next(one for one in await town.rows(State.OFFERED) if one.elder_id == 1)
        chen, wang = await town.id_of(home.chen), await town.id_of(home.wang)
        other = wang if first.volunteer_id == chen else chen
        tx.add(PairingVolunteer(
            pairing_id=first.pairing_id, member_id=await town.id_of(liu), community_id=1
        ))  # fmt: skip
        visit = Visit(1, other, first.day, first.half)
        now = home.stage.clock.now()
        await visits.assign(tx, now, 1, WEEK, first.pairing_id, visit, second=True)
    second = (await home.visits())[-1]
    await home.forge(home.li, f"week_give:{second.id}:{first.volunteer_id}")
    assert (await home.visits())[-1].id == second.id
    await home.forge(home.li, f"week_give:{second.id}:{await town.id_of(liu)}")
    new = (await home.visits())[-1]
    assert (new.volunteer_id, new.second) == (await town.id_of(liu), True)


async def test_who_goes_alone_is_not_sent_home_for_a_companion_of_long_ago(town: Town) -> None:
    home = town.home
    await home.stage.at(SUNDAY)
    mine = next(one for one in await town.rows(State.OFFERED) if one.day == date(2026, 4, 15))
    async with home.stage.database.write() as tx:
        visit = Visit(mine.elder_id, await town.id_of(town.sun), mine.day, mine.half)
        now = home.stage.clock.now()
        await visits.assign(tx, now, 1, WEEK, mine.pairing_id, visit, State.DROPPED, second=True)
    await town.accept(home.chen, home.wang, town.sun)
    await home.stage.at(EVENING)
    await home.stage.at("2026-04-14 08:30")
    assert next(one for one in await town.rows() if one.id == mine.id).state is State.ACCEPTED


async def test_for_a_social_worker_on_leave_the_deputy_gets_the_week(town: Town) -> None:
    home = town.home
    he = await home.stage.person("何方", Role.SOCIAL_WORKER)
    await home.stage.say(home.li, "/leave")
    await home.stage.say(home.li, "4-11 4-14")
    await home.stage.tap(home.li, "何方")
    await home.stage.at(SUNDAY)
    assert "王桂芳" in home.about(he, "上门探访安排").text
    assert not home.says(home.li, "上门探访安排")
