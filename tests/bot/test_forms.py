"""Questions asked one after the other: nothing is lost or guessed, and there is a way out."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.forms import clean, matches
from bot.pacer import Pacer
from bot.playground.wire import Wire
from bot.routes import build
from bot.service import Service
from storage import drafts
from storage.tables import Draft, Errand
from tests.bot.crowd import Crowd, crowd

NAMES = ["王桂芳", "王建国", "单田芳", *(f"赵大爷{n}" for n in range(1, 12))]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        for name in NAMES[1:]:
            await made.stage.elder(name)
        yield made


def labels(town: Crowd) -> list[str]:
    """The buttons under the newest message."""
    return [button.label for row in town.stage.last(town.li).rows for button in row]


async def text(town: Crowd) -> str:
    return town.stage.last(town.li).text


async def asked(town: Crowd) -> list[Errand]:
    async with town.stage.database.read() as tx:
        return list(await tx.scalars(select(Errand)))


async def begin(town: Crowd) -> None:
    """The errand's first question: for whom, of fourteen."""
    await town.stage.say(town.li, "/errand")


async def up_to_what(town: Crowd) -> None:
    """The question that wants typed words."""
    await begin(town)
    await town.stage.say(town.li, "王建国")
    await town.stage.tap(town.li, "medicine")


async def test_answered_to_the_end_it_is_done_and_the_draft_is_gone(town: Crowd) -> None:
    await up_to_what(town)
    await town.stage.say(town.li, "降压药一盒")
    await town.stage.tap(town.li, "tomorrow")
    await town.stage.tap(town.li, "Ask now")
    [errand] = await asked(town)
    assert errand.what == "降压药一盒"
    async with town.stage.database.read() as tx:
        assert await drafts.find(tx, town.li.id) is None


async def test_a_restart_in_the_middle_loses_nothing(town: Crowd) -> None:
    await up_to_what(town)
    stage = town.stage
    wire = Wire(stage.telegram)
    await stage.application.shutdown()
    stage.application = build(wire, wire, stage.telegram.token, "http://127.0.0.1")
    await stage.application.initialize()
    stage.service = Service.make(
        stage.database, stage.application, stage.clock, pacer=Pacer(unlimited=True)
    )
    await stage.say(town.li, "降压药一盒")
    await stage.tap(town.li, "tomorrow")
    await stage.tap(town.li, "Ask now")
    assert len(await asked(town)) == 1


async def test_a_wrong_answer_gets_the_reason_and_the_same_question(town: Crowd) -> None:
    await up_to_what(town)
    question = await text(town)
    await town.stage.say(town.li, "长" * 501)
    assert "at most 500 characters" in await text(town)
    assert question.splitlines()[-1] in await text(town)
    await town.stage.say(town.li, "降压药一盒")
    assert "By when?" in await text(town)
    assert "500" not in await text(town)


async def test_cancel_always_works_typed_or_pressed(town: Crowd) -> None:
    for way in ("typed", "pressed"):
        await up_to_what(town)
        if way == "typed":
            await town.stage.say(town.li, "/cancel")
        else:
            await town.stage.tap(town.li, "cancel")
        assert "Stopped" in await text(town)
        await town.stage.say(town.li, "降压药一盒")
        assert "did not understand" in await text(town)
    await town.stage.say(town.li, "/cancel")
    assert "nothing to stop" in await text(town)
    assert await asked(town) == []


