"""Pairings proposed by chat: looked at, taken, left out; and what stands when things change."""

from pathlib import Path

import pytest

from bot.playground.records import Person
from bot.texts import Texts
from bot.turn import STATION_ZONE
from care.access import Role
from care.elders import Tier
from care.proposals import Proposal, Roster
from scheduler import proposer
from scheduler.highs import NotSolved
from storage import pairings
from storage.pairings import Whole
from tests.stage import Stage, sqlite_url, staged

NAMES = ("王桂芳", "赵大爷", "孙奶奶", "周玉梅", "陈秀英", "韩德福")


async def made(stage: Stage) -> list[Whole]:
    async with stage.database.read() as tx:
        return await pairings.of_community(tx, stage.station.id)


async def town(stage: Stage) -> tuple[Person, Person, Person]:
    """Two buildings with three elders each, one volunteer for each; a supervisor asks."""
    boss = await stage.person("周督导", Role.SUPERVISOR)
    li = await stage.person("李敏", Role.SOCIAL_WORKER)
    chen = await stage.person("陈晨", Role.VOLUNTEER)
    await stage.person("刘阿姨", Role.VOLUNTEER)
    for number, name in enumerate(NAMES):
        building = "12号楼" if number < 3 else "3号楼"
        await stage.elder(name, tier=Tier.YELLOW, building=building, address="3单元 501")
    return boss, li, chen


async def ask(stage: Stage, person: Person) -> str:
    """The text under the picture."""
    await stage.say(person, "/pairings")
    await stage.tap(person, "pairings_propose")
    return stage.last(person).text


