"""The command menus, by scope and language."""

import re
from typing import Any

from bot.playground.records import Person
from bot.playground.refusals import bad_request

Menu = list[dict[str, str]]
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST_NAME = 32
_LONGEST_DESCRIPTION = 256
_MOST = 100
_WITH_CHAT = {"chat", "chat_administrators", "chat_member"}
_WITHOUT = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


class Commands:
    """Which menu is shown to whom."""

    def __init__(self) -> None:
        self._menus: dict[tuple[str, str], Menu] = {}

    def put(self, scope: str, language: str, menu: Menu) -> None:
        """Replace one menu."""
        self._menus[scope, language] = menu

    def drop(self, scope: str, language: str) -> None:
        """Forget one menu."""
        self._menus.pop((scope, language), None)

    def get(self, scope: str, language: str) -> Menu:
        """One menu exactly, without falling back."""
        return self._menus.get((scope, language), [])

    def of(self, person: Person) -> Menu:
        """What this person's phone shows: the narrowest scope, their language first."""
        language = person.language_code[:2]
        for scope in (f"chat:{person.id}", "all_private_chats", "default"):
            for key in ((scope, language), (scope, "")):
                if self._menus.get(key):
                    return self._menus[key]
        return []


def scope_key(scope: dict[str, Any] | None) -> str:
    """A scope as one word.

    Raises:
        Refusal: there is no such scope.
    """
    if scope is None:
        return "default"
    if not isinstance(scope, dict):
        raise bad_request("BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind in _WITHOUT:
        return str(kind)
    if kind not in _WITH_CHAT:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if not scope.get("chat_id"):
        raise bad_request("can't parse BotCommandScope: Empty chat_id specified")
    ending = f":{scope['user_id']}" if kind == "chat_member" else ""
    return f"{kind}:{scope['chat_id']}{ending}"


def checked_menu(commands: Any) -> Menu:
    """The commands as they are kept.

    Raises:
        Refusal: one of them is not what Telegram takes.
    """
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > _MOST:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_checked(command) for command in commands]


def _checked(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).strip().removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > _LONGEST_NAME:
        raise bad_request(f"command length must not exceed {_LONGEST_NAME}")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > _LONGEST_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {_LONGEST_DESCRIPTION}")
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}
