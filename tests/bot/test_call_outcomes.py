"""What comes of a call: two taps, asked again, out of date, or an emergency."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from care.access import Role
from storage.tables import Elder, FamilyLink
from tests.bot.crowd import Crowd, arrive, crowd


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


async def test_a_contact_is_two_taps_and_the_list_changes_in_place(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    message = stage.last(town.li).id
    await stage.tap(town.li, "call")
    toast = await stage.tap(town.li, "fine")
    assert "noted" in str(toast)
    [contact] = await town.contacts()
    assert contact.by_id == (await stage.member(town.li)).id
    assert stage.last(town.li).id == message
    assert "still to call" not in stage.last(town.li).text
    assert "Contacted: 王桂芳" in stage.last(town.li).text


async def test_no_answer_is_asked_about_again_after_half_an_hour_twice(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.no_answer()
    await town.stage.at("08:59")
    assert town.asked_again() == 0
    await town.stage.at("09:00")
    assert town.asked_again() == 1
    await town.no_answer()
    await town.stage.at("09:30")
    assert town.asked_again() == 2
    await town.no_answer()
    await town.stage.at("12:00")
    assert town.asked_again() == 2
    assert len(await town.contacts()) == 3
    assert any("did not answer today" in text for text in town.texts(town.li))


async def test_it_is_not_asked_again_when_somebody_has_reached_them_meanwhile(
    town: Crowd,
) -> None:
    await town.stage.at("08:30")
    await town.no_answer()
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    before = town.sent(town.li)
    await town.stage.at("09:00")
    assert town.asked_again() == 0
    assert town.sent(town.li) == before


async def test_a_question_that_stands_already_says_that_they_were_reached(town: Crowd) -> None:
    await town.stage.at("08:30")
    await town.no_answer()
    await town.stage.at("09:00")
    assert town.asked_again() == 1
    await town.stage.say(town.boss, "/calls")
    await town.stage.say(town.li, "/calls")
    await town.stage.tap(town.li, "call")
    await town.stage.tap(town.li, "fine")
    assert town.asked_again() == 1
    assert any("contacted meanwhile" in text for text in town.texts(town.li))


async def test_the_same_outcome_from_an_old_message_is_stale(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    data = str(stage.last(town.li).rows[0][0].data)
    await stage.tap(town.li, "fine")
    press = stage.phones.press(town.li, stage.last(town.li).id, data, stale=True)
    await stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert len(await town.contacts()) == 1


async def test_not_possible_is_kept_with_its_reason_and_is_no_contact(town: Crowd) -> None:
    stage = town.stage
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    await stage.tap(town.li, "why_not")
    await stage.tap(town.li, "in hospital")
    [contact] = await town.contacts()
    assert (contact.outcome, contact.reason) == ("not_possible", "hospital")
    assert "1 of 1 still to call" in town.call_lists(town.li)[0]


async def test_an_emergency_is_told_at_once_to_supervisor_pairing_and_family(town: Crowd) -> None:
    stage = town.stage
    daughter = await arrive(stage, "王小雨", Role.FAMILY)
    async with stage.database.write() as tx:
        elder = await tx.scalar(select(Elder))
        assert elder is not None
        number = (await stage.member(daughter)).id
        tx.add(
            FamilyLink(
                member_id=number, elder_id=elder.id, community_id=stage.station.id,
                created_at=stage.clock.now(),
            )
        )  # fmt: skip
    await stage.at("08:30")
    await stage.tap(town.li, "call")
    await stage.tap(town.li, "emergency")
    for one in (town.boss, daughter, town.chen):
        assert "Emergency" in stage.last(one).text
        assert stage.last(one).protected
    assert "138 0000 0001" in stage.last(town.boss).text
    assert "138 0000 0001" not in stage.last(daughter).text
    assert "138 0000 0001" not in stage.last(town.chen).text


async def test_another_social_workers_elder_cannot_be_logged(town: Crowd) -> None:
    colleague = await arrive(town.stage, "何方", Role.SOCIAL_WORKER)
    await town.stage.say(colleague, "/calls")
    press = town.stage.phones.press(
        colleague, town.stage.last(colleague).id, "log:1:0:fine:-:2026-04-09", stale=True
    )
    await town.stage.settle()
    assert "not available" in str(press.text)
    assert await town.contacts() == []


@pytest.mark.parametrize(
    "data",
    [
        "log:1:0:fine:2026-04-09",
        "log:1:0:odd:-:2026-04-09",
        "log:x:0:fine:-:2026-04-09",
        "log:1:7:fine:-:2026-04-09",
        "log:1:0:fine:-",
        "log:1:0:fine:-:2026-04-08",
    ],
)
async def test_a_made_up_outcome_is_stale(town: Crowd, data: str) -> None:
    await town.stage.say(town.li, "/calls")
    press = town.stage.phones.press(town.li, town.stage.last(town.li).id, data, stale=True)
    await town.stage.settle()
    assert "changed meanwhile" in str(press.text)
    assert await town.contacts() == []


async def test_an_outcome_that_arrives_after_midnight_is_no_contact_of_the_new_day(
    town: Crowd,
) -> None:
    """The screen is drawn anew, so that who means today presses once more."""
    await town.stage.at("08:30")
    await town.stage.tap(town.li, "call")
    await town.pressed_while_it_was_down(town.li, ":fine:", "2026-04-10 07:00")
    assert await town.contacts() == []
    await town.stage.tap(town.li, "fine")
    [row] = await town.contacts()
    assert str(row.day) == "2026-04-10"
