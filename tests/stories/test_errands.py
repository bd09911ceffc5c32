"""Errands, told as stories: what goes wrong between a shop and a door, and who hears of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.records import Group, Person
from care.access import Role
from care.errands import State
from tests.errand_home import ADDRESS, CARD, PHONE, PHOTO, WANG, Home, errand_home
from tests.stage import Stage

SECRETS = (ADDRESS, "501", PHONE, "13800000001", "knock loudly")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


@pytest.fixture
async def group(home: Home) -> Group:
    """The volunteers' group; no circle waits for the one before it."""
    found = await home.stage.group("志愿者", [home.li, home.chen, home.zhou], home.li)
    await home.settle_with(errand_pairing_minutes=0, errand_neighbours_minutes=0)
    return found


def secrets_in(stage: Stage, *, but: tuple[Person, ...]) -> list[tuple[int, str]]:
    """What still stands in any chat but some, as every call to Telegram has left it."""
    standing: dict[tuple[int, int], str] = {}
    for call in stage.telegram.log:
        if not call.done or not call.method.lower().startswith(("send", "edit", "delete")):
            continue
        chat = int(call.params["chat_id"])
        result = call.answer.get("result")
        number = result["message_id"] if isinstance(result, dict) else call.params["message_id"]
        standing[chat, int(number)] = str(call.params.get("text") or call.params.get("caption"))
    private = {one.id for one in but}
    return [
        (chat, text)
        for (chat, _), text in standing.items()
        if chat not in private and any(one in text for one in SECRETS)
    ]


def sent(stage: Stage, person: Person) -> list[str]:
    """Every text that ever went to a chat, whatever stands there now."""
    return [
        str(one.params.get("text", ""))
        for one in stage.telegram.log
        if str(one.params.get("chat_id")) == str(person.id)
    ]


async def claimed(home: Home, day: str = "today") -> None:
    """陈同学 has it in hand and has read where to go."""
    await home.ask(day)
    await home.stage.tap(home.chen, "claim")
    assert ADDRESS in home.stage.last(home.chen).text
    assert PHONE in home.stage.last(home.chen).text


async def test_a_double_tap_on_the_claim_is_one_claim_and_one_address(home: Home) -> None:
    await home.ask()
    message = home.stage.last(home.chen).id
    presses = [home.stage.phones.press(home.chen, message, "claim:1", stale=True) for _ in range(2)]
    await home.stage.settle()
    assert [bool(one.text) for one in presses] == [True, True]
    assert "have it already" in (presses[1].text or "")
    assert sum(ADDRESS in one.text for one in home.stage.chat(home.chen)) == 1
    assert home.texts(home.daughter).count("has taken the errand") == 1


async def test_two_taps_at_once_in_two_chats_make_one_owner(home: Home, group: Group) -> None:
    """One presses in the group, the other in private: the loser reads who was faster."""
    stage = home.stage
    await home.ask()
    card = stage.last(home.zhou, group).id
    first = stage.phones.press(home.chen, stage.last(home.chen).id, "claim:1")
    second = stage.phones.press(home.zhou, card, "claim:1", chat=group)
    await stage.settle()
    told = [first.text or "", second.text or ""]
    assert sum("It is yours" in one for one in told) == 1
    assert sum("Taken by" in one for one in told) == 1
    assert sum(ADDRESS in home.texts(one) for one in (home.chen, home.zhou)) == 1
    assert "taken by" in stage.last(home.zhou, group).text


async def test_a_tap_on_a_card_from_yesterday_says_how_it_stands_now(home: Home) -> None:
    await home.ask()
    old = home.stage.last(home.chen).id
    await home.stage.tap(home.daughter, "Cancel this errand")
    await home.stage.tap(home.daughter, "no longer needed")
    await home.stage.at("2026-04-10 09:00")
    press = home.stage.phones.press(home.chen, old, "claim:1", stale=True)
    await home.stage.settle()
    assert press.text
    assert (await home.errand()).state is State.CANCELLED
    assert not any(ADDRESS in one for one in sent(home.stage, home.chen))


async def test_the_claimer_blocks_the_bot_and_the_next_is_asked(home: Home) -> None:
    """Nobody waits for somebody whom no message reaches."""
    await claimed(home)
    home.stage.phones.block(home.chen)
    await home.stage.settle()
    await home.stage.at("09:05")
    assert (await home.errand()).state is State.OPEN
    assert "gave the errand back" in home.texts(home.daughter)
    assert CARD in home.texts(home.zhou)


async def test_the_group_becomes_a_supergroup_and_the_card_comes_along(
    home: Home, group: Group
) -> None:
    """What stood in the old chat cannot be changed any more: the new one has a card of its own."""
    await home.ask()
    moved = home.stage.phones.upgrade_group(group)
    await home.stage.settle()
    await home.stage.tap(home.zhou, "claim", chat=moved)
    assert "taken by 周阿姨" in home.stage.last(home.chen, moved).text
    assert ADDRESS in home.stage.last(home.zhou).text


