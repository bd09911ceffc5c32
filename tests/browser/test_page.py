"""The page of phones, driven as a visitor would: the working day of the demo, in a real browser."""

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import (
    CHEN,
    GRANNY,
    LI,
    LIU,
    PATIENCE,
    WANG,
    ZHOU,
    Phone,
    jump,
    looking,
)

PATH = os.environ.get("NUANLIN_TEST_BROWSER", "")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
RED = ("韩德福", "王桂芳", "陈秀英", "李玉兰", "钱国荣")
NEW_AND_RED = "邹志明"


def import_the_roster(li: Phone) -> None:
    li.node.get_by_test_id("attach").click()
    li.node.get_by_test_id("attach-sample").click()
    li.tap("roster_see:", ":new:0")
    li.sees(NEW_AND_RED)
    li.tap("roster_see:", ":sum:0")
    li.tap("roster_take:")
    expect(li.key("roster_take:")).to_have_count(0, timeout=PATIENCE)
    li.sees("示例名册.xlsx")


def tap_through_the_call_list(page: Page, li: Phone) -> None:
    jump(page, "next_0830")
    for name in (*RED, NEW_AND_RED):
        li.tap("call:", text=name)
        li.tap("log:", text="平安")
        expect(li.key("call:", text=name)).to_have_count(0, timeout=PATIENCE)
    expect(li.key("call:")).to_have_count(0)
    li.sees("今天 6 位都联系上了")


def ask_for_an_errand(wang: Phone) -> None:
    wang.say("/errand")
    wang.tap("answer:", ":=medicine")
    wang.sees("降压药")
    wang.say("硝苯地平缓释片两盒")
    wang.tap("answer:", ":=0")
    wang.tap("answer:", ":ok")


def claim_it_both_at_once(page: Page, chen: Phone, liu: Phone) -> tuple[Phone, Phone]:
    """Who got it, and who was told that it is taken."""
    for phone in (chen, liu):
        phone.sees("💊")
    keys = [phone.key("claim:").element_handle() for phone in (chen, liu)]
    page.evaluate("keys => keys.forEach((key) => key.click())", keys)
    alert = page.get_by_role("alertdialog")
    expect(alert).to_have_count(1, timeout=PATIENCE)
    late = chen if chen.node.get_by_role("alertdialog").count() else liu
    first = liu if late is chen else chen
    name = first.node.get_attribute("data-name") or ""
    expect(alert).to_contain_text(name)
    late.node.get_by_test_id("alert-ok").click()
    late.sees(name)
    expect(late.key("claim:", text="💊")).to_have_count(0)
    return first, late


def do_the_errand(first: Phone, wang: Phone) -> None:
    first.sees("幸福路8号 12号楼 3单元 501")
    first.tap("errand_step:", ":finish:-")
    name = first.node.get_attribute("data-name") or ""
    wang.sees(f"✅ {name}")
    # Where it was and what it was go from the chat of whoever did it.
    messages = first.node.locator(".msg")
    expect(messages.filter(has_text="硝苯地平")).to_have_count(0, timeout=PATIENCE)
    expect(messages.filter(has_text="💊").last).not_to_contain_text("幸福路8号")


def see_the_week_arrive(page: Page, liu: Phone) -> None:
    jump(page, "sunday_1800")
    liu.tap("visits_yes:2026-04-13:")
    expect(liu.key("visits_yes:2026-04-13:")).to_have_count(0, timeout=PATIENCE)


def to_a_visit(page: Page, liu: Phone) -> None:
    """To the first morning of the week on which she has a visit, whoever it is to; sign in."""
    keys = liu.node.locator('.key[data-data^="sign_in:"]')

    def shown() -> set[str]:
        return set(keys.evaluate_all("found => found.map((one) => one.dataset.data)"))

    for _ in range(7):
        before = shown()
        jump(page, "next_0830")
        new = sorted(shown() - before)
        if new:
            liu.tap(new[0])
            return
    raise AssertionError("no visit in a whole week")


def sign_in_and_report(page: Page, liu: Phone, li: Phone) -> None:
    to_a_visit(page, liu)
    liu.tap("report:")
    for end in (":0:=good", ":2:=good", ":3:ok", ":4:=good"):
        liu.tap("answer:", end)
    liu.tap("answer:", ":5:=0")
    liu.say("今天唱了一段评弹，嗓子还很亮。")
    liu.tap("answer:", ":7:=all")
    liu.sees("🌷")
    li.say("/week")
    li.sees("✅")


@pytest.mark.timeout(300)
def test_a_working_day(browser: Browser, url: str) -> None:
    with looking(browser, f"{url}/?lang=zh", 1440, 900) as page:
        li, wang = Phone(page, LI), Phone(page, WANG)
        chen, liu = Phone(page, CHEN), Phone(page, LIU)
        li.sees("幸福社区")
        import_the_roster(li)
        tap_through_the_call_list(page, li)
        ask_for_an_errand(wang)
        first, _late = claim_it_both_at_once(page, chen, liu)
        do_the_errand(first, wang)
        see_the_week_arrive(page, liu)
        sign_in_and_report(page, liu, li)


def test_on_a_phone_everything_is_within_reach(browser: Browser, url: str) -> None:
    with looking(browser, f"{url}/?lang=zh", 390, 844) as page:
        li, granny = Phone(page, LI), Phone(page, GRANNY)
        li.sees("幸福社区")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        expect(li.node.get_by_test_id("input")).to_be_in_viewport()
        page.get_by_test_id(f"tab-{GRANNY}").tap()
        expect(granny.node.get_by_test_id("input")).to_be_in_viewport()
        expect(granny.key("fine:")).to_be_in_viewport()
        granny.key("fine:").tap()
        granny.sees("🌷")


def test_the_page_and_the_bot_speak_english(browser: Browser, url: str) -> None:
    with looking(browser, f"{url}/?lang=en", 1440, 900) as page:
        zhou = Phone(page, ZHOU)
        zhou.sees("幸福社区")
        expect(page.get_by_test_id("people-open")).to_contain_text("People")
        expect(page.get_by_test_id("jump-next_0830")).to_have_text("next 08:30")
        zhou.say("/language")
        zhou.tap("speak:en")
        zhou.sees("Hello 周督导! You are here as: supervisor")
        expect(zhou.key("do:import")).to_contain_text("Import the roster")
        page.get_by_test_id("language").click()
        expect(page.get_by_test_id("people-open")).to_contain_text("人员")


def test_the_address_and_the_sample_roster_are_where_they_are_said_to_be(
    browser: Browser, url: str
) -> None:
    with looking(browser, url, 1440, 900) as page:
        answer = page.request.get(f"{url}/demo/roster.xlsx")
        assert answer.ok
        assert answer.body().startswith(b"PK")
