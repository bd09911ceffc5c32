"""How people behave on their phones, with nobody at the other end of the wire."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.playground.records import Button, Message
from bot.playground.telegram import LocalTelegram
from bot.simulation import chores, families, fates, forms, hands, people, staff, volunteers
from bot.simulation.agenda import Agenda
from bot.simulation.fates import Call, Fate
from bot.simulation.people import People
from bot.simulation.run import simulate
from bot.simulation.staff import Habit
from bot.simulation.town import Actor, Town, settle_in
from care.access import Role
from tests.simulation.history import history
from tests.stage import new_database, sqlite_url

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 1, 5, tzinfo=SHANGHAI)
HALF_PAST_EIGHT = 8.5


@dataclass
class Village:
    """The phones; what people press and write is read off the updates that nobody fetches."""

    town: Town
    telegram: LocalTelegram
    agenda: Agenda
    people: People
    read: int = 0
    messages: list[Message] = field(default_factory=list)

    def until(self, hours: float) -> None:
        """Let everything up to this hour since the first midnight happen."""
        self.agenda.go_on(hours * 3600)

    def actor(self, role: Role, place: int = 0) -> Actor:
        return self.town.of(role)[place]

    def arrives(self, chat: int, *taps: str) -> Message:
        """The bot writes."""
        world = self.telegram.world
        message = Message(
            chat, world.bot.id, world.timestamp(), text="…", rows=[[_button(one)] for one in taps]
        )
        return world.post(message)

    def becomes(self, message: Message, *taps: str) -> None:
        """The bot changes what it wrote."""
        message.rows = [[_button(one)] for one in taps]
        message.edit_date = self.telegram.world.timestamp()
        self.telegram.world.tell_edited(message)

    def pressed(self) -> list[str]:
        """What has been pressed or written since the last look."""
        bodies = [one.body for one in self.telegram.world.updates.pending[self.read :]]
        self.read += len(bodies)
        return [_what(one) for one in bodies]


def _button(data: str) -> Button:
    return Button("…", data, None, {"text": "…", "callback_data": data})


def _what(body: dict[str, Any]) -> str:
    if "callback_query" in body:
        return str(body["callback_query"]["data"])
    return str(body["message"]["text"]) if "message" in body else "standing"


@pytest.fixture
async def village(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Village:
    """Twelve elders, and nothing that happens by itself but what a test asks for."""
    for module, name in (
        (hands, "DOUBLE"), (hands, "GONE_ALL_THE_SAME"), (fates, "MISSES_A_CALL"), (fates, "OUT"),
        (fates, "FALLEN"), (fates, "ILL"), (forms, "GIVES_UP"), (staff, "GOES_ON_LEAVE"),
        (staff, "SWITCHES_A_SURGE_ON"), (volunteers, "GOES_ON_LEAVE"),
        (families, "ASKS_AN_ERRAND"), (families, "TELLS_OF_A_TRIP"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.0)
    monkeypatch.setattr(staff, "CHORES", {})
    agenda = Agenda(MIDNIGHT, 1, SHANGHAI)
    telegram = LocalTelegram(clock=agenda.now, seed=1)
    database = await new_database(sqlite_url(tmp_path))
    town = await settle_in(database, telegram, agenda, 12)
    await database.close()
    made = Village(town, telegram, agenda, People(town, telegram, agenda, faults=False))
    made.people.begin()
    return made


def worker(village: Village, habit: Habit) -> Actor:
    """A social worker with a habit for today."""
    actor = village.actor(Role.SOCIAL_WORKER)
    village.people.staff.desks[actor.person.id].habit = habit
    return actor


def test_a_social_worker_opens_the_first_and_writes_down_what_was_heard(village: Village) -> None:
    actor = worker(village, Habit.AT_ONCE)
    village.until(HALF_PAST_EIGHT)
    message = village.arrives(actor.person.id, "call:1", "call:2")
    village.until(9.1)
    assert village.pressed()[0] == "call:1"

    outcomes = {f"log:1:0:{one}:-:2026-01-05" for one in ("fine", "follow_up")}
    village.becomes(message, *outcomes, "why_not:1")
    village.until(9.3)
    assert village.pressed()[0] in outcomes

    village.becomes(message, "call:2")
    village.until(9.5)
    assert village.pressed()[0] == "call:2"


def test_somebody_who_does_not_look_today_presses_nothing(village: Village) -> None:
    actor = worker(village, Habit.NOT_TODAY)
    village.until(HALF_PAST_EIGHT)
    village.arrives(actor.person.id, "call:1")
    village.until(20)
    assert village.pressed() == []


def test_somebody_who_waits_to_be_reminded_begins_then(village: Village) -> None:
    actor = worker(village, Habit.WHEN_REMINDED)
    village.until(HALF_PAST_EIGHT)
    village.arrives(actor.person.id, "call:1")
    village.until(11.5)
    assert village.pressed() == []
    village.arrives(actor.person.id, "call:1")
    village.until(12.5)
    assert village.pressed()[0] == "call:1"


def test_nobody_answering_is_tried_again_later_and_three_times_at_most(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(village.people.fates, "call", lambda _elder, _day: Call("no_answer"))
    actor = worker(village, Habit.AT_ONCE)
    times = []
    for hour in (9.0, 10.0, 11.0, 12.0, 13.0):
        village.until(hour)
        message = village.arrives(actor.person.id, "call:1", "log:1:0:no_answer:-")
        village.until(hour + 0.75)
        times += [one for one in village.pressed() if one.startswith("log:")]
        village.becomes(message)
    assert len(times) == 3


def test_why_it_was_not_possible_is_found_behind_its_button(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Call("not_possible", "hospital")
    monkeypatch.setattr(village.people.fates, "call", lambda _elder, _day: away)
    actor = worker(village, Habit.AT_ONCE)
    village.until(9)
    message = village.arrives(actor.person.id, "call:1")
    village.until(9.45)
    village.becomes(message, "log:1:0:fine:-", "why_not:1")
    village.until(9.6)
    village.becomes(message, "log:1:0:not_possible:hospital", "log:1:0:not_possible:away")
    village.until(9.7)
    assert village.pressed()[-2:] == ["why_not:1", "log:1:0:not_possible:hospital"]


@pytest.mark.parametrize(("stubborn", "pressed"), [(0.0, []), (1.0, ["door_claim:1"])])
def test_a_button_that_is_gone_is_pressed_all_the_same_or_not_at_all(
    village: Village, monkeypatch: pytest.MonkeyPatch, stubborn: float, pressed: list[str]
) -> None:
    monkeypatch.setattr(hands, "GONE_ALL_THE_SAME", stubborn)
    monkeypatch.setattr(volunteers, "GOES_TO_A_DOOR", 1.0)
    village.until(15)
    message = village.arrives(village.actor(Role.VOLUNTEER).person.id, "door_claim:1", "door_no:1")
    village.becomes(message)
    village.until(17)
    assert village.pressed() == pressed


def test_some_presses_are_double(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "DOUBLE", 1.0)
    monkeypatch.setattr(families, "CHECKS_IN", 1.0)
    village.until(8)
    village.arrives(village.actor(Role.ELDER).person.id, "fine", "call_me")
    village.until(12)
    assert village.pressed() in (["fine", "fine"], ["call_me", "call_me"])


def test_an_old_card_is_pressed_again_on_another_day(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "FINDS_AN_OLD_CARD", 1.0)
    monkeypatch.setattr(families, "CHECKS_IN", 1.0)
    village.until(8)
    message = village.arrives(village.actor(Role.ELDER).person.id, "fine", "call_me")
    village.until(12)
    [before] = village.pressed()
    village.becomes(message)
    village.until(60)
    assert village.pressed() == [before]


def test_an_errand_in_the_group_is_claimed_by_one_or_several(village: Village) -> None:
    claimers = set()
    for errand in range(1, 9):
        village.until(9 + errand)
        village.arrives(village.town.group.id, f"claim:{errand}")
        village.until(9.99 + errand)
    village.until(24)
    for one in village.telegram.world.updates.pending:
        claimers.add((one.body["callback_query"]["data"], one.body["callback_query"]["from"]["id"]))
    errands = {data for data, _ in claimers}
    assert len(errands) == 8
    assert len(claimers) > len(errands)


def test_whoever_goes_to_a_door_signs_in_and_reports(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volunteers, "GOES_TO_A_DOOR", 1.0)
    monkeypatch.setattr(volunteers, "REPORTS_AFTER_A_DOOR", 1.0)
    monkeypatch.setattr(forms, "NOBODY_OPENS_TO_THE_SILENT", 0.0)
    chat = village.actor(Role.VOLUNTEER).person.id
    village.until(15)
    village.arrives(chat, "door_claim:1", "door_no:1")
    village.until(16.5)
    village.arrives(chat, "sign_in:4")
    village.until(17.5)
    village.arrives(chat, "answer:9:0:=good", "answer:9:0:=no_visit")
    village.until(17.6)
    village.arrives(chat, "answer:9:6:-", "cancel")
    village.until(17.7)
    assert village.pressed() == ["door_claim:1", "sign_in:4", "answer:9:0:=good", "answer:9:6:-"]


def test_a_question_without_buttons_is_answered_in_words(village: Village) -> None:
    actor = village.actor(Role.FAMILY)
    village.people.families.forms.expect(actor, "errand")
    village.arrives(actor.person.id, "cancel")
    village.until(1)
    assert village.pressed() == [forms.WORDS]


def test_an_alert_is_taken_and_ended(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "KEEN", {Role.SUPERVISOR: 1.0, Role.SOCIAL_WORKER: 0.0})
    chat = village.actor(Role.SUPERVISOR).person.id
    village.until(17)
    message = village.arrives(chat, "alert_take:5")
    village.until(19)
    village.becomes(message, "alert_clear:5")
    village.until(23.2)
    village.becomes(message, *(f"alert_cleared:5:{how}" for how in set(chores.ENDINGS)))
    village.until(23.5)
    take, clear, cleared = village.pressed()
    assert (take, clear) == ("alert_take:5", "alert_clear:5")
    assert cleared.startswith("alert_cleared:5:")


def test_a_chore_is_done_through_the_elders_card(village: Village) -> None:
    actor = village.actor(Role.SOCIAL_WORKER)
    chat, name = actor.person.id, village.town.neighbours[3].name
    village.people.staff.chores.begin(actor, "tier", 3)
    village.arrives(chat, "elder:1", "elders_find")
    village.until(0.1)
    village.arrives(chat, "cancel")
    village.until(0.2)
    message = village.arrives(chat, "tier_menu:3", "call:3")
    village.until(0.25)
    village.becomes(message, "tier_ask:3", "fall_ask:3")
    village.until(0.3)
    village.becomes(message, "tier_to:3:red:green", "elder:3")
    village.until(0.35)
    village.becomes(message, "answer:1:0:~better")
    village.until(0.4)
    assert village.pressed() == [
        "/elders", "elders_find", name, "tier_menu:3", "tier_ask:3", "tier_to:3:red:green",
        "answer:1:0:~better",
    ]  # fmt: skip


def test_a_pause_is_taken_up_only_for_who_is_in_hospital(village: Village) -> None:
    chat = village.actor(Role.SUPERVISOR).person.id
    village.people.fates._today[2] = Fate.IN_HOSPITAL
    village.until(10)
    village.arrives(chat, "pause_ask:1")
    village.arrives(chat, "pause_ask:2")
    village.until(11)
    assert village.pressed() == ["pause_ask:2"]


def test_on_leave_the_phone_stays_in_the_drawer(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "GOES_ON_LEAVE", 1.0)
    monkeypatch.setattr(staff, "DAYS_OF_LEAVE", (3,))
    village.until(24 + 20)
    assert set(village.pressed()) == {"/leave"}
    village.until(48 + HALF_PAST_EIGHT)
    for actor in village.town.of(Role.SOCIAL_WORKER):
        village.arrives(actor.person.id, "call:1", "alert_take:1")
    village.until(48 + 15)
    assert village.pressed() == []


def test_who_has_fallen_is_found_out_by_calling_and_is_then_in_hospital(village: Village) -> None:
    found = village.people.fates
    found._today[1] = Fate.FALLEN
    assert found.call(1, MIDNIGHT.date()) == Call("emergency")
    assert found.of(1) is Fate.IN_HOSPITAL
    found.dawn((found.home_on(1) or MIDNIGHT.date()) - timedelta(days=1))
    assert found.of(1) is Fate.IN_HOSPITAL
    found.dawn(found.home_on(1) or MIDNIGHT.date())
    assert found.of(1) is Fate.WELL


@pytest.mark.parametrize("trying", [True, False])
def test_somebody_blocks_the_bot_and_takes_it_back_only_when_faults_are_wanted(
    village: Village, monkeypatch: pytest.MonkeyPatch, *, trying: bool
) -> None:
    monkeypatch.setattr(people, "BLOCKS", {Role.VOLUNTEER: 1.0})
    monkeypatch.setattr(people, "BLOCKED_HOURS", (1, 1))
    monkeypatch.setattr(people, "VANISHES", 0.0)
    village.people.faults = trying
    village.until(47)
    assert ("standing" in village.pressed()) is trying
    village.people.faults = False
    village.until(96)
    assert not any(one.person.blocked for one in village.town.actors.values())


def test_an_account_can_vanish_without_a_word(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "BLOCKS", {Role.VOLUNTEER: 1.0})
    monkeypatch.setattr(people, "BLOCKED_HOURS", (24, 24))
    monkeypatch.setattr(people, "VANISHES", 1.0)
    village.people.faults = True
    village.until(47.9)
    assert all(one.person.blocked for one in village.town.of(Role.VOLUNTEER))
    assert village.pressed() == []


def test_phones_forget_what_is_old(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MANY_MESSAGES", 5)
    chat = village.actor(Role.FAMILY).person.id
    for _ in range(8):
        village.arrives(chat)
    village.until(24 * 49)
    assert len(village.telegram.chats[chat].messages) == 8
    village.until(24 * 51)
    assert village.telegram.chats[chat].messages == {}


def test_one_seed_is_one_history_of_people() -> None:
    runs = [simulate(1, 4, elders=6) for _ in range(2)]
    assert runs[0].trace == runs[1].trace
    assert runs[0].violations == []


def test_most_red_elders_are_called_without_many_presses() -> None:
    """So that a simulated year takes minutes."""
    kept = history()
    presses = [one for one in kept.log if one.method == "answerCallbackQuery"]
    red = 3 * 3
    assert 2 * red <= len(presses) <= 25 * red
