"""Which word, button, or file goes to which function: all on one page."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot import (
    availability,
    calendar,
    calls,
    contact_entry,
    contact_fixes,
    contacts,
    draft_sheets,
    elders,
    errand_asking,
    errand_edits,
    errand_helpers,
    errand_money,
    errand_photos,
    errands,
    exits,
    follow_ups,
    forms,
    hours,
    joining,
    ladder,
    late_visits,
    leave,
    leaving,
    ledger,
    menu,
    pairing_changes,
    pairings,
    pauses,
    places,
    presence,
    proposals,
    reviews,
    roster,
    sign_in,
    standing,
    surge,
    swaps,
    tiers,
    updates,
    visit_files,
    visit_time,
    visits,
    week_drafts,
    wishes,
)
from bot.screens.errands import refused_claim
from bot.screens.pauses import already_paused
from bot.screens.sentences import sentence
from bot.turn import CURRENT, App, Turn
from care.access import may_command
from care.errands import EnoughInHand, MedicineOnly, NotAsked
from care.notices import Notice
from care.refusals import AlreadyPaused, NotYours, Refusal, Stale, Taken
from storage import outbox
from storage.tables import Standing

Handle = Callable[[Update, Turn], Awaitable[None]]

TYPED: dict[str, Handle] = {
    "menu": menu.menu,
    "help": menu.help_,
    "language": menu.language,
    "me": menu.me,
    "cancel": menu.cancel,
    "calls": calls.show_list,
    "elders": elders.show_list,
    "pairings": pairings.show_list,
    "week": visits.show_week,
    "ledger": ledger.show,
    "surge": surge.show,
    "errand": errand_asking.ask,
    "invite": joining.invite,
    "import": roster.ask_for_file,
    "export": roster.export,
    "update": updates.show_list,
    "visits": visits.show_mine,
    "errands": errands.show_open,
    "hours": hours.show,
    "leave": visits.ask_leave,
    "available": availability.show,
    "elder": elders.show_family,
}

PRESSED: dict[str, Handle] = {
    "answer": forms.pressed,
    "cancel": menu.cancel,
    "speak": menu.speak,
    "station": menu.station,
    "leave_ask": leaving.ask,
    "leave_yes": leaving.go,
    "join": joining.agree,
    "no_join": joining.disagree,
    "approve": joining.approve,
    "decline": joining.decline,
    "calls_page": calls.turn_page,
    "call": calls.show_call,
    "why_not": calls.ask_why_not,
    "why_not_door": calls.ask_why_not_door,
    "log": calls.log,
    "at_door": calls.show_door,
    "log_door": calls.log_door,
    "fine": calls.fine,
    "call_me": calls.call_me,
    **contacts.PRESSED,
    **contact_entry.PRESSED,
    **contact_fixes.PRESSED,
    **follow_ups.PRESSED,
    **elders.PRESSED,
    **pairings.PRESSED,
    **pairing_changes.PRESSED,
    **proposals.PRESSED,
    **places.PRESSED,
    **roster.PRESSED,
    **visits.PRESSED,
    **sign_in.PRESSED,
    **presence.PRESSED,
    **visit_files.PRESSED,
    **visit_time.PRESSED,
    **late_visits.PRESSED,
    **hours.PRESSED,
    **errands.PRESSED,
    **errand_asking.PRESSED,
    **errand_helpers.PRESSED,
    **standing.PRESSED,
    **errand_photos.PRESSED,
    **errand_money.PRESSED,
    **errand_edits.PRESSED,
    **tiers.PRESSED,
    **reviews.PRESSED,
    **updates.PRESSED,
    **ladder.PRESSED,
    **pauses.PRESSED,
    **exits.PRESSED,
    **leave.PRESSED,
    **surge.PRESSED,
    **ledger.PRESSED,
    **availability.PRESSED,
    **wishes.PRESSED,
    **swaps.PRESSED,
    **calendar.PRESSED,
    **week_drafts.PRESSED,
    **draft_sheets.PRESSED,
}

GROUP_PRESSED = frozenset({"claim"})
SAID_ALOUD = (Taken, AlreadyPaused, MedicineOnly, NotAsked, EnoughInHand)


async def do(update: Update, turn: Turn) -> None:
    """A button of the menu: the command of the same name."""
    [command] = turn.words(1)
    if command not in TYPED:
        raise Stale
    await _allowed(command, TYPED[command])(update, turn)


def _allowed(command: str, handle: Handle) -> Handle:
    """The command, for those who may give it.

    Help and cancel are for everybody; language and leaving also for who waits for approval.
    """

    async def allowed(update: Update, turn: Turn) -> None:
        for_all = command in {"menu", "help", "cancel"}
        for_members = command in {"language", "me"} and turn.person is not None
        if not for_all and not for_members and not may_command(turn.me.roles, command):
            raise NotYours
        await handle(update, turn)

    return allowed


def _answering(handle: Handle) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
    """Turn a refusal into an answer; whatever the handler changed is taken back."""

    async def answering(update: Update, turn: Turn) -> None:
        try:
            async with turn.tx.begin_nested():
                await handle(update, turn)
        except Refusal as refusal:
            await _refuse(turn, refusal)

    return answering


async def _refuse(turn: Turn, refusal: Refusal) -> None:
    tr = turn.tr
    match refusal:
        case Taken(by=""):
            text = tr("You have it already.")
        case Taken(by=by):
            text = tr("Taken by {name}, a moment before you. Thank you all the same!", name=by)
        case AlreadyPaused(first=first, until=until):
            text = already_paused(tr, first, until)
        case MedicineOnly() | NotAsked() | EnoughInHand():
            text = refused_claim(tr, refusal)
        case Stale():
            text = sentence(tr, "stale", {})
        case _:
            text = sentence(tr, "not_yours", {})
    if turn.pressed is None:
        say = "stale" if isinstance(refusal, Stale) else "not_yours"
        await turn.say(Notice.PLAIN, say=say, language=tr.language)
        return
    turn.toast(text.unescape(), alert=isinstance(refusal, SAID_ALOUD))
    # After a double tap the first tap's answer is on its way and must not be drawn over.
    if await outbox.is_changing(turn.tx, turn.here.chat, turn.pressed):
        return
    stands = await turn.tx.get(Standing, (turn.here.chat, turn.pressed))
    if stands is not None:
        await outbox.post_edit(turn.tx, turn.now, stands)


def _private(handle: Handle) -> Handle:
    """Personal data stays in private chats; in a group the press is answered with where to go."""

    async def private(update: Update, turn: Turn) -> None:
        if not turn.private:
            raise NotYours
        await handle(update, turn)

    return private


async def _note_error(_update: object, turn: Turn) -> None:
    """python-telegram-bot swallows what a handler raises; the turn must know."""
    CURRENT.get().error = turn.error


def build(request: BaseRequest, polling: BaseRequest, token: str, url: str) -> App:
    """python-telegram-bot's Application with every handler; it starts nothing by itself."""
    application: App = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .request(request)
        .get_updates_request(polling)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Turn))
        .build()
    )
    add_handlers(application)
    return application


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Every handler, in the order in which they are asked."""
    one = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    add = application.add_handler
    add(CommandHandler("start", _answering(joining.start), one))
    add(CommandHandler("start", _answering(menu.group_greeted), filters.ChatType.GROUPS))
    for command, handle in TYPED.items():
        add(CommandHandler(command, _answering(_allowed(command, handle)), one))
    add(CallbackQueryHandler(_answering(_private(do)), "^do:"))
    for name, handle in PRESSED.items():
        guarded = handle if name in GROUP_PRESSED else _private(handle)
        add(CallbackQueryHandler(_answering(guarded), f"^{name}(:|$)"))
    add(CallbackQueryHandler(_answering(_unknown)))
    add(ChatMemberHandler(_answering(menu.group_joined), ChatMemberHandler.MY_CHAT_MEMBER))
    add(MessageHandler(filters.StatusUpdate.MIGRATE, _answering(menu.group_moved)))
    add(MessageHandler(one & filters.CONTACT, _answering(menu.contact)))
    add(MessageHandler(one & filters.LOCATION, _answering(places.take_point)))
    add(MessageHandler(one & filters.PHOTO, _answering(errand_photos.take)))
    add(MessageHandler(one & filters.Document.ALL, _answering(roster.take_file)))
    add(MessageHandler(one & filters.VOICE, _answering(visit_files.take)))
    add(MessageHandler(one & filters.TEXT & ~filters.COMMAND, _answering(menu.words)))
    add(MessageHandler(one, _answering(menu.words)))
    application.add_error_handler(_note_error)


async def _unknown(_update: Update, _turn: Turn) -> None:
    raise Stale
