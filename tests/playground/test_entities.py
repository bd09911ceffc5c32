import pytest

from bot.playground.entities import link_fault, parse_html, utf16_length
from bot.playground.plain import trimmed, with_found
from bot.playground.refusals import Refusal


def test_tags_become_entities_and_the_text_is_left() -> None:
    text, entities = parse_html("<b>one</b> <i>two <u>three</u></i>")
    assert text == "one two three"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 4, "length": 9},
        {"type": "underline", "offset": 8, "length": 5},
    ]


def test_offsets_are_counted_in_utf16_units() -> None:
    text, entities = parse_html("𠀀👵🏻<b>𠮷a</b>")
    assert entities == [{"type": "bold", "offset": 6, "length": 3}]
    assert utf16_length(text) == 9


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<strong>x</strong>", "bold"),
        ("<em>x</em>", "italic"),
        ("<ins>x</ins>", "underline"),
        ("<del>x</del>", "strikethrough"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ("<code>x</code>", "code"),
        ("<PRE>x</PRE>", "pre"),
    ],
)
def test_every_tag_that_telegram_knows_is_taken(html: str, kind: str) -> None:
    assert parse_html(html) == ("x", [{"type": kind, "offset": 0, "length": 1}])


def test_pre_with_code_inside_is_one_entity_with_its_language() -> None:
    html = '<pre><code class="language-python">x</code></pre>'
    _, entities = parse_html(html)
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_a_link_keeps_its_address() -> None:
    _, entities = parse_html('<a href="https://example.org/?a=1&amp;b=2">x</a>')
    assert entities[0]["url"] == "https://example.org/?a=1&b=2"


def test_a_link_that_telegram_does_not_follow_is_dropped_in_silence() -> None:
    assert parse_html('<a href="tel:110">x</a>') == ("x", [])


def test_a_link_to_a_person_is_a_mention() -> None:
    _, entities = parse_html('<a href="tg://user?id=10001">x</a>')
    assert entities[0]["type"] == "text_mention"


def test_references_are_characters_and_unknown_ones_stay() -> None:
    assert parse_html("&lt;&amp;&#65;&#x42;&gt;&quot;&nbsp;&")[0] == '<&AB>"&nbsp;&'


def test_an_empty_tag_leaves_nothing() -> None:
    assert parse_html("<b></b>x") == ("x", [])


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("家<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
    ],
)
def test_wrong_markup_is_refused_in_telegrams_words(html: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.org", ""),
        ("example.org/a", ""),
        ("tg://resolve?domain=x", ""),
        ("http://127.0.0.1:8080/", ""),
        ("http://localhost:8080/", "Wrong HTTP URL"),
        ("tel:110", "Unsupported URL protocol"),
        ("javascript:alert(1)", "Unsupported URL protocol"),
    ],
)
def test_links_are_judged_as_telegram_judges_them(url: str, why: str) -> None:
    assert link_fault(url) == why


def test_white_space_at_the_ends_goes_and_entities_follow() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 5}]
    assert trimmed("  ab \n", entities) == ("ab", [{"type": "bold", "offset": 0, "length": 2}])


def test_commands_links_and_phone_numbers_are_found() -> None:
    found = with_found("👵 /menu@nuanlin_bot https://a.cn/x. 13800138000 a/b", [])
    assert found == [
        {"type": "bot_command", "offset": 3, "length": 17},
        {"type": "url", "offset": 21, "length": 14},
        {"type": "phone_number", "offset": 37, "length": 11},
    ]


def test_nothing_is_found_inside_code() -> None:
    code = [{"type": "code", "offset": 0, "length": 5}]
    assert with_found("/menu", code) == code
