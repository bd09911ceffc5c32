"""/ledger: a month as a picture, months turned in place, missed days with who was told when."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

import bot.wire
from bot.pictures.paint import NotPainted
from bot.playground.records import Message, Person
from bot.screens import ledger as screens
from care.access import Role
from care.calls import Kind, Outcome
from care.elders import Tier
from care.ladder import Step
from care.pauses import Why
from storage import calls, elders
from storage.calls import Happened
from storage.tables import Community, Elder, FamilyLink, Pause, Told
from tests.bot.crowd import Crowd, arrive, crowd
from tests.bot.pictures.pixels import size
from tests.stage import local

DAY = timedelta(days=1)
MARCH_20, TODAY = date(2026, 3, 20), date(2026, 4, 9)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    """The station of 20 March; its elder was called every day but on 3 April, and is 23 days on."""
    async with crowd(tmp_path) as made:
        await begun_in_march(made)
        yield made


async def begun_in_march(town: Crowd) -> None:
    stage = town.stage
    li = (await stage.member(town.li)).id
    async with stage.database.write() as tx:
        begun = local(f"{MARCH_20} 08:00")
        await tx.execute(update(Community).values(created_at=begun))
        await tx.execute(update(Elder).values(created_at=begun))
        elder = await elders.named(tx, stage.station.id, "王桂芳")
        day = MARCH_20
        while day < TODAY:
            if day != date(2026, 4, 3):
                at = local(f"{day} 09:00")
                what = Happened(Kind.CALL, Outcome.FINE, li, day, at, f"call:{day}")
                await calls.record(tx, at, elder, what)
            day += DAY
    await stage.at("2026-04-09 08:31")


async def told(town: Crowd, day: date, step: Step, at: str, delivered: str | None) -> None:
    stage = town.stage
    boss = await stage.member(town.boss)
    async with stage.database.write() as tx:
        elder = await elders.named(tx, stage.station.id, "王桂芳")
        tx.add(
            Told(
                community_id=elder.community_id,
                elder_id=elder.id,
                day=day,
                step=step,
                member_id=boss.id,
                key=f"{step}:{day}",
                letter=f"{step}:{day}",
                at=local(at),
                delivered_at=local(delivered) if delivered else None,
            )
        )


def labels(message: Message) -> list[str]:
    return [one.label for row in message.rows for one in row]


def pictures(town: Crowd, person: Person) -> list[Message]:
    return [one for one in town.stage.chat(person) if one.photo is not None]


async def test_the_month_comes_as_a_picture_with_the_totals_below(town: Crowd) -> None:
    shown = await town.stage.say(town.boss, "/ledger")
    assert shown.photo is not None
    assert size(shown.photo.data)[0] == 1080
    assert "Ledger April 2026" in shown.text
    assert "met 7, missed 1, still open 1" in shown.text
    assert "🔴 87% (7/8)" in shown.text
    assert "Visited as owed: 0% (0/1)" in shown.text
    assert len(shown.text) < 1024
    assert labels(shown) == ["◀ Mar", "❗ 1 missed day: who was told"]


async def test_another_month_is_shown_in_place(town: Crowd) -> None:
    first = await town.stage.say(town.boss, "/ledger")
    before = first.photo
    await town.stage.tap(town.boss, "◀ Mar")
    [shown] = pictures(town, town.boss)
    assert shown.id == first.id
    assert shown.photo != before
    assert "March 2026" in shown.text
    # There was no station before March.
    assert labels(shown) == ["Apr ▶"]
    await town.stage.tap(town.boss, "Apr ▶")
    [shown] = pictures(town, town.boss)
    assert "April 2026" in shown.text


async def test_a_picture_that_was_deleted_meanwhile_comes_as_a_new_one(town: Crowd) -> None:
    stage = town.stage
    first = await stage.say(town.boss, "/ledger")
    stage.phones.press(town.boss, first.id, "ledger_month:2026-03")
    stage.telegram.world.remove(first)
    await stage.settle()
    [shown] = pictures(town, town.boss)
    assert shown.id > first.id
    assert "March 2026" in shown.text


async def test_a_picture_that_cannot_be_painted_leaves_its_words(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_svg: str) -> bytes:
        raise NotPainted("no painter")

    monkeypatch.setattr(bot.wire, "paint", fails)
    shown = await town.stage.say(town.boss, "/ledger")
    assert shown.photo is None
    assert "met 7" in shown.text
    await town.stage.tap(town.boss, "◀ Mar")
    assert "March 2026" in town.stage.last(town.boss).text


async def test_missed_days_come_below_the_picture_with_who_was_told_when(town: Crowd) -> None:
    missed = date(2026, 4, 3)
    await told(town, missed, Step.REMIND, "2026-04-03 11:30", "2026-04-03 11:31")
    await told(town, missed, Step.CLOSED, "2026-04-04 00:01", None)
    await town.stage.say(town.boss, "/ledger")
    await town.stage.tap(town.boss, "ledger_missed")
    shown = town.stage.last(town.boss)
    assert shown.photo is None
    assert "Fri 3 Apr · 王桂芳" in shown.text
    assert "11:30 周督导: still to be called, delivered 11:31" in shown.text
    assert "Sat 4 Apr 00:01 周督导: told afterwards, not delivered" in shown.text
    assert pictures(town, town.boss)


async def test_a_missed_day_of_which_nobody_was_told_says_so(town: Crowd) -> None:
    async with town.stage.database.write() as tx:
        await tx.execute(delete(Told))
    await town.stage.say(town.boss, "/ledger")
    await town.stage.tap(town.boss, "ledger_missed")
    assert "Nobody was told." in town.stage.last(town.boss).text


async def test_many_missed_days_have_pages(town: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "MISSED_PAGE", 1)
    monkeypatch.setattr(screens, "MOST_TOLD", 1)
    await told(town, date(2026, 4, 3), Step.DOOR, "2026-04-03 15:00", None)
    await told(town, date(2026, 4, 3), Step.RAISE, "2026-04-03 17:00", None)
    async with town.stage.database.write() as tx:
        [(contact, _), *_] = await calls.latest(
            tx, await elders.named(tx, town.stage.station.id, "王桂芳")
        )
        contact.withdrawn_at = town.stage.clock.now()
    await town.stage.at("2026-04-11 08:00")
    await town.stage.say(town.boss, "/ledger")
    await town.stage.tap(town.boss, "ledger_missed")
    first = town.stage.last(town.boss)
    assert "3 Apr" in first.text
    assert "… +" in first.text
    await town.stage.tap(town.boss, "missed_page")
    assert town.stage.last(town.boss).id == first.id
    assert "3 Apr" not in town.stage.last(town.boss).text


async def test_a_month_without_a_missed_day_has_no_such_button(town: Crowd) -> None:
    await town.stage.say(town.boss, "/ledger")
    await town.stage.tap(town.boss, "ledger_missed")
    await town.stage.tap(town.boss, "◀ Mar")
    assert not any("missed" in label for label in labels(pictures(town, town.boss)[-1]))
    press(town, town.boss, "ledger_missed:2026-03")
    await town.stage.settle()
    assert "No day was missed in March 2026." in town.stage.last(town.boss).text


def press(town: Crowd, person: Person, data: str) -> None:
    """A button that is made up, or of an older message."""
    town.stage.phones.press(person, town.stage.last(person).id, data, stale=True)


@pytest.mark.parametrize(
    "data",
    [
        "ledger_month:2026-13",
        "ledger_month:26-04",
        "ledger_month:2026-4",
        "ledger_page:2026-04:x",
        "ledger_missed:",
        "missed_page:2026-04:-1",
    ],
)
async def test_a_made_up_month_is_refused(town: Crowd, data: str) -> None:
    await town.stage.say(town.boss, "/ledger")
    pressed = town.stage.phones.press(town.boss, pictures(town, town.boss)[-1].id, data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in (pressed.text or "")
    assert "April 2026" in pictures(town, town.boss)[-1].text


async def test_a_month_to_come_is_this_one(town: Crowd) -> None:
    await town.stage.say(town.boss, "/ledger")
    press(town, town.boss, "ledger_month:2031-01")
    await town.stage.settle()
    assert "April 2026" in pictures(town, town.boss)[-1].text


async def test_more_than_twenty_elders_have_pages(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "PAGE", 1)
    await town.stage.elder("赵大爷", tier=Tier.RED)
    first = await town.stage.say(town.boss, "/ledger")
    assert "Red elders: 2" in first.text
    assert first.photo is not None
    before = first.photo.data
    assert labels(first)[:2] == ["◀ Mar", "▶ 2/2"]
    await town.stage.tap(town.boss, "ledger_page")
    [shown] = pictures(town, town.boss)
    assert shown.photo is not None
    assert shown.photo.data != before
    assert "◀ 1/2" in labels(shown)


async def test_a_social_worker_sees_theirs_and_a_volunteer_nothing(town: Crowd) -> None:
    stage = town.stage
    other = await arrive(stage, "张社工", Role.SOCIAL_WORKER)
    assert "Red elders: 1" in (await stage.say(town.li, "/ledger")).text
    assert "Red elders: 0" in (await stage.say(other, "/ledger")).text
    refused = await stage.say(town.chen, "/ledger")
    assert refused.photo is None
    assert "not available" in refused.text
    press(town, town.chen, "ledger_month:2026-04")
    press(town, town.chen, "ledger_page:2026-04:0")
    press(town, town.chen, "ledger_missed:2026-04")
    press(town, town.chen, "missed_page:2026-04:0")
    await stage.settle()
    assert not pictures(town, town.chen)
    assert not any("missed" in text for text in town.texts(town.chen))


async def test_in_the_menu_it_is_a_button_that_leaves_the_menu_standing(town: Crowd) -> None:
    menu = await town.stage.say(town.boss, "/menu")
    await town.stage.tap(town.boss, "do:ledger")
    assert pictures(town, town.boss)[-1].id > menu.id


async def test_the_ledger_speaks_chinese(town: Crowd) -> None:
    await town.stage.speak("zh_CN")
    async with town.stage.database.write() as tx:
        await tx.execute(update(Community).values(language="zh_CN"))
    shown = await town.stage.say(town.boss, "/ledger")
    assert "2026年4月台账" in shown.text
    assert "月探访率" in shown.text


async def test_the_elders_card_says_how_far_what_is_owed_is_done(town: Crowd) -> None:
    stage = town.stage
    zhao = await stage.elder("赵大爷", tier=Tier.YELLOW)
    qian = await stage.elder("钱奶奶", tier=Tier.GREEN)
    async with stage.database.write() as tx:
        await tx.execute(update(Elder).values(created_at=local(f"{MARCH_20} 08:00")))
        wang = await elders.named(tx, stage.station.id, "王桂芳")
    for elder, said in (
        (wang, "5 days in a row all is well · ☎ not reached yet today"),
        (zhao, "⏳ visits this week: 0 of 2"),
        (qian, "🚪 visits this month: 0 of 1"),
    ):
        await stage.say(town.boss, "/elders")
        await stage.tap(town.boss, f"elder:{elder.id}")
        assert said in stage.last(town.boss).text
    await stage.at("2026-04-09 10:00")
    li = (await stage.member(town.li)).id
    async with stage.database.write() as tx:
        at = stage.clock.now()
        what = Happened(Kind.CALL, Outcome.FINE, li, TODAY, at, "now")
        await calls.record(tx, at, wang, what)
    await stage.say(town.boss, "/elders")
    await stage.tap(town.boss, f"elder:{wang.id}")
    assert "6 days in a row all is well · ✅ reached today" in stage.last(town.boss).text


async def test_in_the_list_only_who_is_late_in_the_week_is_marked(town: Crowd) -> None:
    stage = town.stage
    await stage.elder("赵大爷", tier=Tier.YELLOW)
    async with stage.database.write() as tx:
        await tx.execute(update(Elder).values(created_at=local(f"{MARCH_20} 08:00")))
    stage.clock.set(local("2026-04-08 10:00"))
    assert "⏳" not in (await stage.say(town.boss, "/elders")).text
    stage.clock.set(local("2026-04-11 10:00"))
    assert "⏳ visits this week: 0 of 2" in (await stage.say(town.boss, "/elders")).text


async def test_a_paused_elder_is_owed_nothing_on_the_card(town: Crowd) -> None:
    stage = town.stage
    li = await stage.member(town.li)
    async with stage.database.write() as tx:
        wang = await elders.named(tx, stage.station.id, "王桂芳")
        tx.add(
            Pause(
                community_id=wang.community_id,
                elder_id=wang.id,
                first_day=TODAY,
                until=TODAY + 9 * DAY,
                why=Why.HOSPITAL,
                by_id=li.id,
                created_at=stage.clock.now(),
            )
        )
    await stage.say(town.boss, "/elders")
    await stage.tap(town.boss, f"elder:{wang.id}")
    assert "not reached yet" not in stage.last(town.boss).text


async def test_the_family_hears_how_many_days_all_was_well(town: Crowd) -> None:
    stage = town.stage
    daughter = await arrive(stage, "王女士", Role.FAMILY)
    member = await stage.member(daughter)
    async with stage.database.write() as tx:
        wang = await elders.named(tx, stage.station.id, "王桂芳")
        tx.add(
            FamilyLink(
                member_id=member.id,
                elder_id=wang.id,
                community_id=wang.community_id,
                created_at=stage.clock.now(),
            )
        )
    shown = await stage.say(daughter, "/elder")
    assert "💚 5 days in a row all is well" in shown.text
    assert "not reached" not in shown.text
