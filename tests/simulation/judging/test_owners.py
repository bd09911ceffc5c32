"""2: two owners, and somebody told what is not so."""

import json

from bot.playground.telegram import Call
from care.access import Role
from tests.simulation.history import Court


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
    stranger = court.volunteer().person.id
    court.say(stranger, "…", taps=(f"errand_step:{errand}:finish:-",))
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
        court.say(actor.person.id, "…", taps=("door_return:900",))
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
