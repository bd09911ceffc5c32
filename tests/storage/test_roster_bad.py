"""Files that cannot be taken, or not all of them: each is told for what it is."""

import asyncio
import os
import signal
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from stdnum.cn import ric

from bot.screens.roster import column, reason
from bot.screens.roster_reasons import SENTENCES
from bot.texts import LANGUAGES, Texts
from care.roster import Problem, Reading, Reason
from care.roster_lines import FIELDS
from storage.roster import Limits, read_file
from storage.roster_child import read

TODAY = date(2026, 1, 5)
HEAD = ["姓名", "电话", "等级"]
FANG = ["王芳", "13800138000", "红"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
IDENTITY = "51010719480305123" + ric.calc_check_digit("510107194803051230")
FACTS = (
    *("age", "count", "digits", "first", "length", "limit", "name"),
    *("number", "other", "row", "second", "size", "told"),
)
WRONG = IDENTITY[:-1] + ("1" if IDENTITY[-1] != "1" else "2")


def xlsx(*rows: Sequence[Any], sheets: int = 1) -> bytes:
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for _ in range(sheets):
            sheet = book.add_worksheet()
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(i, j, cell, day)
                    else:
                        sheet.write(i, j, cell)
    return out.getvalue()


def column_of(label: str, value: Any) -> bytes:
    return xlsx(["姓名", label], ["王芳", value])


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def bomb() -> bytes:
    def grow(name: str, content: bytes) -> bytes:
        return content + b" " * (61 * 1024 * 1024) if "sheet1" in name else content

    return repacked(xlsx(HEAD, FANG), grow)


def many_parts() -> bytes:
    return packed(xl__workbook_dot_xml=b"<workbook/>", **{f"p{i}": b"" for i in range(2_001)})


def stray_cell(at: str) -> bytes:
    def stray(name: str, content: bytes) -> bytes:
        row = at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        cell = f'<row r="{row}"><c r="{at}"><v>1</v></c></row></sheetData>'.encode()
        return content.replace(b"</sheetData>", cell) if "sheet1" in name else content

    return repacked(xlsx(HEAD, FANG), stray)


def broken_xml() -> bytes:
    return repacked(
        xlsx(HEAD, FANG), lambda name, old: old[: len(old) // 2] if "sheet1" in name else old
    )


def flipped() -> bytes:
    content = bytearray(xlsx(HEAD, *[FANG] * 300))
    at = content.index(b"xl/worksheets/sheet1.xml") + 200
    content[at : at + 40] = bytes(40)
    return bytes(content)


def locked_parts() -> bytes:
    content = bytearray(xlsx(HEAD, FANG))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def text_table(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def bitmap() -> bytes:
    return b"BM" + struct.pack("<I", 70) + bytes(64)


BAD: dict[str, tuple[Callable[[], bytes], Reason]] = {
    "empty": (lambda: b"", Reason.EMPTY_FILE),
    "only blanks": (lambda: b"\xef\xbb\xbf \r\n\r\n", Reason.EMPTY_FILE),
    "empty workbook": (xlsx, Reason.EMPTY_FILE),
    "six megabytes": (lambda: os.urandom(6 * 1024 * 1024), Reason.TOO_BIG),
    "zip bomb": (bomb, Reason.UNPACKS_TOO_BIG),
    "thousands of parts": (many_parts, Reason.TOO_MANY_PARTS),
    "a cell in the last row": (lambda: stray_cell("A1048576"), Reason.TOO_MANY_ROWS),
    "a cell in the last column": (lambda: stray_cell("XFD3"), Reason.TOO_MANY_COLUMNS),
    "25,000 lines of text": (
        lambda: text_table(HEAD, *[FANG] * 25_000),
        Reason.TOO_MANY_ROWS,
    ),
    "300 columns of text": (lambda: text_table(HEAD, ["x"] * 300), Reason.TOO_MANY_COLUMNS),
    "cut in the middle": (lambda: xlsx(HEAD, FANG)[:3000], Reason.TRUNCATED),
    "cut at the end": (lambda: xlsx(HEAD, FANG)[:-30], Reason.TRUNCATED),
    "text cut within a letter": (lambda: text_table(HEAD, FANG)[:-1], Reason.TRUNCATED),
    "half of the XML": (broken_xml, Reason.DAMAGED),
    "flipped bits": (flipped, Reason.DAMAGED),
    "no sheets inside": (lambda: packed(xl__workbook_dot_xml=b"nonsense"), Reason.DAMAGED),
    "password": (
        lambda: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(500),
        Reason.ENCRYPTED,
    ),
    "locked parts": (locked_parts, Reason.ENCRYPTED),
    "xls": (lambda: OLE + "Workbook".encode("utf-16-le") + bytes(500), Reason.OLD_EXCEL),
    "doc": (lambda: OLE + "WordDocument".encode("utf-16-le"), Reason.OLD_OFFICE),
    "msi": (lambda: OLE + bytes(500), Reason.OLD_OFFICE),
    "xlsb": (lambda: packed(xl__workbook_dot_bin=b""), Reason.BINARY_EXCEL),
    "XML of 2003": (
        lambda: (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        ),
        Reason.XML_EXCEL,
    ),
    "ods": (
        lambda: packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        Reason.OPEN_DOCUMENT,
    ),
    "numbers": (lambda: packed(Index__Document_dot_iwa=b""), Reason.NUMBERS),
    "docx": (lambda: packed(word__document_dot_xml=b"<w/>"), Reason.WORD),
    "pptx": (lambda: packed(ppt__presentation_dot_xml=b"<p/>"), Reason.SLIDES),
    "pdf": (lambda: b"%PDF-1.7\n", Reason.PDF),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), Reason.PICTURE),
    "jpeg": (lambda: b"\xff\xd8\xff\xe0" + bytes(50), Reason.PICTURE),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(50), Reason.PICTURE),
    "webp": (lambda: b"RIFF\0\0\0\0WEBPVP8 ", Reason.PICTURE),
    "bmp": (bitmap, Reason.PICTURE),
    "web page called xls": (
        lambda: "<html><body><table><tr><td>姓名".encode("gb18030"),
        Reason.WEB_PAGE,
    ),
    "web page in UTF-16": (lambda: "<!DOCTYPE html><table>".encode("utf-16"), Reason.WEB_PAGE),
    "rtf": (lambda: b"{\\rtf1\\ansi}", Reason.RICH_TEXT),
    "zip": (lambda: packed(a_dot_txt=b"x"), Reason.ARCHIVE),
    "rar": (lambda: b"Rar!\x1a\x07\0", Reason.ARCHIVE),
    "program": (lambda: b"\x7fELF" + bytes(range(1, 32)) * 4, Reason.NOT_TEXT),
    "no known letters": (lambda: b"name,phone\n\xff\xff\x81,1", Reason.ENCODING),
    "open quotation mark": (
        '姓名,电话\n"王芳,13800138000\n李强,13900139000'.encode,
        Reason.QUOTES,
    ),
    "no header": (lambda: xlsx(FANG, FANG), Reason.NO_HEADER),
    "a story": ("从前有座山，山里有座庙。".encode, Reason.NO_HEADER),
    "header only": (lambda: xlsx(HEAD), Reason.NO_ROWS),
    "header and total": (lambda: xlsx(HEAD, ["合计", "", ""]), Reason.NO_ROWS),
    "two rosters": (lambda: xlsx(HEAD, FANG, sheets=2), Reason.TWO_SHEETS),
    "two columns": (lambda: xlsx(["姓名", "住址", "地址"], ["王芳", "1", "2"]), Reason.TWO_COLUMNS),
    "whose phone": (
        lambda: xlsx(["姓名", "紧急联系人", "电话"], ["王芳", "李强", "13800138000"]),
        Reason.WHOSE_PHONE,
    ),
    "no name": (lambda: xlsx(HEAD, ["", "13800138000", "红"]), Reason.NO_NAME),
    "a number for a name": (lambda: xlsx(HEAD, [13800138000, "", ""]), Reason.NOT_A_NAME),
    "a novel": (lambda: column_of("备注", "长" * 1001), Reason.TOO_LONG),
    "an error": (lambda: text_table(["姓名", "住址"], ["王芳", "#N/A"]), Reason.CELL_ERROR),
    "12-2 turned into a date": (lambda: column_of("楼栋", TODAY), Reason.BECAME_DATE),
    "tier": (lambda: column_of("等级", "重点"), Reason.TIER_UNKNOWN),
    "sex": (lambda: column_of("性别", 2), Reason.SEX_UNKNOWN),
    "flag": (lambda: column_of("空巢", "偶尔"), Reason.FLAG_UNKNOWN),
    "date": (lambda: column_of("生日", "春天"), Reason.DATE_UNKNOWN),
    "day or month": (lambda: column_of("生日", "3/5/1948"), Reason.DATE_ORDER),
    "short year": (lambda: column_of("生日", "3/5/48"), Reason.DATE_SHORT_YEAR),
    "no day": (lambda: column_of("生日", "1948年3月"), Reason.DATE_NO_DAY),
    "lunar": (lambda: column_of("生日", "农历三月初五"), Reason.DATE_LUNAR),
    "30 February": (lambda: column_of("生日", "1948-02-30"), Reason.NO_SUCH_DAY),
    "age": (lambda: column_of("生日", "82岁"), Reason.AGE_NOT_DATE),
    "future": (lambda: column_of("生日", date(2030, 1, 1)), Reason.BIRTH_IN_FUTURE),
    "young": (lambda: column_of("生日", date(2000, 1, 1)), Reason.TOO_YOUNG),
    "old": (lambda: column_of("生日", "1890-01-01"), Reason.TOO_OLD),
    "no such phone": (lambda: column_of("电话", "12345678901"), Reason.PHONE_UNKNOWN),
    "short phone": (lambda: column_of("电话", 1380013800), Reason.PHONE_TOO_SHORT),
    "long phone": (lambda: column_of("电话", "1380013800000"), Reason.PHONE_TOO_LONG),
    "two phones": (lambda: column_of("电话", "13800138000 13900139000"), Reason.PHONE_TWO),
    "words": (lambda: column_of("电话", "问居委会"), Reason.PHONE_WORDS),
    "rounded phone": (
        lambda: text_table(["姓名", "电话"], ["王芳", "1.38E+10"]),
        Reason.PHONE_ROUNDED,
    ),
    "identity, short": (lambda: column_of("身份证号", "5101071948"), Reason.IDENTITY_LENGTH),
    "identity, old": (lambda: column_of("身份证号", "510107480305123"), Reason.IDENTITY_OLD),
    "identity, rounded": (
        lambda: column_of("身份证号", 5.10107194803051e17),
        Reason.IDENTITY_ROUNDED,
    ),
    "identity, wrong": (lambda: column_of("身份证号", WRONG), Reason.IDENTITY_CHECK),
    "identity, no such day": (
        lambda: column_of("身份证号", "510107194813051234"[:17] + _check("51010719481305123")),
        Reason.IDENTITY_DATE,
    ),
    "identity as number": (lambda: column_of("编号", IDENTITY), Reason.IDENTITY_AS_NUMBER),
    "two birth dates": (
        lambda: xlsx(["姓名", "身份证号", "生日"], ["王芳", IDENTITY, "1948-05-03"]),
        Reason.BIRTH_CONTRADICTS,
    ),
    "two sexes": (
        lambda: xlsx(["姓名", "身份证号", "性别"], ["王芳", IDENTITY, "女"]),
        Reason.SEX_CONTRADICTS,
    ),
    "twice": (lambda: xlsx(HEAD, FANG, FANG), Reason.TWICE),
    "number twice": (
        lambda: xlsx(["姓名", "编号"], ["王芳", 1], ["李强", 1]),
        Reason.NUMBER_TWICE,
    ),
    "name twice": (
        lambda: xlsx(["姓名", "等级"], ["王芳", "红"], ["王芳", "黄"]),
        Reason.SAME_NAME,
    ),
}


