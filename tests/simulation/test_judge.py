"""Each of the invariants can fail: records and log are spoilt by hand, and it is named."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.playground.telegram import Call
from bot.simulation.judge import Judge
from bot.simulation.judging.bench import Calm, Invariant, stored
from bot.simulation.outside import Spoken
from bot.simulation.troubles import Trouble
from care.access import Role
from tests.simulation.history import Court

MINUTE = timedelta(minutes=1)
SENT = "sendMessage"


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return Court(tmp_path)


def red_day(court: Court, state: str = "met") -> tuple[int, str]:
    elder, day = court.one("SELECT elder_id, day FROM red_day WHERE state=? ORDER BY day", state)
    return elder, day


def volunteer(court: Court) -> Any:
    return court.town.of(Role.VOLUNTEER)[0]


def letters(court: Court, chat: int | None = None) -> list[int]:
    return [
        place
        for place, call in enumerate(court.telegram.log)
        if call.method == SENT and call.done and chat in {None, call.params["chat_id"]}
    ]


def say(court: Court, chat: int, text: str, *, taps: tuple[str, ...] = ()) -> None:
    """Something arrived in a chat as if the program had sent it."""
    old = court.telegram.log[letters(court)[0]]
    rows = [[{"text": "…", "callback_data": one} for one in taps]]
    params = old.params | {
        "chat_id": chat, "text": text, "reply_markup": {"inline_keyboard": rows}
    }  # fmt: skip
    court.telegram.log.append(replace(old, params=params))


def miss(court: Court) -> tuple[int, str]:
    """Somebody's day becomes a missed one, as if there had been no contact."""
    elder, day = red_day(court)
    court.execute("DELETE FROM contact WHERE elder_id=? AND day=?", elder, day)
    court.execute(
        "UPDATE red_day SET state='missed', closed_as='missed', contact_id=NULL"
        " WHERE elder_id=? AND day=?", elder, day,
    )  # fmt: skip
    court.execute("DELETE FROM told WHERE elder_id=? AND day=?", elder, day)
    return elder, day


def test_a_history_without_a_fault_holds_and_each_invariant_was_looked_at(court: Court) -> None:
    judge = court.judge()
    judge.logged({"event": "started"})
    judge.account_for({"kill": 1}, {"kill": 1})
    court.verdict(judge)

    assert judge.violations == []
    never = {name for name, count in judge.checks.items() if not count}
    # Nobody blocked the bot in three days without a fault, and no week came to its end.
    assert never <= {str(Invariant.UNREACHABLE_IS_NOT_SILENT), str(Invariant.NO_GAP_UNSAID)}
    assert set(judge.checks) == {str(one) for one in Invariant}
    assert judge.red_days["met"] > 3


def test_1_a_red_elder_whose_day_has_no_row(court: Court) -> None:
    elder, day = red_day(court)
    court.execute("DELETE FROM red_day WHERE elder_id=? AND day=?", elder, day)
    assert f"1 no silent miss: elder {elder} was red on {day}, and the day has no end" in (
        court.found()
    )


@pytest.mark.parametrize("state", ["excused", "missed"])
def test_1_a_day_with_a_contact_is_written_down_as_something_else(court: Court, state: str) -> None:
    elder, day = red_day(court)
    court.execute("UPDATE red_day SET state=? WHERE elder_id=? AND day=?", state, elder, day)
    assert f"1 no silent miss: elder {elder} on {day} is written down as {state}" in court.found()


def test_1_met_without_a_contact(court: Court) -> None:
    elder, day = red_day(court)
    court.execute("UPDATE contact SET outcome='no_answer' WHERE elder_id=? AND day=?", elder, day)
    assert f"elder {elder} on {day} is written down as met" in court.found()


def test_1_excused_without_a_pause_that_covers_the_end_of_the_day(court: Court) -> None:
    elder, day = miss(court)
    court.execute("UPDATE red_day SET state='excused' WHERE elder_id=? AND day=?", elder, day)
    assert "is written down as excused" in court.found()


def test_1_missed_and_nobody_was_told(court: Court) -> None:
    elder, day = miss(court)
    assert f"elder {elder} was missed on {day}, and nobody was told" in court.found()


