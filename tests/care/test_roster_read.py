from collections.abc import Sequence
from datetime import date

from stdnum.cn import ric

from care.elders import Sex, Tier
from care.roster import Cell, Line, Problem, Reading, Reason, Sheet, read_cells

TODAY = date(2026, 1, 5)
BORN = date(1948, 3, 5)
IDENTITY = "51010719480305123" + ric.calc_check_digit("510107194803051230")


def read(*rows: Sequence[Cell]) -> Reading:
    return read_cells([Sheet("名册", rows)], today=TODAY)


def only(reading: Reading) -> Line:
    assert reading.problems == ()
    (line,) = reading.lines
    return line


def doubts(reading: Reading) -> list[tuple[int | None, str, Reason]]:
    return [(each.row, each.column, each.reason) for each in reading.problems]


def problem(reading: Reading) -> Problem:
    (each,) = reading.problems
    return each


def test_a_messy_roster() -> None:
    reading = read(
        ["幸福社区独居老人花名册（2026年）", "", "", "", "", "", "", "", ""],
        ["填报单位：幸福社区", "", "", "", "", "", "", "", ""],
        [
            "序号",
            "姓 名",
            "性别",
            "出生\n年月日",
            "联系方式",
            "家庭住址",
            "预警等级",
            "空巢",
            "备注",
        ],
        [1.0, "王　芳", "女", "1948.3.5", 13800138000.0, "12栋302", "红色", "√", "无"],
        ["", "", "", "", "", "", "", "", ""],
        [2.0, "李强", "男", 17597.0, "028-85551234", "３号楼", "", "", "=1+1"],
        [3.0, "", "", "", "", "", "", "", ""],
        [
            "序号",
            "姓 名",
            "性别",
            "出生\n年月日",
            "联系方式",
            "家庭住址",
            "预警等级",
            "空巢",
            "备注",
        ],
        ["合计", "", "", "", "", "", "共2人", "", ""],
        ["填表人：张三", "", "", "", "审核：李四", "", "", "", ""],
    )
    assert reading.problems == ()
    first, second = reading.lines
    assert (first.row, second.row) == (4, 6)
    assert first.facts.name == "王芳"
    assert first.facts.birth_date == second.facts.birth_date == BORN
    assert first.facts.tier is Tier.RED
    assert first.facts.building == "12号楼"
    assert first.facts.empty_nest is True
    assert first.erased == {"remark"}
    assert second.facts.tier is None
    assert "tier" not in second.given
    assert second.facts.phone == "+862885551234"
    assert second.facts.remark == "=1+1"


def test_totals_in_the_name_column() -> None:
    reading = read(
        ["姓名", "电话"],
        ["王芳", "13800138000"],
        ["共82人", ""],
        ["总计", 82.0],
        ["合计：82人", ""],
    )
    assert only(reading).facts.name == "王芳"


def test_a_header_in_two_lines() -> None:
    reading = read(
        ["姓名", "老人信息", "", "紧急联系人", "", "", "健康状况", "", "备注"],
        ["", "性别", "电话", "姓名", "关系", "电话", "失能", "慢性病", ""],
        ["王芳", "女", "13800138000", "李强", "儿子", "13900139000", "否", "高血压", "好"],
    )
    facts = only(reading).facts
    assert (facts.phone, facts.emergency_phone) == ("+8613800138000", "+8613900139000")
    assert (facts.emergency_name, facts.emergency_relation) == ("李强", "儿子")
    assert (facts.disability, facts.chronic_illness, facts.remark) == (False, True, "好")


def test_a_data_row_is_no_second_header() -> None:
    reading = read(["姓名", "性别", "家庭"], ["王芳", "空巢", "慢性病"], ["李强", "男", "失能"])
    assert [line.facts.name for line in reading.lines] == ["王芳", "李强"]
    assert doubts(reading) == [(2, "sex", Reason.SEX_UNKNOWN)]


def test_an_english_roster() -> None:
    reading = read(
        ["No.", "Full name", "Sex", "Date of birth", "Phone", "Address", "Tier", "Next of kin"],
        [1, "Mary Ann", "F", "5 Mar 1948", "+1 415 555 2671", "Building 12", "yellow", "Tom"],
    )
    facts = only(reading).facts
    assert (facts.name, facts.sex, facts.birth_date) == ("Mary Ann", Sex.FEMALE, BORN)
    assert (facts.phone, facts.building, facts.tier) == ("+14155552671", "12号楼", Tier.YELLOW)
    assert facts.emergency_name == "Tom"


