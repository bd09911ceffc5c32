from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from care.elders import ElderFacts, Sex, Tier
from care.roster import Cell, Reason, Sheet, compare, read_cells
from care.roster_cells import file_number, flag, name, sex, shown, text, tier
from care.roster_dates import birth_date, identity
from care.roster_header import classify, find_header
from care.roster_lines import FIELDS, FLAGS, Doubt
from care.roster_phones import phones, written
from care.roster_places import building, building_in, compose
from care.roster_words import COLUMNS

TODAY = date(2026, 1, 5)
BORN = date(1948, 3, 5)
MOBILE = "+8613800138000"
LAND = "+862885551234"


def reason_of(parse: Any, *args: Any) -> Reason:
    with pytest.raises(Doubt) as caught:
        parse(*args)
    return caught.value.reason


def identity_number(first: str) -> str:
    return first + ric.calc_check_digit(first + "0")


@pytest.mark.parametrize(
    "cell",
    [
        "1948-03-05",
        "1948/3/5",
        "1948.3.5",
        "1948年3月5日",
        " 1948 年 3 月 5 日 ",
        "1948年03月05",
        "19480305",
        19480305.0,
        19480305,
        17597.0,
        "5 Mar 1948",
        "5-Mar-1948",
        "March 5, 1948",
        "5th March 1948",
        "1948-03-05 00:00:00",
        "１９４８－０３－０５",
        "一九四八年三月五日",
        "1948年3月5日生",
        "1948-3-5(公历)",
        datetime(1948, 3, 5),  # noqa: DTZ001 - a cell has no zone
        date(1948, 3, 5),
    ],
)
def test_a_birth_date_in_any_clear_notation(cell: Cell) -> None:
    assert birth_date(cell, TODAY) == BORN


def test_a_date_that_can_be_read_in_one_order_only_is_read() -> None:
    assert birth_date("25/3/1948", TODAY) == date(1948, 3, 25)
    assert birth_date("03/25/1948", TODAY) == date(1948, 3, 25)
    assert birth_date("3/3/1948", TODAY) == date(1948, 3, 3)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("3/5/48", Reason.DATE_SHORT_YEAR),
        ("480305", Reason.DATE_SHORT_YEAR),
        ("48年3月5日", Reason.DATE_SHORT_YEAR),
        ("3/5/1948", Reason.DATE_ORDER),
        ("1948年3月", Reason.DATE_NO_DAY),
        ("1948", Reason.DATE_NO_DAY),
        (1948.0, Reason.DATE_NO_DAY),
        (1948.1, Reason.DATE_NO_DAY),
        ("1948.3", Reason.DATE_NO_DAY),
        ("Mar 1948", Reason.DATE_NO_DAY),
        ("农历1948年三月初五", Reason.DATE_LUNAR),
        ("1948年腊月", Reason.DATE_LUNAR),
        ("1948-02-30", Reason.NO_SUCH_DAY),
        ("19481305", Reason.NO_SUCH_DAY),
        ("0000-01-01", Reason.NO_SUCH_DAY),
        ("82岁", Reason.AGE_NOT_DATE),
        ("82", Reason.AGE_NOT_DATE),
        (82.0, Reason.AGE_NOT_DATE),
        ("八十多", Reason.DATE_UNKNOWN),
        ("5 Foo 1948", Reason.DATE_UNKNOWN),
        (99999.0, Reason.DATE_UNKNOWN),
        (float("nan"), Reason.DATE_UNKNOWN),
        (17597.5, Reason.DATE_UNKNOWN),
        (True, Reason.DATE_UNKNOWN),
        ("2031-01-01", Reason.BIRTH_IN_FUTURE),
        ("1976-01-06", Reason.TOO_YOUNG),
        (40000.0, Reason.TOO_YOUNG),
        ("1905-01-04", Reason.TOO_OLD),
    ],
)
def test_an_unclear_birth_date_is_not_guessed(cell: Cell, why: Reason) -> None:
    assert reason_of(birth_date, cell, TODAY) is why


