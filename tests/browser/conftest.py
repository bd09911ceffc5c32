"""A demo that runs, and a browser that looks at it: one of each for every file of tests."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.demo import chromium, running_demo

PATH = os.environ.get("NUANLIN_TEST_BROWSER", "")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_demo() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert PATH, "NUANLIN_TEST_BROWSER names no browser; see `make test BROWSER=…`"
    with chromium(PATH) as started:
        yield started