@pytest.mark.parametrize("arrived", [True, False])
def test_1_told_counts_only_if_it_really_arrived(court: Court, *, arrived: bool) -> None:
    elder, day = miss(court)
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    closed_at = court.one("SELECT closed_at FROM closed_day WHERE day=?", day)[0]
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, closed_at,
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    others = [call for call in court.telegram.log if name not in str(call.params.get("text"))]
    court.telegram.log = others
    if arrived:
        say(court, boss.person.id, f"{name} 今天没有联系上")
        at = next(now for one, now in court.over if str(one) == day) - 20 * MINUTE
        court.telegram.log[-1] = replace(court.telegram.log[-1], at=at)
    assert ("nobody was told" in court.found()) is not arrived


def test_1_a_day_that_is_changed_later_is_judged_again(court: Court) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    elder, day = red_day(court)
    court.execute(
        "UPDATE red_day SET state='excused', changed_at='2026-01-07' WHERE elder_id=? AND day=?",
        elder, day,
    )  # fmt: skip
    judge.after_day(*court.over[1])
    assert any(f"elder {elder} on {day} is written down" in one for one in judge.violations)


def test_1_a_row_for_somebody_who_was_not_red(court: Court) -> None:
    [elder] = court.one("SELECT id FROM elder WHERE tier='green'")
    court.execute(
        "INSERT INTO red_day SELECT ?, day, community_id, 'missed', 'missed', NULL, NULL,"
        " closed_at, NULL FROM red_day LIMIT 1", elder,
    )  # fmt: skip
    assert f"elder {elder} was not red" in court.found()


def test_2_an_errand_claimed_while_somebody_had_it(court: Court) -> None:
    errand = with_errand(court)
    one, other = court.town.of(Role.VOLUNTEER)[:2]
    for member in (one.member, other.member):
        court.execute(
            "INSERT INTO errand_step (community_id, errand_id, step, by_id, at)"
            " VALUES (1, ?, 'claim', ?, '2026-01-05 03:00:00.000000')", errand, member,
        )  # fmt: skip
    assert f"2 one owner: errand {errand} was claimed by member {other.member}" in court.found()


def test_2_somebody_is_told_that_an_errand_is_theirs_and_it_is_not(court: Court) -> None:
    errand = with_errand(court)
    stranger = volunteer(court).person.id
    say(court, stranger, "…", taps=(f"errand_step:{errand}:finish:-",))
    assert f"2 one owner: errand {errand}: {{{stranger}}} were told it is theirs" in court.found()


def with_errand(court: Court) -> int:
    """An errand that is somebody's: 900."""
    owner = court.town.of(Role.VOLUNTEER)[1]
    court.execute(
        "INSERT INTO errand (id, community_id, elder_id, kind, what, by_when, asked_by, asked_at,"
        " state, claimed_by, claimed_at) VALUES (900, 1, 1, 'bill', '…', '2026-01-06', ?,"
        " '2026-01-05', 'claimed', ?, '2026-01-05')", owner.member, owner.member,
    )  # fmt: skip
    return 900


def test_2_two_visits_to_one_elder_on_one_day(court: Court) -> None:
    court.execute("DROP INDEX uq_assignment_live")
    pairing, who = court.one("SELECT pairing_id, member_id FROM pairing_volunteer")
    for _ in range(2):
        court.execute(
            "INSERT INTO assignment (community_id, pairing_id, elder_id, volunteer_id, week, day,"
            " half, state, created_at) VALUES (1, ?, 1, ?, '2026-01-05', '2026-01-06', 'am',"
            " 'accepted', '2026-01-05')", pairing, who,
        )  # fmt: skip
    assert "2 one owner: more than one live visit" in court.found()


def test_2_two_are_told_to_go_to_one_door(court: Court) -> None:
    one, other = court.town.of(Role.VOLUNTEER)[:2]
    court.execute(
        "INSERT INTO door_visit (id, community_id, elder_id, day, cause, offered_at, claimed_by)"
        " VALUES (900, 1, 1, '2026-01-06', 'no_answer', '2026-01-06', ?)", one.member,
    )  # fmt: skip
    for actor in (one, other):
        say(court, actor.person.id, "…", taps=("door_return:900",))
    assert f"door 900: {other.person.id} was told to go, but never had it" in court.found()


