"""The rooms of the house: imports go one way, rules do no I/O, and importing starts nothing."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "scheduler", "storage", "care")
# Who may start the timed work: whatever wires the program together, or stands in for it; and the
# commands, which have a proposal worked out without any service that runs.
STARTERS = {"bot/service.py", "bot/simulation/pulse.py", "bot/station.py"}
NO_IO = {
    "calendar", "collections", "dataclasses", "datetime", "enum", "functools", "heapq", "itertools",
    "math", "operator", "re", "string", "typing", "unicodedata", "zoneinfo",
    "dateutil", "phonenumbers", "pydantic", "pydantic_core", "stdnum",
}  # fmt: skip
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval"}
CLOCKS = {"now", "utcnow", "today"}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """The whole names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: write the whole name"
            yield str(node.module)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_those_to_its_right(room: str) -> None:
    left = set(ROOMS[: ROOMS.index(room)])
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.partition(".")[0] in left
    ]
    assert wrong == []


def test_only_the_entry_point_imports_the_scheduler() -> None:
    found = {
        name_of(path)
        for path in modules("bot")
        for name in imported(path)
        if name.partition(".")[0] == "scheduler"
    }
    assert found == STARTERS


@pytest.mark.parametrize("room", ["scheduler", "storage", "care"])
def test_how_long_something_took_is_measured_by_nobody_who_writes_it_down(room: str) -> None:
    """Or one seed would not be one history: a fast machine would write what a slow one does not."""
    assert [name_of(path) for path in modules(room) if "time" in imported(path)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_program_does_not_lean_on_its_tests(room: str) -> None:
    assert not any(
        name.partition(".")[0] == "tests" for path in modules(room) for name in imported(path)
    )


def test_the_rules_import_nothing_that_reads_or_writes() -> None:
    wrong = {
        f"{name_of(path)} imports {name}"
        for path in modules("care")
        for name in imported(path)
        if name.partition(".")[0] not in NO_IO | {"care"} and name != "collections.abc"
    }
    assert wrong == set()


def test_the_rules_read_no_clock_open_nothing_and_await_nothing() -> None:
    wrong = []
    for path in modules("care"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.AsyncFunctionDef | ast.Await):
                wrong.append(f"{name_of(path)}:{node.lineno} waits")
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Name) and called.id in FORBIDDEN_CALLS:
                wrong.append(f"{name_of(path)}:{node.lineno} calls {called.id}")
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                wrong.append(f"{name_of(path)}:{node.lineno} reads the clock")
    assert wrong == []


def test_the_clock_is_read_in_one_place() -> None:
    """Everything under the outermost functions is given `now`."""
    found = {
        name_of(path)
        for room in ROOMS
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "dt"}
        and not name_of(path).startswith(("bot/playground/", "bot/demo"))
    }
    # The heartbeat tells APScheduler, which knows no other clock than the machine's, when to wake.
    assert found <= {"bot/clock.py", "scheduler/heartbeat.py"}


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = [
        name_of(path)
        for room in (*ROOMS, "tests")
        for path in modules(room)
        if {path.stem, path.parent.name} & VAGUE
    ]
    assert vague == []


def test_importing_any_module_starts_nothing() -> None:
    """No thread, no loop, no open database, no file written, no word printed."""
    names = [
        name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for room in ROOMS
        for path in modules(room)
        if "migrations" not in path.parts
    ]
    script = f"""
import importlib, sys, threading
opened = []
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        if not str(args[0]).endswith(".pyc") and "__pycache__" not in str(args[0]):
            opened.append(args[0])
    if event in ("sqlite3.connect", "socket.connect", "subprocess.Popen"):
        opened.append(event)
sys.addaudithook(watch)
for name in {names!r}:
    importlib.import_module(name)
assert threading.active_count() == 1, threading.enumerate()
assert not opened, opened
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


@pytest.mark.timeout(400)  # it runs a fifth of the suite once more, and others run beside it
def test_every_branch_of_the_rules_is_tested(tmp_path: Path) -> None:
    """By the tests of `care/` alone: a rule that only a story reaches is not tested by itself."""
    # Examples drawn anew each time would reach a rare branch on some days only.
    data = {
        "COVERAGE_FILE": str(tmp_path / "coverage"),
        "NUANLIN_TEST_EXAMPLES": "the same few examples",
    }
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    run = [sys.executable, "-m", "coverage"]
    tests = ["-m", "pytest", "tests/care", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    subprocess.run(
        [*run, "run", "--branch", "--source=care", *tests],
        cwd=ROOT, env=quiet | data, check=True, capture_output=True,
    )  # fmt: skip
    report = subprocess.run(
        [*run, "report", "--include=care/*", "--show-missing", "--skip-covered"],
        cwd=ROOT, env=quiet | data, check=True, capture_output=True, text=True,
    )  # fmt: skip
    missing = [line for line in report.stdout.splitlines() if line.startswith("care/")]
    assert missing == []
