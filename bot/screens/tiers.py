"""Tiers: a question with its evidence, the questions of a day, and one elder's tier and grade."""

from datetime import date
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import Facts, Reader, beside, lines, pages, paragraphs, tap
from bot.screens.words import grade_name, tier_mark, tier_name
from bot.texts import Texts
from care.access import Right
from care.elders import GRADES
from care.tiers import Answer, Evidence
from storage import elders
from storage import tiers as stored
from storage.tables import Elder, TierQuestion
from storage.tiers import Asked

PAGE = 6
HISTORY_PAGE = 8


async def question(reader: Reader, facts: Facts) -> Screen | None:
    """One elder whose tier may not fit any more: why, and which tier it would be."""
    tr = reader.tr
    asked = await stored.access_question(reader.tx, reader.me.viewer, facts["question"])
    text = paragraphs(
        _what(tr, asked),
        lines(*evidence_lines(tr, asked.question)),
        "" if asked.open else outcome(tr, asked),
    )
    if not asked.open:
        return Screen(text)
    number, before, after = asked.question.id, asked.question.before, asked.question.after
    other = (Button(tr("Choose another tier…"), tap("tier_other", number)),)
    if after is None:
        choose = (Button(tr("Choose a tier…"), tap("tier_other", number)),)
        return Screen(text, (choose, (Button(tr("Not now"), tap("tier_keep", number)),)))
    yes = Button(tr("Yes, {tier}", tier=tier_name(tr, after)), tap("tier_take", number))
    no = Button(tr("No, stays {tier}", tier=tier_name(tr, before)), tap("tier_keep", number))
    return Screen(text, ((yes,), (no,), other))


def _what(tr: Texts, asked: Asked) -> Markup:
    before, after, name = asked.question.before, asked.question.after, asked.elder.name
    if before is None:
        return tr("<b>{name}</b> is not assessed yet. Which tier?", name=name)
    marks = {"before": tier_mark(before), "after": tier_mark(after)}
    if asked.open:
        return tr("<b>{name}</b>: {before}→{after}?", name=name, **marks)
    return Markup("<b>{}</b>").format(name)


def evidence_lines(tr: Texts, question: TierQuestion) -> list[Markup]:
    """Why the program asks, one line for each reason."""
    return [_reason(tr, found) for found in question.evidence["found"]]


def evidence_text(tr: Texts, question: TierQuestion) -> str:
    """The same in one line of plain words, as it is kept in the history."""
    return beside(*evidence_lines(tr, question)).unescape()


def _reason(tr: Texts, found: dict[str, Any]) -> Markup:
    days = [date.fromisoformat(day) for day in found["days"]]
    named = tr(", ").join(tr.day(day) for day in days)
    match Evidence(found["why"]):
        case Evidence.ATTEMPTS:
            return tr.many(
                "{n} day with attempts only: {days}.",
                "{n} days with attempts only: {days}.",
                len(days),
                days=named,
            )
        case Evidence.FALL:
            return tr("A fall, {day}.", day=named)
        case Evidence.EMERGENCY:
            return tr("An emergency, {day}.", day=named)
        case Evidence.LOW_MOOD:
            return tr("Low mood at the last {n} visits: {days}.", n=len(days), days=named)
        case Evidence.READING:
            return tr("Blood pressure at 180/110 or above, {day}.", day=named)
        case Evidence.QUIET:
            return tr("Every day in order since {day}, and nothing happened.", day=named)


def outcome(tr: Texts, asked: Asked) -> Markup:
    """What was decided, and by whom."""
    question, who = asked.question, asked.decider
    if question.decided_at is None:
        tier = tier_name(tr, asked.elder.tier)
        return tr("The tier was changed meanwhile: {tier}.", tier=tier)
    if who is None:
        return tr("There is a newer message about this.")
    if question.answer is Answer.KEEP:
        stays = tier_name(tr, question.before)
        return tr("{who} decided: stays {tier}.", who=who.name, tier=stays)
    return tr("{who} decided: {tier}.", who=who.name, tier=tier_name(tr, question.after))


