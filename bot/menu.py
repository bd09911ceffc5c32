"""What everybody can do: menu, help, language, me, cancel, leave; and words that fit nothing."""

from collections.abc import Awaitable, Callable

from telegram import Update

from bot import forms
from bot.texts import LANGUAGES
from bot.turn import Turn
from care.access import Role
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import communities, drafts, errand_offers, members, outbox

Handle = Callable[[Update, Turn], Awaitable[None]]


async def menu(update: Update, turn: Turn) -> None:
    """`/menu`."""
    if turn.person is None:
        await turn.say(Notice.WELCOME, language=turn.tr.language)
        return
    await turn.show(Notice.MENU)


async def help_(update: Update, turn: Turn) -> None:
    """`/help`."""
    await turn.show(Notice.HELP, language=turn.tr.language)


async def me(update: Update, turn: Turn) -> None:
    """`/me`."""
    _ = turn.me
    await turn.show(Notice.ME)


async def language(update: Update, turn: Turn) -> None:
    """`/language`."""
    _ = turn.me
    await turn.show(Notice.LANGUAGE)


async def speak(update: Update, turn: Turn) -> None:
    """A language was chosen; the command list follows it."""
    [wish] = turn.words(1)
    if wish not in LANGUAGES:
        raise Stale
    turn.me.member.language = wish
    await turn.tx.flush()
    await post_commands(turn)
    await turn.show(Notice.MENU)


async def post_commands(turn: Turn) -> None:
    """Have the chat's command list match the member's roles and language."""
    await outbox.post(turn.tx, turn.now, turn.private_to, Notice.COMMANDS)


async def station(update: Update, turn: Turn) -> None:
    """Change to another community of the same account."""
    [member_id] = turn.numbers(1)
    for member, _community in await members.communities_of(turn.tx, turn.account):
        if member.id == member_id:
            member.chosen_at = turn.now
            await turn.tx.flush()
            turn.opening.person = await members.person_of_account(turn.tx, turn.account, turn.now)
            await post_commands(turn)
            await turn.show(Notice.MENU)
            return
    raise NotYours


async def cancel(update: Update, turn: Turn) -> None:
    """`/cancel`, or the button under a question."""
    stopped = await drafts.end(turn.tx, turn.account)
    await turn.show(
        Notice.PLAIN, say="stopped" if stopped else "nothing_to_stop", language=turn.tr.language
    )


async def words(update: Update, turn: Turn) -> None:
    """Typed words: an answer to the open question, or nothing we understand."""
    text = update.message.text if update.message else None
    if text is None or not await forms.typed(turn, text):
        await turn.say(Notice.PLAIN, say="not_understood", language=turn.tr.language)


async def contact(update: Update, turn: Turn) -> None:
    """A phone number shared with the button; only one's own is taken."""
    shared = update.message.contact if update.message else None
    if shared is None or shared.user_id != turn.account:
        await turn.say(Notice.PLAIN, say="not_understood", language=turn.tr.language)
        return
    if not await forms.typed(turn, shared.phone_number):
        await turn.say(Notice.PLAIN, say="not_understood", language=turn.tr.language)


async def group_joined(update: Update, turn: Turn) -> None:
    """The bot was put into a group by a member of staff: it becomes the volunteers' group."""
    chat = update.my_chat_member
    if chat is None or chat.chat.type == "private":
        await _private_standing(update, turn)
        return
    present = chat.new_chat_member.status in {"member", "administrator"}
    if not present:
        station_ = await communities.find_by_group(turn.tx, chat.chat.id)
        if station_ is not None:
            await communities.set_group(turn.tx, station_.id, None)
        return
    if turn.person is None or not turn.person.viewer.staff:
        return
    await _link_group(turn, chat.chat.id)


async def group_greeted(update: Update, turn: Turn) -> None:
    """`/start` in a group, by a member of staff: for a group the bot was in before they joined."""
    if turn.person is None or not turn.person.viewer.staff:
        return
    if turn.person.community.group_chat != turn.here.chat:
        await _link_group(turn, turn.here.chat)


async def _link_group(turn: Turn, chat: int) -> None:
    await communities.set_group(turn.tx, turn.me.community.id, chat)
    await outbox.post(
        turn.tx, turn.now, turn.here, Notice.PLAIN, {"say": "group_linked", "bare": True}
    )


async def _private_standing(update: Update, turn: Turn) -> None:
    """Blocked, or unblocked, in a private chat."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status == "kicked":
        for member in await members.note_blocked(turn.tx, turn.now, change.chat.id):
            for one in await members.with_role(
                turn.tx, member.community_id, Role.SOCIAL_WORKER, Role.SUPERVISOR
            ):
                key = f"unreachable:{member.id}:{one.id}:{turn.now:%Y%m%d}"
                if members.reachable(one):
                    await turn.tell(
                        members.to_of(one), Notice.UNREACHABLE, key=key, member=member.id
                    )
    else:
        await members.note_reached(turn.tx, change.chat.id)


async def group_moved(update: Update, turn: Turn) -> None:
    """The group became a supergroup: its new id is followed."""
    message = update.message
    if message is None or message.migrate_to_chat_id is None:
        return
    before, after = message.chat_id, message.migrate_to_chat_id
    await communities.move_group(turn.tx, before, after)
    await errand_offers.follow_group(turn.tx, turn.now, before, after)
    await outbox.move_chat(turn.tx, before, after)