def test_2_an_alert_is_one_persons(court: Court) -> None:
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    worker = court.town.of(Role.SOCIAL_WORKER)[0]
    court.execute(
        "INSERT INTO alert (id, community_id, elder_id, day, kind, opened_at, owner_id, taken_at,"
        " asked_at, asked_times) VALUES (900, 1, 1, '2026-01-06', 'silent', '2026-01-06', ?,"
        " '2026-01-06', '2026-01-06', 0)", boss.member,
    )  # fmt: skip
    press(court, worker.person.id, "alert_take:900")
    judge = court.judge()
    judge._owners._yours["…"] = "alert"
    assert "2 one owner: alert 900 belongs to" in "\n".join(court.verdict(judge).violations)


def press(court: Court, account: int, data: str) -> None:
    """A press in the inbox that was answered with "…"."""
    court.execute(
        "INSERT INTO inbox (update_id, event, chat, payload, received_at, state, tries)"
        " VALUES (900, 'press:900', ?, ?, '2026-01-05 01:00:00.000000', 'done', 0)",
        account, json.dumps({"callback_query": {"from": {"id": account}, "data": data}}),
    )  # fmt: skip
    params = {"callback_query_id": "900", "text": "…"}
    court.telegram.log.append(
        Call(court.over[0][1], "answerCallbackQuery", params, 200, {}, done=True)
    )


def test_2_what_is_said_to_an_owner_is_what_the_program_says(court: Court) -> None:
    """The words are looked up in the catalogue; if they changed, nothing would be checked."""
    yours = court.judge()._owners._yours
    assert sorted(yours.values()) == ["alert", "errand"]
    assert not any(text.isascii() for text in yours)


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


def test_3_an_update_set_aside_without_an_alarm(court: Court) -> None:
    court.execute("UPDATE inbox SET state='aside' WHERE id=3")
    assert "3 no update lost: inbox row 3 was set aside without an alarm" in court.found()


def test_4_a_message_that_arrives_twice(court: Court) -> None:
    old = court.telegram.log[letters(court)[3]]
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
    old = court.telegram.log[letters(court)[3]]
    chat, number = old.params["chat_id"], old.answer["result"]["message_id"]
    court.execute(
        "UPDATE outbox SET notice=?, state=?, unclear=?, message=NULL WHERE chat=? AND message=?"
        " AND edits IS NULL", notice, state, unclear, chat, number,
    )  # fmt: skip
    assert ("4 no double effect: message" not in court.found()) is forgiven


def test_4_one_press_makes_one_contact(court: Court) -> None:
    elder, day = red_day(court)
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


def test_5_an_address_read_by_somebody_who_does_not_need_it(court: Court) -> None:
    home = court.town.neighbours[1].address
    say(court, volunteer(court).person.id, f"🏠 {home}")
    court.execute("DELETE FROM assignment WHERE elder_id=1")
    assert "5 right person: message" in court.found()


def test_5_a_phone_read_by_a_family_is_only_their_own_business(court: Court) -> None:
    other = next(one for one in court.town.neighbours.values() if one.phone)
    digits = (other.phone or "").removeprefix("+86")
    say(court, court.town.of(Role.FAMILY)[0].person.id, f"{digits[:3]} {digits[3:7]} {digits[7:]}")
    assert f"elder {other.id} is not for them" in court.found()


def test_5_a_name_in_the_group(court: Court) -> None:
    say(court, court.town.group.id, f"{court.town.neighbours[1].name} 家要买米")
    assert "5 right person" in court.found()


def test_5_the_volunteer_on_duty_may_read_it(court: Court) -> None:
    at = court.telegram.log[letters(court)[0]].at
    who = volunteer(court)
    [pairing] = court.one("SELECT id FROM pairing")
    court.execute("DELETE FROM assignment WHERE elder_id=1")
    court.execute(
        "INSERT INTO assignment (community_id, pairing_id, elder_id, volunteer_id, week, day,"
        " half, state, created_at) VALUES (1, ?, 1, ?, '2026-01-05', ?, 'am', 'done',"
        " '2026-01-05 00:00:00.000000')",
        pairing, who.member, str(at.astimezone(court.town.zone).date()),
    )  # fmt: skip
    say(court, who.person.id, f"🏠 {court.town.neighbours[1].address}")
    assert "5 right person" not in court.found()


