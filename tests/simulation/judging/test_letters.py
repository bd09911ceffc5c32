"""3, 4, 7 and 9: what was lost, what came twice, what is left over, who cannot be reached."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.playground.telegram import Call
from bot.simulation.judging.bench import Calm, moment_of, stored
from bot.simulation.troubles import Trouble
from care.access import Role
from tests.simulation.history import SENT, Court

MINUTE = timedelta(minutes=1)


def test_3_an_update_that_was_acknowledged_and_is_nowhere(court: Court) -> None:
    [number] = court.one("SELECT update_id FROM inbox ORDER BY id LIMIT 1 OFFSET 5")
    court.execute("DELETE FROM inbox WHERE update_id=?", number)
    assert f"3 no update lost: update {number} is not in the inbox" in court.found()


def test_3_an_update_waits_while_the_program_is_up(court: Court) -> None:
    court.execute("UPDATE inbox SET state='waiting', ended_at=NULL WHERE id=3")
    assert "3 no update lost: inbox row 3 has waited since" in court.found()


def test_3_an_update_waited_for_too_long_before_it_was_handled(court: Court) -> None:
    court.execute("UPDATE inbox SET ended_at=datetime(received_at, '+70 seconds') WHERE id=3")
    assert "3 no update lost: inbox row 3 has waited since" in court.found()


@pytest.mark.parametrize(("seconds", "excused"), [(85, True), (95, False)])
def test_3_while_somebody_else_writes_an_update_has_to_wait(
    court: Court, seconds: int, *, excused: bool
) -> None:
    """Half a minute of locks within it is not the program's; a minute of its own still is."""
    [text] = court.one("SELECT received_at FROM inbox WHERE id=3")
    court.execute(
        "UPDATE inbox SET ended_at=datetime(received_at, ? || ' seconds') WHERE id=3", f"+{seconds}"
    )
    judge = court.judge()
    received = moment_of(text)
    locked = [(55.0, 75.0), (80.0, 95.0), (600.0, 615.0)]
    judge._letters._calm = Calm((), received - MINUTE, locked)
    found = "\n".join(court.verdict(judge).violations)
    assert ("inbox row 3 has waited since" not in found) is excused


def test_3_an_update_set_aside_without_an_alarm(court: Court) -> None:
    court.execute("UPDATE inbox SET state='aside' WHERE id=3")
    assert "3 no update lost: inbox row 3 was set aside without an alarm" in court.found()


def test_4_a_message_that_arrives_twice(court: Court) -> None:
    old = court.telegram.log[court.letters()[3]]
    result = old.answer["result"] | {"message_id": 99_999}
    court.telegram.log.append(replace(old, answer=old.answer | {"result": result}))
    assert "4 no double effect: message 99999 in chat" in court.found()


@pytest.mark.parametrize(
    ("notice", "state", "unclear", "forgiven"),
    [
        ("alert", "sent", 1, True),
        ("alert", "sent", 0, False),
        ("call_list", "sent", 1, False),
        ("call_list", "unclear", 0, True),
    ],
)
def test_4_only_a_must_may_arrive_again_and_only_when_it_was_unclear(
    court: Court, notice: str, state: str, unclear: int, *, forgiven: bool
) -> None:
    old = court.telegram.log[court.letters()[3]]
    chat, number = old.params["chat_id"], old.answer["result"]["message_id"]
    court.execute(
        "UPDATE outbox SET notice=?, state=?, unclear=?, message=NULL WHERE chat=? AND message=?"
        " AND edits IS NULL", notice, state, unclear, chat, number,
    )  # fmt: skip
    assert ("4 no double effect: message" not in court.found()) is forgiven


def test_4_one_press_makes_one_contact(court: Court) -> None:
    elder, day = court.red_day()
    court.execute(
        "INSERT INTO contact (community_id, elder_id, kind, outcome, by_id, day, happened_at,"
        " recorded_at, key) SELECT community_id, elder_id, 'call', outcome, by_id, day,"
        f" happened_at, recorded_at, 'call:{elder}:{day}:77' FROM contact"
        " WHERE elder_id=? AND day=? LIMIT 1", elder, day,
    )  # fmt: skip
    assert f"4 no double effect: elder {elder} has call 77 of {day}" in court.found()


