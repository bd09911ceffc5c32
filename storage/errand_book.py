"""The month's book of an elder as Excel, with every row that was ever said, and the receipts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from care.errand_money import FEN
from storage.errand_money import Book
from storage.tables import ErrandPhoto, Member

COLUMNS = ("day", "errand", "volunteer", "flow", "said_by", "yuan", "stands", "reason", "receipt")
WIDTHS = (12, 24, 12, 10, 12, 10, 10, 24, 24)
MONEY = COLUMNS.index("yuan")
ROW_HEIGHT, PICTURE_HEIGHT = 20, 120
# What Excel shows; a receipt of another kind is named, not shown.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True)
class Line:
    """One row of the book, in words; `fen` is the sum, `receipt` the picture."""

    day: date
    words: tuple[str, str, str, str]
    fen: int
    stands: str
    reason: str
    receipt: bytes | None
    note: str = ""


@dataclass(frozen=True)
class Total:
    """A sum under the book; in fen."""

    label: str
    fen: int


async def people_of(tx: AsyncSession, books: Sequence[Book]) -> dict[int, str]:
    """The names of everybody who holds or speaks in these books."""
    ids = {one for book in books for row in book.rows for one in (row.holder_id, row.by_id)}
    found = await tx.execute(select(Member.id, Member.name).where(Member.id.in_(ids)))
    return dict(found.all())


async def receipts_of(tx: AsyncSession, books: Sequence[Book]) -> dict[int, bytes | None]:
    """The pictures of the receipts in these books; None where it was not kept."""
    ids = {row.photo_id for book in books for row in book.rows} - {None}
    found = await tx.execute(
        select(ErrandPhoto.id, ErrandPhoto.content).where(ErrandPhoto.id.in_(ids))
    )
    return dict(found.all())


def write_book(
    title: str, heads: Mapping[str, str], lines: Sequence[Line], totals: Sequence[Total]
) -> bytes:
    """The file; `heads` are the words over `COLUMNS`.

    Sums are written as decimals made from whole fen. Names are text, never formulas.
    """
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "0.00", "valign": "top"})
        days = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        sheet.write_string(0, 0, title, bold)
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS[column])
            sheet.write_string(1, column, heads[name], bold)
        sheet.freeze_panes(2, 0)
        for row, line in enumerate(lines, start=2):
            sheet.write_datetime(row, 0, line.day, days)
            for column, word in enumerate(line.words, start=1):
                sheet.write_string(row, column, word, text)
            sheet.write_number(row, MONEY, _yuan(line.fen), money)
            sheet.write_string(row, MONEY + 1, line.stands, text)
            sheet.write_string(row, MONEY + 2, line.reason, text)
            _receipt(sheet, row, line)
        for row, total in enumerate(totals, start=len(lines) + 3):
            sheet.write_string(row, MONEY - 1, total.label, bold)
            sheet.write_number(row, MONEY, _yuan(total.fen), money)
    return target.getvalue()


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / FEN


def _receipt(sheet: Worksheet, row: int, line: Line) -> None:
    column = MONEY + 3
    sheet.write_string(row, column, line.note)
    if line.receipt is None or not line.receipt.startswith(PICTURES):
        sheet.set_row(row, ROW_HEIGHT)
        return
    sheet.set_row(row, PICTURE_HEIGHT)
    sheet.embed_image(row, column, f"{row}", {"image_data": BytesIO(line.receipt)})
