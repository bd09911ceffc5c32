"""From the bytes of a file to sheets of plain values."""

import csv
import re
from io import BytesIO, StringIO
from typing import IO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is a class

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from care.roster import Cell, Reason, Sheet
from care.roster_header import find_header
from care.roster_lines import Doubt

MOST_ROWS, MOST_COLUMNS = 20_000, 200
MOST_MERGED = 10_000
CHUNK = 1 << 20
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
# cells that hold something; those that are only coloured are closed at once
CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]{1,4})(\d{1,9})["'](?:[^<>]*[^/<>])?>"""
)
ROW = re.compile(rb"<(?:\w+:)?row(?:\s(?:[^<>]*[^/<>])?)?>")
SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LONGEST_CHARACTER = 4


def read_xlsx(content: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, as far as they are not beyond all measure."""
    _measure(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            return [
                Sheet(meta.name, _cells(book.get_sheet_by_name(meta.name)))
                for meta in book.sheets_metadata
                if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError:
        raise Doubt(Reason.ENCRYPTED) from None
    except (CalamineError, OSError, ValueError):
        raise Doubt(Reason.DAMAGED) from None


def _cells(sheet: CalamineSheet) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    if not rows:
        return rows
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:MOST_MERGED]:
        # a couple whose one address is merged over two rows: it is the address of both
        if left == right and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return rows


def _measure(content: bytes) -> None:
    """How far the cells reach, before anything makes room for them."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            for part in filter(SHEET_PART.fullmatch, archive.namelist()):
                with archive.open(part) as file:
                    _measure_sheet(file)
    except (BadZipFile, ZlibError, EOFError, OSError, ValueError, NotImplementedError, KeyError):
        raise Doubt(Reason.DAMAGED) from None


def _measure_sheet(file: IO[bytes]) -> None:
    rest, rows = b"", 0
    while chunk := file.read(CHUNK):
        chunk = rest + chunk
        end = chunk.rfind(b">") + 1
        rest, chunk = chunk[end:], chunk[:end]
        rows += sum(1 for _ in ROW.finditer(chunk))
        _check_size(rows, 0)
        for found in CELL.finditer(chunk):
            _check_size(int(found[2]), _column_number(found[1]))


def _check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise Doubt(Reason.TOO_MANY_ROWS, count=str(rows), limit=str(MOST_ROWS))
    if columns > MOST_COLUMNS:
        raise Doubt(Reason.TOO_MANY_COLUMNS, count=str(columns), limit=str(MOST_COLUMNS))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def read_csv(name: str, content: bytes) -> list[Sheet]:
    """A text file, in whatever encoding and with whatever separator it was saved."""
    text = _decode(content)
    if CONTROL.search(text):
        raise Doubt(Reason.NOT_TEXT)
    if text[:4].lower() == "sep=":
        hint, _, text = text.partition("\n")
        return [Sheet(name, _records(text, hint[4:5]))]
    return [Sheet(name, _records(text, _separator(text)))]


def _decode(content: bytes) -> str:
    encodings = [name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)]
    if not encodings and content.count(0) > len(content) // 8:
        encodings = ["utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"]
    for encoding in encodings or ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            # cut off within its last letter: all before it was good
            if encoding != "gb18030" and error.start >= len(content) - LONGEST_CHARACTER > 0:
                raise Doubt(Reason.TRUNCATED) from None
    raise Doubt(Reason.ENCODING)


def _separator(text: str) -> str:
    """The one under which a header appears."""
    scores = dict.fromkeys(SEPARATORS, 0)
    for separator in SEPARATORS:
        try:
            rows = list(csv.reader(StringIO(text[:SAMPLE], newline=""), delimiter=separator))
        except csv.Error:
            continue
        header = find_header(rows)
        scores[separator] = header.score if header else 0
    return max(scores, key=scores.__getitem__)


def _records(text: str, separator: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=separator or ",", strict=True)
        for row in reader:
            rows.append(list(row))
            _check_size(len(rows), len(row))
    except csv.Error:
        raise Doubt(Reason.QUOTES, row=str(len(rows) + 1)) from None
    return rows
