"""Telegram's limits are kept whatever is to be sent to whom, and when."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.pacer import BURST, GROUP_MOST, Pacer, seconds_of

GROUP, PRIVATE = -5, 5
# A wait is only known to the last digit of a float.
CLOSE = 1e-6

Sent = list[tuple[float, int]]


def send_all(pacer: Pacer, chats: list[tuple[int, float]]) -> Sent:
    """Send to each chat as soon as it may be, in order, with a pause before each."""
    at = 0.0
    sent: Sent = []
    for chat, pause in chats:
        at += pause
        while wait := max(pacer.wait_for_all(at), pacer.wait_for_chat(chat, at)):
            at += max(wait, CLOSE)
        pacer.sent(chat, at)
        sent.append((at, chat))
    return sent


def most_within(sent: Sent, seconds: float, chat: int | None = None) -> int:
    """The largest number of messages in any window of that length."""
    times = [at for at, one in sent if chat in {None, one}]
    return max(
        (sum(begin <= at < begin + seconds - CLOSE for at in times) for begin in times), default=0
    )


CHATS = st.sampled_from([1, 2, 3, -1, -2])
PAUSES = st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.5, 3.0])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CHATS, PAUSES), max_size=90))
def test_no_window_ever_holds_more_than_telegram_allows(chats: list[tuple[int, float]]) -> None:
    sent = send_all(Pacer(), chats)
    assert most_within(sent, 1.0) <= 30
    for chat in {chat for chat, _ in chats}:
        if chat < 0:
            assert most_within(sent, 60.0, chat) <= GROUP_MOST
        else:
            assert most_within(sent, 1.0, chat) <= BURST
            assert most_within(sent, 10.0, chat) <= BURST + 10


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(CHATS, PAUSES), max_size=30),
    CHATS,
    st.floats(0.1, 40),
    st.lists(st.tuples(CHATS, PAUSES), max_size=30),
)
def test_told_to_wait_nothing_goes_to_that_chat_before(
    before: list[tuple[int, float]], chat: int, seconds: float, after: list[tuple[int, float]]
) -> None:
    pacer = Pacer()
    at = max([0.0, *(at for at, _ in send_all(pacer, before))])
    pacer.told_to_wait(chat, at, seconds)
    later = send_all(pacer, [(-99, at), *after])
    assert all(when >= at + seconds - CLOSE for when, one in later if one == chat)


def test_a_broadcast_goes_out_at_nearly_thirty_a_second() -> None:
    sent = send_all(Pacer(), [(chat, 0.0) for chat in range(1, 301)])
    assert most_within(sent, 1.0) <= 30
    assert sent[-1][0] < 300 / 28


def test_a_private_chat_may_catch_up_a_little_then_gets_one_a_second() -> None:
    times = [at for at, _ in send_all(Pacer(), [(PRIVATE, 0.0)] * 6)]
    assert times[BURST - 1] < 0.2
    assert times[-1] >= 3 - CLOSE


def test_a_group_gets_twenty_a_minute() -> None:
    times = [at for at, _ in send_all(Pacer(), [(GROUP, 0.0)] * 21)]
    assert times[19] < 1
    assert times[20] >= 60


def test_after_a_429_everything_is_a_tenth_slower_and_recovers_by_and_by() -> None:
    pacer = Pacer()
    pacer.told_to_wait(PRIVATE, 0.0, 1.0)
    assert pacer.slowed == pytest.approx(0.9)
    for _ in range(50):
        pacer.told_to_wait(PRIVATE, 0.0, 1.0)
    assert pacer.slowed == pytest.approx(0.3)
    send_all(pacer, [(chat, 0.0) for chat in range(1, 1500)])
    assert pacer.slowed == 1.0


def test_after_a_429_the_others_wait_a_second_at_most() -> None:
    pacer = Pacer()
    pacer.told_to_wait(PRIVATE, 0.0, 30.0)
    assert pacer.wait_for_chat(PRIVATE, 0.0) == 30.0
    assert pacer.wait_for_all(0.0) == 1.0
    assert pacer.wait_for_chat(6, 2.0) == 0.0
    pacer.told_to_wait(GROUP, 0.0, 30.0)
    assert pacer.wait_for_chat(GROUP, 0.0) == 30.0


def test_it_remembers_no_more_chats_than_it_needs() -> None:
    pacer = Pacer()
    send_all(pacer, [(chat, 1.0) for chat in range(1, 5100)])
    assert len(pacer._chats) < 5000


def test_a_telegram_without_limits_is_not_waited_for() -> None:
    pacer = Pacer(unlimited=True)
    assert send_all(pacer, [(GROUP, 0.0)] * 50)[-1][0] == 0.0


def test_the_wait_is_understood_in_both_of_the_librarys_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    assert seconds_of(RetryAfter(timedelta(seconds=7))) == 7.0
    monkeypatch.delenv("PTB_TIMEDELTA")
    with pytest.warns(DeprecationWarning, match="timedelta"):
        assert seconds_of(RetryAfter(7)) == 7.0