async def test_the_buttons_of_a_question_answered_before_are_stale(town: Crowd) -> None:
    await begin(town)
    message = town.stage.last(town.li)
    first = message.rows[0][0].data
    await town.stage.say(town.li, "王建国")
    press = town.stage.phones.press(town.li, message.id, first, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert "What is to be done?" in await text(town)


async def test_done_pressed_twice_does_not_answer_the_next_question_too(town: Crowd) -> None:
    stage = town.stage
    new = stage.telegram.add_person("Newcomer", language_code="en", phone="+8613911112222")
    stage.phones.start(new, f"v-{stage.station.open_code}")
    await stage.settle()
    await stage.say(new, "吴同学")
    stage.phones.send_contact(new)
    await stage.settle()
    await stage.tap(new, "student")
    message = stage.last(new)
    [done] = [one.data for row in message.rows for one in row if "Done" in one.label]
    stage.phones.press(new, message.id, done)
    again = stage.phones.press(new, message.id, done, stale=True)
    await stage.settle()
    assert "changed meanwhile" in str(again.text)
    assert "When can you come?" in stage.last(new).text


async def test_the_buttons_of_a_form_given_up_are_stale(town: Crowd) -> None:
    await begin(town)
    message = town.stage.last(town.li)
    await town.stage.say(town.li, "/cancel")
    town.stage.clock.set(town.stage.clock.now() + timedelta(seconds=1))
    await begin(town)
    press = town.stage.phones.press(town.li, message.id, message.rows[0][0].data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    async with town.stage.database.read() as tx:
        [draft] = list(await tx.scalars(select(Draft)))
    assert "elder" not in draft.answers


async def test_a_made_up_answer_is_not_taken(town: Crowd) -> None:
    await begin(town)
    message = town.stage.last(town.li)
    stem = str(message.rows[0][0].data).rpartition(":")[0]
    for what in ("=4711", "=", "zzz", "ok", "-", "p99999"):
        town.stage.phones.press(town.li, message.id, f"{stem}:{what}", stale=True)
        await town.stage.settle()
    async with town.stage.database.read() as tx:
        [draft] = list(await tx.scalars(select(Draft)))
    assert "elder" not in draft.answers
    assert "For whom?" in await text(town)


async def test_a_long_list_has_pages(town: Crowd) -> None:
    await begin(town)
    first = labels(town)
    assert "▶" in first
    assert "◀" not in first
    await town.stage.tap(town.li, "▶")
    second = labels(town)
    assert "▶" not in second
    assert "◀" in second
    names = set(NAMES)
    assert {one for one in (*first, *second) if one in names} == names
    await town.stage.tap(town.li, "◀")
    assert labels(town) == first


async def test_a_long_list_is_searched_by_typing(town: Crowd) -> None:
    await begin(town)
    await town.stage.say(town.li, "王")
    assert set(labels(town)) & set(NAMES) == {"王桂芳", "王建国"}
    await town.stage.tap(town.li, "Show all")
    assert len(set(labels(town)) & set(NAMES)) == 8


async def test_one_match_is_the_answer(town: Crowd) -> None:
    for typed in ("wgf", "WGF", "gf", "桂", "王桂芳"):
        await begin(town)
        await town.stage.say(town.li, typed)
        assert "What is to be done?" in await text(town), typed


async def test_a_surname_is_found_by_any_of_its_readings(town: Crowd) -> None:
    for typed in ("stf", "dtf"):
        await begin(town)
        await town.stage.say(town.li, typed)
        assert "What is to be done?" in await text(town)


async def test_the_search_of_one_question_does_not_narrow_the_next(town: Crowd) -> None:
    await begin(town)
    await town.stage.say(town.li, "王")
    await town.stage.say(town.li, "wgf")
    assert "What is to be done?" in await text(town)
    assert any("medicine" in label for label in labels(town))
    assert "Show all" not in labels(town)


async def test_words_that_match_nothing_get_the_reason_and_the_list(town: Crowd) -> None:
    await begin(town)
    await town.stage.say(town.li, "谁也不是")
    assert "press one of the buttons" in await text(town)
    assert "For whom?" in await text(town)


async def test_a_new_form_takes_the_place_of_the_open_one(town: Crowd) -> None:
    await up_to_what(town)
    await town.stage.say(town.li, "/invite")
    assert "Whom do you want to invite?" in await text(town)
    async with town.stage.database.read() as tx:
        [draft] = list(await tx.scalars(select(Draft)))
    assert draft.form == "invite"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  降压药 ", "降压药"),
        ("a\x00b\x07c", "abc"),
        ("rtl\u202etxt\u2066x", "rtltxtx"),
        ("一行\n两行", "一行\n两行"),
        ("\u200bzero", "zero"),
    ],
)
def test_typed_text_is_freed_of_what_could_disguise_it(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("label", "typed", "found"),
    [
        ("王桂芳", "wgf", True),
        ("王桂芳", "w", True),
        ("王桂芳", "wf", False),
        ("曾国强", "zgq", True),
        ("曾国强", "cgq", True),
        ("王桂芳", "王", True),
        ("Lily Zhou", "lily", True),
    ],
)
def test_a_name_matches_its_parts_and_its_initials(label: str, typed: str, *, found: bool) -> None:
    assert matches(label, typed) is found