def test_the_youngest_and_the_oldest() -> None:
    assert birth_date("1976-01-05", TODAY) == date(1976, 1, 5)
    assert birth_date("1905-01-06", TODAY) == date(1905, 1, 6)


def test_an_identity_number_tells_birth_and_sex() -> None:
    assert identity(identity_number("51010719480305123"), TODAY) == (BORN, Sex.MALE)
    spaced = identity_number("51010719480305124")
    assert identity(f"{spaced[:6]} {spaced[6:14]} {spaced[14:].lower()}", TODAY)[1] is Sex.FEMALE


def test_a_district_younger_than_its_people_is_no_mistake() -> None:
    number = identity_number("31011519480305123")
    assert not ric.is_valid(number)
    assert identity(number, TODAY) == (BORN, Sex.MALE)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("5101071948030512", Reason.IDENTITY_LENGTH),
        ("H12345678", Reason.IDENTITY_LENGTH),
        ("510107480305123", Reason.IDENTITY_OLD),
        (510107194803051230.0, Reason.IDENTITY_ROUNDED),
        ("5.10107E+17", Reason.IDENTITY_ROUNDED),
        (identity_number("51010719480305123")[:-1] + "Q", Reason.IDENTITY_LENGTH),
        (identity_number("51010719481305123"), Reason.IDENTITY_DATE),
        (identity_number("51010720100305123"), Reason.TOO_YOUNG),
    ],
)
def test_an_identity_number_that_cannot_be_right(cell: Cell, why: Reason) -> None:
    assert reason_of(identity, cell, TODAY) is why


def test_a_wrong_check_digit() -> None:
    good = identity_number("51010719480305123")
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    assert reason_of(identity, wrong, TODAY) is Reason.IDENTITY_CHECK
    assert wrong[:-2] not in shown(wrong)
    assert shown(wrong).endswith(wrong[-2:])


@pytest.mark.parametrize(
    "cell",
    [
        "13800138000",
        13800138000.0,
        13800138000,
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "+86 138 0013 8000",
        "8613800138000",
        "0086-13800138000",
        "手机：13800138000",
        "13800138000\t",
        '="13800138000"',
        "'13800138000",
    ],
)
def test_a_mobile_in_any_clear_notation(cell: Cell) -> None:
    assert phones(cell, "CN") == (MOBILE,)


@pytest.mark.parametrize(
    "cell", ["028-85551234", "(028)85551234", "（028） 8555 1234", "02885551234", "+862885551234"]
)
def test_a_land_line_with_its_area_code(cell: str) -> None:
    assert phones(cell, "CN") == (LAND,)


@pytest.mark.parametrize("between", ["/", "、", " / ", "；", ",", "，", "\n", " 或 "])
def test_two_phones_clearly_apart(between: str) -> None:
    assert phones(f"13800138000{between}028-85551234", "CN") == (MOBILE, LAND)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1380013", Reason.PHONE_TOO_SHORT),
        ("1380013800", Reason.PHONE_TOO_SHORT),
        ("85551234", Reason.PHONE_TOO_SHORT),
        (2885551234.0, Reason.PHONE_TOO_SHORT),
        ("138001380001", Reason.PHONE_UNKNOWN),
        ("12345678901", Reason.PHONE_UNKNOWN),
        ("1380013800000", Reason.PHONE_TOO_LONG),
        ("13800138000 13900139000", Reason.PHONE_TWO),
        ("13800138000/1", Reason.PHONE_TOO_SHORT),
        ("13800138000（女儿）", Reason.PHONE_WORDS),
        ("女儿的", Reason.PHONE_WORDS),
        ("///", Reason.PHONE_WORDS),
        (True, Reason.PHONE_WORDS),
        (date(2020, 1, 1), Reason.PHONE_WORDS),
        ("1.38E+10", Reason.PHONE_ROUNDED),
    ],
)
def test_an_unclear_phone_is_not_guessed(cell: Cell, why: Reason) -> None:
    assert reason_of(phones, cell, "CN") is why


