"""The clock bar walks through a day on which 王桂芳 does not answer, up to the all-clear."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import CHEN, LI, LIU, PATIENCE, WANG, ZHOU, Phone, looking

pytestmark = pytest.mark.browser
ELDER = "王桂芳"


def next_thing(page: Page, label: str) -> None:
    """Press the first button beside the clock, which says what happens."""
    button = page.get_by_test_id("jump-next")
    expect(button).to_contain_text(label, timeout=PATIENCE)
    button.click()
    expect(button).not_to_contain_text(label, timeout=PATIENCE)


def test_a_day_on_which_she_does_not_answer(browser: Browser, url: str, tmp_path: Path) -> None:
    shown = ",".join(str(one) for one in (LI, ZHOU, WANG, LIU, CHEN))
    with looking(browser, f"{url}/?lang=zh&show={shown}", 1700, 950) as page:
        li, zhou, daughter = Phone(page, LI), Phone(page, ZHOU), Phone(page, WANG)
        liu, chen = Phone(page, LIU), Phone(page, CHEN)
        next_thing(page, "08:30")
        li.tap("call:", text=ELDER)
        li.tap("log:", text="未接")
        next_thing(page, "10:00")
        li.sees(re.compile("王桂芳(.|\n)*没接"))
        next_thing(page, "11:30")
        li.sees("今天还有 1 位老人没有联系上")
        next_thing(page, "15:00")
        for phone in (liu, chen):
            phone.sees("您能去看看吗")
        page.screenshot(path=tmp_path / "1500.png")
        liu.tap("door_claim:")
        liu.sees("由您去看")
        chen.sees("刘阿姨 去看 王桂芳 了")
        next_thing(page, "17:00")
        zhou.sees("今天没有联系上")
        daughter.sees("我们今天没有联系上")
        page.screenshot(path=tmp_path / "1700.png")
        zhou.tap("alert_take:")
        zhou.sees("周督导 正在处理")
        zhou.tap("alert_clear:")
        zhou.tap("alert_cleared:", ":reached")
        for phone in (zhou, daughter):
            phone.sees(f"预警解除：{ELDER}")
        liu.sees("不用去了")
        page.screenshot(path=tmp_path / "clear.png")
        next_thing(page, "19:00")
        next_thing(page, "20:00")
        zhou.sees(re.compile("晚报(.|\n)*今天一切平安"))
        page.screenshot(path=tmp_path / "2000.png")
