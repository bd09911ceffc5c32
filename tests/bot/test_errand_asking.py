"""Asking for an errand in chat: who may, how short it is, and what goes along with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.records import Person
from care.access import Role
from care.errands import Kind, Payer, State
from tests.errand_home import NOT_YOURS, PHOTO, WANG, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


@pytest.fixture
async def granny(home: Home) -> Person:
    """The elder, with a chat of her own."""
    return await home.stage.person("王奶奶", Role.ELDER, elder=WANG)


async def test_an_elder_asks_in_her_own_chat_with_three_taps_and_a_few_words(
    home: Home, granny: Person
) -> None:
    stage = home.stage
    await stage.say(granny, "/menu")
    await stage.tap(granny, "Ask for an errand")
    await stage.tap(granny, "groceries")
    await stage.say(granny, "rice, ten pounds")
    await stage.tap(granny, "tomorrow")
    await stage.tap(granny, "Ask now")
    errand = await home.errand()
    assert (errand.kind, errand.what, errand.state) == (
        Kind.GROCERIES, "rice, ten pounds", State.OPEN,
    )  # fmt: skip
    assert errand.asked_by == (await stage.member(granny)).id
    assert "Nobody has taken it yet" in stage.last(granny).text
    await stage.tap(home.chen, "claim")
    assert "陈同学 has taken" in stage.last(granny).text


async def test_what_may_be_left_out_is_left_out_with_one_tap_each(home: Home) -> None:
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    await stage.tap(home.daughter, "medicine")
    await stage.say(home.daughter, "pills")
    await stage.tap(home.daughter, "today")
    for one in ("Photo of the prescription", "What it may cost", "Who pays", "Done (3 chosen)"):
        await stage.tap(home.daughter, one)
    for one in ("No photo", "It does not matter", "Not decided yet"):
        await stage.tap(home.daughter, one)
    errand = await home.errand()
    assert (errand.photo, errand.budget_fen, errand.payer) == (None, None, None)


async def test_budget_payer_and_prescription_go_along(home: Home) -> None:
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    await stage.tap(home.daughter, "medicine")
    await stage.say(home.daughter, "pills")
    await stage.tap(home.daughter, "today")
    for one in ("Photo of the prescription", "What it may cost", "Who pays", "Done (3 chosen)"):
        await stage.tap(home.daughter, one)
    stage.phones.send_photo(home.daughter, "prescription.png", PHOTO)
    await stage.settle()
    await stage.say(home.daughter, "a lot")
    assert "35.60" in stage.last(home.daughter).text
    await stage.tap(home.daughter, "¥50")
    await stage.tap(home.daughter, "the family")
    errand = await home.errand()
    assert (errand.budget_fen, errand.payer) == (5000, Payer.FAMILY)
    assert errand.photo


async def test_the_prescription_is_seen_by_who_goes_and_painted_over_when_it_is_over(
    home: Home,
) -> None:
    """It is protected, in private, and no chat keeps it: not of who gave it back either."""
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    await stage.tap(home.daughter, "medicine")
    await stage.say(home.daughter, "pills")
    await stage.tap(home.daughter, "today")
    await stage.tap(home.daughter, "Photo of the prescription")
    await stage.tap(home.daughter, "Done (1 chosen)")
    stage.phones.send_photo(home.daughter, "prescription.png", PHOTO)
    await stage.settle()
    assert await home.press(home.chen, "errand_photo:1") == NOT_YOURS
    await stage.tap(home.chen, "claim")
    await stage.tap(home.chen, "See the photo")
    seen = stage.last(home.chen)
    assert seen.photo is not None
    assert seen.photo.data == PHOTO
    assert seen.protected
    await stage.tap(home.chen, "On my way")
    before = [one.id for one in stage.chat(home.chen)]
    await stage.tap(home.chen, "✅ Done")
    photos = [one.photo for one in stage.chat(home.chen) if one.photo is not None]
    assert [one.id for one in stage.chat(home.chen)] == before
    assert [one.data == PHOTO for one in photos] == [False]
    assert await home.press(home.chen, "errand_photo:1") == NOT_YOURS


async def test_an_escort_has_a_day_and_a_time_at_the_door(home: Home) -> None:
    """At nine in the morning half past eight is over; the deadline is the moment at the door."""
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    await stage.tap(home.daughter, "doctor")
    assert "To which hospital" in stage.last(home.daughter).text
    await stage.say(home.daughter, "People's Hospital, eyes")
    await stage.tap(home.daughter, "today")
    assert "08:30" not in home.labels(home.daughter)
    await stage.say(home.daughter, "8:15")
    assert "That time is over" in stage.last(home.daughter).text
    await stage.tap(home.daughter, "13:30")
    errand = await home.errand()
    assert errand.meet_at == errand.by_when
    assert "today, at the door at 13:30" in home.texts(home.chen)


async def test_a_day_with_the_doctor_may_be_written(home: Home) -> None:
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    await stage.tap(home.daughter, "doctor")
    await stage.say(home.daughter, "eyes")
    await stage.say(home.daughter, "5-6")
    await stage.say(home.daughter, "8:15")
    errand = await home.errand()
    assert errand.meet_at is not None
    assert f"{errand.meet_at.astimezone(stage.zone):%m-%d %H:%M}" == "05-06 08:15"


async def test_again_what_was_asked_for_before_is_two_taps(home: Home) -> None:
    await home.ask("today", what="rice")
    await home.stage.say(home.daughter, "/errand")
    await home.stage.tap(home.daughter, "🔁 rice")
    await home.stage.tap(home.daughter, "within a week")
    first, second = await home.errands()
    assert (second.kind, second.what) == (first.kind, first.what)
    assert second.by_when > first.by_when


async def test_a_volunteer_asks_for_the_elders_of_their_pairing_and_no_others(home: Home) -> None:
    """And reads only what they asked for themselves: what somebody takes is not everybody's."""
    await home.ask("today", kind="medicine", what="pills for the heart")
    await home.stage.say(home.chen, "/errand")
    assert not any("heart" in one for one in home.labels(home.chen))
    await home.stage.tap(home.chen, "📦 parcel")
    await home.stage.say(home.chen, "a parcel at the gate")
    await home.stage.tap(home.chen, "tomorrow")
    assert (await home.errand()).asked_by == (await home.stage.member(home.chen)).id
    before = len(await home.errands())
    await home.stage.say(home.zhou, "/errand")
    assert len(await home.errands()) == before
    assert "not available" in home.stage.last(home.zhou).text


async def test_nobody_asks_again_for_what_they_may_not_see(home: Home) -> None:
    await home.ask("today", what="rice")
    await home.stage.say(home.chen, "/errand")
    data = next(
        one.data for row in home.stage.last(home.chen).rows for one in row
        if str(one.data).endswith("=parcel")
    )  # fmt: skip
    await home.press(home.chen, str(data).replace("=parcel", "=1-groceries"))
    assert len(await home.errands()) == 1


async def test_a_claim_by_somebody_who_was_not_asked_is_refused_with_a_clear_sentence(
    home: Home,
) -> None:
    """A forged button or a forwarded card; when their turn has come they may."""
    await home.ask()
    told = await home.press(home.zhou, "claim:1")
    assert told == "Others are being asked first. If they cannot, you will be asked. Thank you!"
    assert (await home.errand()).state is State.OPEN
    await home.stage.at("09:16")
    await home.stage.tap(home.zhou, "claim")
    assert (await home.errand()).state is State.CLAIMED
