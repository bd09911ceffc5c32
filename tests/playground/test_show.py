"""The HTML that the page may put in without looking at it again."""

from typing import Any

import pytest

from bot.playground.show import html


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


def test_nested_entities_are_nested_tags() -> None:
    shown = html("👵ab", [entity("bold", 0, 4), entity("italic", 2, 1)])
    assert shown == "<b>👵<i>a</i>b</b>"


def test_what_crosses_is_cut_rather_than_crossed() -> None:
    shown = html("abcd", [entity("bold", 0, 3), entity("italic", 1, 3)])
    assert shown == "<b>a<i>bc</i></b>d"


def test_everything_else_is_escaped() -> None:
    assert html("<script>&\n", []) == "&lt;script&gt;&amp;<br>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://resolve?domain=x", "data:x"])
def test_other_links_are_plain_text(url: str) -> None:
    assert html("a", [entity("text_link", 0, 1, url=url)]) == "a"


def test_an_address_cannot_break_out_of_its_tag() -> None:
    shown = html("a", [entity("text_link", 0, 1, url='https://a.cn/"onclick="x')])
    assert shown == '<a href="https://a.cn/&quot;onclick=&quot;x">a</a>'
