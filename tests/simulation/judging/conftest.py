"""The court before which each invariant is made to fail: records and log are spoilt by hand."""

from pathlib import Path

import pytest

from tests.simulation.history import Court


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return Court(tmp_path)
