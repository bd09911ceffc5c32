"""The weekly review: each red elder with the week before, to be kept or changed."""

from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, age, beside, lines, pages, tap
from bot.screens.words import tier_name
from care.days import WEEK
from care.elders import Tier
from care.tiers import Answer, last_review
from storage import reviews as stored
from storage.tiers import Asked

PAGE = 6


async def review(reader: Reader, facts: Facts) -> Screen | None:
    """Whom the reader keeps: those still to be decided with buttons, the others by name."""
    if not reader.me.viewer.staff:
        return None
    tr, day = reader.tr, date.fromisoformat(facts["day"])
    found = await stored.of_caller(reader.tx, reader.station, reader.me.member.id, day)
    open_ = [one for one in found if one.open]
    if day != last_review(reader.now, reader.settings, reader.me.zone):
        count = {"day": tr.day(day), "done": len(found) - len(open_), "total": len(found)}
        return Screen(tr("The review of {day} is over: {done} of {total} decided.", **count))
    page = min(facts.get("page", 0), max(0, (len(open_) - 1) // PAGE))
    shown = open_[page * PAGE : (page + 1) * PAGE]
    body = [_line(reader, page * PAGE + n, one) for n, one in enumerate(shown, 1)]
    text = lines(await _head(reader, facts, found, len(open_)), *body, *_decided(reader, found))
    rows: list[tuple[Button, ...]] = [_choice(reader, one) for one in shown]
    if len(open_) > 1:
        rest = tr("Keep all {n} that are left", n=len(open_))
        rows.append((Button(rest, tap("review_rest", day, len(open_))),))
    turn = pages(len(open_), page, PAGE, "review_page", day)
    return Screen(text, (*rows, turn) if turn else tuple(rows))


async def _head(reader: Reader, facts: Facts, found: list[Asked], left: int) -> Markup:
    tr, day = reader.tr, date.fromisoformat(facts["day"])
    ids = [one.elder.id for one in found]
    missed = await stored.not_reviewed(reader.tx, reader.station, day - WEEK, ids)
    late = datetime.fromisoformat(facts["late"]) if facts.get("late") else None
    return lines(
        tr.many(
            "🔴 <b>Weekly review</b> · {day}: {n} red elder",
            "🔴 <b>Weekly review</b> · {day}: {n} red elders",
            len(found),
            day=tr.day(day),
        ),
        tr("(late, sent {day} at {time})", day=tr.day(late), time=tr.time(late)) if late else "",
        tr("Last week not reviewed: {n}", n=missed) if missed else "",
        tr("Keep or change? Still to decide: {n}", n=left)
        if left
        else tr("All are reviewed. Thank you! 🌷"),
        BLANK if left else "",
    )


def _line(reader: Reader, number: int, asked: Asked) -> Markup:
    name = Markup("{}. <b>{}</b>").format(number, asked.elder.name)
    return lines(beside(name, age(reader, asked.elder)), _week(reader, asked.question.evidence))


def _week(reader: Reader, week: dict[str, Any]) -> Markup:
    tr = reader.tr
    owed = week["met"] + week["missed"]
    parts = (
        tr("contact on {met} of {owed} days", met=week["met"], owed=owed) if owed else "",
        tr("excused: {n}", n=week["excused"]) if week["excused"] else "",
        tr("days with attempts: {n}", n=week["attempts"]) if week["attempts"] else "",
        tr("follow-ups: {n}", n=week["follow_ups"]) if week["follow_ups"] else "",
    )
    known = tr(" · ").join(part for part in parts if part)
    return Markup("    {}").format(known or tr("nothing on record last week"))


def _choice(reader: Reader, asked: Asked) -> tuple[Button, Button]:
    tr, name, number = reader.tr, asked.elder.name, asked.question.id
    stays = tr("{name} stays {tier}", name=name, tier=tier_name(tr, Tier.RED))
    return (
        Button(stays, tap("review_keep", number)),
        Button(tr("{name}: change…", name=name), tap("tier_other", number)),
    )


def _decided(reader: Reader, found: list[Asked]) -> list[Markup]:
    tr = reader.tr
    kept = [one for one in found if one.question.answer is Answer.KEEP]
    changed = [one for one in found if not one.open and one not in kept]
    told = []
    if kept:
        told.append(tr("✅ Stays red: {names}", names=_names(reader, kept)))
    if changed:
        told.append(tr("↕️ Changed: {names}", names=_names(reader, changed)))
    return [BLANK, *told] if told else []


def _names(reader: Reader, found: list[Asked]) -> Markup:
    tr = reader.tr
    return tr(", ").join(
        tr("{name} ({who})", name=one.elder.name, who=one.decider.name)
        if one.decider
        else Markup("{}").format(one.elder.name)
        for one in found
    )