def test_a_stored_phone_is_written_as_the_office_writes_it() -> None:
    assert written(MOBILE, "CN") == "13800138000"
    assert written(LAND, "CN") == "028-85551234"
    assert written("+14155552671", "CN") == "+14155552671"
    assert written("rubbish", "CN") == "rubbish"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["红", "红色", "高风险", "高", "red", "R", "红（高风险）", " 红 色 ", "🔴"], Tier.RED),
        (["黄", "黄色", "中风险", "中", "Yellow", "黄/中风险"], Tier.YELLOW),
        (["绿", "绿色", "低风险", "低", "GREEN", "ｇ"], Tier.GREEN),
        (["未评估", "待评估", "not assessed"], None),
    ],
)
def test_tiers(words: list[str], expected: Tier | None) -> None:
    assert {tier(word) for word in words} == {expected}


@pytest.mark.parametrize("word", ["重点", "红/黄", "一级", "?!", "无风险", "1"])
def test_an_unknown_tier_is_never_green(word: str) -> None:
    assert reason_of(tier, word) is Reason.TIER_UNKNOWN


@pytest.mark.parametrize("field", FLAGS)
def test_yes_and_no(field: str) -> None:
    yes: list[Cell] = ["是", "√", "✓", "有", "1", 1.0, "Y", "yes", True]
    no: list[Cell] = ["否", "无", "0", 0.0, "N", "no", False, "×", "没有", "-"]
    assert {flag(cell, field) for cell in yes} == {True}
    assert {flag(cell, field) for cell in no} == {False}
    assert reason_of(flag, "大概", field) is Reason.FLAG_UNKNOWN


def test_words_that_mean_one_thing_in_their_column() -> None:
    assert flag("半失能", "disability")
    assert not flag("能自理", "disability")
    assert flag("高血压、糖尿病", "chronic_illness")
    assert reason_of(flag, "高血压已治愈", "chronic_illness") is Reason.FLAG_UNKNOWN
    assert reason_of(flag, "独居", "empty_nest") is Reason.FLAG_UNKNOWN


def test_sexes() -> None:
    assert {sex(word) for word in ("女", "女性", "F", "female")} == {Sex.FEMALE}
    assert {sex(word) for word in ("男", "男性", "Ｍ", "Male")} == {Sex.MALE}
    assert reason_of(sex, "1") is Reason.SEX_UNKNOWN


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("幸福路3号12号楼2单元302", "12号楼"),
        ("幸福路12栋302", "12号楼"),
        ("幸福小区12幢", "12号楼"),
        ("Building 12, Flat 3", "12号楼"),
        ("十二栋三单元", "12号楼"),
        ("A座1203", "A座"),
        ("幸福路１２号楼", "12号楼"),
        ("幸福路12号", None),
        ("12号楼或3栋", None),
        ("1-12栋", None),
        ("幸福路12-2-302", None),
    ],
)
def test_the_building_in_an_address(address: str, expected: str | None) -> None:
    assert building_in(address) == expected


def test_the_building_in_its_own_column() -> None:
    assert {building(word) for word in ("12", "12栋", "12号楼", "１２幢", "十二", "12#")} == {
        "12号楼"
    }
    assert building("阳光苑") == "阳光苑"


def test_an_address_in_parts() -> None:
    assert compose(None, "12号楼", "2", "302") == "12号楼 2单元 302"
    assert compose("幸福路1号", "12号楼", "", "302") == "幸福路1号 302"
    assert compose("幸福路1号302", None, "", "302") == "幸福路1号302"
    assert compose(None, "12号楼", "", "") is None


def test_names() -> None:
    assert name("王　芳") == name(" 王 芳\u200b") == "王芳"
    assert name("Mary  Ann") == "Mary Ann"
    assert name("=cmd|' /C calc'!A0").startswith("=cmd")
    assert reason_of(name, "13800138000") is Reason.NOT_A_NAME
    assert reason_of(name, "无") is Reason.NO_NAME
    assert reason_of(name, "王" * 41) is Reason.TOO_LONG


