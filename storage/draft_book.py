"""A drafted week as an Excel file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]

from care.draft_sheets import COLUMNS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

WIDTHS = {"day": 12, "half": 8, "locked": 8, "not_needed": 22, "why": 40}
WIDTH = 14
CODE_WIDTH = 6


@dataclass(frozen=True)
class Book:
    """All that stands in the file, in the words of whoever reads it.

    Attributes:
        heads: by column, what the visible header says.
        rows: in the order of the columns.
        choices: by column, what may be chosen.
        people: the volunteers who may be chosen.
        gaps: header and rows of the second sheet.
        titles: names of the sheets: visits, gaps, volunteers.
    """

    heads: Mapping[str, str]
    rows: Sequence[Sequence[str | date]]
    choices: Mapping[str, Sequence[str]]
    people: Sequence[str]
    gaps: Sequence[Sequence[str]]
    titles: tuple[str, str, str]


def write_book(book: Book) -> bytes:
    """The Excel file. Its first row is hidden and names the columns for whoever reads it back."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as file:
        visits, gaps, people = (file.add_worksheet(title) for title in book.titles)
        head = file.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
        text = file.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        day = file.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for column, name in enumerate(COLUMNS):
            visits.set_column(
                column, column, WIDTHS.get(name, WIDTH), day if name == "day" else text
            )
            visits.write_string(0, column, name)
            visits.write_string(1, column, book.heads[name], head)
        visits.set_column(0, 0, CODE_WIDTH, file.add_format({"font_color": "#BFBFBF"}))
        visits.set_row(0, None, None, {"hidden": True})
        for number, row in enumerate(book.rows, start=2):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    visits.write_datetime(number, column, value, day)
                else:
                    visits.write_string(number, column, value)
        _offer(visits, book)
        for number, line in enumerate(book.gaps):
            for column, value in enumerate(line):
                gaps.write_string(number, column, value, text if number else head)
        gaps.set_column(0, 2, 24)
        for number, value in enumerate(book.people):
            people.write_string(number, 0, value)
        people.hide()
    return target.getvalue()


def _offer(sheet: Worksheet, book: Book) -> None:
    """Cells in which one chooses; the volunteers stand on a sheet, for a list takes 255 letters."""
    last = max(2, len(book.rows) + 1)
    people = book.titles[2].replace("'", "''")
    sources: dict[str, object] = dict(book.choices)
    if book.people:
        sources["volunteer"] = f"='{people}'!$A$1:$A${len(book.people)}"
    for name, source in sources.items():
        column = COLUMNS.index(name)
        sheet.data_validation(2, column, last, column, {"validate": "list", "source": source})
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, last, len(COLUMNS) - 1)
