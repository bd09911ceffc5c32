"""One visit of a draft, or one that nobody makes yet: who could go, when, and why not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.plan_reasons import bar_name, doubt_name, why_line, whys
from bot.screens.reader import BLANK, Facts, Reader, beside, lines, pages, tap
from bot.screens.visits import when
from bot.screens.week import number_of
from bot.screens.week_drafts import back, gap_line, page_of, sent, slot_name
from bot.screens.week_visit import WHY_DROPPED
from bot.screens.words import reason_name
from bot.texts import Texts
from care.calls import Reason
from care.days import HalfDay
from care.plan_rules import own
from care.planning import Need, Volunteer
from care.plans import Visit
from care.visits import State
from care.week_drafts import Bar, Verdict, all_slots, main_bar, together
from storage import visits
from storage import week_drafts as drafts
from storage.tables import Member
from storage.visits import Visiting
from storage.week_drafts import Drafted, as_shown, planned

PAGE = 6
NAMES = 6
# Volunteers by what stands against them.
Others = defaultdict[Bar, list[str]]


async def visit(reader: Reader, facts: Facts) -> Screen | None:
    """A drafted visit: who goes and why; to be given away, moved, dropped, locked."""
    row = await visits.access_led_visit(reader.tx, reader.me.viewer, facts["visit"])
    monday = row.visit.week
    if await drafts.drafted(reader.tx, reader.station.id, monday) is None:
        return await sent(reader, monday)
    week = await drafts.read(reader.tx, reader.now, reader.station, monday)
    mine = await drafts.led(reader.tx, reader.me.viewer, week.wholes)
    facts = {**facts, "on_page": page_of(reader.tr, week, mine, row.visit.id)}
    if row.visit.state is not State.DRAFT:
        return _gone(reader, row, facts)
    views = {"who": _who, "when": _when, "drop": _drop, "sure": _sure}
    return views.get(facts.get("view", ""), _visit)(reader, week, row, facts)


def _title(reader: Reader, row: Visiting) -> Markup:
    tr, found = reader.tr, row.visit
    return lines(
        beside(Markup("<b>{}</b>").format(row.elder.name), row.elder.building),
        beside(
            Markup("{} ← <b>{}</b>").format(when(tr, found), row.volunteer.name),
            "🔒" if found.locked else "",
        ),
    )


def _visit(reader: Reader, week: Drafted, row: Visiting, facts: Facts) -> Screen:
    tr, found = reader.tr, row.visit
    verdict = week.judge(planned(found), found.id)
    why = why_line(tr, whys(found.why))
    text = lines(
        _title(reader, row),
        tr("Why: {why}", why=why) if why else "",
        *against(tr, verdict),
    )
    lock = (
        Button(tr("🔓 Unlock"), tap("draft_lock", found.id, 0))
        if found.locked
        else Button(tr("🔒 Lock"), tap("draft_lock", found.id, 1))
    )
    rows = (
        (
            Button(tr("Somebody else…"), tap("draft_who", found.id, 0)),
            Button(tr("Another time…"), tap("draft_when", found.id)),
        ),
        (Button(tr("Not needed…"), tap("draft_drop", found.id)), lock),
        back(reader, found.week, facts["on_page"]),
    )
    return Screen(text, rows)


def _gone(reader: Reader, row: Visiting, facts: Facts) -> Screen:
    """Taken out; a wrong tap can be taken back."""
    tr, found = reader.tr, row.visit
    rows: list[tuple[Button, ...]] = [back(reader, found.week, facts["on_page"])]
    text = tr("This visit is not in the draft any more.")
    if drafts.taken_out(found):
        text = tr("Not needed: {why}", why=reason_name(tr, Reason(drafts.why_out(found))))
        rows.insert(0, (Button(tr("↩️ Put it back"), tap("draft_back", found.id)),))
    return Screen(lines(_title(reader, row), text), tuple(rows))


def against(tr: Texts, verdict: Verdict) -> list[Markup]:
    """What stands against a visit, a line each."""
    names = [bar_name(tr, one) for one in verdict.bars]
    names += [doubt_name(tr, one) for one in verdict.doubts]
    return [Markup("⚠️ {}").format(one) for one in names]


def _again(reader: Reader, row: Visiting) -> tuple[Button, ...]:
    return reader.back(str(reader.tr("Back")), tap("draft_visit", row.visit.id))


def _drop(reader: Reader, week: Drafted, row: Visiting, facts: Facts) -> Screen:
    tr, found = reader.tr, row.visit
    rows = [
        (Button(reason_name(tr, one), tap("draft_dropped", found.id, one, as_shown(found))),)
        for one in WHY_DROPPED
    ]
    ask = tr("Why is the visit not needed?")
    return Screen(lines(_title(reader, row), BLANK, ask), (*rows, _again(reader, row)))


def put_tap(row: Visiting, new: Visit, *, sure: bool) -> str:
    """What the button sends back that moves a drafted visit."""
    found = row.visit
    where = (new.volunteer_id, new.day.weekday(), new.half)
    return tap("draft_put", found.id, *where, as_shown(found), int(sure))


def _when(reader: Reader, week: Drafted, row: Visiting, facts: Facts) -> Screen:
    """The half-days on which the same volunteer could go, and why not on the others."""
    tr, found = reader.tr, row.visit
    slots = [one for one in week.slots if one != (found.day, found.half)]
    verdicts = all_slots(
        week.beside(found.id), found.elder_id, found.volunteer_id, slots, week.away
    )
    buttons, not_then = [], Others(list)
    for slot, verdict in verdicts.items():
        if verdict.allowed:
            new = Visit(found.elder_id, found.volunteer_id, *slot)
            label = beside(slot_name(tr, *slot), "⚠️" if verdict.doubts else "")
            buttons.append(Button(label, put_tap(row, new, sure=False)))
        else:
            not_then[verdict.bars[0]].append(slot_name(tr, *slot))
    ask = (
        tr("When should {name} go?", name=row.volunteer.name)
        if buttons
        else tr("{name} can go at no other time.", name=row.volunteer.name)
    )
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    text = lines(_title(reader, row), BLANK, ask, *_listed(tr, not_then, most=len(slots)))
    return Screen(text, (*rows, _again(reader, row)))


def _listed(tr: Texts, found: Others, most: int = NAMES) -> list[Markup]:
    """Reasons with whom, or what, they stand against."""
    parts = []
    for bar in (one for one in Bar if one in found):
        names = tr(", ").join(found[bar][:most])
        more = (
            Markup(" … +{}").format(len(found[bar]) - most)
            if len(found[bar]) > most
            else Markup("")
        )
        parts.append(tr("· {why}: {names}", why=bar_name(tr, bar), names=names + more))
    return parts


def _who(reader: Reader, week: Drafted, row: Visiting, facts: Facts) -> Screen:
    """Who could go at that time, the elder's own volunteers first, and why the others cannot."""
    tr, found, page = reader.tr, row.visit, int(facts.get("page", 0))
    need = week.problem.need.get(found.elder_id)
    if need is None:
        return Screen(
            lines(_title(reader, row), BLANK, tr("Nobody can be asked for this elder now.")),
            (_again(reader, row),),
        )
    verdicts = {
        one.member_id: week.judge(
            Visit(found.elder_id, one.member_id, found.day, found.half), found.id
        )
        for one in week.problem.volunteers
        if one.member_id != found.volunteer_id
    }
    able = _in_order(week, need, [one for one, verdict in verdicts.items() if verdict.allowed])
    buttons = [
        (
            Button(
                _label(tr, week, need, one, doubts=bool(verdicts[one].doubts)),
                put_tap(row, Visit(found.elder_id, one, found.day, found.half), sure=False),
            ),
        )
        for one in able[page * PAGE : (page + 1) * PAGE]
    ]
    bars = {one: verdict.bars[0] for one, verdict in verdicts.items() if not verdict.allowed}
    ask = tr("Who should go instead?") if able else tr("Nobody else can go then.")
    turn = pages(len(able), page, PAGE, "draft_who", found.id)
    rows = [*buttons, *([turn] if turn else []), _again(reader, row)]
    text = lines(_title(reader, row), BLANK, ask, *_unable(tr, week, need, bars))
    return Screen(text, tuple(rows))


