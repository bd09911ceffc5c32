"""The money of an errand in chat: sums are typed, the other side agrees with a tap."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from care.errand_money import Flow, Side
from care.errands import State
from storage import errand_money
from tests.errand_home import PHOTO, WANG, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def test_money_goes_from_hand_to_hand_in_taps_and_what_differs_is_told(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "I was given an advance")
    await stage.say(home.chen, "fifty")
    assert "35.60" in stage.last(home.chen).text
    await stage.say(home.chen, "50")
    assert "wrote down money" in stage.last(home.daughter).text
    await stage.tap(home.daughter, "errand_money")
    await stage.tap(home.daughter, "money_yes")
    await stage.tap(home.chen, "The errand")
    await stage.tap(home.chen, "errand_bought")
    await stage.say(home.chen, "35.60")
    stage.phones.send_photo(home.chen, "receipt.png", PHOTO)
    await stage.settle()
    assert (await home.errand()).state is State.BOUGHT
    assert "has bought it" in home.texts(home.li)
    await stage.tap(home.chen, "✅ Done")
    await stage.tap(home.daughter, "✅ Received")
    assert (await home.errand()).state is State.CONFIRMED
    assert "Received, says 王小雨" in home.texts(home.chen)
    await stage.at("2026-04-10 10:00")
    assert "The money does not agree" in home.texts(home.li)
    assert "still has ¥14.40" in home.texts(home.li)
    await stage.tap(home.chen, "errand_money")
    assert "you still have ¥14.40" in home.texts(home.chen)
    assert "without a receipt" not in home.texts(home.li)
    await stage.tap(home.li, "errand_money")
    await stage.tap(home.li, "errand_book")
    assert home.stage.last(home.li).document is not None


async def test_a_wrong_sum_is_put_right_with_a_reason_and_both_stay(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_bought")
    await stage.say(home.chen, "350.60")
    await stage.tap(home.chen, "No receipt")
    await stage.tap(home.chen, "money_fix")
    await stage.say(home.chen, "35.06")
    await stage.tap(home.chen, "No receipt")
    await stage.say(home.chen, "a slip")
    assert "¥35.06" in stage.last(home.chen).text
    assert "350.60" not in stage.last(home.chen).text


async def test_change_of_somebody_who_gave_it_back_is_not_booked_on_the_next_one(
    home: Home,
) -> None:
    """Once two have had it in hand, whoever pays says whose money it is."""
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "I was given an advance")
    await stage.say(home.chen, "100")
    await stage.tap(home.daughter, "errand_money")
    await stage.tap(home.daughter, "✅ Right")
    await home.press(home.chen, "errand_step:1:return:no_time")
    await stage.at("09:31")
    await stage.tap(home.zhou, "claim")
    await home.press(home.li, "errand_money:1")
    await stage.tap(home.li, "陈同学 · Change came back")
    await stage.say(home.li, "100")
    async with stage.database.read() as tx:
        rows = await errand_money.rows_of(tx, 1)
    chen = (await stage.member(home.chen)).id
    assert [(one.flow, one.holder_id) for one in rows[2:]] == [(Flow.CHANGE, chen)]
    assert any("周阿姨 · Change came back" in one for one in home.labels(home.li))
    asked = home.about(home.chen, "李敏 wrote down money")
    assert WANG not in asked.text, "who gave it back needs nobody's name any more"
    await stage.tap(home.chen, "errand_money")
    assert "✅ Done" not in home.labels(home.chen)
    await stage.tap(home.chen, "money_yes")
    async with stage.database.read() as tx:
        rows = await errand_money.rows_of(tx, 1)
    assert {(one.side, one.fen) for one in rows if one.flow is Flow.CHANGE} == {
        (Side.PAYER, 10000), (Side.VOLUNTEER, 10000)
    }  # fmt: skip


async def test_a_sum_typed_after_the_next_one_has_claimed_belongs_to_whom_it_was_asked_of(
    home: Home,
) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "errand_money")
    await stage.tap(home.chen, "I was given an advance")
    await stage.say(home.chen, "100")
    await home.press(home.chen, "errand_step:1:return:no_time")
    await home.press(home.li, "errand_money:1")
    await stage.tap(home.li, "An advance was given")
    await stage.at("09:31")
    await stage.tap(home.zhou, "claim")
    await stage.say(home.li, "100")
    async with stage.database.read() as tx:
        rows = await errand_money.rows_of(tx, 1)
    assert {one.holder_id for one in rows} == {(await stage.member(home.chen)).id}


async def test_money_of_somebody_in_care_no_more_is_put_right_and_nobody_is_reminded(
    home: Home,
) -> None:
    """The staff find it where care ended, the volunteer where the errand stood."""
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await home.press(home.chen, "money_say:1:v:advance:1")
    await stage.say(home.chen, "100")
    await stage.say(home.chen, "/errands")
    await stage.tap(home.chen, "errand:1")
    await stage.say(home.li, "/elders")
    for label in (WANG, "pause_ask", "Care ends", "has died", "Yes, care ends"):
        await stage.tap(home.li, label)
    assert "not settled yet" in stage.last(home.li).text
    since = len(stage.telegram.log)
    await stage.at("2026-04-10 10:00")
    assert not [one for one in stage.telegram.log[since:] if WANG in str(one.params)]
    await stage.tap(home.chen, "💰 Money")
    await stage.tap(home.chen, "I gave change back")
    await stage.say(home.chen, "100")
    assert WANG not in stage.last(home.chen).text
    await stage.tap(home.chen, "‹ Menu")
    await stage.tap(home.li, "💰 🥬 groceries")
    for _ in range(2):
        await stage.tap(home.li, "✅ Right")
    assert "It all agrees" in home.texts(home.li)
    await stage.tap(home.li, "‹ Back")
    assert "not settled yet" not in home.texts(home.li)
    assert "no longer in care" in home.texts(home.li)


async def test_a_months_book_adds_up_what_passed_in_that_month_and_the_last_one_can_be_had(
    home: Home,
) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await home.press(home.chen, "money_say:1:v:advance:1")
    await stage.say(home.chen, "100")
    await stage.at("2026-05-01 09:00")
    await home.press(home.chen, "money_say:1:v:change:1")
    await stage.say(home.chen, "40")

    async def totals(button: str) -> dict[str, float]:
        await home.press(home.li, "errand_money:1")
        await stage.tap(home.li, button)
        document = stage.last(home.li).document
        assert document is not None
        with CalamineWorkbook.from_filelike(BytesIO(document.data)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        start = next(n for n, row in enumerate(rows) if not any(row))
        return {str(row[4]): float(str(row[5])) for row in rows[start + 1 :]}

    april = await totals("📒 Last month")
    may = await totals("📒 This month")
    assert (april["advance"], april["change"], april["not settled"]) == (100, 0, 60)
    assert (may["advance"], may["change"], may["not settled"]) == (0, 40, 60)


async def test_a_forged_button_about_money_gives_nothing(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    for data in ("errand_money:1", "money_say:1:v:spent:1", "errand_bought:1", "money_fix:1:1"):
        press = stage.phones.press(home.zhou, stage.last(home.zhou).id, data, stale=True)
        await stage.settle()
        assert press.text == "That is not available to you."
