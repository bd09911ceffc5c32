"""The end of care: asked twice, then nobody hears of them again; a wrong tap can be put right."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.records import Group, Message, Person
from care.access import Role
from care.community import Settings
from care.elders import Tier
from care.errands import Kind
from care.errands import State as ErrandState
from care.joining import Standing
from care.pauses import Gone
from care.tiers import Question
from care.visits import State
from scheduler.jobs import JOBS
from storage import calming, elders, errands, joining, members
from storage.elders import Decision
from storage.tables import (
    Alert,
    Audit,
    DoorVisit,
    Elder,
    Errand,
    ErrandStep,
    FollowUp,
    Member,
    Pairing,
    PairingElder,
    TierQuestion,
)
from tests.beginnings import Beginning
from tests.stage import ZONE, Stage
from tests.street import NOT_YOURS, SUNDAY, Street, settle_in

SUN = "孙奶奶"
MONDAY = "2026-04-13"


class Life:
    """A street on which everything that can be open is open about 孙奶奶."""

    def __init__(
        self, home: Street, elder: Elder, granny: Person, son: Person, group: Group
    ) -> None:
        self.home, self.stage = home, home.stage
        self.elder, self.granny, self.son, self.group = elder, granny, son, group

    async def exit(self, why: str = "已去世") -> None:
        """李敏 ends care, through the card."""
        await self.stage.say(self.home.li, "/elders")
        await self.stage.tap(self.home.li, SUN)
        for label in ("pause_ask", "不再服务", why, "确定，不再服务"):
            await self.stage.tap(self.home.li, label)

    def standing(self) -> list[tuple[Person, Message]]:
        """What stands in every chat, the group's too."""
        home = self.home
        people = (home.boss, home.li, home.chen, home.wang, home.daughter, self.granny, self.son)
        found = [(one, message) for one in people for message in self.stage.chat(one)]
        return [*found, *((home.chen, one) for one in self.stage.chat(home.chen, self.group))]

    def written(self, since: int) -> list[tuple[int, str]]:
        """What the bot has sent as a new message since some call: to whom, and what."""
        calls = self.stage.telegram.log[since:]
        return [
            (int(one.params["chat_id"]), str(one.params.get("text", one.params.get("caption"))))
            for one in calls
            if one.method.startswith("send")
        ]

    async def all(self, model: Any, *where: Any) -> list[Any]:
        """Rows of a table."""
        async with self.stage.database.read() as tx:
            return list(await tx.scalars(select(model).where(*where).order_by(model.id)))


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with LIFE.again(tmp_path) as found:
        yield found


async def _life(stage: Stage) -> Life:
    home = await settle_in(stage)
    elder = await stage.elder(SUN, tier=Tier.YELLOW, building="5号楼", address="5号楼 101")
    granny = await stage.person("奶奶本人", Role.ELDER, elder=SUN)
    son = await stage.person("孙家儿子", Role.FAMILY, elder=SUN)
    group = await stage.group("志愿者", [home.li, home.chen, home.wang], home.li)
    async with stage.database.write() as tx:
        pairing = await tx.scalar(select(Pairing))
        assert pairing is not None
        tx.add(
            PairingElder(pairing_id=pairing.id, elder_id=elder.id, community_id=stage.station.id)
        )
    await stage.at(SUNDAY)
    await _open_everything(home, elder.id)
    for when in ("2026-04-12 19:00", "08:00", "08:30", "11:30", "15:00", "15:05"):
        await stage.at(when if "-" in when else f"{MONDAY} {when}")
    await stage.say(son, "/elder")
    return Life(home, elder, granny, son, group)


LIFE = Beginning(_life)


