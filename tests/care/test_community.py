"""A community's choices: the handbook's numbers unless it chose others."""

from datetime import UTC, datetime, time, timedelta

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from care.community import Settings
from care.joining import INVITATION_LASTS, WRONG_TRIES_AN_HOUR, invitation_open
from care.notices import Delivery, Notice, Priority, manner_of
from care.pairings import Oddity, oddities
from care.phones import phone_number
from care.refusals import Refusal, Taken, UnknownName

NOW = datetime(2026, 4, 9, 8, tzinfo=UTC)
HANDBOOK = Settings()


def test_the_handbooks_numbers() -> None:
    assert HANDBOOK.check_in_at == time(8)
    assert HANDBOOK.call_list_at == time(8, 30)
    assert (HANDBOOK.call_again_after_minutes, HANDBOOK.call_again_times) == (30, 2)
    assert (HANDBOOK.yellow_visits_a_week, HANDBOOK.green_visits_a_month) == (2, 1)
    assert (HANDBOOK.pairing_smallest, HANDBOOK.pairing_largest) == (3, 5)
    assert (HANDBOOK.publish_week_on, HANDBOOK.publish_week_at) == (6, time(18))


def test_choices_are_read_from_json() -> None:
    chosen = Settings.model_validate({"call_list_at": "09:15"})
    assert chosen.call_list_at == time(9, 15)
    assert chosen.check_in_at == HANDBOOK.check_in_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"publish_week_on": 7},
        {"yellow_visits_a_week": 8},
        {"call_again_after_minutes": 0},
        {"call_list_at": "soon"},
    ],
)
def test_an_impossible_choice_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


@pytest.mark.parametrize(
    ("elders", "volunteers", "found"),
    [
        (3, 1, ()),
        (5, 4, ()),
        (2, 1, (Oddity.TOO_FEW_ELDERS,)),
        (6, 1, (Oddity.TOO_MANY_ELDERS,)),
        (4, 0, (Oddity.NO_VOLUNTEER,)),
        (0, 0, (Oddity.TOO_FEW_ELDERS, Oddity.NO_VOLUNTEER)),
    ],
)
def test_an_unusual_pairing_is_pointed_out(
    elders: int, volunteers: int, found: tuple[Oddity, ...]
) -> None:
    assert oddities(elders, volunteers, HANDBOOK) == found


def test_an_invitation_is_open_for_72_hours_until_it_is_used() -> None:
    assert timedelta(hours=72) == INVITATION_LASTS
    assert WRONG_TRIES_AN_HOUR == 5
    assert invitation_open(NOW, NOW, None)
    assert invitation_open(NOW + INVITATION_LASTS - timedelta(seconds=1), NOW, None)
    assert not invitation_open(NOW + INVITATION_LASTS, NOW, None)
    assert not invitation_open(NOW, NOW, NOW)


@pytest.mark.parametrize("typed", ["13800000001", "138 0000 0001", "+86 138-0000-0001"])
def test_a_phone_number_is_kept_in_one_way(typed: str) -> None:
    assert phone_number(typed) == "+8613800000001"


def test_alarms_are_repeated_answers_are_not() -> None:
    assert manner_of(Notice.ALERT).delivery is Delivery.MUST
    assert manner_of(Notice.MENU).priority is Priority.ANSWER
    assert manner_of(Notice.CALL_LIST).priority is Priority.BROADCAST
    assert Priority.ALARM < Priority.ANSWER < Priority.PROMPT < Priority.BROADCAST


def test_a_refusal_carries_the_facts_not_the_sentence() -> None:
    assert Taken("陈同学").by == "陈同学"
    unknown = UnknownName("李敏", 2)
    assert (unknown.name, unknown.found) == ("李敏", 2)
    assert isinstance(unknown, Refusal)


@pytest.mark.parametrize("typed", ["", "12345", "hello", "1380000000"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        phone_number(typed)
    assert refused.value.type == "phone"
