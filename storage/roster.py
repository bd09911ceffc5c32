"""The roster as a file: in, through a process of its own; out, as Excel."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import structlog
import xlsxwriter  # type: ignore[import-untyped]

from care.draft_sheets import Edited
from care.elders import ElderFacts, Sex, Tier
from care.roster import Reading, Reason, refuse
from care.roster_lines import FIELDS, FLAGS
from care.roster_map import NO_BUILDINGS, Buildings, sheet_rows
from care.roster_phones import written
from care.roster_words import COLUMNS, PLACE_COLUMNS, PLACE_SHEET, VALUES

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent
MEGABYTE = 1024 * 1024
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one file may cost us."""

    size: int = 5 * MEGABYTE
    memory: int = 384 * MEGABYTE
    seconds: int = 20


AT_ONCE = 2
# How the answer begins that is no roster: the model's first field, and the only value it takes.
EDITED = b'{"kind":"week_draft"'
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def read_file(
    name: str, content: bytes, *, today: date, region: str = "CN", limits: Limits | None = None
) -> Reading:
    """Who is in the file. Whatever is wrong with it is told in `problems`, nothing is raised."""
    found = await read_any_file(name, content, today=today, region=region, limits=limits)
    return found if isinstance(found, Reading) else refuse(Reason.NO_HEADER)


async def read_any_file(
    name: str, content: bytes, *, today: date, region: str = "CN", limits: Limits | None = None
) -> Reading | Edited:
    """Like `read_file`; a drafted week that was sent back is told from a roster by what it says."""
    limits = limits or Limits()
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        return refuse(Reason.EMPTY_FILE)
    if len(content) > limits.size:
        size = f"{len(content) / MEGABYTE:.1f}"
        return refuse(Reason.TOO_BIG, size=size, limit=str(limits.size // MEGABYTE))
    task = {
        "name": PurePath(name).stem[:100],
        "today": today.isoformat(),
        "region": region,
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turns:
        return await _ask_child(json.dumps(task).encode() + b"\n" + content, limits)


async def _ask_child(task: bytes, limits: Limits) -> Reading | Edited:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "storage.roster_child",
        cwd=ROOT,
        # nothing of ours: a token in the environment is no business of a file's reader
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            answer, _ = await process.communicate(task)
    except TimeoutError:
        return refuse(Reason.TOO_SLOW)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        kind = Edited if answer.startswith(EDITED) else Reading
        return kind.model_validate_json(answer)
    log.warning("roster reader ended early", code=process.returncode)
    slow = process.returncode == -signal.SIGXCPU
    return refuse(Reason.TOO_SLOW if slow else Reason.TOO_HEAVY)


WIDTHS = {"name": 12, "birth_date": 12, "phone": 16, "address": 36, "emergency_phone": 16}
WIDTHS |= {"door_hint": 24, "remark": 40, "number": 10, "sex": 6, "building": 10}
WIDTHS |= {"walks": 40}
WIDTH = 12
# Excel's calendar has a day in it that never was, just before this one
FIRST_DAY = date(1900, 3, 1)
SPARE_ROWS = 500
CHOICES: dict[str, tuple[object, ...]] = {
    "tier": (Tier.RED, Tier.YELLOW, Tier.GREEN),
    "sex": (Sex.FEMALE, Sex.MALE),
    **dict.fromkeys(FLAGS, (True, False)),
}


def write_file(
    elders: Sequence[ElderFacts],
    *,
    language: str,
    region: str = "CN",
    buildings: Buildings = NO_BUILDINGS,
) -> bytes:
    """An Excel file that `read_file` takes back with nothing changed; with nobody, a template.

    The buildings are a sheet of their own.
    """
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        }
        _lay_out(sheet, formats, language, len(elders) + SPARE_ROWS)
        for row, facts in enumerate(elders, start=1):
            for column, field in enumerate(FIELDS):
                _write(sheet, formats, (row, column), _shown(facts, field, language, region))
        if buildings.names:
            _write_buildings(book, formats, buildings, language)
    return target.getvalue()


def _write_buildings(
    book: Workbook, formats: dict[str, Format], buildings: Buildings, language: str
) -> None:
    sheet = book.add_worksheet(PLACE_SHEET[language])
    columns = PLACE_COLUMNS[language]
    for column, name in enumerate(columns):
        sheet.set_column(column, column, WIDTHS.get(name, WIDTH), formats["text"])
        sheet.write_string(0, column, columns[name], formats["head"])
    for row, told in enumerate(sheet_rows(buildings, language), start=1):
        for column, name in enumerate(columns):
            _write(sheet, formats, (row, column), told[name])
    sheet.freeze_panes(1, 1)


def _lay_out(sheet: Worksheet, formats: dict[str, Format], language: str, last: int) -> None:
    for column, field in enumerate(FIELDS):
        kind = "date" if field == "birth_date" else "text"
        sheet.set_column(column, column, WIDTHS.get(field, WIDTH), formats[kind])
        sheet.write_string(0, column, COLUMNS[language][field], formats["head"])
        if choices := CHOICES.get(field):
            words = [VALUES[language][choice] for choice in choices]
            sheet.data_validation(1, column, last, column, {"validate": "list", "source": words})
    sheet.freeze_panes(1, FIELDS.index("name") + 1)
    sheet.autofilter(0, 0, max(last - SPARE_ROWS, 1), len(FIELDS) - 1)


def _shown(facts: ElderFacts, field: str, language: str, region: str) -> str | date | None:
    value: str | date | None = getattr(facts, field)
    if field in CHOICES:
        return None if value is None else VALUES[language][value]
    if field in {"phone", "emergency_phone"} and isinstance(value, str):
        return written(value, region)
    if isinstance(value, date) and value < FIRST_DAY:
        return value.isoformat()
    return value


def _write(
    sheet: Worksheet, formats: dict[str, Format], at: tuple[int, int], value: str | date | None
) -> None:
    if isinstance(value, date):
        sheet.write_datetime(*at, value, formats["date"])
    elif value:
        sheet.write_string(*at, value, formats["text"])