async def _open_everything(home: Street, elder_id: int) -> None:
    """An errand to be claimed and one in hand, a follow-up, a question, an emergency."""
    stage = home.stage
    li, chen = [(await stage.member(one)).id for one in (home.li, home.chen)]
    now, soon = stage.clock.now(), stage.clock.now() + timedelta(days=3)
    async with stage.database.write() as tx:
        one = await tx.get_one(Elder, elder_id)
        elders.change_tier(tx, now, one, Tier.RED, Decision(li, "摔了一跤"))
        claimer = await members.person_of_id(tx, chen)
        assert claimer is not None
        first = await errands.ask(tx, now, one, Kind.MEDICINE, "孙奶奶的药", soon, li)
        await errands.claim(tx, now, claimer.viewer, first.id)
        await errands.ask(tx, now, one, Kind.PARCEL, "孙奶奶的包裹", soon, li)
        common = {"community_id": one.community_id, "elder_id": one.id}
        tx.add(FollowUp(**common, due=now.date(), note="头晕", by_id=li, opened_at=now))
        tx.add(
            TierQuestion(
                **common, kind=Question.PROPOSAL, before=Tier.RED, after=Tier.YELLOW,
                evidence={"found": []}, key="asked", asked_at=now,
            )
        )  # fmt: skip
        await joining.invite(tx, now, one.community_id, Role.FAMILY, name="女儿", elder_id=one.id)
        await calming.emergency(tx, now, one, await tx.get_one(Member, chen))
    await stage.settle()
    await stage.say(home.chen, "/errands")
    await stage.tap(home.chen, "errand:1")


async def test_care_ends_only_after_a_second_plain_question(life: Life) -> None:
    await life.stage.say(life.home.li, "/elders")
    await life.stage.tap(life.home.li, SUN)
    for label in ("pause_ask", "不再服务", "已去世"):
        await life.stage.tap(life.home.li, label)
    asked = life.stage.last(life.home.li).text
    assert "从此不再向任何人提醒孙奶奶的事" in asked
    [one] = await life.all(Elder, Elder.id == life.elder.id)
    assert one.exited_at is None
    await life.stage.tap(life.home.li, "确定，不再服务")
    [one] = await life.all(Elder, Elder.id == life.elder.id)
    assert (one.exited_at, one.exit_reason) == (life.stage.clock.now(), Gone.DIED)
    [audit] = await life.all(Audit, Audit.action == "exit")
    assert audit.member_id == (await life.stage.member(life.home.li)).id


async def test_everything_that_was_open_about_them_is_closed_with_its_history(life: Life) -> None:
    mine = life.elder.id
    await life.exit()
    planned = [one for one in await life.home.visits() if one.elder_id == mine]
    assert planned
    assert {one.state for one in planned} == {State.DROPPED}
    asked = await life.all(Errand, Errand.elder_id == mine)
    assert {one.state for one in asked} == {ErrandState.CANCELLED}
    assert [one.step for one in await life.all(ErrandStep)].count("cancel") == len(asked)
    for model, ended in (
        (FollowUp, "closed_at"),
        (TierQuestion, "decided_at"),
        (DoorVisit, "ended_at"),
        (Alert, "closed_at"),
    ):
        ends = {getattr(one, ended) for one in await life.all(model, model.elder_id == mine)}
        assert life.stage.clock.now() in ends, model
        assert None not in ends, model


async def test_cards_that_stand_in_chats_are_redrawn_without_them(life: Life) -> None:
    named = [one for one, message in life.standing() if SUN in message.text]
    assert {one.id for one in named} >= {
        one.id for one in (life.home.chen, life.home.li, life.home.boss, life.son)
    }
    await life.exit()
    left = [(who.name, one.text) for who, one in life.standing() if SUN in one.text]
    assert [text for _, text in left if "已不在服务中" not in text] == []
    assert {who for who, _ in left} <= {"李敏", "周督导"}


async def test_for_a_month_no_job_writes_to_anybody_about_them(life: Life) -> None:
    await life.exit()
    since = len(life.stage.telegram.log)
    times = sorted({each for job in JOBS for each in _times(job)})
    today = life.stage.clock.now().astimezone(ZONE).date()
    # A whole week, then the days on which something comes round again.
    for ahead in (*range(8), 14, 21, 28, 30, 31):
        for each in times:
            moment = datetime.combine(today + timedelta(days=ahead), each, ZONE)
            if moment > life.stage.clock.now():
                await life.stage.at(f"{moment:%Y-%m-%d %H:%M}")
    written = life.written(since)
    assert any("王桂芳" in text for _, text in written), "the jobs did run"
    assert [text for _, text in written if SUN in text] == []
    assert [text for to, text in written if to == life.granny.id] == []


def _times(job: Any) -> list[time]:
    settings = Settings()
    return [each(settings) for each in (job.at, *job.also)]


async def test_whoever_was_about_to_come_is_named_to_the_staff_and_not_written_to(
    life: Life,
) -> None:
    since = len(life.stage.telegram.log)
    await life.exit()
    text = life.stage.last(life.home.li).text
    assert "请您亲自告诉他们" in text
    assert "陈同学" in text
    others = [to for to, _ in life.written(since) if to != life.home.li.id]
    assert others == []


