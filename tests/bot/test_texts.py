import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages import Message
from markupsafe import Markup

from bot.texts import LANGUAGES, LOCALES, Texts, choose_language
from tests.texts import (
    Asked,
    NotWrittenOut,
    asked,
    asked_in,
    catalogues,
    entries,
    key_of,
    main,
    missing,
    stale,
    stanzas,
    strings_of,
)

ZONE = ZoneInfo("Asia/Shanghai")
SOURCES = sorted({one.catalogue for one in asked()})
MOST_ON_A_BUTTON = 14
# The handbook's words: whoever says the left in English says one of the right in Chinese.
WORDS = {
    r"volunteers?": "志愿者",
    r"social workers?": "社工",
    r"supervisors?": "督导",
    r"famil(y|ies)": "家属|家人",
    r"elders?": "老人",
    r"visits?": "探访|上门",
    r"errands?": "代办",
    r"claim(s|ed)?": "认领",
    r"call list": "每日电话清单",
    r"pairings?": "结对",
    r"roster": "名册",
    r"tiers?": "等级|哪一级",
    r"emergency(?! contact’s)": "紧急",
    r"follow-up": "需跟进",
    r"sign(s|ed)? in": "签到",
    r"sign(s|ed)? out": "签退",
    r"needs? cover": "代班",
}
# Words for the same things that the handbook does not use, and words nobody should be called.
SHUNNED = re.compile(r"义工|社工师|主管|站长|跑腿|抢单|打卡|走访|家访|患者|病人|案主|用户|你(?!我)")
NASTY = "<q>&"


def texts(language: str) -> Texts:
    return Texts(language, ZONE)


def translations() -> list[tuple[str, Message]]:
    return entries("zh_CN")


def placeholders(text: str) -> Counter[str]:
    return Counter(
        name if not (spec or conversion) else f"{name}!{conversion}:{spec}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    )


def tags(text: str) -> list[str]:
    return re.findall(r"</?[a-z][^>]*>", text)


def balanced(text: str) -> bool:
    opened: list[str] = []
    for tag in tags(text):
        if not tag.startswith("</"):
            opened.append(re.split(r"[ >]", tag[1:])[0])
        elif not opened or opened.pop() != tag[2:-1]:
            return False
    return not opened


def width(label: str) -> float:
    """How many Chinese characters wide; a fact that is put in counts as nothing."""
    bare = re.sub(r"\{\w*\}", "", label)
    return sum(0.5 if ord(char) < 0x2000 else 1 for char in bare)


def english_of(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def asked_for(source: str) -> list[Asked]:
    return list(asked_in(source.encode(), Path("bot/sample.py")))


def each() -> Iterator[tuple[str, Message, str]]:
    for name, message in translations():
        for chinese in strings_of(message):
            yield f"{name}: {message.id!r} → {chinese!r}", message, chinese


@pytest.mark.parametrize("source", SOURCES)
def test_every_text_has_its_chinese(source: str) -> None:
    found = [one for one in missing("zh_CN") if one.catalogue == source]
    assert not found, stanzas("zh_CN", found)


def test_no_catalogue_keeps_what_nobody_asks_for() -> None:
    assert not [(name, message.id) for name, message in stale("zh_CN")]


def test_every_catalogue_belongs_to_a_source() -> None:
    assert set(catalogues("zh_CN")) <= {*SOURCES, *(f"{one.path.stem}.po" for one in asked())}


def test_a_text_has_one_translation_wherever_it_stands() -> None:
    found: dict[object, set[tuple[str, ...]]] = {}
    for _, message in translations():
        found.setdefault(key_of(message), set()).add(tuple(strings_of(message)))
    assert not {key: several for key, several in found.items() if len(several) > 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_holds_a_text_twice_or_in_doubt(language: str) -> None:
    for name, catalogue in catalogues(language).items():
        written = re.findall(r"(?m)^msgid ", (LOCALES / language / name).read_text("utf-8"))
        assert len(written) == len(catalogue) + 1, name
        assert not [message.id for message in catalogue if message.id and message.fuzzy], name
        assert not catalogue.obsolete, name


def test_a_text_is_asked_for_with_one_plural_or_none() -> None:
    found: dict[object, set[str | None]] = {}
    for one in asked():
        found.setdefault(one.key, set()).add(one.other)
    assert not {key: several for key, several in found.items() if len(several) > 1}


def test_placeholders_are_the_same_on_both_sides() -> None:
    for where, message, chinese in each():
        assert placeholders(chinese) == placeholders(english_of(message)[-1]), where


def test_placeholders_are_plain_names() -> None:
    for one in asked():
        for text in filter(None, (one.text, one.other)):
            assert all(name.isidentifier() for name in placeholders(text)), text


def test_tags_are_the_same_on_both_sides_and_balanced() -> None:
    for where, message, chinese in each():
        assert tags(chinese) == tags(english_of(message)[-1]), where
        assert balanced(chinese), where


def test_emoji_are_the_same_on_both_sides() -> None:
    emoji = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff]")
    for where, message, chinese in each():
        assert emoji.findall(chinese) == emoji.findall(english_of(message)[-1]), where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_that_is_put_in_is_escaped(language: str) -> None:
    tr = texts(language)
    for one in asked():
        wanted = placeholders(one.other or one.text)
        if one.other:
            del wanted["n"]
        facts = dict.fromkeys(wanted, NASTY)
        if one.other:
            said = tr.many(one.text, one.other, 2, **facts)
        elif one.context:
            said = tr.of(one.context, one.text, **facts)
        else:
            said = tr(one.text, **facts)
        assert NASTY not in said
        assert said.count("&lt;q&gt;&amp;") == wanted.total()


def test_a_name_that_looks_like_html_stays_a_name() -> None:
    said = texts("zh_CN")("{name}: noted.", name="<b>&")
    assert said == Markup("&lt;b&gt;&amp;：记下了。")


def test_chinese_has_chinese_punctuation() -> None:
    for where, _, chinese in each():
        assert not re.search(r"[\u4e00-\u9fff][,?!:;()]", re.sub(r"<[^>]*>", "", chinese)), where
        assert "..." not in chinese, where


def test_chinese_uses_the_words_of_the_handbook() -> None:
    for where, message, chinese in each():
        english = re.sub(r"\{\w*\}", "", " ".join(english_of(message)))
        for word, wanted in WORDS.items():
            if re.search(rf"(?i)\b{word}\b", english):
                assert re.search(wanted, chinese), f"{where}: {wanted}"


def test_chinese_is_polite_and_uses_no_other_words_for_the_same_things() -> None:
    for where, _, chinese in each():
        assert not SHUNNED.search(chinese), where


def test_labels_of_buttons_are_short() -> None:
    buttons = {one.key for one in asked() if one.button}
    assert buttons
    for where, message, chinese in each():
        if key_of(message) in buttons:
            assert width(chinese) <= MOST_ON_A_BUTTON, where


def test_buttons_have_no_markup() -> None:
    assert not [one.text for one in asked() if one.button and tags(one.text)]


def test_dates_and_times_are_said_as_people_say_them() -> None:
    chinese, english = texts("zh_CN"), texts("en")
    assert chinese.day(date(2026, 4, 9)) == "4月9日 周四"
    assert english.day(date(2026, 4, 9)) == "Thu 9 Apr"
    assert chinese.full_day(date(2026, 4, 9)) == "2026年4月9日"
    assert english.full_day(date(2026, 4, 9)) == "9 Apr 2026"


def test_moments_are_told_in_the_zone_of_the_reader() -> None:
    late = datetime(2026, 4, 8, 16, 5, tzinfo=UTC)
    assert texts("zh_CN").time(late) == "00:05"
    assert texts("zh_CN").day(late) == "4月9日 周四"


@pytest.mark.parametrize(("n", "said"), [(0, "0 visits"), (1, "1 visit"), (2, "2 visits")])
def test_english_chooses_the_plural_by_the_number(n: int, said: str) -> None:
    found = texts("en").many("At most {n} visit a week", "At most {n} visits a week", n)
    assert found == f"At most {said} a week"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_chinese_has_one_form_for_every_number(n: int) -> None:
    found = texts("zh_CN").many("At most {n} visit a week", "At most {n} visits a week", n)
    assert found == f"每周最多探访 {n} 次"


def test_english_says_what_the_source_says() -> None:
    assert texts("en")("Call list") == "Call list"
    assert texts("en").of("roster sex", "female") == "female"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("zh-hans",), "zh_CN"),
        (("en-GB",), "en"),
        (("fr", "en"), "en"),
        ((None, ""), "zh_CN"),
        (("fr",), "zh_CN"),
    ],
)
def test_the_language_is_the_first_wish_we_speak(wishes: tuple[str, ...], language: str) -> None:
    assert choose_language(*wishes) == language