@pytest.mark.parametrize("table", ["contact", "consent", "red_day", "closed_day"])
def test_6_what_was_there_is_gone(court: Court, table: str) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    court.execute(f"DELETE FROM {table} WHERE rowid=(SELECT MIN(rowid) FROM {table})")
    judge.after_restart(court.over[0][1] + MINUTE)
    assert any("6 nothing unhappens: row" in one for one in judge.violations)


def test_6_what_was_there_long_ago_is_counted(court: Court) -> None:
    judge = court.judge()
    judge.after_day(*court.over[0])
    judge._keeping._seen["consent"].clear()
    court.execute("DELETE FROM consent WHERE id=1")
    court.verdict(judge)
    assert any("6 nothing unhappens: consent had" in one for one in judge.violations)


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


def test_8_a_day_was_never_closed(court: Court) -> None:
    court.execute("DELETE FROM closed_day WHERE day='2026-01-06'")
    assert "8 time: 2026-01-06 was closed 0 times" in court.found()


def test_8_a_call_list_that_comes_late(court: Court) -> None:
    row = court.one(
        "SELECT chat, message FROM outbox WHERE notice='call_list' AND key LIKE 'call_list:%'"
        " AND member_id=(SELECT worker_id FROM pairing p JOIN pairing_elder e ON"
        " e.pairing_id=p.id JOIN elder r ON r.id=e.elder_id WHERE r.tier='red' LIMIT 1)"
    )
    for place in letters(court, row[0]):
        call = court.telegram.log[place]
        if call.answer["result"]["message_id"] == row[1]:
            court.telegram.log[place] = replace(call, at=call.at + 11 * MINUTE)
    assert "8 time: member" in court.found()


@pytest.mark.parametrize("wrong", [True, False])
def test_8_a_call_list_of_which_only_a_wrong_clock_says_when_is_no_evidence(
    court: Court, *, wrong: bool
) -> None:
    """What a killed process was sending has no number; when that was, only the program says."""
    day, over = court.over[0]
    court.execute(
        "UPDATE outbox SET state='unclear', message=NULL, sent_at=? WHERE notice='call_list'"
        " AND key LIKE ?",
        stored(over - 12 * 60 * MINUTE), f"call_list:%:{day}",
    )  # fmt: skip
    judge = court.judge()
    if wrong:
        judge._days._calm = Calm([Trouble("clock", 0.0, 3600.0)], over - 14 * 60 * MINUTE)
    found = "\n".join(court.verdict(judge).violations)
    assert (f"had the call list of {day} at" in found) is not wrong


@pytest.mark.parametrize(("minutes", "corrected"), [(5, False), (30, False), (30, True)])
def test_8_somebody_is_told_ten_minutes_after_five_unless_it_looked_otherwise_then(
    court: Court, minutes: int, *, corrected: bool
) -> None:
    elder, day = red_day(court)
    court.execute("DELETE FROM told WHERE elder_id=? AND day=?", elder, day)
    withdrawn = "withdrawn_at='2026-01-08'" if corrected else "outcome='no_answer'"
    court.execute(f"UPDATE contact SET {withdrawn} WHERE elder_id=? AND day=?", elder, day)
    court.execute("UPDATE red_day SET state='missed' WHERE elder_id=? AND day=?", elder, day)
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, f"{day} 09:00:00.000000",
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    say(court, boss.person.id, f"{name} 今天没有联系上")
    five = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    court.telegram.log[-1] = replace(court.telegram.log[-1], at=five + minutes * MINUTE)

    late = f"8 time: elder {elder}: somebody was told only at" in court.found()
    assert late is (minutes > 10 and not corrected)


def test_8_lateness_is_counted_from_the_end_of_the_trouble(court: Court) -> None:
    start = court.over[0][1]
    calm = Calm([Trouble("outage", 0.0, 600.0), Trouble("blocked", 0.0, 9_999.0)], start)
    assert calm.deadline(start, 10 * MINUTE) == start + 20 * MINUTE
    calm.restarts.append(start + 15 * MINUTE)
    assert calm.deadline(start, 10 * MINUTE) == start + 25 * MINUTE


