"""Every word and button leads somewhere, for the one it is for; every notice has its screen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import routes
from bot.routes import GROUP_PRESSED, PRESSED, TYPED
from bot.screen import Button
from bot.screens import SCREENS
from bot.screens.menu import COMMAND_ORDER
from bot.screens.sentences import command_text
from bot.texts import Texts
from bot.turn import STATION_ZONE
from care.access import COMMANDS
from care.notices import Delivery, Manner, Notice, Priority, manner_of

ROOT = Path(__file__).parent.parent
# Drawn by the sender itself: a list of commands is no message.
NO_SCREEN = {Notice.COMMANDS}
# `do:<command>` is the menu's way to give a command; `start` is Telegram's own.
HANDLED_APART = {"do"}
# What has to arrive although nobody need jump up for it.
REPEATED = {Notice.DOOR, Notice.EVENING, Notice.TIER, Notice.TIERS, Notice.WEEK_GAPS}
URGENT = {Notice.ALERT, Notice.ALARM, Notice.PLEASE_CALL, Notice.VISIT_CONCERN}


def trees() -> Iterator[tuple[Path, ast.AST]]:
    """Every file that may draw a button."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if "playground" not in path.parts and "demo" not in path.parts:
            yield path, ast.parse(path.read_bytes())


def emitted() -> dict[str, str]:
    """The names that buttons carry, with one place where each is drawn."""
    found: dict[str, str] = {}
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            data: ast.expr | None = None
            if called == "tap" and node.args:
                data = node.args[0]
            elif called in {"Button", "back"} and len(node.args) > 1:
                data = node.args[1]
            elif called == "pages" and len(node.args) > 3:
                data = node.args[3]
            for text in _texts(data):
                name = re.split("[:{]", text)[0]
                if name:
                    found.setdefault(name, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def _texts(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr) and node.values:
        yield from _texts(node.values[0])
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def test_every_button_that_is_drawn_has_a_route() -> None:
    known = set(PRESSED) | HANDLED_APART
    assert {name: place for name, place in emitted().items() if name not in known} == {}


def test_the_search_for_buttons_finds_them() -> None:
    assert {"do", "call", "alert_take", "join", "approve", "cancel", "leave_yes"} <= set(emitted())


def test_no_name_of_a_button_hides_another() -> None:
    """A route matches the whole name, so that `call` does not catch `calls_page`."""
    source = (ROOT / "bot" / "routes.py").read_text()
    assert 'f"^{name}(:|$)"' in source
    assert all(re.fullmatch("[a-z_]+", name) for name in PRESSED)


def test_every_command_of_the_rules_has_a_handler_and_no_handler_is_without_rule() -> None:
    assert set(COMMANDS) == set(TYPED)


def test_every_command_has_a_text_of_its_own_in_chinese_and_english() -> None:
    for language in ("zh_CN", "en"):
        tr = Texts(language, STATION_ZONE)
        texts = [str(command_text(tr, one)) for one in COMMAND_ORDER]
        assert len(set(texts)) == len(COMMANDS)
    chinese = Texts("zh_CN", STATION_ZONE)
    for one in COMMANDS:
        assert re.search("[一-鿿]", str(command_text(chinese, one))), one
        # Telegram's limits.
        assert len(str(command_text(chinese, one))) <= 256
        assert re.fullmatch("[a-z0-9_]{1,32}", one)


def test_every_notice_has_a_screen() -> None:
    assert set(SCREENS) == set(Notice) - NO_SCREEN


def test_every_notice_has_a_manner_and_only_what_cannot_wait_is_repeated() -> None:
    for notice in Notice:
        assert isinstance(manner_of(notice), Manner)
    must = {notice for notice in Notice if manner_of(notice).delivery is Delivery.MUST}
    alarms = {notice for notice in Notice if manner_of(notice).priority is Priority.ALARM}
    assert must == alarms | REPEATED
    assert must >= URGENT


def test_a_button_carries_at_most_64_bytes() -> None:
    Button("可以", "x" * 64)
    Button("可以", "字" * 21)
    for data in ("x" * 65, "字" * 22):
        with pytest.raises(ValueError, match="64"):
            Button("不行", data)


def test_in_a_group_only_a_claim_may_be_pressed() -> None:
    assert set(PRESSED) >= GROUP_PRESSED
    assert [name for name in PRESSED if name in GROUP_PRESSED] == ["claim"]


def test_each_handler_says_what_it_is_for() -> None:
    silent = [
        name for name, handle in (TYPED | PRESSED).items() if not (handle.__doc__ or "").strip()
    ]
    assert silent == []
    assert routes.__doc__
