"""`python -m tests.browser.picture [chromium]`: the picture of the page in docs/, taken anew."""

import sys
from pathlib import Path

from tests.browser.demo import CHEN, GROUP, LI, WANG, Phone, chromium, looking, running_demo

PICTURE = Path(__file__).parents[2] / "docs" / "page.png"
WIDTH, HEIGHT = 1440, 900
SETTLED_MS = 1500


def take(browser_path: str, target: Path, language: str = "zh") -> None:
    """08:30 at the demo: the call list is there, and the daughter has asked for an errand."""
    shown = f"{LI},{CHEN},{WANG},{GROUP}"
    with (
        running_demo() as url,
        chromium(browser_path) as browser,
        looking(browser, f"{url}/?lang={language}&show={shown}", WIDTH, HEIGHT) as page,
    ):
        li, wang = Phone(page, LI), Phone(page, WANG)
        li.sees("幸福社区")
        page.get_by_test_id("jump-next_0830").click()
        li.key("call:").wait_for()
        wang.say("/errand")
        wang.tap("answer:", ":=medicine")
        wang.say("硝苯地平缓释片两盒")
        wang.tap("answer:", ":=1")
        wang.tap("answer:", ":ok")
        wang.sees("硝苯地平")
        Phone(page, CHEN).sees("💊")
        li.node.click(position={"x": 8, "y": 300})
        page.wait_for_timeout(SETTLED_MS)
        page.mouse.move(0, 0)
        page.screenshot(path=target)


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium", PICTURE)