def test_4_a_key_that_is_there_twice(court: Court) -> None:
    court.execute("CREATE TABLE copy AS SELECT * FROM outbox")
    court.execute("DROP TABLE outbox")
    court.execute("ALTER TABLE copy RENAME TO outbox")
    court.execute(
        "INSERT INTO outbox SELECT * FROM outbox WHERE key IS NOT NULL ORDER BY id DESC LIMIT 1"
    )
    assert "4 no double effect: keys doubled in outbox" in court.found()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE outbox SET state='sending' WHERE id=5", "1 messages are half sent"),
        ("UPDATE inbox SET state='waiting' WHERE id=5", "1 updates wait"),
        ("UPDATE outbox SET state='waiting' WHERE id=5", "1 messages are overdue"),
        ("DELETE FROM closed_day WHERE day='2026-01-07'", "2026-01-07 is not closed"),
    ],
)
def test_7_something_is_left_over(court: Court, sql: str, words: str) -> None:
    court.execute(sql)
    assert f"7 it calms down: {words}" in court.found()


def test_9_somebody_who_blocked_the_bot_and_nobody_can_see_it(court: Court) -> None:
    # Of whoever claimed something, the judge looks up the press, which is taken away here.
    claims = "SELECT COUNT(*) FROM inbox WHERE chat=? AND payload LIKE '%\"claim:%'"
    who = next(
        one for one in court.town.of(Role.VOLUNTEER) if not court.one(claims, one.person.id)[0]
    )
    at = court.over[0][1]
    court.execute("DELETE FROM inbox WHERE chat=?", who.person.id)
    court.telegram.log.append(
        Call(at, SENT, {"chat_id": who.person.id, "text": "…"}, 403, {"ok": False}, done=False)
    )
    assert f"9 unreachable is not silent: member {who.member} could not be" in court.found()


@pytest.mark.parametrize("wrong", [True, False])
def test_9_somebody_who_came_back_while_the_clock_was_wrong_is_back(
    court: Court, *, wrong: bool
) -> None:
    at, who = court.over[0][1], court.volunteer()
    court.execute("DELETE FROM inbox WHERE chat=?", who.person.id)
    back = {"my_chat_member": {"new_chat_member": {"status": "member"}}}
    court.execute(
        "INSERT INTO inbox (update_id, chat, payload, received_at, ended_at, state, tries)"
        " VALUES (900, ?, ?, ?, ?, 'done', 0)",
        who.person.id, json.dumps(back), stored(at - 120 * MINUTE), stored(at - 120 * MINUTE),
    )  # fmt: skip
    court.telegram.log.append(
        Call(at, SENT, {"chat_id": who.person.id, "text": "…"}, 403, {"ok": False}, done=False)
    )
    judge = court.judge()
    if wrong:
        judge._letters._calm = Calm([Trouble("clock", 3600.0, 7200.0)], at)
    found = "\n".join(court.verdict(judge).violations)
    assert (f"member {who.member} could not be" not in found) is wrong


def test_9_staff_are_told_of_it(court: Court) -> None:
    who = court.volunteer()
    at = court.over[0][1]
    court.execute("UPDATE member SET blocked_at='2026-01-06 00:00:00' WHERE id=?", who.member)
    court.telegram.log.append(
        Call(at, SENT, {"chat_id": who.person.id, "text": "…"}, 403, {"ok": False}, done=False)
    )
    assert f"member {who.member} blocked the bot at" in court.found()


def test_9_somebody_who_blocked_the_bot_says_so_in_an_update(court: Court) -> None:
    who = court.volunteer()
    said = {"my_chat_member": {"new_chat_member": {"status": "kicked"}}}
    court.execute(
        "INSERT INTO inbox (update_id, chat, payload, received_at, ended_at, state, tries)"
        " VALUES (900, ?, ?, '2026-01-06 01:00:00.000000', '2026-01-06 01:00:00', 'done', 0)",
        who.person.id, json.dumps(said),
    )  # fmt: skip
    assert f"9 unreachable is not silent: member {who.member} could not be" in court.found()