def _in_order(week: Drafted, need: Need, able: Iterable[int]) -> list[int]:
    """The elder's own volunteers first, then who has come most often, then who has least to do."""
    people, load = week.problem.volunteer, week.beside().load

    def rank(one: int) -> tuple[bool, int, float, int]:
        return (
            not own(need, people[one]),
            -need.familiar.get(one, 0),
            load[one] / max(1, people[one].most),
            one,
        )

    return sorted(able, key=rank)


def _label(tr: Texts, week: Drafted, need: Need, member_id: int, *, doubts: bool) -> Markup:
    person, count = week.problem.volunteer[member_id], week.beside().load[member_id]
    notes = [tr("{n} of {most} visits", n=count, most=person.most)]
    if not own(need, person):
        notes.insert(0, tr("another pairing"))
    if need.familiar.get(member_id):
        notes.insert(0, tr("has been there before"))
    text = tr("{name} ({notes})", name=_name(week, member_id), notes=tr(", ").join(notes))
    return beside(text, "⚠️" if doubts else "")


def _name(week: Drafted, member_id: int) -> str:
    return week.members[member_id].name


def _unable(tr: Texts, week: Drafted, need: Need, bars: dict[int, Bar]) -> list[Markup]:
    """Own volunteers by name with the number to call; the others together, by reason."""
    near: list[Markup] = []
    others = Others(list)
    for one in _in_order(week, need, bars):
        if own(need, week.problem.volunteer[one]):
            near.append(_call(tr, week.members[one], bar_name(tr, bars[one])))
        else:
            others[bars[one]].append(_name(week, one))
    return [*near, *_listed(tr, others)]