async def test_nobody_but_the_staff_may_know_anything_more(life: Life) -> None:
    await life.exit()
    number = life.elder.id
    for who in (life.home.chen, life.son, life.home.boss, life.home.li):
        await life.stage.say(who, "/menu")
        for data in (f"call:{number}", f"errand_for:{number}", f"my_elder:{number}", "errand:1"):
            await life.home.forge(who, data)
            assert SUN not in life.stage.last(who).text, data
    await life.stage.say(life.home.boss, "/menu")
    await life.home.forge(life.home.boss, f"elder:{number}")
    assert "已不在服务中" in life.stage.last(life.home.boss).text
    await life.stage.say(life.son, "/elder")
    assert SUN not in life.stage.last(life.son).text


async def test_an_invitation_to_their_family_opens_nothing_any_more(life: Life) -> None:
    late = life.stage.telegram.add_person("女儿", language_code="zh-hans")
    async with life.stage.database.write() as tx:
        now, station = life.stage.clock.now(), life.stage.station.id
        token = await joining.invite(tx, now, station, Role.FAMILY, elder_id=life.elder.id)
    await life.exit()
    life.stage.phones.start(late, token)
    await life.stage.settle()
    assert SUN not in life.stage.last(late).text


async def test_who_moved_away_stays_a_volunteer_and_who_died_is_written_to_by_nobody(
    life: Life,
) -> None:
    async with life.stage.database.write() as tx:
        granny = await tx.get_one(Member, (await life.stage.member(life.granny)).id)
        await members.add_role(tx, granny, Role.VOLUNTEER)
    await life.exit("已搬走")
    async with life.stage.database.read() as tx:
        person = await members.person_of_account(tx, life.granny.id)
    assert person is not None
    assert person.roles == {Role.VOLUNTEER}
    await life.stage.tap(life.home.li, "exit_undo")
    await life.exit("已去世")
    async with life.stage.database.read() as tx:
        assert await members.person_of_account(tx, life.granny.id) is None


async def test_a_wrong_tap_is_put_right_by_the_same_person_on_the_same_day(life: Life) -> None:
    before = [(one.id, one.state) for one in await life.home.visits()]
    await life.exit()
    await life.stage.tap(life.home.li, "exit_undo")
    assert "🔴" in life.stage.last(life.home.li).text
    [one] = await life.all(Elder, Elder.id == life.elder.id)
    assert (one.exited_at, one.exit_reason) == (None, None)
    assert [(one.id, one.state) for one in await life.home.visits()] == before
    for model, ended in (
        (FollowUp, "closed_at"),
        (TierQuestion, "decided_at"),
        (DoorVisit, "ended_at"),
        (Alert, "closed_at"),
    ):
        rows = await life.all(model, model.elder_id == life.elder.id)
        assert any(getattr(one, ended) is None for one in rows), model
    asked = await life.all(Errand, Errand.elder_id == life.elder.id)
    assert {one.state for one in asked} == {ErrandState.OPEN}
    assert [one.action for one in await life.all(Audit)][-1] == "exit_mistake"
    granny = await life.stage.member(life.granny)
    assert granny.standing is Standing.ACTIVE
    assert SUN in (await life.stage.say(life.home.li, "/calls")).text
    assert SUN in (await life.stage.say(life.son, "/elder")).text


async def test_it_is_not_put_right_by_somebody_else_or_on_another_day(life: Life) -> None:
    await life.exit()
    await life.stage.say(life.home.boss, "/menu")
    assert await life.home.forge(life.home.boss, f"exit_undo:{life.elder.id}") is not None
    assert await life.home.forge(life.son, f"exit_undo:{life.elder.id}") == NOT_YOURS
    await life.stage.at("2026-04-14 09:00")
    assert await life.home.forge(life.home.li, f"exit_undo:{life.elder.id}") is not None
    [one] = await life.all(Elder, Elder.id == life.elder.id)
    assert one.exited_at is not None


async def test_the_same_tap_twice_ends_care_once(life: Life) -> None:
    await life.exit()
    await life.home.forge(life.home.li, f"exit:{life.elder.id}:moved")
    assert len(await life.all(Audit, Audit.action == "exit")) == 1
    [one] = await life.all(Elder, Elder.id == life.elder.id)
    assert one.exit_reason is Gone.DIED
