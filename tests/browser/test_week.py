"""The week from its draft to the volunteers' phones, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.demo import LI, LIU, PATIENCE, Phone, jump, looking

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LATER = 90_000


def test_a_draft_is_changed_and_becomes_the_week(browser: Browser, url: str) -> None:
    """Friday 16:00 it is shown, a visit is moved; Sunday 18:00 it is told, with its reasons."""
    with looking(browser, f"{url}/?lang=zh&show={LI},{LIU}", 1440, 900) as page:
        li, liu = Phone(page, LI), Phone(page, LIU)
        li.sees("幸福社区")
        jump(page, "friday_1600")
        li.node.locator(".msg").filter(has_text="探访草稿").last.wait_for(timeout=LATER)
        li.tap("draft_visit:")
        li.tap("draft_when:")
        times = li.node.locator('.key[data-data^="draft_put:"]').filter(has_not_text="⚠️")
        expect(times.last).to_be_visible(timeout=PATIENCE)
        chosen = times.last.inner_text()
        times.last.click()
        li.sees(re.compile(rf"{chosen}(.|\n)*社工定的"))
        li.tap("draft_show:")
        li.sees("已锁定 1 次")
        jump(page, "sunday_1800")
        liu.key("visits_yes:2026-04-13:").wait_for(timeout=LATER)
        liu.tap("visit:")
        liu.tap("visit_me:")
        liu.sees("结对志愿者")
        expect(liu.key("visit_me:")).to_have_count(0, timeout=PATIENCE)
