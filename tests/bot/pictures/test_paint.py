"""SVG becomes PNG in a process of its own, with the font for Chinese."""

import subprocess
import sys

import pytest

import bot.pictures.paint
from bot.pictures.paint import FONT, NotPainted, paint, painted
from bot.pictures.svg import box, fitted, picture, size_for, text, width
from tests.bot.pictures.pixels import colour, size


def said(words: str) -> str:
    return picture(300, 60, "#FFFFFF", text(10, 42, words, 40, "#000000"))


async def test_a_drawing_becomes_a_png_of_its_size() -> None:
    png = await paint(said("王桂芳"))
    assert size(png) == (300, 60)
    assert png == painted(said("王桂芳"))


def test_chinese_is_drawn_and_not_left_blank() -> None:
    """An unknown font would draw nothing at all."""
    assert FONT in said("")
    assert len({painted(said(words)) for words in ("", "王桂芳", "赵大爷", "Wang")}) == 4


async def test_what_is_no_drawing_is_said_so() -> None:
    with pytest.raises(NotPainted):
        await paint("<svg")


async def test_a_painter_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.pictures.paint, "PATIENCE", 0)
    with pytest.raises(NotPainted, match="not done"):
        await paint(said("王桂芳"))


async def test_a_painter_that_cannot_be_started_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(NotPainted, match="No such file"):
        await paint(said("王桂芳"))


def test_the_station_itself_never_loads_the_painter() -> None:
    script = (
        "import sys, bot.main, bot.service\n"
        "assert not {'resvg_py', 'noto_cjk_sans_otc'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("name", ["<b>&\"'", "a\x00b\x0bc\x1f", "\ud800", "王\u200b桂芳", "🦊"])
def test_whatever_somebody_is_called_the_picture_is_drawn(name: str) -> None:
    assert size(painted(said(name))) == (300, 60)


def test_words_are_cut_where_the_room_ends() -> None:
    assert fitted("王桂芳", 20, 60) == "王桂芳"
    assert fitted("欧阳淑贞女士", 20, 60) == "欧阳…"
    assert fitted("Margaret Thompson", 20, 120) == "Margaret…"
    assert fitted("王桂芳", 20, 0) == "…"
    assert width(fitted("Margaret Thompson", 20, 120), 20) <= 120


def test_words_become_smaller_before_they_are_cut() -> None:
    assert size_for("王桂芳", 27, 19, 166) == 27
    assert 19 < size_for("Margaret Thomps", 27, 19, 166) < 27
    assert size_for("Margaret Thompson-Smith of Somewhere", 27, 19, 166) == 19
    assert size_for("", 27, 19, 166) == 27


def test_a_point_has_the_colour_it_was_given() -> None:
    svg = picture(20, 20, "#FFFFFF", box(5, 5, 10, 10, "#C4320A"))
    assert (colour(svg, 1, 1), colour(svg, 10, 10)) == ("#FFFFFF", "#C4320A")
