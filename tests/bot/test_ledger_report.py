"""`nuanlin ledger`: every red day, who was told of the missed ones, and the rates."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import update
from typer.testing import CliRunner

from bot.main import app, main
from care.access import Role
from care.calls import Kind, Outcome
from care.elders import ElderFacts, Tier
from care.ladder import Step
from storage import calls, closing, communities, elders, members
from storage.calls import Happened
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.tables import Elder, Told
from tests.stage import local

DAY = timedelta(days=1)
BEGUN, TODAY = date(2026, 4, 1), date(2026, 4, 9)
MISSED = date(2026, 4, 3)
NOW = "2026-04-09T10:00:00+08:00"


@pytest.fixture(autouse=True)
def _station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A station of the 1st; 王[桂]芳 was called every day but on the 3rd, and not yet today."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'station.db'}"
    monkeypatch.setenv("NUANLIN_DATABASE_URL", url)
    monkeypatch.setenv("NUANLIN_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("NUANLIN_CLOCK", NOW)
    monkeypatch.setenv("NUANLIN_TELEGRAM_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("NUANLIN_TOKEN", raising=False)
    asyncio.run(_fill(url))


async def _fill(url: str) -> None:
    await migrate(parse_url(url))
    database = Database(parse_url(url))
    begun = local(f"{BEGUN} 00:00")
    async with database.write() as tx:
        station = await communities.create(tx, begun, "幸福社区", "Asia/Shanghai", "zh_CN")
        li = await members.create(
            tx, begun, station.id, "李敏", frozenset({Role.SOCIAL_WORKER}), account=1
        )
        facts = ElderFacts(name="王[b]芳", tier=Tier.RED, building="3号楼")
        wang = await elders.add(tx, begun, station.id, facts)
        zhao = await elders.add(tx, begun, station.id, ElderFacts(name="赵", tier=Tier.YELLOW))
        qian = await elders.add(tx, begun, station.id, ElderFacts(name="钱", tier=Tier.GREEN))
        await tx.execute(update(Elder).values(created_at=begun - 90 * DAY))
        for n in range(8):
            day = BEGUN + n * DAY
            at = local(f"{day} 09:00")
            if day != MISSED:
                what = Happened(Kind.CALL, Outcome.FINE, li.id, day, at, f"call:{n}")
                await calls.record(tx, at + DAY / 24, wang, what)
        at = local("2026-04-07 15:00")
        for elder in (zhao, qian):
            what = Happened(Kind.VISIT, Outcome.FINE, li.id, date(2026, 4, 7), at, f"v{elder.id}")
            await calls.record(tx, at, elder, what)
        tx.add(told(wang, li.id, Step.REMIND, "11:30", "11:31"))
        tx.add(told(wang, li.id, Step.RAISE, "17:00", None))
        await closing.close_days(tx, local("2026-04-09 00:01"), station)
    await database.close()


def told(elder: Elder, member_id: int, step: Step, at: str, delivered: str | None) -> Told:
    return Told(
        community_id=elder.community_id, elder_id=elder.id, day=MISSED, step=step,
        member_id=member_id, key=step, letter=step, at=local(f"{MISSED} {at}"),
        delivered_at=local(f"{MISSED} {delivered}") if delivered else None,
    )  # fmt: skip


def nuanlin(*words: str) -> Result:
    result: Any = CliRunner().invoke(app, ("ledger", *words))
    return result  # type: ignore[no-any-return]


def answer(*words: str) -> dict[str, Any]:
    result = nuanlin(*words, "--json")
    assert result.output, result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_it_is_of_this_month_unless_told_otherwise() -> None:
    found = answer()
    assert (found["community"], found["from"], found["to"]) == (
        "幸福社区", "2026-04-01", "2026-04-30",
    )  # fmt: skip
    assert [one["day"] for one in found["days"]] == [f"2026-04-{n:02}" for n in range(1, 10)]


def test_each_day_says_how_many_ended_how() -> None:
    days = {one.pop("day"): one for one in answer()["days"]}
    assert days["2026-04-01"] == {"met": 1, "excused": 0, "missed": 0, "open": 0}
    assert days["2026-04-03"] == {"met": 0, "excused": 0, "missed": 1, "open": 0}
    assert days["2026-04-09"] == {"met": 0, "excused": 0, "missed": 0, "open": 1}


def test_each_elders_day_says_by_whom_how_when_and_who_was_told() -> None:
    [elder] = answer()["elders"]
    assert (elder["elder"], elder["building"]) == ("王[b]芳", "3号楼")
    first, missed, today = elder["days"][0], elder["days"][2], elder["days"][8]
    assert first == {
        "day": "2026-04-01", "state": "met", "closed_as": "met", "late": False,
        "by": "李敏", "at": "2026-04-01T09:00:00+08:00",
        "recorded": "2026-04-01T10:00:00+08:00", "how": "call", "excuse": None, "told": [],
    }  # fmt: skip
    assert (missed["state"], missed["by"], missed["how"]) == ("missed", None, None)
    assert missed["told"] == [
        {
            "name": "李敏", "step": "remind", "at": "2026-04-03T11:30:00+08:00",
            "delivered": "2026-04-03T11:31:00+08:00",
        },
        {
            "name": "李敏", "step": "raise", "at": "2026-04-03T17:00:00+08:00",
            "delivered": None,
        },
    ]  # fmt: skip
    assert (today["state"], today["closed_as"]) == ("open", None)


def test_the_rates_are_told_by_tier_week_and_month() -> None:
    rates = answer()["rates"]
    red, yellow, green = rates["red"], rates["yellow"], rates["green"]
    assert (red["done"], red["owed"], red["open"], red["percent"]) == (7, 8, 1, 87)
    assert red["weeks"][0]["week"] == "2026-03-30"
    # The week of 30 March was missed; that of 6 April has three days left.
    assert (yellow["done"], yellow["missed"], yellow["open"]) == (1, 2, 1)
    assert yellow["months"][0]["month"] == "2026-04"
    assert (green["done"], green["owed"], green["percent"]) == (1, 1, 100)
    [monthly] = rates["monthly"]
    assert (monthly["month"], monthly["done"], monthly["owed"]) == ("2026-04", 1, 3)


def test_any_days_may_be_asked_for() -> None:
    found = answer("--from", "2026-04-02", "--to", "2026-04-03")
    assert [one["day"] for one in found["days"]] == ["2026-04-02", "2026-04-03"]
    assert found["rates"]["red"]["owed"] == 2
    only_from = answer("--from", "2026-04-05")
    assert (only_from["from"], only_from["to"]) == ("2026-04-05", "2026-04-30")
    only_to = answer("--to", "2026-04-05")
    assert (only_to["from"], only_to["to"]) == ("2026-04-01", "2026-04-05")
    before = answer("--from", "2026-02-01", "--to", "2026-02-28")
    assert before["elders"] == []


def test_without_json_it_is_tables_people_can_read() -> None:
    shown = nuanlin().stdout
    assert "2026-04-03" in shown
    assert "王[b]芳" in shown
    assert "04-03 11:30 李敏 (remind), delivered 11:31" in shown
    assert "04-03 17:00 李敏 (raise), not delivered" in shown
    assert "87 %" in shown
    assert "月探访率 2026-04" in shown


def test_without_missed_days_there_is_no_table_of_them() -> None:
    shown = nuanlin("--from", "2026-04-04", "--to", "2026-04-08").stdout
    assert "told" not in shown
    assert "—" in nuanlin("--from", "2026-06-01", "--to", "2026-06-02").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "April"), "--from 'April'"),
        (("--to", "2026-02-30"), "--to '2026-02-30'"),
        (("--from", "2026-04-09", "--to", "2026-04-01"), "before"),
    ],
)
def test_what_is_no_day_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["nuanlin", "ledger", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