async def test_a_proposal_is_a_picture_with_reasons_and_makes_nothing(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, _, chen = await town(stage)
        before = len(stage.chat(chen))
        text = await ask(stage, boss)
        assert stage.last(boss).photo is not None
        assert all(name in text for name in (*NAMES, "李敏", "陈晨", "刘阿姨"))
        assert text.index("周玉梅") < text.index("王桂芳")
        assert "都在3号楼" in text
        assert "501" not in text
        assert not await made(stage)
        assert len(stage.chat(chen)) == before


async def test_one_is_taken_the_other_is_left_out(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, _, _ = await town(stage)
        await ask(stage, boss)
        shown = stage.last(boss).id
        await stage.tap(boss, "建立 2")
        [whole] = await made(stage)
        assert whole.worker.name == "李敏"
        assert {one.name for one in whole.elders} == set(NAMES[:3])
        [volunteer] = whole.volunteers
        phone = next(one for one in stage.telegram.people.values() if one.name == volunteer.name)
        assert all(name in stage.last(phone).text for name in NAMES[:3])
        assert stage.last(boss).id == shown
        assert "王桂芳" not in stage.last(boss).text
        await stage.tap(boss, "不要 1")
        assert "周玉梅" not in stage.last(boss).text
        assert len(await made(stage)) == 1


async def test_all_are_taken_at_once_and_only_once(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, _, _ = await town(stage)
        await ask(stage, boss)
        message = stage.last(boss)
        data = next(
            one.data for row in message.rows for one in row if "take_all" in (one.data or "")
        )
        for _ in range(2):
            stage.phones.press(boss, message.id, data, stale=True)
        await stage.settle()
        found = await made(stage)
        assert [len(one.elders) for one in found] == [3, 3]
        toast = await stage.tap(boss, "pairings_propose")
        assert "都已经有结对" in (toast or "")


async def test_when_the_roster_changes_meanwhile_nothing_is_made(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, li, chen = await town(stage)
        await ask(stage, boss)
        await stage.pair(li, [chen], ["王桂芳"])
        await stage.tap(boss, "proposal_take_all")
        assert len(await made(stage)) == 1
        assert "有变化" in stage.last(boss).text
        assert "王桂芳" not in await ask(stage, boss)


async def test_a_social_worker_takes_only_what_they_would_lead(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        _, li, chen = await town(stage)
        await stage.person("孙丽", Role.SOCIAL_WORKER)
        await ask(stage, li)
        data = [one.data or "" for row in stage.last(li).rows for one in row]
        mine = [one for one in data if one.startswith("proposal_take:")]
        assert len(mine) == 1
        other = mine[0].replace(":g0:", ":g_:").replace(":g1:", ":g0:").replace(":g_:", ":g1:")
        for wrong in (other, other.replace(":g", ":x"), "proposal_take:1:g0:0"):
            stage.phones.press(li, stage.last(li).id, wrong, stale=True)
            await stage.settle()
        assert not await made(stage)
        await stage.tap(li, "proposal_take")
        assert [one.worker.name for one in await made(stage)] == ["李敏"]
        stage.phones.press(chen, stage.last(chen).id, "pairings_propose", stale=True)
        await stage.settle()
        assert "王桂芳" not in stage.last(chen).text


async def test_pages_turn_and_the_words_fit_under_the_picture_in_both_languages(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, _, _ = await town(stage)
        for number in range(36):
            await stage.elder(
                f"老人{number:02}", tier=Tier.GREEN, building=f"{number // 4 + 20}号楼"
            )
        for number in range(8):
            await stage.person(f"志愿者{number}", Role.VOLUNTEER)
        for language in ("zh_CN", "en"):
            await stage.say(boss, "/language")
            await stage.tap(boss, f"speak:{language}")
            first = await ask(stage, boss)
            await stage.tap(boss, "▶")
            second = stage.last(boss).text
            assert first != second
            assert len(first) <= 1024
            assert len(second) <= 1024


async def test_who_left_a_pairing_is_followed_by_somebody(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, li, chen = await town(stage)
        await stage.pair(li, [chen], list(NAMES[:3]))
        await stage.say(chen, "/me")
        await stage.tap(chen, "leave_ask")
        await stage.tap(chen, "leave_yes")
        text = await ask(stage, boss)
        assert "志愿者已离开，建议由刘阿姨接替" in text
        await stage.tap(boss, "建立 🔧")
        [whole] = await made(stage)
        assert [one.name for one in whole.volunteers] == ["刘阿姨"]


async def test_without_volunteers_or_social_workers_nobody_is_dropped_silently(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        for name in NAMES:
            await stage.elder(name)
        text = await ask(stage, boss)
        assert all(name in text for name in NAMES)
        assert "没有社工" in text
        await stage.person("李敏", Role.SOCIAL_WORKER)
        assert "志愿者不够" in await ask(stage, boss)


async def test_a_solver_that_fails_is_said_and_pairing_by_hand_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, _, _ = await town(stage)

        async def fail(_roster: Roster) -> Proposal:
            raise NotSolved("no")

        monkeypatch.setattr(proposer, "propose", fail)
        await stage.say(boss, "/pairings")
        toast = await stage.tap(boss, "pairings_propose")
        assert toast == Texts("zh_CN", STATION_ZONE)(
            "That did not work. Please try again, or pair by hand."
        )


async def test_too_few_for_a_pairing_join_one_that_is_there_in_one_tap(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss, li, chen = await town(stage)
        await stage.pair(li, [chen], list(NAMES[:3]))
        liu = next(one for one in stage.telegram.people.values() if one.name == "刘阿姨")
        await stage.pair(li, [liu], list(NAMES[3:]))
        await stage.elder("吴奶奶", tier=Tier.GREEN, building="12号楼")
        text = await ask(stage, boss)
        assert "吴奶奶加入李敏的结对" in text
        before = len(stage.chat(chen))
        await stage.tap(boss, "proposal_take")
        found = {one.name for one in (await made(stage))[0].elders}
        assert found == {*NAMES[:3], "吴奶奶"}
        [told] = stage.chat(chen)[before:]
        assert "吴奶奶" in told.text
