"""What everybody can do: the menu of one's roles, one's language, and the way out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.screens.menu import COMMAND_ORDER, commands_of
from bot.turn import CURRENT
from care.access import COMMANDS, Role
from care.joining import Standing
from storage import communities, members
from tests.bot.crowd import Crowd, arrive, crowd


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


def menu_of(town: Crowd, person: object) -> dict[str, str]:
    """The commands that a phone offers."""
    for call in reversed(town.stage.telegram.log):
        if call.method == "setMyCommands" and call.params["scope"]["chat_id"] == person.id:  # type: ignore[attr-defined]
            return {one["command"]: one["description"] for one in call.params["commands"]}
    return {}


async def test_a_stranger_is_told_how_to_join(town: Crowd) -> None:
    new = town.stage.telegram.add_person("Stranger", language_code="en")
    town.stage.phones.start(new)
    for word in ("/menu", "/start", "/help"):
        await town.stage.say(new, word)
        assert "open the link" in town.stage.last(new).text


async def test_a_stranger_can_do_nothing_else(town: Crowd) -> None:
    new = town.stage.telegram.add_person("Stranger", language_code="en")
    town.stage.phones.start(new)
    for command in sorted(set(COMMANDS) - {"menu", "help", "cancel"}):
        await town.stage.say(new, f"/{command}")
        assert town.stage.last(new).text == "That is not available to you.", command


async def test_the_menu_shows_only_what_one_may_do(town: Crowd) -> None:
    for person, role in ((town.boss, Role.SUPERVISOR), (town.chen, Role.VOLUNTEER)):
        await town.stage.say(person, "/menu")
        offered = {
            str(button.data).removeprefix("do:")
            for row in town.stage.last(person).rows
            for button in row
        }
        assert offered <= set(commands_of(frozenset({role})))
        assert ("calls" in offered) == (role is Role.SUPERVISOR)


async def test_a_command_that_is_not_for_ones_role_is_refused(town: Crowd) -> None:
    for command in sorted(COMMANDS):
        await town.stage.say(town.chen, f"/{command}")
        refused = town.stage.last(town.chen).text == "That is not available to you."
        assert refused == (Role.VOLUNTEER not in COMMANDS[command]), command


async def test_another_language_changes_the_texts_and_the_commands(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.chen, "/language")
    await stage.tap(town.chen, "speak:zh_CN")
    chinese = menu_of(town, town.chen)
    assert "Hello" not in stage.last(town.chen).text
    await stage.say(town.chen, "/language")
    await stage.tap(town.chen, "speak:en")
    english = menu_of(town, town.chen)
    assert "Hello 陈同学" in stage.last(town.chen).text
    assert list(english) == list(chinese) == commands_of(frozenset({Role.VOLUNTEER}))
    assert english["help"] == "Help"
    assert chinese["help"] != "Help"


async def test_a_made_up_language_is_stale(town: Crowd) -> None:
    await town.stage.say(town.chen, "/language")
    press = town.stage.phones.press(
        town.chen, town.stage.last(town.chen).id, "speak:tlh", stale=True
    )
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)


async def test_leaving_is_asked_twice_and_ends_everything(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.chen, "/start")
    assert menu_of(town, town.chen)
    await stage.say(town.chen, "/me")
    await stage.tap(town.chen, "leave_ask")
    assert "Do you want to leave" in stage.last(town.chen).text
    number = (await stage.member(town.chen)).id
    await stage.tap(town.chen, "leave_yes")
    assert "You have left" in stage.last(town.chen).text
    async with stage.database.read() as tx:
        gone = await members.person_of_id(tx, number)
        assert await members.person_of_account(tx, town.chen.id) is None
    assert gone is not None
    assert gone.member.standing is Standing.LEFT
    assert gone.roles == frozenset()
    assert menu_of(town, town.chen) == {}
    await stage.say(town.chen, "/errands")
    assert "not available" in stage.last(town.chen).text
    await stage.say(town.chen, "/menu")
    assert "open the link" in stage.last(town.chen).text


async def test_staying_is_one_tap(town: Crowd) -> None:
    await town.stage.say(town.chen, "/me")
    await town.stage.tap(town.chen, "leave_ask")
    await town.stage.tap(town.chen, "No, stay")
    assert (await town.stage.member(town.chen)).standing is Standing.ACTIVE


async def test_words_that_fit_nothing_get_the_way_to_the_menu(town: Crowd) -> None:
    await town.stage.say(town.chen, "你好")
    assert "/menu" in town.stage.last(town.chen).text
    town.stage.phones.send_location(town.chen, 31.2, 121.4)
    await town.stage.settle()
    assert "/menu" in town.stage.last(town.chen).text
    town.stage.phones.send_contact(town.chen)
    await town.stage.settle()
    assert "/menu" in town.stage.last(town.chen).text


async def test_a_button_nobody_knows_is_stale_and_does_nothing(town: Crowd) -> None:
    await town.stage.say(town.chen, "/menu")
    for data in ("nonsense", "do:nonsense", "do", "menu:1", "speak", "station:x"):
        press = town.stage.phones.press(town.chen, town.stage.last(town.chen).id, data, stale=True)
        await town.stage.settle()
        assert "changed meanwhile" in str(press.text), data


async def test_another_station_is_only_for_whom_it_is(town: Crowd) -> None:
    number = (await town.stage.member(town.li)).id
    await town.stage.say(town.chen, "/menu")
    press = town.stage.phones.press(
        town.chen, town.stage.last(town.chen).id, f"station:{number}", stale=True
    )
    await town.stage.settle()
    assert "not available" in str(press.text)


async def test_blocking_and_coming_back_are_noticed_without_a_word(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.chen, "/menu")
    stage.phones.block(town.chen)
    await stage.settle()
    assert (await stage.member(town.chen)).blocked_at is not None
    assert "do not reach 陈同学" in stage.last(town.li).text
    stage.phones.unblock(town.chen)
    await stage.settle()
    assert (await stage.member(town.chen)).blocked_at is None


async def test_the_group_is_the_one_that_staff_took_the_bot_into(town: Crowd) -> None:
    stage = town.stage
    strangers = stage.telegram.add_group("别的群", [town.chen])
    stage.phones.add_bot(strangers, town.chen)
    await stage.settle()
    group = await stage.group("志愿者", [town.li, town.chen], town.li)
    async with stage.database.read() as tx:
        assert await communities.find_by_group(tx, strangers.id) is None
        assert await communities.find_by_group(tx, group.id) is not None
    stage.phones.remove_bot(group, town.li)
    await stage.settle()
    async with stage.database.read() as tx:
        assert await communities.find_by_group(tx, group.id) is None


async def test_personal_buttons_do_nothing_in_a_group(town: Crowd) -> None:
    stage = town.stage
    group = await stage.group("志愿者", [town.li, town.chen], town.li)
    press = stage.phones.press(
        town.li, stage.last(town.li, group).id, "do:calls", chat=group, stale=True
    )
    await stage.settle()
    assert "not available" in str(press.text)
    assert "王桂芳" not in "".join(one.text for one in stage.chat(town.chen, group))


async def test_an_elder_finds_two_large_buttons_on_top(town: Crowd) -> None:
    granny = await arrive(town.stage, "王桂芳", Role.ELDER)
    await town.stage.say(granny, "/menu")
    rows = town.stage.last(granny).rows
    assert [row[0].data for row in rows[:2]] == ["fine:2026-04-09", "call_me:2026-04-09"]


def test_every_command_has_its_place() -> None:
    assert sorted(COMMAND_ORDER) == sorted(COMMANDS)


def test_outside_a_turn_there_is_none() -> None:
    with pytest.raises(LookupError):
        CURRENT.get()
