"""Calls about chats, presses, files, and the bot itself."""

from typing import Any

from bot.playground import wording
from bot.playground.access import access_chat, access_chat_to_write
from bot.playground.commands import checked_menu, scope_key
from bot.playground.files import LARGEST_DOWNLOAD
from bot.playground.params import Params
from bot.playground.refusals import QUERY_TOO_OLD, bad_request
from bot.playground.world import World

_LONGEST_ANSWER = 200
_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]
_MENU_BUTTONS = {"commands", "web_app", "default"}


def get_me(world: World, _params: Params) -> dict[str, Any]:
    """The bot."""
    return wording.bot_user(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, params: Params) -> dict[str, Any]:
    """A chat in full."""
    chat = access_chat(world, params)
    full = wording.chat(world, chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    pinned = chat.messages.get(chat.pinned or 0)
    return full | ({"pinned_message": wording.message(world, pinned)} if pinned else {})


_GIFTS = [
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
]


def get_chat_member(world: World, params: Params) -> dict[str, Any]:
    """How somebody stands in a chat."""
    chat = access_chat(world, params)
    user = params.integer("user_id")
    if user not in world.people and not world.is_bot(user):
        raise bad_request("user not found")
    return wording.member(world, chat, user)


def leave_chat(world: World, params: Params) -> bool:
    """The bot goes."""
    chat = access_chat(world, params)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    before = wording.member(world, chat, world.bot.id)
    chat.bot = "left"
    world.service(chat, world.bot.id, left_chat_member=wording.bot_user(world.bot))
    world.tell_standing(chat, world.bot.id, before)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    """Show that the bot is typing."""
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = access_chat_to_write(world, params, counted=False)
    world.live.tell("typing", lambda: {"chat": chat.id})
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """Answer a press, once."""
    text = params.text("text")
    if len(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.presses.pop(params.text("callback_query_id"), None)
    if press is None:
        raise bad_request(QUERY_TOO_OLD)
    if not press.answered:
        alert = params.flag("show_alert")
        press.answer(text, alert=alert)
        # Told even when there is nothing to read: the pressed key stops waiting.
        facts = {"person": press.person, "text": text, "alert": alert}
        world.live.tell("toast", lambda: facts)
    return True


def get_file(world: World, params: Params) -> dict[str, Any]:
    """Where a file can be fetched."""
    given = params.text("file_id")
    if not given:
        raise bad_request("file_id not specified")
    stored = world.files.find(given)
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    described = wording.file(stored)
    kept = {key: described[key] for key in ("file_id", "file_unique_id", "file_size")}
    return kept | {"file_path": stored.path}


def set_my_commands(world: World, params: Params) -> bool:
    """Replace a command menu."""
    menu = checked_menu(params.json("commands"))
    world.commands.put(scope_key(params.json("scope")), params.text("language_code"), menu)
    world.tell_commands()
    return True


def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    """One command menu, exactly this scope and language."""
    return world.commands.get(scope_key(params.json("scope")), params.text("language_code"))


def delete_my_commands(world: World, params: Params) -> bool:
    """Forget a command menu."""
    world.commands.drop(scope_key(params.json("scope")), params.text("language_code"))
    world.tell_commands()
    return True


def set_chat_menu_button(_world: World, params: Params) -> bool:
    """What stands beside the field one writes in."""
    button = params.json("menu_button")
    if button is not None and (
        not isinstance(button, dict) or button.get("type") not in _MENU_BUTTONS
    ):
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    return True


def accept(_world: World, _params: Params) -> bool:
    """Names and descriptions, which no phone here shows."""
    return True
