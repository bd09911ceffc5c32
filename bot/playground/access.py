"""Which chat and which message a call means, and whether the bot may write there."""

from bot.playground.params import Params
from bot.playground.records import Chat, Message
from bot.playground.refusals import CHAT_NOT_FOUND, Refusal, bad_request, forbidden
from bot.playground.world import World


def access_chat(world: World, params: Params) -> Chat:
    """The chat of this call, if the bot may look at it.

    Raises:
        Refusal: there is no such chat, it has moved, or the bot is not in it.
    """
    given = params.text("chat_id")
    if not given:
        raise bad_request("chat_id is empty")
    try:
        chat = world.chats.get(int(given))
    except ValueError:
        chat = None
    if chat is None:
        raise bad_request(CHAT_NOT_FOUND)
    if chat.moved_to is not None:
        why = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, why, migrate_to_chat_id=chat.moved_to)
    if chat.kind != "private" and chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.kind != "private" and chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def access_chat_to_write(world: World, params: Params, *, counted: bool = True) -> Chat:
    """The chat of this call, if the bot may write there; by default it counts as a message.

    Raises:
        Refusal: as `access_chat`; or the person never started or blocked; or too fast.
    """
    chat = access_chat(world, params)
    person = world.people.get(chat.id)
    if person and not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    if person and person.blocked:
        raise forbidden("bot was blocked by the user")
    if counted:
        world.limits.admit(chat.id)
    return chat


def access_message(chat: Chat, params: Params, purpose: str) -> Message:
    """The message that the call names.

    Raises:
        Refusal: it is not there.
    """
    given = params.text("message_id")
    if not given:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message
