"""A community's own choices; the defaults are the handbook's."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field

from care.days import HalfDay


class Settings(BaseModel):
    """Stored per community as JSON and changed without touching code. Times are local."""

    model_config = ConfigDict(frozen=True)

    check_in_at: time = time(8)
    call_list_at: time = time(8, 30)
    visit_reminder_at: time = time(8, 30)
    remind_calls_at: time = time(11, 30)
    door_visit_at: time = time(15)
    escalate_at: time = time(17)
    evening_report_at: time = time(20)
    review_at: time = time(9)
    review_on: int = Field(default=0, ge=0, le=6, description="Monday is 0")
    ask_return_at: time = time(9)
    family_reminder_at: time = time(19)
    ask_left_at: time = time(20)
    hours_waiting_at: time = time(9)
    usual_visit_minutes: int = Field(default=45, ge=5, le=240)
    draft_week_at: time = time(16)
    draft_week_on: int = Field(default=4, ge=0, le=6, description="Monday is 0")
    publish_week_at: time = time(18)
    publish_week_on: int = Field(default=6, ge=0, le=6, description="Monday is 0")
    settle_week_at: time = time(20)
    settle_week_on: int = Field(default=0, ge=0, le=6, description="Monday is 0")
    list_gaps_at: time = time(9)
    answer_hours: int = Field(default=12, ge=1, le=72)
    offer_to: int = Field(default=5, ge=0, le=50)
    red_every_days: int = Field(default=1, ge=1, le=7)
    yellow_visits_a_week: int = Field(default=2, ge=0, le=7)
    green_visits_a_month: int = Field(default=1, ge=0, le=31)
    call_again_after_minutes: int = Field(default=30, ge=1)
    call_again_times: int = Field(default=2, ge=0)
    attempts_for_door_visit: int = Field(default=2, ge=1)
    emergency_again_minutes: int = Field(default=10, ge=1)
    second_channel_after_minutes: int = Field(default=10, ge=1)
    silent_after_minutes: int = Field(default=120, ge=1)
    check_in_is_contact: bool = False
    late_entries_until: int = Field(default=15, ge=1, le=28)
    surge_on: tuple[str, ...] = Field(default=(), description="MM-DD, every year")
    quiet_weeks: int = Field(default=4, ge=1)
    attempt_days: int = Field(default=2, ge=1)
    update_month: int = Field(default=1, ge=1, le=12)
    pairing_smallest: int = 3
    pairing_largest: int = 5
    visits_in_one_half_day: int = Field(default=2, ge=1)
    quiet_from: time = time(21)
    quiet_until: time = time(7, 30)
    errand_approval: bool = False
    errand_pairing_minutes: int = Field(default=15, ge=0)
    errand_neighbours_minutes: int = Field(default=15, ge=0)
    errand_neighbours: int = Field(default=8, ge=0)
    errand_neighbour_metres: int = Field(default=800, ge=0)
    errands_at_once: int = Field(default=3, ge=1)
    errand_medicine_approved: bool = True
    errand_silent_minutes: int = Field(default=60, ge=1)
    errand_money_hours: int = Field(default=24, ge=0)
    errand_days_before: int = Field(default=3, ge=0, le=14)
    morning_from: time = time(9)
    morning_until: time = time(11, 30)
    afternoon_from: time = time(14)
    afternoon_until: time = time(16, 30)

    def hours(self, half: HalfDay) -> tuple[time, time]:
        """From when to when, in local time, visits of a half-day are made."""
        if half is HalfDay.AM:
            return self.morning_from, self.morning_until
        return self.afternoon_from, self.afternoon_until