async def test_the_elder_goes_to_hospital_and_everybody_concerned_hears_before_the_door(
    home: Home,
) -> None:
    await claimed(home)
    await home.stage.say(home.li, "/elders")
    await home.stage.tap(home.li, WANG)
    await home.stage.tap(home.li, "pause_ask")
    await home.stage.tap(home.li, "hospital")
    for _ in range(4):
        if home.stage.last(home.li).text.startswith("Pause"):
            await home.stage.tap(home.li, "answer")
    assert "is away" in home.stage.last(home.chen).text
    assert "is away" in home.texts(home.daughter)
    assert (await home.errand()).state is State.CLAIMED
    await home.stage.tap(home.li, "Look at it")
    assert "王桂芳 is away, back on" in home.stage.last(home.li).text
    await home.stage.tap(home.li, "Cancel this errand")
    await home.stage.tap(home.li, "no longer needed")
    assert "cancelled" in home.stage.last(home.chen).text
    assert ADDRESS not in home.texts(home.chen)


async def test_the_asker_cancels_while_the_volunteer_is_in_the_shop(home: Home) -> None:
    """They hear it at once, the address is gone, and what they have spent can still be said."""
    await claimed(home)
    await home.stage.tap(home.chen, "On my way")
    await home.stage.tap(home.daughter, "Cancel this errand")
    await home.stage.tap(home.daughter, "no longer needed")
    assert "cancelled the errand" in home.stage.last(home.chen).text
    assert ADDRESS not in home.texts(home.chen)
    await home.stage.tap(home.chen, "errand_money")
    await home.stage.tap(home.chen, "I spent")
    await home.stage.say(home.chen, "12.50")
    await home.stage.tap(home.chen, "No receipt")
    await home.stage.at("2026-04-10 13:00")
    assert "is owed ¥12.50" in home.texts(home.li)


async def test_a_receipt_above_the_advance_is_said_to_the_social_worker(home: Home) -> None:
    """The volunteer is out of pocket; it is paid back, both say so, and then it agrees."""
    stage = home.stage
    await claimed(home)
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "I was given an advance")
    await stage.say(home.chen, "20")
    await stage.tap(home.daughter, "errand_money")
    await stage.tap(home.daughter, "money_yes")
    await stage.tap(home.chen, "The errand")
    await stage.tap(home.chen, "errand_bought")
    await stage.say(home.chen, "35.60")
    stage.phones.send_photo(home.chen, "receipt.png", PHOTO)
    await stage.settle()
    await stage.tap(home.chen, "The errand")
    await stage.tap(home.chen, "✅ Done")
    await stage.at("2026-04-10 10:00")
    assert "is owed ¥15.60" in home.texts(home.li)
    await stage.tap(home.daughter, "errand_money")
    await stage.tap(home.daughter, "The volunteer was paid back")
    await stage.say(home.daughter, "15.60")
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "money_yes")
    assert "It all agrees" in stage.last(home.chen).text


async def test_medicine_that_is_not_in_stock_is_no_fault_of_anybody(home: Home) -> None:
    """An honest way to end it, with the reason to the asker and the social worker."""
    await home.ask("today", kind="medicine", what="blood-pressure pills")
    await home.stage.tap(home.chen, "claim")
    await home.stage.tap(home.chen, "Not possible")
    await home.stage.tap(home.chen, "errand_step:1:fail:not_there")
    assert (await home.errand()).state is State.FAILED
    for one in (home.daughter, home.li):
        assert "could not do the errand" in home.texts(one)
        assert "not to be had" in home.texts(one)
    assert not secrets_in(home.stage, but=(home.li, home.boss))


@pytest.mark.parametrize(
    "taps",
    [
        pytest.param(("On my way", "✅ Done"), id="done"),
        pytest.param(("Give it back", "no time"), id="returned"),
        pytest.param(("On my way", "Not possible", "errand_step:1:fail:nobody_home"), id="failed"),
        pytest.param(("errand_bought", "/menu", "errand_step:1:finish:-"), id="half-typed sum"),
        pytest.param((), id="cancelled"),
    ],
)
async def test_after_the_end_no_chat_but_the_staffs_holds_address_or_phone(
    home: Home, group: Group, taps: tuple[str, ...]
) -> None:
    """Over every call to Telegram: what was sent, edited and deleted, in every chat there is."""
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim", chat=group)
    await stage.say(home.chen, "/errands")
    await stage.tap(home.chen, "errand:1")
    assert secrets_in(stage, but=(home.li, home.boss))
    for one in taps:
        if one.startswith("/"):
            await stage.say(home.chen, one)
        elif one.startswith("errand_step"):
            await home.press(home.chen, one)
        else:
            await stage.tap(home.chen, one)
    if not taps:
        await stage.tap(home.daughter, "Cancel this errand")
        await stage.tap(home.daughter, "no longer needed")
    await stage.at("2026-04-10 10:00")
    assert (await home.errand()).claimed_by is None or (await home.errand()).ended_at
    assert secrets_in(stage, but=(home.li, home.boss)) == []


async def test_neither_address_nor_phone_ever_reaches_anybody_but_claimer_and_staff(
    home: Home, group: Group
) -> None:
    grandma = await home.stage.person("王奶奶", Role.ELDER, elder=WANG)
    await home.ask("today")
    await home.stage.tap(home.chen, "claim", chat=group)
    await home.stage.tap(home.chen, "✅ Done")
    await home.stage.tap(grandma, "✅ Received")
    for one in (home.zhou, home.daughter, grandma):
        assert not [text for text in sent(home.stage, one) if any(s in text for s in SECRETS)]
    in_group = [
        str(one.params) for one in home.stage.telegram.log
        if str(one.params.get("chat_id")) == str(group.id)
    ]  # fmt: skip
    assert in_group
    assert not [text for text in in_group if any(s in text for s in SECRETS)]
