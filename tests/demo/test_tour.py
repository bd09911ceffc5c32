"""The tour: the whole day happens, in both languages; and a day that does not is not hidden."""

import pytest

from bot import tour
from bot.demo import scenes
from bot.demo.play import NotSeen, Play
from bot.demo.telling import Line


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh_CN", ("王桂芳", "平安", "认领")), ("en", ("Wang Guifang", "Call list", "taken by"))],
)
async def test_every_step_of_the_day_happens(language: str, words: tuple[str, ...]) -> None:
    said: list[str] = []
    assert await tour.run(language, said.append) == 0, "\n".join(said)
    whole = "\n".join(said)
    assert all(word in whole for word in words)
    assert said[-1].startswith("✓")


async def test_chinese_is_what_one_gets_unasked() -> None:
    said: list[str] = []
    assert await tour.run(None, said.append) == 0
    assert any("李敏" in line for line in said)


async def test_a_step_that_did_not_happen_ends_the_tour_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing_comes(_play: Play) -> None:
        raise NotSeen("the call list comes")

    monkeypatch.setattr(tour, "SCENES", (scenes.joining_, nothing_comes))
    said: list[str] = []
    assert await tour.run("en", said.append) == 1
    assert said[-1] == "✗ This did not happen: the call list comes"


async def test_a_button_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def press_nothing(play: Play) -> None:
        await play.taps(scenes.WORKER, "no_such_button")

    monkeypatch.setattr(tour, "SCENES", (scenes.joining_, press_nothing))
    said: list[str] = []
    assert await tour.run("en", said.append) == 1
    assert "no_such_button" in said[-1]


def test_a_line_is_plain_for_everybody_and_coloured_for_rich() -> None:
    line = Line.of(("王小雨 ▸ ", "bold"), "/errand")
    assert line == "王小雨 ▸ /errand"
    assert line.__rich__().plain == line
    assert line.__rich__().spans
