"""The demo as people start it, and a browser that looks at it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

COMMAND = Path(sys.prefix) / "bin" / "nuanlin"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000
GROUP = -4000000
LI, ZHOU, WANG, CHEN, LIU, GRANNY = 10001, 10002, 10003, 10004, 10005, 10006


@contextmanager
def running_demo() -> Iterator[str]:
    """`nuanlin demo` in a process of its own; its address. It must end cleanly."""
    process = subprocess.Popen(
        [COMMAND, "demo", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            if found is None:
                raise AssertionError(process.communicate(timeout=20)[1])
            yield found[0]
        finally:
            process.terminate()
            _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "Traceback" not in said, said


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def looking(browser: Browser, url: str, width: int, height: int) -> Iterator[Page]:
    """A fresh page; nothing may go wrong in its console."""
    small = width < 700
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=small, is_mobile=small
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    trouble: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            trouble.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(url)
    try:
        yield page
    finally:
        context.close()
    assert not trouble


def jump(page: Page, to: str) -> None:
    """Push the clock, and wait: a button pressed on the way may be of the day before."""
    button = page.get_by_test_id(f"jump-{to}")
    button.click()
    expect(button).to_be_enabled(timeout=PATIENCE)


@dataclass
class Phone:
    """One phone on the page."""

    page: Page
    place: int

    @property
    def node(self) -> Locator:
        """All of it."""
        return self.page.get_by_test_id(f"phone-{self.place}")

    def key(self, begins: str, ends: str = "", text: str = "") -> Locator:
        """The newest button with this data."""
        wanted = f'.key[data-data^="{begins}"]' + (f'[data-data$="{ends}"]' if ends else "")
        return self.node.locator(wanted).filter(has_text=text).last

    def tap(self, begins: str, ends: str = "", text: str = "") -> None:
        """Press a button once it is there."""
        self.key(begins, ends, text).click()

    def say(self, text: str) -> None:
        """Write something."""
        self.node.get_by_test_id("input").fill(text)
        self.node.get_by_test_id("send").click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a message says this."""
        message = self.node.locator(".msg").filter(has_text=text).last
        expect(message).to_be_visible(timeout=PATIENCE)

    def open_chat(self, chat: int) -> None:
        """Another chat of the same person."""
        self.node.get_by_test_id(f"chat-{chat}").click()