def _check(first: str) -> str:
    return ric.calc_check_digit(first + "0")


def assert_told(problem: Problem) -> None:
    sentences = {str(reason(Texts(language, UTC), problem)) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)
    for sentence in sentences:
        assert len(sentence) > 10
        assert "{" not in sentence


def told(reading: Reading) -> Reason:
    (problem,) = reading.problems
    assert_told(problem)
    return problem.reason


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_told_for_what_it_is(kind: str) -> None:
    make, expected = BAD[kind]
    content = make()
    if expected is Reason.TOO_BIG or not content.strip():
        return
    reading = read("名册", content, today=TODAY, region="CN")
    assert isinstance(reading, Reading)
    assert told(reading) is expected
    assert WRONG not in reading.model_dump_json()


async def test_the_process_apart_tells_the_same() -> None:
    kinds = [*list(BAD)[::4], "zip bomb", "six megabytes", "only blanks"]
    readings = await asyncio.gather(
        *(read_file(f"{kind}.xlsx", BAD[kind][0](), today=TODAY) for kind in kinds)
    )
    found = {kind: told(reading) for kind, reading in zip(kinds, readings, strict=True)}
    assert found == {kind: BAD[kind][1] for kind in kinds}


async def test_a_file_that_needs_too_much_memory() -> None:
    cells = b"".join(
        b'<row r="%d"><c r="GR%d" t="inlineStr"><is><t>x</t></is></c></row>' % (i, i)
        for i in range(3, 20_000)
    )
    content = repacked(
        xlsx(HEAD, FANG),
        lambda name, old: (
            old.replace(b"</sheetData>", cells + b"</sheetData>") if "sheet1" in name else old
        ),
    )
    limits = Limits(memory=160 * 1024 * 1024)
    assert told(await read_file("a.xlsx", content, today=TODAY, limits=limits)) is Reason.TOO_HEAVY