def _call(tr: Texts, member: Member, why: Markup) -> Markup:
    phone = number_of(tr, member)
    return tr("· {name}: {why} ☎ {phone}", name=member.name, why=why, phone=phone)


def _sure(reader: Reader, week: Drafted, row: Visiting, facts: Facts) -> Screen:
    """What is worth a thought before it is done all the same."""
    new = Visit(
        row.visit.elder_id,
        facts["member"],
        date.fromisoformat(facts["day"]),
        HalfDay(facts["half"]),
    )
    verdict = week.judge_all(together(week.visits, row.visit.id, new))
    button = Button(reader.tr("Do it all the same"), put_tap(row, new, sure=True))
    return _asked(reader, week, new, verdict, _title(reader, row), button, _again(reader, row))


def _asked(
    reader: Reader,
    week: Drafted,
    new: Visit,
    verdict: Verdict,
    title: Markup,
    button: Button,
    again: tuple[Button, ...],
) -> Screen:
    tr, member = reader.tr, week.members.get(new.volunteer_id)
    text = lines(
        title,
        BLANK,
        tr(
            "You chose: {when} ← <b>{name}</b>",
            when=slot_name(tr, new.day, new.half),
            name=member.name if member else "",
        ),
        *against(tr, verdict),
    )
    return Screen(text, ((button,), again) if verdict.allowed else (again,))


async def gap(reader: Reader, facts: Facts) -> Screen | None:
    """An elder whom nobody visits yet: who could go, and when; why the others cannot."""
    monday = date.fromisoformat(facts["week"])
    if await drafts.drafted(reader.tx, reader.station.id, monday) is None:
        return await sent(reader, monday)
    week = await drafts.read(reader.tx, reader.now, reader.station, monday)
    mine = await drafts.led(reader.tx, reader.me.viewer, week.wholes)
    elder = drafts.access_gap(week, mine, facts["elder"])
    need, missing = week.problem.need[elder.id], week.gaps.get(elder.id)
    title = lines(
        beside(Markup("<b>{}</b>").format(elder.name), elder.building),
        gap_line(reader.tr, week, elder, missing)
        if missing
        else reader.tr("✅ Every visit has somebody who goes."),
    )
    if missing is None:
        return Screen(title, (back(reader, monday),))
    if "member" not in facts:
        return _could(reader, week, need, title, int(facts.get("page", 0)))
    if "day" in facts:
        return _sure_add(reader, week, need, title, facts)
    return _times(reader, week, need, title, facts["member"])


