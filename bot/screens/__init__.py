"""Every notice and the screen that draws it, on one page."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.screen import Screen
from bot.screens import (
    availability,
    calendar,
    call_list,
    calls,
    channel,
    contacts,
    covers,
    draft_sheets,
    draft_visit,
    elders,
    errand_book,
    errand_helpers,
    errand_money,
    errand_overview,
    errand_photos,
    errand_told,
    errands,
    families,
    follow_ups,
    hours,
    hours_entries,
    joining,
    ladder,
    leave,
    ledger,
    menu,
    pairing_changes,
    pairings,
    pauses,
    places,
    presence,
    proposals,
    reviews,
    roster_preview,
    standing,
    station,
    surge,
    swaps,
    tiers,
    updates,
    visit_files,
    visits,
    week,
    week_drafts,
    week_visit,
    wishes,
)
from bot.screens.errand_photos import PAINTED_OVER
from bot.screens.reader import Facts, Reader, lines
from bot.texts import Texts
from bot.turn import STATION_ZONE
from care.joining import Standing
from care.notices import Notice
from care.refusals import Refusal
from storage import communities, members
from storage.tables import Community, Outbox

Draw = Callable[[Reader, Facts], Awaitable[Screen | None]]

SCREENS: dict[Notice, Draw] = {
    Notice.WELCOME: joining.welcome,
    Notice.CONSENT: joining.consent,
    Notice.JOINED: joining.joined,
    Notice.INVITATION: joining.invitation,
    Notice.APPLICATION: joining.application,
    Notice.APPLIED: joining.applied,
    Notice.APPROVED: joining.approved,
    Notice.MENU: menu.menu,
    Notice.HELP: menu.help_,
    Notice.LANGUAGE: menu.language,
    Notice.ME: menu.me,
    Notice.LEAVE_ASKED: menu.leave_asked,
    Notice.PLAIN: menu.plain,
    Notice.FORM: menu.form,
    Notice.SET_ASIDE: station.set_aside,
    Notice.ALARM: station.alarm,
    Notice.SECOND_CHANNEL: channel.outside,
    Notice.UNREACHABLE: station.unreachable,
    Notice.ELDERS: elders.elders,
    Notice.ELDER: elders.elder,
    Notice.FAMILY_ELDER: families.elder,
    Notice.FAMILY_VISIT: families.visit,
    Notice.PAIRINGS: pairings.pairings,
    Notice.PAIRING: pairings.pairing,
    Notice.PAIRED: pairings.paired,
    Notice.PAIRING_CHANGE: pairing_changes.change,
    Notice.UNPAIRED: pairing_changes.unpaired,
    Notice.PLACES: places.places,
    Notice.PLACE: places.place,
    Notice.PROPOSAL: proposals.proposal,
    Notice.NOT_REACHED: elders.not_reached,
    Notice.FAMILY_CHOICE: elders.family_choice,
    Notice.ELDER_TIER: tiers.elder_tier,
    Notice.TIER: tiers.question,
    Notice.TIERS: tiers.questions,
    Notice.TIER_REVIEW: reviews.review,
    Notice.UPDATES: updates.updates,
    Notice.UPDATE: updates.update,
    Notice.ROSTER_PREVIEW: roster_preview.preview,
    Notice.ROSTER_DONE: roster_preview.done,
    Notice.ROSTER_EXPORT: roster_preview.export,
    Notice.CALL_LIST: call_list.call_list,
    Notice.CALL: calls.call,
    Notice.CALL_AGAIN: calls.call_again,
    Notice.FOLLOW_UP: follow_ups.follow_up,
    Notice.PLEASE_CALL: calls.please_call,
    Notice.CHECK_IN: calls.check_in,
    Notice.CONTACTS: contacts.contacts,
    Notice.CONTACT: contacts.contact,
    Notice.CALLS_OPEN: ladder.calls_open,
    Notice.DOOR: ladder.door,
    Notice.DOOR_OFF: ladder.door_off,
    Notice.ALERT: ladder.alert,
    Notice.ALL_CLEAR: ladder.all_clear,
    Notice.FAMILY_REACHED: ladder.family_reached,
    Notice.EVENING: ladder.evening,
    Notice.DAY_MISSED: ladder.day_missed,
    Notice.SURGE: surge.surge,
    Notice.PAUSE: pauses.pause,
    Notice.PAUSE_OFFER: pauses.offer,
    Notice.PAUSE_RETURN: pauses.returns,
    Notice.PAUSE_ASKED: pauses.asked,
    Notice.PAUSE_TOLD: pauses.told,
    Notice.VISIT_OFF: pauses.visit_off,
    Notice.AWAY: leave.away,
    Notice.DEPUTY: leave.deputy,
    Notice.LEDGER: ledger.ledger,
    Notice.LEDGER_MISSED: ledger.missed,
    Notice.WEEK: week.week,
    Notice.WEEK_PUBLISHED: week.week,
    Notice.WEEK_VISIT: week_visit.week_visit,
    Notice.WEEK_DRAFT: week_drafts.draft,
    Notice.DRAFT_VISIT: draft_visit.visit,
    Notice.DRAFT_GAP: draft_visit.gap,
    Notice.DRAFT_FILE: draft_sheets.export,
    Notice.DRAFT_PREVIEW: draft_sheets.preview,
    Notice.VISITS: visits.visits,
    Notice.VISIT: visits.visit,
    Notice.VISIT_DECLINED: week_visit.declined,
    Notice.VISIT_REMINDER: visits.reminder,
    Notice.COVER: covers.cover,
    Notice.WEEK_GAPS: covers.gaps,
    Notice.VISIT_CONCERN: week_visit.concern,
    Notice.SWAP_CHOICE: swaps.choice,
    Notice.SWAP: swaps.question,
    Notice.SWAP_ANSWERED: swaps.answered,
    Notice.CALENDAR: calendar.file,
    Notice.CALENDAR_ADDRESS: calendar.address,
    Notice.VISIT_FILE: visit_files.file,
    Notice.VISIT_LEFT: presence.left,
    Notice.HOURS: hours.hours,
    Notice.HOURS_OF: hours.hours_of,
    Notice.HOURS_ENTRY: hours_entries.entry,
    Notice.HOURS_WAITING: hours_entries.waiting,
    Notice.HOURS_FILE: hours.file,
    Notice.AVAILABILITY: availability.availability,
    Notice.WISHES: wishes.wishes,
    Notice.ERRAND_CARD: errands.card,
    Notice.ERRAND: errands.errand,
    Notice.ERRAND_PHOTO: errand_photos.photo,
    Notice.ERRAND_HELPERS: errand_helpers.page,
    Notice.STANDING: standing.page,
    Notice.ERRANDS: errands.errands,
    Notice.ERRANDS_ALL: errand_overview.page,
    Notice.ERRAND_TOLD: errand_told.told,
    Notice.ERRAND_MONEY: errand_money.money,
    Notice.ERRAND_BOOK: errand_book.book,
}


# Who applied and was not taken on is told so all the same.
TO_THOSE_WHO_LEFT = frozenset({Notice.APPROVED})


async def reader_of(tx: AsyncSession, now: datetime, post: Outbox, bot_name: str) -> Reader | None:
    """Who reads a message now; None when the member it was for has left or changed accounts."""
    person = None
    if post.member_id is not None:
        person = await members.person_of_id(tx, post.member_id, now)
        if person is None or person.member.account != post.chat:
            return None
        if person.member.standing is Standing.LEFT and post.notice not in TO_THOSE_WHO_LEFT:
            return None
    community = person.community if person else None
    if community is None and post.community_id is not None:
        community = await tx.get(Community, post.community_id)
    if person is not None:
        tr = Texts(person.language, person.zone)
    elif community is not None:
        tr = Texts(community.language, communities.zone_of(community))
    else:
        tr = Texts(post.facts.get("language", "zh_CN"), STATION_ZONE)
    edits = post.edits is not None
    return Reader(tx, now, tr, post.chat, person, community, bot_name, edits)


async def render(tx: AsyncSession, now: datetime, post: Outbox, bot_name: str) -> Screen | None:
    """The message as it is true now; None when the reader may not, or need not, see it any more."""
    reader = await reader_of(tx, now, post, bot_name)
    if reader is None:
        return None
    try:
        screen = await SCREENS[post.notice](reader, post.facts)
    except Refusal:
        return None
    if screen is not None and post.unclear and post.edits is None:
        again = reader.tr("(You may have had this message already.)")
        return replace(screen, text=lines(again, screen.text))
    return screen


async def closed(tx: AsyncSession, post: Outbox) -> Screen:
    """What an old message turns into when its content may not stand there any more."""
    person = await members.person_of_id(tx, post.member_id) if post.member_id else None
    tr = Texts(person.language if person else "zh_CN", STATION_ZONE)
    drawing = PAINTED_OVER if post.notice is Notice.ERRAND_PHOTO else ""
    return Screen(tr("This is no longer shown here. /menu shows what you can do."), drawing=drawing)
