"""Service hours as an Excel file."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]

WIDTHS = (12, 14, 14, 10, 10, 10, 10, 16, 24, 14)


def write(name: str, head: Sequence[str], rows: Sequence[Sequence[str | int | date]]) -> bytes:
    """One sheet `name`: a row of heads, then one row an entry; no word is taken for a formula."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(name[:31])
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, word in enumerate(head):
            sheet.write_string(0, column, word, bold)
            sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else 12)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date) and not isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, str(value))
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(head) - 1)
    return target.getvalue()