def test_8_a_day_is_not_judged_while_the_program_is_down(court: Court) -> None:
    """Killed at 23:57 and back at 00:15:14, it has not closed the day at 00:15; it has to then."""
    day, now = court.over[-1]
    court.execute("DELETE FROM closed_day WHERE day=?", str(day))
    troubles: Any = SimpleNamespace(past=[], agenda=SimpleNamespace(start=now), down_until=14.0)
    judge = Judge(court.file, court.telegram, court.town, troubles=troubles)
    judge.after_day(day, now)
    never = f"8 time: {day} was closed 0 times"
    assert never not in judge.violations
    judge.after_restart(now + timedelta(seconds=14))
    judge.after_day(day, now + 15 * MINUTE)
    assert never in judge.violations


def test_8_a_time_written_down_by_a_wrong_clock_is_no_evidence(court: Court) -> None:
    start = court.over[0][1]
    calm = Calm([Trouble("clock", 0.0, 600.0)], start)
    assert calm.clock_was_wrong(start - 179 * MINUTE)
    assert not calm.clock_was_wrong(start - 200 * MINUTE)
    assert not calm.clock_was_wrong(start + 200 * MINUTE)


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
    at, who = court.over[0][1], volunteer(court)
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
    who = volunteer(court)
    at = court.over[0][1]
    court.execute("UPDATE member SET blocked_at='2026-01-06 00:00:00' WHERE id=?", who.member)
    court.telegram.log.append(
        Call(at, SENT, {"chat_id": who.person.id, "text": "…"}, 403, {"ok": False}, done=False)
    )
    assert f"member {who.member} blocked the bot at" in court.found()


def test_9_somebody_who_blocked_the_bot_says_so_in_an_update(court: Court) -> None:
    who = volunteer(court)
    said = {"my_chat_member": {"new_chat_member": {"status": "kicked"}}}
    court.execute(
        "INSERT INTO inbox (update_id, chat, payload, received_at, ended_at, state, tries)"
        " VALUES (900, ?, ?, '2026-01-06 01:00:00.000000', '2026-01-06 01:00:00', 'done', 0)",
        who.person.id, json.dumps(said),
    )  # fmt: skip
    assert f"9 unreachable is not silent: member {who.member} could not be" in court.found()


@pytest.mark.parametrize("what", ["name", "phone", "address", "token"])
def test_10_a_log_line_says_who_or_where(court: Court, what: str) -> None:
    one = next(one for one in court.town.neighbours.values() if one.phone)
    secret = court.telegram.token if what == "token" else getattr(one, what)
    judge = court.judge()
    judge.logged({"event": "not_delivered", "error": f"… {secret} …"})
    assert any("10 private at rest" in found for found in court.verdict(judge).violations)


def test_11_a_schema_that_is_not_the_newest(court: Court) -> None:
    court.execute("UPDATE alembic_version SET version_num='0001'")
    assert "11 sound: the schema is at ['0001']" in court.found()


def test_11_a_reference_to_nobody(court: Court) -> None:
    court.execute("UPDATE consent SET member_id=999999 WHERE id=1")
    assert "11 sound: foreign_key_check" in court.found()


def test_11_a_page_that_is_broken(court: Court) -> None:
    [page] = court.one("SELECT rootpage FROM sqlite_master WHERE name='family_link'")
    [size] = court.one("PRAGMA page_size")
    with court.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 200)
    judge = court.judge()
    judge._keeping.judge_file(whole=True)
    assert any("11 sound: integrity_check" in one for one in judge.violations)


def test_12_a_fault_that_nobody_noticed(court: Court) -> None:
    judge = court.judge()
    judge.account_for({"kill": 3, "busy": 1}, {"kill": 2, "busy": 1})
    assert judge.violations == ["12 faults accounted for: kill: 3 injected, 2 seen"]


def test_the_log_is_taken_in_and_not_kept(court: Court) -> None:
    court.verdict()
    assert court.telegram.log == []
    assert court.telegram.world.updates.forgotten == set()


