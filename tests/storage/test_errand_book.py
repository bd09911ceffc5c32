"""The month's book: sums to the fen, names never formulas, receipts as pictures."""

from base64 import b64decode
from datetime import date
from io import BytesIO
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from storage.errand_book import COLUMNS, Line, Total, write_book

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HEADS = {name: name for name in COLUMNS}


def line(fen: int, receipt: bytes | None = None) -> Line:
    words = ("=1+1", "陈同学", "spent", "陈同学")
    return Line(date(2026, 4, 9), words, fen, "yes", "", receipt, "photo" if receipt else "")


def read(content: bytes) -> list[list[object]]:
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]


def test_every_row_stands_in_the_book_to_the_fen_and_names_are_text() -> None:
    rows = read(write_book("Book", HEADS, [line(3560), line(5)], [Total("spent", 3565)]))
    money = COLUMNS.index("yuan")
    assert rows[0][0] == "Book"
    assert rows[1][: len(COLUMNS)] == list(COLUMNS)
    assert [str(row[money]) for row in rows[2:4]] == ["35.6", "0.05"]
    assert rows[2][1] == "=1+1"
    assert str(rows[5][money]) == "35.65"


def test_a_receipt_is_shown_and_what_is_no_picture_is_named() -> None:
    content = write_book("Book", HEADS, [line(1, PICTURE), line(2, b"%PDF")], [])
    names = ZipFile(BytesIO(content)).namelist()
    assert sum(name.startswith("xl/media/") for name in names) == 1
    assert read(content)[3][COLUMNS.index("receipt")] == "photo"
