"""Documents that cannot drift: every setting, command, and link in them is checked."""

import re
from datetime import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.main import app
from bot.settings import Settings
from care.community import Settings as Choices

ROOT = Path(__file__).parents[1]
COMMANDS = ("init", "invite", "import", "export", "pair", "serve", "demo", "tour", "status")
DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def rows(path: Path) -> dict[str, tuple[str, str]]:
    """A Markdown file's table rows by the code in their first cell."""
    found = re.findall(
        r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \|$", path.read_text("utf-8"), re.MULTILINE
    )
    return {name: (default.strip().strip("`"), what.strip()) for name, default, what in found}


def shown(value: object) -> str:
    """A default as the table writes it."""
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) or "(none)"


def test_every_setting_stands_in_the_table_with_its_default_and_its_words() -> None:
    table = rows(ROOT / "docs/settings.md")
    expected = {
        f"NUANLIN_{name.upper()}": (shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }
    documented = {name: row for name, row in table.items() if name.startswith("NUANLIN_")}
    assert documented == expected


def test_every_choice_of_a_community_stands_in_the_table_with_its_default() -> None:
    table = rows(ROOT / "docs/settings.md")
    expected = {name: shown(field.default) for name, field in Choices.model_fields.items()}
    documented = {name: row[0] for name, row in table.items() if not name.startswith("NUANLIN_")}
    assert documented == expected


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_relative_link_of_a_document_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_commands_are_the_ones_that_others_build_on() -> None:
    help_text = CliRunner().invoke(app, ["--help"]).output
    for command in (
        "init",
        "invite",
        "import",
        "export",
        "pair",
        "serve",
        "demo",
        "tour",
        "status",
    ):
        assert re.search(rf"^\W*{command}\b", help_text, re.MULTILINE), command


def test_the_make_targets_that_the_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in DOCS:
        for target in re.findall(r"`make ([a-z]+)", path.read_text("utf-8")):
            assert target in targets, f"{path.name}: make {target}"