def test_facts_of_the_outbox_are_json(court: Court) -> None:
    """The judge reads the day of a call list from there."""
    [facts] = court.one("SELECT facts FROM outbox WHERE notice='call_list'")
    assert json.loads(facts)["day"]


def silent(court: Court, *, told: bool) -> datetime:
    """An alert that nobody took, on an afternoon; since when."""
    elder, day = red_day(court)
    since = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    [number] = court.one("SELECT COALESCE(MAX(id), 0)+1 FROM alert")
    at = stored(since)
    court.execute(
        "INSERT INTO alert (id, community_id, elder_id, day, kind, opened_at, asked_at,"
        " asked_times) VALUES (?, ?, ?, ?, 'silent', ?, ?, 0)",
        number, court.town.station, elder, day, at, at,
    )  # fmt: skip
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    if told:
        court.execute(
            "INSERT INTO told (community_id, elder_id, day, step, member_id, alert_id, key, letter,"
            " at) VALUES (?, ?, ?, 'raise', ?, ?, 'k', 'k', ?)",
            court.town.station, elder, day, boss.member, number, at,
        )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    if told:
        say(court, boss.person.id, f"{name} 今天没有联系上")
        court.telegram.log[-1] = replace(court.telegram.log[-1], at=since + MINUTE)
    return since


UNUSED = "the second channel was not used"


def test_9_an_alert_that_nobody_has_in_chat_and_the_second_channel_is_not_used(
    court: Court,
) -> None:
    silent(court, told=False)
    assert UNUSED in court.found()


def test_9_an_alert_that_somebody_of_the_staff_has_in_chat(court: Court) -> None:
    silent(court, told=True)
    assert UNUSED not in court.found()


@pytest.mark.parametrize(("minutes", "in_time"), [(0, True), (19, True), (21, False), (-5, False)])
def test_9_the_second_channel_is_told_in_time(court: Court, minutes: int, *, in_time: bool) -> None:
    since = silent(court, told=False)
    spoken = [Spoken(since + minutes * MINUTE, "今天没联系上的老人：1 位")]
    judge = Judge(court.file, court.telegram, court.town, spoken=spoken)
    found = "\n".join(court.verdict(judge).violations)
    assert (UNUSED not in found) is in_time


def test_9_a_missed_day_that_nobody_has_in_chat_and_the_second_channel_is_not_used(
    court: Court,
) -> None:
    miss(court)
    assert UNUSED in court.found()


@pytest.mark.parametrize("wrong", [True, False])
def test_9_a_missed_day_of_which_somebody_was_told_while_the_clock_was_fast(
    court: Court, *, wrong: bool
) -> None:
    """Told at three, it was written down as told at five."""
    elder, day = miss(court)
    five = datetime.fromisoformat(day).replace(hour=17, tzinfo=court.town.zone)
    [boss, *_] = court.town.of(Role.SUPERVISOR)
    court.execute(
        "INSERT INTO told (community_id, elder_id, day, step, member_id, key, letter, at)"
        " VALUES (?, ?, ?, 'raise', ?, 'k', 'k', ?)",
        court.town.station, elder, day, boss.member, stored(five),
    )  # fmt: skip
    name = court.town.neighbours[elder].name
    court.telegram.log = [
        call for call in court.telegram.log if name not in str(call.params.get("text"))
    ]
    say(court, boss.person.id, f"{name} 今天没有联系上")
    court.telegram.log[-1] = replace(court.telegram.log[-1], at=five - 120 * MINUTE)
    judge = court.judge()
    if wrong:
        judge._outside._calm = Calm([Trouble("clock", 0.0, 7200.0)], five - 180 * MINUTE)
    assert (UNUSED in "\n".join(court.verdict(judge).violations)) is not wrong


@pytest.mark.parametrize("what", ["name", "phone", "address"])
def test_5_the_second_channel_is_told_of_somebody(court: Court, what: str) -> None:
    one = next(one for one in court.town.neighbours.values() if one.phone)
    spoken = [Spoken(court.over[0][1], f"… {getattr(one, what)} …")]
    judge = Judge(court.file, court.telegram, court.town, spoken=spoken)
    assert "the second channel was told of somebody" in "\n".join(court.verdict(judge).violations)