async def questions(reader: Reader, facts: Facts) -> Screen | None:
    """The questions of a day, when they are too many for a message each."""
    if not reader.me.viewer.staff:
        return None
    tr, day = reader.tr, date.fromisoformat(facts["day"])
    found = await stored.of_caller(reader.tx, reader.station, reader.me.member.id, day)
    page = min(facts.get("page", 0), max(0, (len(found) - 1) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    left = sum(one.open for one in found)
    head = lines(
        tr("🎚 <b>Does the tier still fit?</b> {day}", day=tr.day(day)),
        tr("{left} of {total} still to decide.", left=left, total=len(found)),
    )
    body = [lines(_what(tr, one), *_why(tr, one)) for one in shown]
    rows = [_choice(tr, one) for one in shown if one.open]
    turn = pages(len(found), page, PAGE, "tiers_page", day)
    return Screen(paragraphs(head, *body), (*rows, turn) if turn else tuple(rows))


def _why(tr: Texts, asked: Asked) -> list[Markup]:
    return evidence_lines(tr, asked.question) if asked.open else [outcome(tr, asked)]


def _choice(tr: Texts, asked: Asked) -> tuple[Button, Button]:
    number, name, after = asked.question.id, asked.elder.name, asked.question.after
    keep = tap("tier_keep", number)
    if after is None:
        choose = Button(tr("{name}: choose…", name=name), tap("tier_other", number))
        return choose, Button(tr("{name}: not now", name=name), keep)
    becomes = tr("{name} becomes {tier}", name=name, tier=tier_name(tr, after))
    stays = tr("stays {tier}", tier=tier_name(tr, asked.question.before))
    return Button(becomes, tap("tier_take", number)), Button(stays, keep)


async def elder_tier(reader: Reader, facts: Facts) -> Screen | None:
    """One elder's tier and ability grade: as they are, the history, and the ways to change them."""
    right = Right.SEE_ALL if facts["view"] == "history" else Right.CHANGE
    one = await elders.access_elder(reader.tx, reader.me.viewer, facts["elder"], right)
    if one.exited_at is not None:
        return Screen(reader.tr("{name} is no longer in care.", name=one.name))
    match facts["view"]:
        case "history":
            return await _history(reader, one, facts.get("page", 0))
        case "grade":
            return _grades(reader, one)
        case "fall":
            return _ask_fall(reader, one)
    return _menu(reader, one)


def _menu(reader: Reader, one: Elder) -> Screen:
    tr = reader.tr
    tier = tier_name(tr, one.tier)
    if one.tier is not None and one.tier_since is not None:
        tier = tr("{tier} since {day}", tier=tier, day=tr.day(one.tier_since))
    text = paragraphs(
        Markup("<b>{}</b>").format(one.name),
        lines(
            tr("Tier: {tier}", tier=tier),
            tr("Ability grade: {grade}", grade=grade_name(tr, one.ability_grade)),
        ),
        tr("The tier says how often we get in touch, the grade what somebody can do alone."),
    )
    rows = (
        (Button("🎚 " + tr("Change the tier"), tap("tier_ask", one.id)),),
        (Button("🧭 " + tr("Ability grade"), tap("grade_ask", one.id)),),
        (Button("🤕 " + tr("Note a fall"), tap("fall_ask", one.id)),),
        (Button("📜 " + tr("History of the tier"), tap("tier_history", one.id, 0)),),
        reader.back(one.name, tap("elder", one.id)),
    )
    return Screen(text, rows)


def _to_menu(reader: Reader, one: Elder) -> tuple[Button, ...]:
    return reader.back(reader.tr("Back"), tap("tier_menu", one.id))


async def _history(reader: Reader, one: Elder, page: int) -> Screen:
    """All changes of the tier, the latest first: when, from which to which, why, who."""
    tr = reader.tr
    rows = await elders.tier_history(reader.tx, one, HISTORY_PAGE + 1, page * HISTORY_PAGE)
    shown = [
        lines(
            Markup("<b>{}</b> {}→{}").format(
                tr.full_day(change.at), tier_mark(change.before), tier_mark(change.after)
            ),
            tr("{reason} — {who}", reason=change.reason, who=by.name if by else tr("the office")),
        )
        for change, by in rows[:HISTORY_PAGE]
    ]
    text = paragraphs(
        tr("📜 <b>{name}</b>: history of the tier", name=one.name),
        *(shown or [tr("The tier has not been changed yet.")]),
    )
    turn = pages(page * HISTORY_PAGE + len(rows), page, HISTORY_PAGE, "tier_history", one.id)
    return Screen(text, (turn, _to_menu(reader, one)) if turn else (_to_menu(reader, one),))


def _grades(reader: Reader, one: Elder) -> Screen:
    """The grades to choose from."""
    tr = reader.tr
    text = paragraphs(
        tr("<b>{name}</b>, ability grade: {grade}.", name=one.name,
           grade=grade_name(tr, one.ability_grade)),
        tr("Which grade did the assessment by GB/T 42195 give? The tier is not changed by it."),
    )  # fmt: skip
    grades = (*GRADES, None) if one.ability_grade is not None else GRADES
    rows = [
        (Button(grade_name(tr, each), tap("grade_to", one.id, "none" if each is None else each)),)
        for each in grades
        if each != one.ability_grade
    ]
    return Screen(text, (*rows, _to_menu(reader, one)))


def _ask_fall(reader: Reader, one: Elder) -> Screen:
    tr = reader.tr
    text = tr("Did <b>{name}</b> have a fall? It will be asked whether the tier still fits.",
              name=one.name)  # fmt: skip
    yes = (Button(tr("Yes, note it"), tap("fall", one.id)),)
    return Screen(text, (yes, _to_menu(reader, one)))