def test_texts_are_found_however_they_are_asked_for() -> None:
    found = asked_for(
        'tr("a"); reader.tr("b"); self.reader.tr("c"); f = lambda tr: tr("d")\n'
        'tr(\n    "one "\n    "two",\n    name=role(tr, tr("inner")),\n)\n'
        'turn.tr.many("{n} x", "{n} xs", n); filling.tr.of("where", "e")\n'
        'tr("yes" if sure else "no"); outer(a(b(tr("deep"))), tr(", ").join(x))\n'
    )
    assert {(one.context, one.text, one.other) for one in found} == {
        (None, "a", None), (None, "b", None), (None, "c", None), (None, "d", None),
        (None, "one two", None), (None, "inner", None), (None, "{n} x", "{n} xs"),
        ("where", "e", None), (None, "yes", None), (None, "no", None), (None, "deep", None),
        (None, ", ", None),
    }  # fmt: skip


def test_other_calls_are_not_taken_for_texts() -> None:
    assert not asked_for('x.many("a", "b"); y.of("c", "d"); str("e"); tr.time(now)\n')


def test_labels_of_buttons_are_recognised() -> None:
    found = asked_for(
        'Button("‹ " + tr("a"), "x"); Question(skip=lambda tr: tr("b")); tr("c")\n'
        'Option("v", filling.tr("d").unescape()); reader.back(str(tr("e")), "x")\n'
    )
    assert {one.text for one in found if one.button} == {"a", "b", "d", "e"}


def test_a_text_that_is_not_written_out_is_refused() -> None:
    with pytest.raises(NotWrittenOut, match="line 1"):
        asked_for("tr(name)\n")


def test_what_is_missing_is_printed_ready_to_fill(capsys: pytest.CaptureFixture[str]) -> None:
    [one] = asked_for('tr.many("{n} sample", "{n} samples", n)\n')
    assert stanzas("zh_CN", [one]).endswith(
        'msgid "{n} sample"\nmsgid_plural "{n} samples"\nmsgstr[0] ""'
    )
    assert main("zh_CN") in {0, 1}
    assert capsys.readouterr().out
