"""5 and 10: what was read by whom it does not concern."""

from dataclasses import replace

import pytest

from care.access import Role
from tests.simulation.history import Court


def test_5_an_address_read_by_somebody_who_does_not_need_it(court: Court) -> None:
    home = court.town.neighbours[1].address
    court.say(court.volunteer().person.id, f"🏠 {home}")
    court.execute("DELETE FROM assignment WHERE elder_id=1")
    assert "5 right person: message" in court.found()


def test_5_a_phone_read_by_a_family_is_only_their_own_business(court: Court) -> None:
    other = next(one for one in court.town.neighbours.values() if one.phone)
    digits = (other.phone or "").removeprefix("+86")
    court.say(court.town.of(Role.FAMILY)[0].person.id, f"{digits[:3]} {digits[3:7]} {digits[7:]}")
    assert f"elder {other.id} is not for them" in court.found()


def test_5_a_name_in_the_group(court: Court) -> None:
    court.say(court.town.group.id, f"{court.town.neighbours[1].name} 家要买米")
    assert "5 right person" in court.found()


@pytest.mark.parametrize("protected", [True, False])
def test_5_the_volunteer_on_duty_may_read_it_and_not_pass_it_on(
    court: Court, *, protected: bool
) -> None:
    at = court.telegram.log[court.letters()[0]].at
    who = court.volunteer()
    [pairing] = court.one("SELECT id FROM pairing")
    court.execute("DELETE FROM assignment WHERE elder_id=1")
    court.execute(
        "INSERT INTO assignment (community_id, pairing_id, elder_id, volunteer_id, week, day,"
        " half, state, created_at) VALUES (1, ?, 1, ?, '2026-01-05', ?, 'am', 'done',"
        " '2026-01-05 00:00:00.000000')",
        pairing, who.member, str(at.astimezone(court.town.zone).date()),
    )  # fmt: skip
    court.say(who.person.id, f"🏠 {court.town.neighbours[1].address}", protected=protected)
    assert ("can be passed on" in court.found()) is not protected


def test_5_an_edit_that_was_done_and_not_answered_is_as_protected_as_its_message(
    court: Court,
) -> None:
    volunteers = {one.person.id for one in court.town.of(Role.VOLUNTEER)}
    calls = [court.telegram.log[place] for place in court.letters()]
    calls = [one for one in calls if one.params["chat_id"] in volunteers]
    call = next(one for one in calls if one.answer["result"].get("has_protected_content"))
    number = call.answer["result"]["message_id"]
    given = {name: call.params[name] for name in ("chat_id", "text")} | {"message_id": number}
    court.telegram.log.append(
        replace(call, method="editMessageText", params=given, status=502, answer={"ok": False})
    )
    assert "can be passed on" not in court.found()


@pytest.mark.parametrize("what", ["name", "phone", "address", "token"])
def test_10_a_log_line_says_who_or_where(court: Court, what: str) -> None:
    one = next(one for one in court.town.neighbours.values() if one.phone)
    secret = court.telegram.token if what == "token" else getattr(one, what)
    judge = court.judge()
    judge.logged({"event": "not_delivered", "error": f"… {secret} …"})
    assert any("10 private at rest" in found for found in court.verdict(judge).violations)