def crowd() -> bytes:
    """Each is compared with all before: no honest roster has so many namesakes."""
    return text_table(["姓名", "编号"], *[["王芳", str(i)] for i in range(19_000)])


async def test_a_file_that_takes_too_long() -> None:
    reading = await read_file("a.csv", crowd(), today=TODAY, limits=Limits(seconds=1))
    assert told(reading) is Reason.TOO_SLOW


async def test_a_reader_given_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    running = asyncio.Event()
    start = asyncio.create_subprocess_exec

    async def remember(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        started.append(await start(*args, **options))
        running.set()
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remember)
    task = asyncio.create_task(read_file("a.csv", crowd(), today=TODAY))
    await running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [process.returncode for process in started] == [-signal.SIGKILL]


@pytest.mark.parametrize("each", Reason)
def test_every_reason_has_its_sentence(each: Reason) -> None:
    facts = dict.fromkeys(FACTS, "1")
    assert each in SENTENCES
    assert_told(Problem(row=7, column="phone", value="<b>", reason=each, facts=facts))
    assert_told(Problem(row=None, column="", value="", reason=each, facts=facts))


def test_what_is_quoted_is_escaped() -> None:
    problem = Problem(row=7, column="tier", value="<b>&", reason=Reason.TIER_UNKNOWN)
    for language in LANGUAGES:
        assert "&lt;b&gt;&amp;" in reason(Texts(language, UTC), problem)


def test_the_sentence_an_office_worker_reads() -> None:
    problem = Problem(
        row=7,
        column="phone",
        value="1380013",
        reason=Reason.PHONE_TOO_SHORT,
        facts={"digits": "7"},
    )
    assert reason(Texts("zh_CN", UTC), problem) == (
        "第 7 行 电话：“1380013”只有 7 位，请补全手机号或带区号的座机号。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_name(language: str) -> None:
    tr = Texts(language, UTC)
    names = [str(column(tr, field)) for field in (*FIELDS, "identity")]
    assert len(set(names)) == len(FIELDS) + 1