def test_the_sheet_with_the_header_is_taken() -> None:
    sheets = [
        Sheet("说明", [["请按格式填写"]]),
        Sheet("空", []),
        Sheet("模板", [["姓名", "电话", "性别"]]),
        Sheet("志愿者", [["姓名", "电话"], ["张三", "13900139000"]]),
        Sheet("老人", [["姓名", "电话", "等级"], ["王芳", "13800138000", "绿"]]),
    ]
    assert only(read_cells(sheets, today=TODAY)).facts.name == "王芳"


def test_two_sheets_that_fit() -> None:
    rows = [["姓名", "电话"], ["王芳", "13800138000"]]
    found = problem(read_cells([Sheet("一月", rows), Sheet("二月", rows)], today=TODAY))
    assert found.reason is Reason.TWO_SHEETS
    assert found.facts == {"first": "一月", "second": "二月"}


def test_an_identity_number_is_used_and_forgotten() -> None:
    reading = read(["姓名", "身份证号", "备注"], ["王芳", IDENTITY, f"证件{IDENTITY}"])
    line = only(reading)
    assert (line.facts.birth_date, line.facts.sex) == (BORN, Sex.MALE)
    assert {"birth_date", "sex"} <= line.given
    assert IDENTITY not in reading.model_dump_json()
    assert only(read(["姓名", "出生日期"], ["王芳", IDENTITY])).facts.birth_date == BORN


def test_an_identity_number_that_contradicts() -> None:
    reading = read(["姓名", "身份证号", "生日", "性别"], ["王芳", IDENTITY, "1948-05-03", "女"])
    assert doubts(reading) == [
        (2, "birth_date", Reason.BIRTH_CONTRADICTS),
        (2, "sex", Reason.SEX_CONTRADICTS),
    ]
    assert reading.lines[0].given == {"name"}
    assert IDENTITY not in reading.model_dump_json()


def test_a_wrong_identity_number_is_not_shown() -> None:
    wrong = IDENTITY[:-1] + ("1" if IDENTITY[-1] != "1" else "2")
    found = problem(read(["姓名", "身份证号"], ["王芳", wrong]))
    assert (found.column, found.reason) == ("identity", Reason.IDENTITY_CHECK)
    assert wrong[:10] not in found.value


def test_a_doubtful_cell_leaves_the_rest_of_the_line() -> None:
    reading = read(["姓名", "电话", "等级"], ["王芳", "1380013", "红"])
    found = problem(reading)
    assert (found.row, found.column, found.value) == (2, "phone", "1380013")
    assert found.facts == {"digits": "7"}
    assert reading.lines[0].facts.tier is Tier.RED
    assert "phone" not in reading.lines[0].given


def test_second_phones_go_to_the_remark() -> None:
    reading = read(
        ["姓名", "手机", "座机", "备注", "紧急联系人", "联系人电话"],
        [
            "王芳",
            "13800138000/13900139000",
            "028-85551234",
            "好",
            "李强",
            "13700137000、13600136000",
        ],
        ["李梅", "", "028-85551235", "", "", ""],
    )
    first, second = reading.lines
    assert first.facts.remark is not None
    assert first.facts.remark.split("\n") == [
        "好",
        "☎ +8613900139000",
        "☎ +862885551234",
        "李强 ☎ +8613600136000",
    ]
    assert second.facts.phone == "+862885551235"
    assert second.notes == ()


def test_whose_phone() -> None:
    row = ["王芳", "13800138000", "李强", "13900139000"]
    clear = only(read(["姓名", "电话", "紧急联系人", "电话"], row)).facts
    assert (clear.phone, clear.emergency_phone) == ("+8613800138000", "+8613900139000")
    unclear = read(["姓名", "紧急联系人", "电话"], ["王芳", "李强", "13900139000"])
    assert doubts(unclear) == [(1, "phone", Reason.WHOSE_PHONE)]
    assert unclear.lines[0].facts.phone is None


