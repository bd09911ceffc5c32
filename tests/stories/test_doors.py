"""Who goes to a red elder's door, and what happens when nobody opens, or nobody goes."""

from pathlib import Path

from care.access import Role
from care.ladder import Step
from care.ledger import State
from storage.tables import DoorVisit
from tests.stories.neighbours import BOSS, CHEN, LI, LIU, WANG, Neighbours, neighbours


async def test_two_calls_nobody_answers_ask_for_a_door_visit_at_once(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.log(LI, WANG, "no_answer")
        await us.stage.at("08:45")
        assert us.count(CHEN) == 0
        await us.stage.at("09:00")
        await us.log(LI, WANG, "no_answer")
        await us.stage.at("09:01")
        assert us.heard(CHEN, WANG, "没接电话", "您能去看看吗")


async def test_a_door_nobody_opens_is_raised_at_once(tmp_path: Path) -> None:
    """Somebody went, and nobody opened: that does not wait until 17:00."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        await us.stage.at("15:30")
        await us.stage.tap(us[CHEN], "sign_in")
        await us.stage.tap(us[CHEN], "visit_why")
        await us.stage.tap(us[CHEN], "visit_not:1:no_answer")
        await us.stage.at("15:31")
        assert us.heard(BOSS, WANG, "今天没有联系上")


async def _nobody_opens(us: Neighbours, name: str) -> None:
    """Who stands at the door themselves writes it down, from the list or the claimed door."""
    for press in ("at_door", "未接"):
        await us.stage.tap(us[name], press)


async def test_a_door_nobody_opens_to_the_social_worker_is_raised_at_once(tmp_path: Path) -> None:
    """Whoever stands there, and long before anybody asked for it."""
    async with neighbours(tmp_path) as us:
        await us.stage.at("08:30")
        await us.stage.tap(us[LI], WANG)
        await _nobody_opens(us, LI)
        await us.stage.at("08:31")
        assert us.heard(BOSS, WANG, "今天没有联系上")


async def test_who_claimed_a_door_and_found_it_shut_is_not_waited_for(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.red("孙爷爷")
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[LI], "door_claim")
        await _nobody_opens(us, LI)
        [door] = [one for one in await us.rows(DoorVisit) if one.claimed_by is not None]
        assert door.end == "nobody"
        await us.stage.at("15:01")
        assert us.heard(BOSS, "孙爷爷", "今天没有联系上")


async def test_who_cannot_go_after_all_gives_it_back_and_the_others_are_asked(
    tmp_path: Path,
) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        before = us.count(LIU)
        await us.stage.tap(us[CHEN], "door_return")
        assert us.count(LIU) == before + 1
        assert us.heard(LIU, "您能去看看吗")
        await us.stage.tap(us[LIU], "door_claim")
        [door] = await us.rows(DoorVisit)
        assert door.claimed_by == (await us.stage.member(us[LIU])).id


async def test_a_claimer_who_blocks_the_bot_loses_the_door_to_the_others(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us[CHEN], "door_claim")
        us.stage.phones.block(us[CHEN])
        before = us.count(LIU)
        await us.stage.at("17:00")
        await us.log(LI, WANG, "no_answer")
        await us.through("2026-04-09 17:01", "2026-04-09 17:03", minutes=1)
        assert us.count(LIU) > before


async def test_a_door_that_everybody_declined_is_the_social_workers_at_once(
    tmp_path: Path,
) -> None:
    """Whoever was asked said no, or has blocked the bot; the next rung would be at 17:00."""
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        before = us.count(LI)
        await us.stage.tap(us[CHEN], "door_no")
        await us.stage.at("15:01")
        assert us.count(LI) == before, "刘阿姨 has not answered yet"
        await us.stage.tap(us[LIU], "door_no")
        for when in ("15:02", "15:03", "15:04"):
            await us.stage.at(when)
        assert us.count(LI) == before + 1, "once"
        assert us.heard(LI, WANG, "志愿者都去不了")


async def test_who_gives_a_door_back_twice_has_the_others_asked_twice(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        for when in ("15:10", "15:20"):
            await us.stage.at(when)
            before = us.count(LIU)
            await us.stage.tap(us[CHEN], "door_claim")
            await us.stage.tap(us[CHEN], "door_return")
            assert us.count(LIU) == before + 1


async def test_a_door_whose_goer_has_left_the_station_is_offered_again(tmp_path: Path) -> None:
    async with neighbours(tmp_path) as us:
        await us.arrive("方静", Role.SOCIAL_WORKER)
        await us.red("孙爷爷")
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        await us.stage.tap(us["方静"], "door_claim")
        before = us.count(LI)
        await us.leaves("方静")
        await us.stage.at("15:30")
        assert us.count(LI) == before + 1


async def test_without_a_phone_one_goes_to_the_door(tmp_path: Path) -> None:
    async with neighbours(tmp_path, red=False) as us:
        await us.red(WANG, phone=None)
        await us.stage.pair(us[LI], [us[CHEN]], [WANG])
        await us.stage.at("08:30")
        assert us.heard(LI, WANG, "没有电话，请上门")
        await us.stage.at("11:30")
        assert us.heard(LI, "还有 1 位", "没有电话，请上门")


async def test_a_station_with_no_supervisor_tells_the_social_worker_by_name(tmp_path: Path) -> None:
    async with neighbours(tmp_path, supervisor=False) as us:
        await us.through("2026-04-09 08:30", "2026-04-10 00:30")
        assert await us.ended(WANG) == State.MISSED
        assert LI in await us.told(Step.RAISE)
        assert us.heard(LI, "晚报", WANG)
        assert us.heard(LI, f"负责人：{LI}")


async def test_in_no_pairing_the_staff_are_asked_to_go(tmp_path: Path) -> None:
    async with neighbours(tmp_path, red=False) as us:
        await us.red(WANG)
        await us.through("2026-04-09 08:30", "2026-04-09 15:00")
        assert us.heard(LI, WANG, "请您去看看")
        await us.stage.tap(us[LI], "door_claim")
        assert us.heard(LI, "由您去看", "501")
