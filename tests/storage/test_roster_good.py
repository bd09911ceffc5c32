"""Messy files that are read all the same, and our own file, that comes back unchanged."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from care.elders import ElderFacts, Sex, Tier
from care.places import Map, Point
from care.roster import Preview, Reading, Reason, compare
from care.roster_map import Buildings
from storage.roster import Limits, read_file, write_file
from storage.roster_child import read
from storage.roster_sheets import MOST_ROWS

TODAY = date(2026, 1, 5)
BORN = date(1948, 3, 5)
HEAD = ["姓名", "电话", "等级"]
FANG = ["王芳", "13800138000", "红"]
FACTS = ElderFacts(name="王芳", phone="+8613800138000", tier=Tier.RED)


def read_here(content: bytes) -> Reading:
    reading = read("名册", content, today=TODAY, region="CN")
    assert isinstance(reading, Reading)
    return reading


def people(content: bytes) -> list[ElderFacts]:
    reading = read_here(content)
    assert reading.problems == ()
    return [line.facts for line in reading.lines]


def test_a_real_workbook() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        hidden = book.add_worksheet("字典")
        hidden.write_row(0, 0, HEAD)
        hidden.write_row(1, 0, ["例子", "13800138000", "红"])
        sheet = book.add_worksheet("名册")
        sheet.activate()
        hidden.hide()
        sheet.merge_range(0, 1, 0, 8, "幸福社区独居老人花名册")
        sheet.write_row(
            2, 1, ["序号", "姓名", "出生日期", "电话", "住址", "预警等级", "失能", "备注"]
        )
        sheet.write_row(3, 1, [1, "王芳"])
        sheet.write_datetime(3, 3, BORN, day)
        sheet.write_number(3, 4, 13800138000)
        sheet.merge_range(3, 5, 4, 5, "幸福路1号12栋302")
        sheet.write_formula(3, 6, '=IF(1>0,"红","绿")', None, "红")
        sheet.write_boolean(3, 7, False)
        sheet.write_row(4, 1, [2, "李强"])
        sheet.write_number(4, 3, 17597)
        sheet.write_string(4, 8, "=HYPERLINK(1)")
        sheet.write_row(7, 1, ["合计", 2])
    first, second = people(out.getvalue())
    assert first == ElderFacts(
        name="王芳",
        birth_date=BORN,
        phone="+8613800138000",
        address="幸福路1号12栋302",
        building="12号楼",
        tier=Tier.RED,
        disability=False,
    )
    assert (second.birth_date, second.building, second.remark) == (BORN, "12号楼", "=HYPERLINK(1)")
    assert [line.row for line in read_here(out.getvalue()).lines] == [4, 5]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_tables(encoding: str, separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (["名册", "", ""], HEAD, [], FANG))
    assert people(text.encode(encoding)) == [FACTS]


def test_a_text_table_with_quotes_and_a_hint() -> None:
    text = 'sep=;\n"姓\n名";电话;备注\n"王芳";="13800138000";"他说""好"""\n'
    (facts,) = people(text.encode("gb18030"))
    assert (facts.name, facts.phone, facts.remark) == ("王芳", "+8613800138000", '他说"好"')


def test_a_claim_of_a_million_rows_over_a_small_table() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, FANG)
        sheet.write_blank(1048575, 16383, None, book.add_format({"bold": True}))
    with zipfile.ZipFile(out) as archive:
        assert b"XFD1048576" in archive.read("xl/worksheets/sheet1.xml")
    assert people(out.getvalue()) == [FACTS]


def test_as_many_rows_as_allowed() -> None:
    text = "\n".join(["姓名,编号", *(f"王芳{i},{i}" for i in range(MOST_ROWS - 1))])
    reading = read_here(text.encode())
    assert len(reading.lines) + len(reading.problems) == MOST_ROWS - 1


async def test_a_small_roster_needs_little_memory() -> None:
    content = write_file([FACTS], language="zh_CN")
    reading = await read_file(
        "a.xlsx", content, today=TODAY, limits=Limits(memory=160 * 1024 * 1024)
    )
    assert [line.facts for line in reading.lines] == [FACTS]


def test_the_reader_carries_nothing_heavy_and_no_secrets() -> None:
    code = "import sys, storage.roster_child; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in out.stdout.split()}
    assert "care" in loaded
    assert not loaded & {"bot", "scheduler", "sqlalchemy", "telegram", "xlsxwriter", "structlog"}


