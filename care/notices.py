"""The names of everything the bot says by itself or on request, and how much each matters."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """Who goes first at the sender; smaller is sooner."""

    ALARM = 0
    ANSWER = 1
    PROMPT = 2
    BROADCAST = 3


class Delivery(StrEnum):
    """What an unclear attempt means (reliability: two classes of notice)."""

    MUST = "must"
    ONCE = "once"


@dataclass(frozen=True)
class Manner:
    """How a notice is delivered."""

    delivery: Delivery
    priority: Priority


class Notice(StrEnum):
    """One name per kind of message; the screen of the same name renders it."""

    # everybody
    WELCOME = "welcome"
    CONSENT = "consent"
    JOINED = "joined"
    MENU = "menu"
    HELP = "help"
    LANGUAGE = "language"
    ME = "me"
    LEAVE_ASKED = "leave_asked"
    PLAIN = "plain"
    FORM = "form"
    COMMANDS = "commands"
    SET_ASIDE = "set_aside"
    # people
    INVITATION = "invitation"
    APPLICATION = "application"
    APPLIED = "applied"
    APPROVED = "approved"
    # elders and pairings
    ELDERS = "elders"
    ELDER = "elder"
    FAMILY_ELDER = "family_elder"
    PAIRINGS = "pairings"
    PAIRING = "pairing"
    PAIRED = "paired"
    PAIRING_CHANGE = "pairing_change"
    UNPAIRED = "unpaired"
    PROPOSAL = "proposal"
    PLACES = "places"
    PLACE = "place"
    NOT_REACHED = "not_reached"
    FAMILY_CHOICE = "family_choice"
    UNREACHABLE = "unreachable"
    ELDER_TIER = "elder_tier"
    TIER = "tier"
    TIERS = "tiers"
    TIER_REVIEW = "tier_review"
    UPDATES = "updates"
    UPDATE = "update"
    ROSTER_PREVIEW = "roster_preview"
    ROSTER_DONE = "roster_done"
    ROSTER_EXPORT = "roster_export"
    # the day
    CALL_LIST = "call_list"
    CALL = "call"
    CALL_AGAIN = "call_again"
    FOLLOW_UP = "follow_up"
    PLEASE_CALL = "please_call"
    CHECK_IN = "check_in"
    CONTACTS = "contacts"
    CONTACT = "contact"
    CALLS_OPEN = "calls_open"
    DOOR = "door"
    DOOR_OFF = "door_off"
    ALERT = "alert"
    ALL_CLEAR = "all_clear"
    FAMILY_REACHED = "family_reached"
    EVENING = "evening"
    DAY_MISSED = "day_missed"
    SURGE = "surge"
    # pauses and leave
    PAUSE = "pause"
    PAUSE_OFFER = "pause_offer"
    PAUSE_RETURN = "pause_return"
    PAUSE_ASKED = "pause_asked"
    PAUSE_TOLD = "pause_told"
    VISIT_OFF = "visit_off"
    AWAY = "away"
    DEPUTY = "deputy"
    # the week
    WEEK = "week"
    WEEK_PUBLISHED = "week_published"
    WEEK_VISIT = "week_visit"
    WEEK_DRAFT = "week_draft"
    DRAFT_VISIT = "draft_visit"
    DRAFT_GAP = "draft_gap"
    DRAFT_FILE = "draft_file"
    DRAFT_PREVIEW = "draft_preview"
    VISITS = "visits"
    VISIT = "visit"
    VISIT_DECLINED = "visit_declined"
    VISIT_REMINDER = "visit_reminder"
    COVER = "cover"
    WEEK_GAPS = "week_gaps"
    VISIT_CONCERN = "visit_concern"
    SWAP_CHOICE = "swap_choice"
    SWAP = "swap"
    SWAP_ANSWERED = "swap_answered"
    CALENDAR = "calendar"
    CALENDAR_ADDRESS = "calendar_address"
    VISIT_FILE = "visit_file"
    VISIT_LEFT = "visit_left"
    HOURS = "hours"
    HOURS_OF = "hours_of"
    HOURS_ENTRY = "hours_entry"
    HOURS_WAITING = "hours_waiting"
    HOURS_FILE = "hours_file"
    FAMILY_VISIT = "family_visit"
    AVAILABILITY = "availability"
    WISHES = "wishes"
    # errands
    ERRAND_CARD = "errand_card"
    ERRAND = "errand"
    ERRAND_PHOTO = "errand_photo"
    ERRAND_HELPERS = "errand_helpers"
    STANDING = "standing"
    ERRANDS = "errands"
    ERRANDS_ALL = "errands_all"
    ERRAND_TOLD = "errand_told"
    ERRAND_MONEY = "errand_money"
    ERRAND_BOOK = "errand_book"
    # the ledger
    LEDGER = "ledger"
    LEDGER_MISSED = "ledger_missed"
    # running the station
    ALARM = "alarm"
    SECOND_CHANNEL = "second_channel"


# What these say belongs to a day or a week. An older one is past, however often its card changes;
# a chat of years would otherwise be redrawn from its beginning with every tap.
PASSING = frozenset(
    {
        Notice.CALL_LIST,
        Notice.CALL,
        Notice.CALL_AGAIN,
        Notice.CALLS_OPEN,
        Notice.CHECK_IN,
        Notice.DOOR,
        Notice.LEDGER,
        Notice.VISIT_REMINDER,
        Notice.VISIT,
        Notice.VISITS,
        Notice.VISIT_LEFT,
        Notice.HOURS,
        Notice.HOURS_OF,
        Notice.HOURS_ENTRY,
        Notice.HOURS_WAITING,
        Notice.WEEK,
        Notice.WEEK_PUBLISHED,
        Notice.WEEK_VISIT,
        Notice.WEEK_DRAFT,
        Notice.DRAFT_VISIT,
        Notice.DRAFT_GAP,
        Notice.COVER,
        Notice.WEEK_GAPS,
    }
)

_ALARM = Manner(Delivery.MUST, Priority.ALARM)
_MUST = Manner(Delivery.MUST, Priority.PROMPT)
_ANSWER = Manner(Delivery.ONCE, Priority.ANSWER)
_PROMPT = Manner(Delivery.ONCE, Priority.PROMPT)
_BROADCAST = Manner(Delivery.ONCE, Priority.BROADCAST)

_MANNERS: dict[Notice, Manner] = {
    Notice.ALERT: _ALARM,
    Notice.DAY_MISSED: _ALARM,
    Notice.DOOR: _MUST,
    Notice.CALLS_OPEN: _PROMPT,
    Notice.DOOR_OFF: _PROMPT,
    Notice.ALL_CLEAR: _PROMPT,
    Notice.FAMILY_REACHED: _ALARM,
    Notice.EVENING: _MUST,
    Notice.ALARM: _ALARM,
    Notice.SECOND_CHANNEL: _ALARM,
    Notice.PLEASE_CALL: _ALARM,
    Notice.SET_ASIDE: _PROMPT,
    Notice.APPLICATION: _PROMPT,
    Notice.APPROVED: _PROMPT,
    Notice.PAIRED: _PROMPT,
    Notice.UNPAIRED: _PROMPT,
    Notice.CALL_AGAIN: _PROMPT,
    Notice.VISIT_DECLINED: _PROMPT,
    Notice.COVER: _PROMPT,
    Notice.WEEK_GAPS: _MUST,
    Notice.VISIT_CONCERN: _ALARM,
    Notice.SWAP: _PROMPT,
    Notice.SWAP_ANSWERED: _PROMPT,
    Notice.VISIT_FILE: _PROMPT,
    Notice.VISIT_LEFT: _PROMPT,
    Notice.HOURS_WAITING: _BROADCAST,
    Notice.PAUSE_ASKED: _PROMPT,
    Notice.PAUSE_RETURN: _PROMPT,
    Notice.VISIT_OFF: _PROMPT,
    Notice.DEPUTY: _PROMPT,
    Notice.ERRAND_CARD: _PROMPT,
    Notice.ERRAND_TOLD: _PROMPT,
    Notice.FOLLOW_UP: _PROMPT,
    Notice.TIER: _MUST,
    Notice.TIERS: _MUST,
    Notice.TIER_REVIEW: _BROADCAST,
    Notice.CALL_LIST: _BROADCAST,
    Notice.WEEK_PUBLISHED: _BROADCAST,
    Notice.WEEK_DRAFT: _BROADCAST,
    Notice.VISITS: _BROADCAST,
    Notice.VISIT_REMINDER: _BROADCAST,
    Notice.FAMILY_VISIT: _BROADCAST,
    Notice.CHECK_IN: _BROADCAST,
    Notice.UNREACHABLE: _PROMPT,
    Notice.COMMANDS: _BROADCAST,
}


def manner_of(notice: Notice) -> Manner:
    """How `notice` is delivered; what answers somebody's tap or word comes before any broadcast."""
    return _MANNERS.get(notice, _ANSWER)
