"""An emergency: told to all at once, and never without somebody whose it is."""

from pathlib import Path

import pytest

from storage.tables import Alert
from tests.stories.neighbours import BOSS, CHEN, DAUGHTER, LI, LIU, WANG, neighbours


@pytest.mark.parametrize("left", [True, False])
async def test_an_emergency_whose_owner_is_gone_is_told_again_at_once(
    tmp_path: Path, *, left: bool
) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await us.log(LI, WANG, "emergency")
        await us.stage.tap(us[CHEN], "alert_take")
        before = us.count(BOSS)
        if left:
            await us.leaves(CHEN)
        else:
            us.stage.phones.block(us[CHEN])
            await us.stage.settle()
        await us.stage.at("09:01")
        told = us.stage.chat(us[BOSS])[before:]
        assert len([one for one in told if f"紧急：{WANG}" in one.text]) == 1
        assert us.heard(BOSS, f"紧急：{WANG}", "还没有人处理")
        await us.stage.tap(us[LIU], "alert_take")
        assert us.heard(BOSS, f"{LIU} 正在处理")


async def test_an_alert_without_an_owner_gets_one_when_somebody_is_back(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        for name in (BOSS, LI):
            us.stage.phones.block(us[name])
        await us.stage.settle()
        await us.stage.at("17:00")
        [alert] = await us.rows(Alert)
        assert alert.owner_id is None
        us.stage.phones.start(us[BOSS])
        await us.stage.settle()
        await us.stage.at("17:05")
        [alert] = await us.rows(Alert)
        assert alert.owner_id == (await us.stage.member(us[BOSS])).id
        assert us.heard(BOSS, f"负责人：{BOSS}")


async def test_an_emergency_is_told_to_all_at_once_and_again_until_taken(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "emergency")
        for name in (BOSS, CHEN, LIU, DAUGHTER):
            assert len(us.heard(name, f"紧急：{WANG}", "还没有人处理")) == 1, name
        await us.stage.at("08:39")
        assert len(us.heard(BOSS, f"紧急：{WANG}")) == 1
        await us.stage.at("08:41")
        assert len(us.heard(BOSS, f"紧急：{WANG}")) == 2
        assert not us.heard(CHEN, "501"), "the address is for whoever goes"
        await us.stage.tap(us[CHEN], "alert_take")
        assert us.heard(CHEN, f"{CHEN} 正在处理", "501")
        assert us.heard(BOSS, f"{CHEN} 正在处理")
        answer = await us.stage.tap(us[BOSS], "登记电话")
        assert answer is None or "没有" not in answer
        before = us.count(DAUGHTER)
        await us.through("2026-04-09 08:52", "2026-04-09 10:00", minutes=10)
        assert us.count(DAUGHTER) == before
        await us.stage.tap(us[CHEN], "alert_clear")
        await us.stage.tap(us[CHEN], "医院")
        for name in (BOSS, LI, LIU, DAUGHTER):
            assert us.heard(name, f"预警解除：{WANG}", "在医院"), name


async def test_a_second_emergency_is_told_to_all_while_an_older_one_is_being_handled(
    tmp_path: Path,
) -> None:
    """Who took the first may be home again: it is anybody's once more."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("09:00")
        await us.log(LI, WANG, "emergency")
        await us.stage.tap(us[CHEN], "alert_take")
        await us.stage.at("16:00")
        before = {name: us.count(name) for name in (BOSS, CHEN, LIU, DAUGHTER)}
        for press in ("call:1", "紧急"):
            await us.stage.tap(us[LI], press)
        for name, count in before.items():
            assert us.count(name) == count + 1, name
            assert "还没有人处理" in us.stage.last(us[name]).text, name
        await us.stage.at("16:11")
        assert us.count(BOSS) == before[BOSS] + 2, "and again until somebody takes it"
        await us.stage.tap(us[CHEN], "alert_take")
        await us.stage.at("16:13")
        for press in ("call:1", "紧急"):
            await us.stage.tap(us[LI], press)
        assert f"{CHEN} 正在处理" in us.stage.last(us[BOSS]).text, "who has just taken it has it"


async def test_two_press_at_once_and_one_is_told_who_has_it(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "emergency")
        press = {}
        for name in (BOSS, CHEN):
            message = us.heard(name, f"紧急：{WANG}")[-1]
            press[name] = us.stage.phones.press(us[name], message.id, "alert_take:1")
        await us.stage.settle()
        assert sorted("由您处理" in str(one.text) for one in press.values()) == [False, True]
        loser = next(one for one in press.values() if "由您处理" not in str(one.text))
        assert BOSS in str(loser.text) or CHEN in str(loser.text)
