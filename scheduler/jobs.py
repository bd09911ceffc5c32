"""Every piece of timed work and its time, on one page."""

from datetime import time

from scheduler.channel import tell_outside
from scheduler.day import (
    post_call_lists,
    post_check_ins,
    post_family_reminders,
    post_visit_reminders,
    show_silent,
    silent_at,
)
from scheduler.errands import mind_errands
from scheduler.heartbeat import Job
from scheduler.ladder import climb, close, mind_alerts, report_evening
from scheduler.pauses import ask_returns
from scheduler.presence import ask_left, close_visits, post_waiting_hours
from scheduler.swaps import end_swaps
from scheduler.tidy import tidy
from scheduler.tiers import propose, remind_of_updates, review
from scheduler.week import Plans, WeeklyRound
from storage.errand_offers import take_back

JOBS = (
    Job("check_ins", lambda settings: settings.check_in_at, post_check_ins),
    Job("call_lists", lambda settings: settings.call_list_at, post_call_lists),
    Job("silent", silent_at, show_silent),
    Job("visit_reminders", lambda settings: settings.visit_reminder_at, post_visit_reminders),
    Job("family_reminders", lambda settings: settings.family_reminder_at, post_family_reminders),
    Job("errands", lambda settings: settings.quiet_until, mind_errands, any_day=True),
    Job("errands_taken_back", lambda _settings: time(0), take_back, any_day=True),
    Job("swaps", lambda _settings: time(0), end_swaps, any_day=True),
    Job("alerts", lambda _settings: time(0), mind_alerts, any_day=True),
    Job(
        "ladder",
        lambda settings: settings.remind_calls_at,
        climb,
        any_day=True,
        also=(lambda settings: settings.door_visit_at, lambda settings: settings.escalate_at),
    ),
    Job("ask_left", lambda settings: settings.ask_left_at, ask_left),
    Job("visits_closed", lambda _settings: time(0), close_visits),
    Job("hours_waiting", lambda settings: settings.hours_waiting_at, post_waiting_hours),
    Job("evening_report", lambda settings: settings.evening_report_at, report_evening),
    Job("days_closed", lambda _settings: time(0), close, any_day=True),
    Job(
        "second_channel",
        lambda settings: settings.escalate_at,
        tell_outside,
        any_day=True,
        also=(lambda _settings: time(0),),
    ),
    Job("tiers", lambda settings: settings.review_at, propose),
    Job(
        "tier_review",
        lambda settings: settings.review_at,
        review,
        on=lambda settings: settings.review_on,
        any_day=True,
    ),
    Job(
        "updates",
        lambda settings: settings.review_at,
        remind_of_updates,
        on=lambda settings: settings.review_on,
        any_day=True,
    ),
    Job("returns", lambda settings: settings.ask_return_at, ask_returns),
    Job("tidy", lambda _settings: time(3), tidy),
)


def jobs(planner: Plans) -> tuple[Job, ...]:
    """All of it, with somebody who plans the weeks."""
    round_ = Job(
        "week",
        lambda settings: settings.publish_week_at,
        WeeklyRound(planner),
        any_day=True,
        also=(
            lambda settings: settings.draft_week_at,
            lambda settings: settings.settle_week_at,
            lambda settings: settings.list_gaps_at,
        ),
        slow=True,
    )
    return (*JOBS, round_)
