"""The command line that others build on: its words, its JSON, its exit codes."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.main import app, main
from care.access import Role
from care.joining import Standing
from storage import communities, members
from storage.engine import Database

ROSTER = "姓名,等级,电话,楼栋\n王桂芳,红,13800138000,12号楼\n赵大爷,,13800138001,3号楼\n"


@pytest.fixture(autouse=True)
def _station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with settings of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NUANLIN_DATABASE_URL", f"sqlite:///{tmp_path / 'station.db'}")
    monkeypatch.setenv("NUANLIN_LOG_LEVEL", "ERROR")
    monkeypatch.delenv("NUANLIN_TOKEN", raising=False)


def nuanlin(*words: str) -> Result:
    result: Any = CliRunner().invoke(app, words)
    return result  # type: ignore[no-any-return]


def answer(*words: str) -> dict[str, Any]:
    result = nuanlin(*words, "--json")
    assert result.output, result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> str:
    """What the command says on standard error before it gives up."""
    monkeypatch.setattr("sys.argv", ["nuanlin", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


def founded() -> None:
    answer("init", "--community", "幸福社区")


def test_init_gives_the_community_and_the_supervisors_start() -> None:
    found = answer("init", "--community", "幸福社区")
    assert found["community"] == "幸福社区"
    assert len(found["start"]) > 40


def test_without_json_people_get_a_link_to_pass_on() -> None:
    founded()
    told = nuanlin("invite", "social_worker", "--name", "李敏").output
    assert "?start=" in told


def test_an_invitation_to_family_needs_an_elder_who_is_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    founded()
    assert "--elder" in sentence(capsys, monkeypatch, "invite", "family")
    unknown = ("invite", "family", "--elder", "王桂芳")
    assert "nobody is called" in sentence(capsys, monkeypatch, *unknown)
    roster(tmp_path, ROSTER)
    assert answer("import", "roster.csv")["new"] == 2
    assert answer(*unknown)["start"]


def roster(folder: Path, text: str) -> None:
    (folder / "roster.csv").write_text(text, encoding="utf-8")


def test_import_tells_new_changed_unchanged_and_the_same_file_twice_changes_nothing(
    tmp_path: Path,
) -> None:
    founded()
    roster(tmp_path, ROSTER)
    looked = answer("import", "roster.csv", "--dry-run")
    assert (looked["new"], looked["changed"], looked["unchanged"]) == (2, 0, 0)
    first = answer("import", "roster.csv")
    assert (first["new"], first["problems"]) == (2, [])
    again = answer("import", "roster.csv")
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    roster(tmp_path, ROSTER.replace("红", "黄"))
    assert answer("import", "roster.csv")["changed"] == 1


def test_import_is_all_or_nothing_unless_partial(tmp_path: Path) -> None:
    founded()
    roster(tmp_path, ROSTER + "孙奶奶,特红,13800138002,5号楼\n")
    refused = nuanlin("import", "roster.csv", "--json")
    assert refused.exit_code != 0
    [problem] = json.loads(refused.stdout)["problems"]
    assert problem["row"] == 4
    assert problem["column"] == "风险等级"
    assert problem["value"] == "特红"
    assert problem["reason"]
    assert answer("status")["red"] == 0
    partial = nuanlin("import", "roster.csv", "--partial", "--json")
    assert partial.exit_code != 0
    assert json.loads(partial.stdout)["new"] == 2
    assert answer("status")["red"] == 1


def test_export_gives_the_file_that_import_takes(tmp_path: Path) -> None:
    founded()
    roster(tmp_path, ROSTER)
    answer("import", "roster.csv")
    assert nuanlin("export", "out.xlsx").exit_code == 0
    again = answer("import", "out.xlsx")
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert again["problems"] == []


def test_pair_names_who_is_not_known_and_says_what_is_unusual(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    founded()
    roster(tmp_path, ROSTER)
    answer("import", "roster.csv")
    words = ("pair", "--worker", "李敏", "--volunteers", "陈同学", "--elders", "王桂芳")
    assert "李敏" in sentence(capsys, monkeypatch, *words)


def test_pairings_are_proposed_for_all_and_made_when_taken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    founded()
    lines = [f"老人{n},黄,{'3号楼' if n % 2 else '12号楼'}" for n in range(8)]
    roster(tmp_path, "\n".join(["姓名,等级,楼栋", *lines]))
    answer("import", "roster.csv")
    asyncio.run(joined())
    found = answer("pair", "--propose")
    assert found["left_over"] == found["repairs"] == []
    assert [len(one["elders"]) for one in found["pairings"]] == [4, 4]
    first = found["pairings"][0]
    assert (first["worker"], first["volunteers"]) == ("李敏", ["陈同学"])
    assert first["why"] == [
        {"why": "same_building", "buildings": ["3号楼"]},
        {"why": "capacity_short", "owed": 8.0, "able": 3.0},
    ]
    assert "8 elders made" in nuanlin("pair", "--propose", "--take").output
    assert answer("pair", "--propose")["pairings"] == []
    words = ("pair", "--propose", "--worker", "李敏")
    assert "not both" in sentence(capsys, monkeypatch, *words)
    assert "--propose" in sentence(capsys, monkeypatch, "pair", "--worker", "李敏")
    assert "--propose" in sentence(capsys, monkeypatch, "pair", "--take")


def test_a_week_is_planned_with_a_reason_for_every_visit_and_every_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    founded()
    roster(tmp_path, "姓名,等级,楼栋\n甲,黄,3号楼\n乙,黄,3号楼\n丙,绿,12号楼")
    answer("import", "roster.csv")
    asyncio.run(joined())
    answer("pair", "--worker", "李敏", "--volunteers", "陈同学", "--elders", "甲,乙,丙")
    found = answer("plan", "--week", "2999-W02")
    assert found["week"] == "2999-W02"
    assert {one["volunteer"] for one in found["visits"]} == {"陈同学"}
    assert all(one["why"] and one["date"] >= "2999-01-07" for one in found["visits"])
    assert sum(one["owed"] for one in found["gaps"]) + len(found["visits"]) == 4
    [reason] = {one["reason"] for one in found["gaps"]}
    assert reason == "everybody free this week has as many visits as they wish"
    assert found["gap_to_bound"] < 0.001
    assert "3 visits, 1 not covered" in nuanlin("plan", "--week", "2999-W02").output
    assert "2026-W48" in sentence(capsys, monkeypatch, "plan", "--week", "next")
    assert "over" in sentence(capsys, monkeypatch, "plan", "--week", "2020-W01")


async def joined() -> None:
    """A social worker and two volunteers have joined."""
    database = Database("sqlite+aiosqlite:///station.db")
    now = datetime(2026, 4, 9, tzinfo=UTC)
    async with database.write() as tx:
        [station] = await communities.every(tx)
        for name, role in (
            ("李敏", Role.SOCIAL_WORKER), ("陈同学", Role.VOLUNTEER), ("刘阿姨", Role.VOLUNTEER),
        ):  # fmt: skip
            roles = frozenset({role})
            await members.create(tx, now, station.id, name, roles, standing=Standing.ACTIVE)
    await database.close()


def test_who_is_left_over_is_said_with_the_reason(tmp_path: Path) -> None:
    founded()
    roster(tmp_path, ROSTER)
    answer("import", "roster.csv")
    told = nuanlin("pair", "--propose").output
    assert "no_worker" in told
    assert "2 left over" in told


def test_status_is_one_object_with_the_figures_of_the_day() -> None:
    founded()
    assert answer("status") == {
        "inbox_waiting": 0,
        "outbox_waiting": 0,
        "red": 0,
        "owed_today": 0,
        "contacted_today": 0,
        "unreachable": 0,
        "untold": 0,
        "second_channel": False,
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("status",), ""),
        (("invite", "boss"), "Role 'boss'"),
        (("invite", "volunteer"), "nuanlin init"),
        (("import", "none.xlsx"), "none.xlsx cannot be read"),
        (("serve",), "NUANLIN_TOKEN"),
        (("init", "--community", "a", "--timezone", "Mars"), "Time zone 'Mars'"),
        (("init", "--community", "a", "--language", "fr"), "Language 'fr'"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_no_traceback(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    told: str,
) -> None:
    if told:
        assert told in sentence(capsys, monkeypatch, *words)
    else:
        assert nuanlin(*words).exit_code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NUANLIN_DATABASE_URL", "mysql://x"),
        ("NUANLIN_DATABASE_URL", "sqlite://"),
        ("NUANLIN_CLOCK", "tomorrow"),
        ("NUANLIN_TELEGRAM_URL", "telegram"),
        ("NUANLIN_LISTEN", "8081"),
        ("NUANLIN_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in sentence(capsys, monkeypatch, "status")


def test_a_community_is_founded_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    founded()
    assert "there already" in sentence(capsys, monkeypatch, "init", "--community", "幸福社区")
