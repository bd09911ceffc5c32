"""A community's own choices; the defaults are the handbook's."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Stored per community as JSON and changed without touching code. Times are local."""

    model_config = ConfigDict(frozen=True)

    check_in_at: time = time(8)
    call_list_at: time = time(8, 30)
    visit_reminder_at: time = time(8, 30)
    family_reminder_at: time = time(19)
    publish_week_at: time = time(18)
    publish_week_on: int = Field(default=6, ge=0, le=6, description="Monday is 0")
    yellow_visits_a_week: int = Field(default=2, ge=0, le=7)
    green_visits_a_month: int = Field(default=1, ge=0, le=31)
    call_again_after_minutes: int = Field(default=30, ge=1)
    call_again_times: int = Field(default=2, ge=0)
    pairing_smallest: int = 3
    pairing_largest: int = 5
    visits_in_one_half_day: int = Field(default=2, ge=1)
