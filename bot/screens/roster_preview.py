"""What a roster file would change, what it did change, and the roster as a file."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.places import place_problem
from bot.screens.reader import Facts, Reader, lines, pages, paragraphs, spaced, tap
from bot.screens.roster import column, reason
from bot.screens.words import tier_name
from bot.texts import Texts
from care.elders import Sex, Tier
from care.roster import Change, Line, Problem
from storage import elders, places, roster_import
from storage.elders import facts_of
from storage.roster import write_file
from storage.roster_import import Plan

VIEWS = ("sum", "new", "changed", "problems")
ROOM = 3000
AT_MOST = 15
SHOWN = 60
IGNORED = 200


async def preview(reader: Reader, facts: Facts) -> Screen | None:
    """What the file would do to the records as they are now; nothing is changed by looking."""
    if not reader.me.viewer.staff:
        return None
    if "refused" in facts:
        return _refused(reader, facts)
    number = facts["number"]
    waiting = await roster_import.FILES.find(reader.tx, reader.chat, reader.me.viewer, number)
    if waiting is None:
        return Screen(reader.tr("This preview is closed. To start again, send the file once more."))
    plan = await roster_import.plan(reader.tx, reader.station.id, reader.me.viewer, waiting.read)
    view = facts.get("view", "sum")
    if view == "sum":
        return _summary(reader, facts, waiting.name, plan)
    title, entries = _part(reader.tr, plan, view)
    sheets = _packed(entries)
    page = min(facts.get("page", 0), len(sheets) - 1)
    rows = [(Button("‹ " + reader.tr("Back"), tap("roster_see", number, "sum", 0)),)]
    turn = pages(len(sheets), page, 1, "roster_see", number, view)
    return Screen(paragraphs(title, lines(*sheets[page])), (turn, *rows) if turn else tuple(rows))


def _refused(reader: Reader, facts: Facts) -> Screen:
    """Nobody could be read from the file: the one thing to put right, or the first few."""
    found = [Problem.model_validate(one) for one in facts["refused"]]
    sentences = [reason(reader.tr, one) for one in found if one.row is None] or [
        reason(reader.tr, one) for one in found
    ]
    head = Markup("📋 <b>{}</b>").format(facts["file"])
    end = reader.tr("Nothing was changed.")
    return Screen(paragraphs(head, lines(*_packed(sentences)[0]), end))


def _summary(reader: Reader, facts: Facts, name: str, plan: Plan) -> Screen:
    tr, found = reader.tr, plan.preview
    moved = tr("⚠️ The records have changed meanwhile. This is how it would be now.")
    ignored = _short(tr(", ").join(found.ignored), IGNORED)
    text = paragraphs(
        Markup("📋 <b>{}</b>").format(name),
        moved if facts.get("moved") else "",
        _counts(tr, len(found.new), len(found.changed), found.unchanged, len(plan.map.lines)),
        lines(*_left_out(tr, plan)),
        tr("Columns not used: {names}", names=ignored) if ignored else "",
        tr("Nothing is changed yet.") if plan.anything else tr("Nothing would change."),
    )
    return Screen(text, tuple(_summary_rows(tr, facts["number"], plan)))


def _counts(tr: Texts, new: int, changed: int, unchanged: int, places: int) -> Markup:
    return lines(
        tr.many("🆕 {n} new person", "🆕 {n} new people", new) if new else "",
        tr.many("✏️ {n} changed", "✏️ {n} changed", changed) if changed else "",
        tr.many("＝ {n} as on record", "＝ {n} as on record", unchanged) if unchanged else "",
        tr.many("🏠 {n} building", "🏠 {n} buildings", places) if places else "",
    )


def _left_out(tr: Texts, plan: Plan) -> list[Markup]:
    """Said before anybody confirms: what stays outside, and what to do about it."""
    rows = len(plan.rows_left_out) + len(plan.map.problems)
    if not rows:
        return []
    return [
        tr.many("🚫 {n} row is left out", "🚫 {n} rows are left out", rows),
        tr("Correct them in the file and send it again: nobody is entered twice."),
    ]


def _summary_rows(tr: Texts, number: int, plan: Plan) -> list[tuple[Button, ...]]:
    rows: list[tuple[Button, ...]] = []
    if plan.anything:
        label = (
            tr.many("✅ Take in {n} person", "✅ Take in {n} people", plan.people)
            if plan.people
            else tr.many("✅ Take in {n} building", "✅ Take in {n} buildings", len(plan.map.lines))
        )
        rows.append((Button(label, tap("roster_take", number, plan.fingerprint)),))
    problems = len(plan.preview.problems) + len(plan.foreign) + len(plan.map.problems)
    parts = [
        (tr("🆕 See who is new"), "new", len(plan.preview.new)),
        (tr("✏️ See what changes"), "changed", len(plan.preview.changed)),
        (tr("⚠️ See what to correct"), "problems", problems),
    ]
    rows += [
        (Button(f"{label.unescape()} ({count})", tap("roster_see", number, view, 0)),)
        for label, view, count in parts
        if count
    ]
    stop = tr("Do not take it in") if plan.anything else tr("Close")
    return [*rows, (Button(stop, "cancel"),)]


def _part(tr: Texts, plan: Plan, view: str) -> tuple[Markup, list[Markup]]:
    found = plan.preview
    if view == "new":
        return tr("🆕 <b>New</b>"), [_new(tr, line) for line in found.new]
    if view == "changed":
        return tr("✏️ <b>What changes</b>"), [_changed(tr, one) for one in found.changed]
    foreign = [
        tr(
            "🚫 Row {row}: {name} is looked after by another social worker. "
            "Please ask them, or the supervisor.",
            row=one.row,
            name=one.before.name,
        )
        for one in plan.foreign
    ]
    marked = [Markup("🚫 {}").format(reason(tr, one)) for one in found.problems]
    places = [Markup("🚫 {}").format(place_problem(tr, one)) for one in plan.map.problems]
    return tr("⚠️ <b>What to correct</b>"), [*foreign, *marked, *places]


def _new(tr: Texts, line: Line) -> Markup:
    facts = line.facts
    where = facts.building or facts.address or ""
    name = Markup("<b>{}</b>").format(facts.name)
    parts = (name, tier_name(tr, facts.tier), _short(where, SHOWN))
    return Markup(" · ").join(part for part in parts if part)


def _changed(tr: Texts, change: Change) -> Markup:
    rows = [
        tr(
            "· {column}: {before} → {after}",
            column=column(tr, name),
            before=_value(tr, name, getattr(change.before, name)),
            after=_value(tr, name, getattr(change.after, name)),
        )
        for name in change.fields
    ]
    return lines(Markup("<b>{}</b>").format(change.before.name), *rows)


def _value(tr: Texts, field: str, value: Any) -> Markup:
    """A field of the roster as people read it."""
    match value:
        case Tier():
            return tier_name(tr, value)
        case None:
            return tier_name(tr, None) if field == "tier" else Markup("—")
        case Sex():
            female = value is Sex.FEMALE
            return tr.of("roster sex", "female") if female else tr.of("roster sex", "male")
        case bool():
            return tr.of("roster value", "yes") if value else tr.of("roster value", "no")
        case date():
            return Markup("{}").format(value.isoformat())
    told = spaced(str(value)) if field in {"phone", "emergency_phone"} else str(value)
    return Markup("{}").format(_short(told, SHOWN))


def _short(text: str, limit: int) -> str:
    plain = text.unescape() if isinstance(text, Markup) else text
    plain = plain.replace("\n", " ")
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _packed(entries: Sequence[Markup]) -> list[list[Markup]]:
    """Pages that fit into one message each; there is always one."""
    sheets: list[list[Markup]] = [[]]
    room = ROOM
    for entry in entries:
        if sheets[-1] and (len(entry) > room or len(sheets[-1]) == AT_MOST):
            sheets.append([])
            room = ROOM
        sheets[-1].append(entry)
        room -= len(entry)
    return sheets


async def done(reader: Reader, facts: Facts) -> Screen | None:
    """What was taken in."""
    if not reader.me.viewer.staff:
        return None
    tr = reader.tr
    left_out = facts["left_out"]
    text = lines(
        tr("✅ <b>{file}</b> is taken in.", file=facts["file"]),
        _counts(tr, facts["new"], facts["changed"], 0, facts.get("places", 0)),
        tr.many("🚫 {n} row was left out", "🚫 {n} rows were left out", left_out)
        if left_out
        else "",
    )
    rows = (
        (
            Button(tr("Show the elders"), "do:elders"),
            Button(tr("Show the pairings"), "do:pairings"),
        ),
    )
    return Screen(text, rows)


async def export(reader: Reader, facts: Facts) -> Screen | None:
    """The roster as it is at the moment of sending, of those the reader looks after."""
    if not reader.me.viewer.staff:
        return None
    tr = reader.tr
    found = [facts_of(one) for one in await elders.looked_after(reader.tx, reader.me.viewer)]
    known = await places.for_a_sheet(reader.tx, reader.station.id)
    content = await asyncio.to_thread(write_file, found, language=tr.language, buildings=known)
    name = tr("roster-{day}.xlsx", day=reader.today.isoformat()).unescape()
    text = tr.many("📤 The roster: {n} person.", "📤 The roster: {n} people.", len(found))
    hint = tr("Change what you like and send it back to me: you will see what would change.")
    return Screen(lines(text, hint), document=(name, content))