def test_text_that_is_not_kept() -> None:
    number = identity_number("51010719480305123")
    assert number not in text(f"身份证{number}", "remark")
    assert reason_of(file_number, number) is Reason.IDENTITY_AS_NUMBER
    assert reason_of(text, date(2026, 12, 2), "building") is Reason.BECAME_DATE
    assert reason_of(text, "#N/A", "address") is Reason.CELL_ERROR


@pytest.mark.parametrize(
    ("field", "labels"),
    [
        (
            "name",
            ["姓名", "老人姓名", "服务对象", "姓  名", "姓\n名", "姓名*", "Name", "Elder's name"],
        ),
        (
            "phone",
            ["电话", "联系方式", "本人电话", "手机", "电话（本人）", "Phone number", "Mobile"],
        ),
        ("tier", ["等级", "预警等级", "风险等级", "风险等级（红/黄/绿）", "tier"]),
        (
            "birth_date",
            ["出生日期", "出生年月日", "生日", "Date of birth", "出生日期：(yyyy-mm-dd)"],
        ),
        ("identity", ["身份证号", "身份证号码", "老人身份证号"]),
        ("address", ["住址", "家庭住址", "详细地址", "Address"]),
        ("building", ["楼栋", "楼号", "Building"]),
        ("disability", ["失能", "半失能", "失能/半失能", "是否失能", "失能情况"]),
        ("chronic_illness", ["慢性病", "有无慢性病", "Chronic illness"]),
        ("emergency_name", ["紧急联系人", "紧急联系人姓名", "联系人", "Emergency contact"]),
        ("emergency_phone", ["紧急联系电话", "联系人电话", "紧急联系人手机", "Emergency phone"]),
        ("emergency_phone", ["联系电话（紧急联系人）", "家属电话", "Next of kin phone"]),
        ("emergency_relation", ["关系", "与老人关系", "紧急联系人关系", "Relationship"]),
        ("number", ["编号", "档案号", "Number"]),
        ("", ["序号", "No.", "年龄", "能力等级", "户籍地址", "与户主关系", "民族", "联系人地址"]),
    ],
)
def test_header_words(field: str, labels: list[str]) -> None:
    assert {label: classify(label)[0] for label in labels} == dict.fromkeys(labels, field)


@pytest.mark.parametrize("language", COLUMNS)
def test_our_own_header_is_understood(language: str) -> None:
    header = find_header([[COLUMNS[language][field] for field in FIELDS]])
    assert header is not None
    assert header.columns == {field: [i] for i, field in enumerate(FIELDS)}


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789年月日-/.岁 +E#栋、无男红√", max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(st.lists(CELLS, max_size=20), max_size=6), st.sampled_from(["zh_CN", "en"]))
def test_no_cell_is_ever_too_strange(rows: list[list[Cell]], language: str) -> None:
    header: list[Cell] = [COLUMNS[language][field] for field in FIELDS]
    extra: list[Cell] = ["身份证号", "座机", "单元", "门牌"]
    for head in ([], [[*header, *extra]]):
        reading = read_cells([Sheet("a", [*head, *rows])], today=TODAY)
        preview = compare(reading, {1: ElderFacts(name="王芳")})
        again = {i: line.facts for i, line in enumerate(preview.new)}
        assert not compare(reading, again).changed
        assert reading.model_validate_json(reading.model_dump_json()) == reading


@given(CELLS)
def test_parsers_raise_nothing_but_doubt(cell: Cell) -> None:
    for parse, *args in (
        (birth_date, TODAY),
        (identity, TODAY),
        (phones, "CN"),
        (phones, "US"),
        (tier,),
        (sex,),
        (name,),
        (file_number,),
        (text, "remark"),
        (flag, "empty_nest"),
    ):
        with suppress(Doubt):
            parse(cell, *args)
    assert isinstance(shown(cell), str)