def test_a_contact_and_a_phone_in_one_cell() -> None:
    facts = only(read(["姓名", "紧急联系人及电话"], ["王芳", "李强 139-0013-9000"])).facts
    assert (facts.emergency_name, facts.emergency_phone) == ("李强", "+8613900139000")


def test_columns_that_occur_twice() -> None:
    reading = read(["姓名", "等级", "风险等级"], ["王芳", "红", "绿"])
    assert doubts(reading) == [(1, "tier", Reason.TWO_COLUMNS)]
    assert reading.lines[0].facts.tier is None
    assert doubts(read(["姓名", "电话", "姓名"], ["王芳", "", "李强"])) == [
        (1, "name", Reason.TWO_COLUMNS)
    ]


def test_two_columns_for_one_flag_are_either() -> None:
    reading = read(["姓名", "失能", "半失能"], ["王芳", "否", "是"], ["李强", "否", "否"])
    assert [line.facts.disability for line in reading.lines] == [True, False]


def test_family_columns_give_way_to_emergency_columns() -> None:
    reading = read(["姓名", "家属电话", "紧急联系电话"], ["王芳", "1", "13900139000"])
    assert only(reading).facts.emergency_phone == "+8613900139000"
    assert reading.ignored == ("家属电话",)


def test_what_was_left_aside_is_said() -> None:
    assert read(["序号", "姓名", "电话", "民族"], [1, "王芳", "", "汉"]).ignored == ("民族",)


def test_the_same_person_twice() -> None:
    head = ["姓名", "编号", "生日", "电话"]
    reading = read(
        head,
        ["王芳", "", "1948-03-05", ""],
        ["王 芳", "", "1948/3/5", "13800138000"],
        ["王芳", "", "1950-01-01", ""],
        ["李强", "7", "", ""],
        ["张三", "007", "", ""],
        ["赵六", "", "", ""],
        ["赵六", "", "", "13800138000"],
    )
    assert doubts(reading) == [
        (3, "", Reason.TWICE),
        (6, "", Reason.NUMBER_TWICE),
        (8, "", Reason.SAME_NAME),
    ]
    assert [line.row for line in reading.lines] == [2, 4, 5, 7]


def test_somebody_without_a_name() -> None:
    reading = read(["姓名", "电话"], ["", "13800138000"], ["无", "13900139000"])
    assert doubts(reading) == [(2, "name", Reason.NO_NAME), (3, "name", Reason.NO_NAME)]


def test_files_without_a_roster() -> None:
    assert problem(read()).reason is Reason.EMPTY_FILE
    assert problem(read(["", None])).reason is Reason.EMPTY_FILE
    assert problem(read(["王芳", "13800138000"])).reason is Reason.NO_HEADER
    assert problem(read(["姓名", "电话"], ["", ""], ["合计", ""])).reason is Reason.NO_ROWS


def test_a_second_column_of_phones_is_kept_and_may_be_empty() -> None:
    reading = read(["姓名", "手机", "电话"], ["王芳", "13800138000", ""])
    assert only(reading).facts.phone == "+8613800138000"


def test_a_contact_that_is_only_a_number_has_no_name() -> None:
    line = only(read(["姓名", "紧急联系人"], ["王芳", "13800138000"]))
    assert line.facts.emergency_name is None
    assert line.facts.emergency_phone == "+8613800138000"


def test_a_broken_remark_and_a_broken_door_are_said() -> None:
    reading = read(["姓名", "单元", "备注"], ["王芳", date(2026, 3, 1), "#REF!"])
    assert {each.reason for each in reading.problems} == {Reason.BECAME_DATE, Reason.CELL_ERROR}


def test_a_contact_with_a_number_that_is_none_is_said() -> None:
    reading = read(["姓名", "紧急联系人"], ["王芳", "李强 10000000000"])
    assert [each.column for each in reading.problems] == ["emergency_phone"]


def test_two_columns_of_names_are_said_once_and_not_row_by_row() -> None:
    reading = read(["姓名", "名字", "电话"], *(["王芳", "李强", "1380013800x"],) * 3)
    assert [each.reason for each in reading.problems] == [Reason.TWO_COLUMNS]
    assert reading.lines == ()