FULL = ElderFacts(
    name="王芳",
    number="007",
    sex=Sex.FEMALE,
    birth_date=BORN,
    phone="+862885551234",
    building="12号楼",
    address="幸福路1号12栋302",
    tier=Tier.YELLOW,
    disability=True,
    chronic_illness=False,
    empty_nest=True,
    limited_mobility=None,
    emergency_name="李强",
    emergency_relation="儿子",
    emergency_phone="+14155552671",
    door_hint="按门铃\n等一等",
    remark="=1+1",
)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_our_own_file_changes_nothing(language: str) -> None:
    record = {1: FULL, 2: FACTS.model_copy(update={"name": "李强"})}
    content = write_file(list(record.values()), language=language)
    reading = await read_file("名册.xlsx", content, today=TODAY)
    assert compare(reading, record) == Preview(unchanged=2)
    assert [line.facts for line in reading.lines] == list(record.values())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_buildings_stand_on_a_sheet_of_their_own_and_are_read_back(language: str) -> None:
    """Who has written down where they stand need not do it again at another station."""
    points = {"3号楼": Point(30.66, 104.06), "东门": Point(30.661, 104.061)}
    ways = (("12号楼", "3号楼", 80), ("3号楼", "东门", 120))
    known = Buildings(["3号楼", "12号楼", "东门", "A; B"], Map(points, ways))
    reading = read_here(write_file([FULL], language=language, buildings=known))
    assert [line.facts for line in reading.lines] == [FULL]
    assert [(one.name, one.point, one.walks) for one in reading.map.lines] == [
        ("3号楼", points["3号楼"], (("12号楼", 80), ("东门", 120))),
        ("12号楼", None, ()),
        ("东门", points["东门"], ()),
        ("A; B", None, ()),
    ]
    assert reading.map.problems == ()


def test_our_own_file_has_drop_down_lists_and_real_dates() -> None:
    content = write_file([FULL], language="zh_CN")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") == 6
    assert '<formula1>"红,黄,绿"</formula1>' in sheet
    assert "<pane " in sheet
    assert "<f>" not in sheet
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        row = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[1]
    assert BORN in row
    assert "028-85551234" in row


def test_nobody_makes_a_template() -> None:
    (problem,) = read_here(write_file([], language="zh_CN")).problems
    assert problem.reason is Reason.NO_ROWS


WORDS = st.one_of(
    st.sampled_from(
        ["无", "", " ", "-", "不详", "=1+1", "@SUM(A1)", "幸福路12栋", "_x0041_", "王 芳"]
    ),
    st.text(max_size=30),
)
PHONES = st.sampled_from(["+8613800138000", "+862885551234", "+14155552671", "028-85551234", "110"])
ELDERS = st.builds(
    ElderFacts,
    name=st.one_of(st.sampled_from(["王芳", "王 芳", "李强", "Mary Ann", "合计", "姓名"]), WORDS),
    number=st.none() | st.sampled_from(["1", "01", "A1", "A2"]) | WORDS,
    sex=st.none() | st.sampled_from(Sex),
    birth_date=st.none() | st.sampled_from([BORN, date(1949, 1, 1)]) | st.dates(max_value=TODAY),
    phone=st.none() | PHONES | WORDS,
    building=st.none() | st.sampled_from(["12号楼", "12", "A座"]) | WORDS,
    address=st.none() | WORDS,
    tier=st.none() | st.sampled_from(Tier),
    disability=st.none() | st.booleans(),
    chronic_illness=st.none() | st.booleans(),
    empty_nest=st.none() | st.booleans(),
    limited_mobility=st.none() | st.booleans(),
    emergency_name=st.none() | WORDS,
    emergency_relation=st.none() | WORDS,
    emergency_phone=st.none() | PHONES,
    door_hint=st.none() | WORDS,
    remark=st.none() | WORDS,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(ELDERS, max_size=6), st.sampled_from(["zh_CN", "en"]))
def test_whoever_is_on_record_comes_back_unchanged(
    elders: Sequence[ElderFacts], language: str
) -> None:
    record = dict(enumerate(elders))
    preview = compare(read_here(write_file(elders, language=language)), record)
    assert preview.new == ()
    assert preview.changed == ()


CELL: st.SearchStrategy[Any] = st.sampled_from(
    [
        "王芳",
        "李强",
        "",
        "无",
        "13800138000",
        "13800138000/13900139000",
        "12栋",
        "红",
        "是",
        "1948.3.5",
    ]
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=8))
def test_the_same_file_twice_changes_nothing(rows: list[list[Any]]) -> None:
    head = ["姓名", "电话", "住址", "等级", "空巢", "生日", "备注", "紧急联系人及电话"]
    text = "\n".join(",".join(row) for row in [head, *rows])
    reading = read_here(text.encode())
    first = compare(reading, {7: ElderFacts(name="王芳", remark="养猫")})
    record = {7: ElderFacts(name="王芳", remark="养猫")}
    record |= {change.elder_id: change.after for change in first.changed}
    record |= {100 + line.row: line.facts for line in first.new}
    second = compare(reading, record)
    assert second.new == ()
    assert second.changed == ()


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"])
)
def test_no_bytes_are_too_strange(content: bytes, beginning: bytes) -> None:
    assert isinstance(read_here(beginning + content), Reading)