def _times_of(week: Drafted, need: Need, one: Volunteer) -> dict[tuple[date, HalfDay], Verdict]:
    return all_slots(week.beside(), need.elder_id, one.member_id, week.slots, week.away)


def _could(reader: Reader, week: Drafted, need: Need, title: Markup, page: int) -> Screen:
    """Every volunteer: with the number of times that fit, or with what stands against them."""
    tr, monday = reader.tr, week.plan.week
    verdicts = {
        one.member_id: list(_times_of(week, need, one).values()) for one in week.problem.volunteers
    }
    bars = {one: main_bar(several) for one, several in verdicts.items()}
    able = _in_order(week, need, [one for one, bar in bars.items() if bar is None])
    buttons = [
        (
            Button(
                _label(tr, week, need, one, doubts=_only_doubtful(verdicts[one])),
                tap("draft_times", monday, need.elder_id, one),
            ),
        )
        for one in able[page * PAGE : (page + 1) * PAGE]
    ]
    why_not = {one: bar for one, bar in bars.items() if bar is not None}
    turn = pages(len(able), page, PAGE, "draft_gap", monday, need.elder_id)
    ask = tr("Who should go?") if able else tr("Nobody can go as things stand:")
    hint = (
        ""
        if able
        else tr("If somebody agrees on the phone, change their times under Pairings first.")
    )
    rows = [*buttons, *([turn] if turn else []), back(reader, monday)]
    text = lines(title, BLANK, ask, *_unable(tr, week, need, why_not), hint)
    return Screen(text, tuple(rows))


def _only_doubtful(verdicts: Sequence[Verdict]) -> bool:
    return all(one.doubts for one in verdicts if one.allowed)


def _times(reader: Reader, week: Drafted, need: Need, title: Markup, member_id: int) -> Screen:
    tr, monday = reader.tr, week.plan.week
    person = week.problem.volunteer.get(member_id)
    again = reader.back(str(tr("Back")), tap("draft_gap", monday, need.elder_id, 0))
    found = {} if person is None else _times_of(week, need, person)
    buttons = [
        Button(
            beside(slot_name(tr, *slot), "⚠️" if verdict.doubts else ""),
            add_tap(monday, Visit(need.elder_id, member_id, *slot), sure=False),
        )
        for slot, verdict in found.items()
        if verdict.allowed
    ]
    name = _name(week, member_id) if member_id in week.members else ""
    ask = (
        tr("When should {name} go?", name=name)
        if buttons
        else tr("{name} can go at no other time.", name=name)
    )
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    return Screen(lines(title, BLANK, ask), (*rows, again))


def add_tap(monday: date, new: Visit, *, sure: bool) -> str:
    """What the button sends back that writes a visit into the draft."""
    who = (new.elder_id, new.volunteer_id)
    return tap("draft_add", monday, *who, new.day.weekday(), new.half, int(sure))


def _sure_add(reader: Reader, week: Drafted, need: Need, title: Markup, facts: Facts) -> Screen:
    monday = week.plan.week
    new = Visit(
        need.elder_id, facts["member"], date.fromisoformat(facts["day"]), HalfDay(facts["half"])
    )
    button = Button(reader.tr("Do it all the same"), add_tap(monday, new, sure=True))
    again = reader.back(str(reader.tr("Back")), tap("draft_gap", monday, need.elder_id, 0))
    return _asked(reader, week, new, week.judge(new), title, button, again)
