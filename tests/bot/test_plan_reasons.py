"""Every reason has its words, in both languages, for the staff, the volunteer and the command."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.screens.plan_reasons import bar_name, doubt_name, gap_reason, why_line, why_me, whys
from bot.texts import LANGUAGES, Texts
from care.plans import Facts, Gap, NoWay, Part, Why
from care.week_drafts import Bar, Doubt
from storage.tables import Assignment
from tests.stage import ZONE
from tests.street import NOT_YOURS, Street, street

ZH = Texts("zh_CN", ZONE)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Street]:
    async with street(tmp_path) as found:
        yield found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_of_its_own(language: str) -> None:
    tr = Texts(language, ZONE)
    for words in (
        [why_line(tr, [one]) for one in Why],
        [why_me(tr, [one], "王桂芳") for one in Why],
        [gap_reason(tr, Gap(1, 1, one, Facts(Part.WEEK, volunteers=3))) for one in NoWay],
        [doubt_name(tr, one) for one in Doubt],
    ):
        assert all(words)
        assert len(set(words)) == len(words)
    assert all(bar_name(tr, one) for one in Bar)


def test_why_nobody_goes_names_the_building_and_the_days() -> None:
    """The handbook's own example."""
    facts = Facts(Part.WEEKDAYS, "12号楼", 3, 3, 3, 0)
    assert gap_reason(ZH, Gap(1, 1, NoWay.NOBODY_FREE, facts)) == "工作日没人有空去12号楼"
    facts = Facts(Part.WEEKEND)
    assert gap_reason(ZH, Gap(1, 1, NoWay.NOBODY_FREE, facts)) == "周末没人有空"
    facts = Facts(Part.WEEK, "3号楼", 4)
    assert gap_reason(ZH, Gap(1, 1, NoWay.TOO_FAR, facts)) == "3号楼太远，有空的人都走不到"
    assert gap_reason(ZH, Gap(1, 1, NoWay.WISHES, facts)) == "4 位志愿者都不合老人的心愿"
    assert gap_reason(ZH, Gap(1, 1, NoWay.NOT_TWO, facts)) == "这周凑不齐两个人一起去3号楼"


def test_why_me_is_two_short_sentences_at_most_the_strongest_first() -> None:
    found = why_me(ZH, [Why.OWN_PAIRING, Why.KNOWS_THEM, Why.NEAR], "王桂芳")
    assert found == "您是王桂芳的结对志愿者。\n您探访过王桂芳，彼此认识。"


def test_a_reason_of_another_version_is_left_out() -> None:
    assert whys(["near", "by_the_stars"]) == [Why.NEAR]


async def test_a_volunteer_asks_why_me_and_gets_the_real_reasons(home: Street) -> None:
    await home.published()
    async with home.stage.database.write() as tx:
        visit = await tx.get_one(Assignment, 1)
        visit.why = ["own_pairing", "same_building"]
    await home.stage.tap(home.chen, "visit:1")
    await home.stage.tap(home.chen, "为什么是我")
    assert "您是王桂芳的结对志愿者。\n您住在同一栋楼。" in home.stage.last(home.chen).text
    assert await home.forge(home.wang, "visit_me:1") == NOT_YOURS


async def test_without_a_plan_s_reasons_those_that_are_so_are_told(home: Street) -> None:
    await home.published()
    async with home.stage.database.write() as tx:
        visit = await tx.get_one(Assignment, 1)
        visit.why = []
    await home.forge(home.chen, "visit_me:1")
    assert "您是王桂芳的结对志愿者。" in home.stage.last(home.chen).text
