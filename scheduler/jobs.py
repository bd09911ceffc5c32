"""Every piece of timed work and its time, on one page."""

from datetime import time

from scheduler.day import (
    post_call_lists,
    post_check_ins,
    post_family_reminders,
    post_visit_reminders,
)
from scheduler.heartbeat import Job
from scheduler.tidy import tidy
from scheduler.week import publish_week

JOBS = (
    Job("check_ins", lambda settings: settings.check_in_at, post_check_ins),
    Job("call_lists", lambda settings: settings.call_list_at, post_call_lists),
    Job("visit_reminders", lambda settings: settings.visit_reminder_at, post_visit_reminders),
    Job("family_reminders", lambda settings: settings.family_reminder_at, post_family_reminders),
    Job(
        "publish_week",
        lambda settings: settings.publish_week_at,
        publish_week,
        on=lambda settings: settings.publish_week_on,
        any_day=True,
    ),
    Job("tidy", lambda _settings: time(3), tidy),
)
