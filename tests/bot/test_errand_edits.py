"""Changing an errand in chat, one thing at a time, with a reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.errand_home import PHOTO, Home, errand_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with errand_home(tmp_path) as found:
        yield found


async def test_the_asker_changes_it_with_a_reason_and_whoever_has_it_hears(home: Home) -> None:
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    await stage.tap(home.daughter, "errand_edit")
    await stage.tap(home.daughter, "Budget")
    await stage.say(home.daughter, "50")
    await stage.tap(home.daughter, "written wrongly")
    assert (await home.errand()).budget_fen == 5000
    assert "Budget: ¥50.00" in home.texts(home.daughter)
    assert "has changed the errand" in home.texts(home.chen)
    await stage.tap(home.daughter, "errand_edit")
    await stage.tap(home.daughter, "Who pays")
    await stage.tap(home.daughter, "the family")
    await stage.say(home.daughter, "she is in hospital")
    assert "Paid by: the family" in home.texts(home.daughter)
    press = stage.phones.press(home.chen, stage.last(home.chen).id, "errand_edit:1", stale=True)
    await stage.settle()
    assert press.text == "That is not available to you."


async def test_an_escort_moved_to_another_day_has_a_time_at_the_door_there_too(
    home: Home,
) -> None:
    """Nobody stands at the door in the evening when the doctor waits in the morning."""
    stage = home.stage
    await stage.say(home.daughter, "/errand")
    for said in ("doctor", "eyes", "today", "13:30"):
        await (stage.say if said == "eyes" else stage.tap)(home.daughter, said)
    await stage.tap(home.chen, "claim")
    for label in ("errand_edit", "By when", "tomorrow", "08:30", "written wrongly"):
        await stage.tap(home.daughter, label)
    errand = await home.errand()
    assert errand.meet_at == errand.by_when
    assert f"{errand.by_when.astimezone(stage.zone):%m-%d %H:%M}" == "04-10 08:30"
    assert "at the door at 08:30" in home.texts(home.chen)


async def test_another_photo_takes_the_place_of_the_one_before_in_every_chat(home: Home) -> None:
    """Nobody goes to the pharmacy with the wrong prescription."""
    stage = home.stage
    await home.ask("today")
    await stage.tap(home.chen, "claim")
    for number in range(2):
        await stage.tap(home.daughter, "errand_edit")
        await stage.tap(home.daughter, "The photo")
        stage.phones.send_photo(home.daughter, f"{number}.png", PHOTO)
        await stage.settle()
        await stage.tap(home.daughter, "written wrongly")
        if number == 0:
            await stage.tap(home.chen, "See the photo")
            assert stage.last(home.chen).photo is not None
    [seen] = [one for one in stage.chat(home.chen) if one.photo is not None]
    assert "was changed" in seen.text
    assert seen.photo is not None
    assert seen.photo.data != PHOTO
    await stage.tap(home.chen, "See the photo")
    newest = stage.last(home.chen)
    assert newest.photo is not None
    assert newest.photo.data == PHOTO
    await stage.tap(home.daughter, "errand_edit")
    await stage.tap(home.daughter, "The photo")
    await stage.tap(home.daughter, "No photo")
    await stage.tap(home.daughter, "written wrongly")
    assert (await home.errand()).photo is None
    assert "not shown any more" in home.texts(home.chen)
