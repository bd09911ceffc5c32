"""The ladder as people see it: calls still open, a door to go to, an alert, the evening."""

from datetime import date

from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens import channel
from bot.screens.reader import BLANK, Facts, Reader, age, beside, lines, phone_of, spaced, tap
from bot.screens.words import clear_name, role_name
from bot.texts import Texts
from care.access import Role
from care.days import local_day
from care.ladder import BY_HAND, NAMES_AT_ONCE, Cause, Clear, DoorEnd
from care.ladder import Alert as Kind
from storage import alerts, calls, closing, doors, families, members, pairings, pauses
from storage.alerts import Whole
from storage.doors import AtDoor
from storage.tables import Elder

# Of so many more the names alone; a message has its end.
MOST_MORE = 300


async def calls_open(reader: Reader, facts: Facts) -> Screen | None:
    """11:30, to a social worker: who on their list has not been reached yet."""
    tr, me = reader.tr, reader.me
    if facts["day"] != str(reader.today) or not me.viewer.staff:
        return None
    waiting = [
        elder for elder, _ in await calls.waiting_today(reader.tx, reader.now, reader.station)
    ]
    open_ = await pairings.elders_of_caller(
        reader.tx, reader.station.id, me.member.id, waiting, reader.today
    )
    if not open_:
        done = Screen(tr("✅ Everybody on your list has been reached. Thank you!"))
        return done if reader.edits else None
    shown = open_[:NAMES_AT_ONCE]
    names = [Button(elder.name, tap("call", elder.id)) for elder in shown]
    rows = [tuple(names[n : n + 2]) for n in range(0, len(names), 2)]
    return Screen(
        lines(
            tr.many(
                "⏰ <b>{n} elder has not been reached today.</b>",
                "⏰ <b>{n} elders have not been reached today.</b>",
                len(open_),
            ),
            tr("Tap a name after the call."),
            BLANK,
            *(
                Markup("{} ☎ {}").format(
                    Markup("<b>{}</b>").format(elder.name), phone_of(reader, elder)
                )
                for elder in shown
            ),
            _more(tr, [elder.name for elder in open_]),
        ),
        tuple(rows),
    )


def _more(tr: Texts, names: list[str]) -> Markup:
    """Whoever has no line of their own is named all the same: nobody is left out in silence."""
    more = names[NAMES_AT_ONCE:]
    if not more:
        return Markup("")
    named = tr(", ").join(more[:MOST_MORE])
    return tr("And {n} more: {names}", n=len(more), names=named)


async def door(reader: Reader, facts: Facts) -> Screen | None:
    """A door visit that somebody is asked for; the address comes only after the claim."""
    found = await doors.access_door(reader.tx, reader.me.viewer, facts["door"])
    tr, name = reader.tr, found.elder.name
    if found.door.ended_at is not None:
        return Screen(_door_over(tr, found)) if reader.edits else None
    if found.goer is not None:
        if found.goer.id != reader.me.member.id:
            taken = tr("🚶 {goer} goes to {name}. Thank you!", goer=found.goer.name, name=name)
            return Screen(taken) if reader.edits else None
        return _mine(reader, found)
    go = Button(tr("🚶 I will go"), tap("door_claim", found.door.id))
    if facts.get("declined"):
        return Screen(tr("That is all right, thank you for saying so."), ((go,),))
    no = Button(tr("I cannot go"), tap("door_no", found.door.id))
    return Screen(_please_go(reader, found), ((go,), (no,)))


def _door_over(tr: Texts, found: AtDoor) -> Markup:
    if found.door.end is DoorEnd.DAY_OVER:
        return tr("The day is over. Thank you all the same!")
    if found.door.end is DoorEnd.NOBODY:
        return tr("Thank you for going. The supervisor has been told.")
    return tr("✅ {name} has been reached. Nobody need go.", name=found.elder.name)


def _mine(reader: Reader, found: AtDoor) -> Screen:
    tr, elder = reader.tr, found.elder
    back = Button(tr("I cannot go after all"), tap("door_return", found.door.id))
    head = tr("🚶 You go to <b>{name}</b>. Thank you!", name=elder.name)
    if found.door.assignment_id is not None:
        return Screen(lines(head, tr("The address is in the next message.")), ((back,),))
    log = Button(tr("Log what you found"), tap("at_door", elder.id))
    return Screen(lines(head, _where(reader, elder)), ((log,), (back,)), protect=True)


def _where(reader: Reader, elder: Elder) -> Markup:
    return lines(
        Markup("🏠 {}").format(elder.address or elder.building or "—"),
        Markup("☎ {}").format(phone_of(reader, elder)),
    )


def _please_go(reader: Reader, found: AtDoor) -> Markup:
    tr, elder = reader.tr, found.elder
    where = Markup("（{}）").format(elder.building) if elder.building else Markup("")
    who = Markup("<b>{}</b>{}").format(elder.name, where)
    if found.door.cause is Cause.NO_ANSWER:
        why = tr("🚪 {who} did not answer the phone today.", who=who)
    else:
        why = tr("🚪 {who} has not been reached today.", who=who)
    if reader.me.viewer.staff and Role.VOLUNTEER not in reader.me.roles:
        return lines(why, tr("No volunteer can go. Please go, or send somebody."))
    return lines(why, tr("Can you go and see?"))


async def door_off(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever was on the way: somebody reached them first."""
    found = await doors.door(reader.tx, reader.station.id, facts["door"])
    by = await members.in_community(reader.tx, reader.station.id, facts["by"])
    if facts.get("paused"):
        name = found.elder.name
        return Screen(reader.tr("⏸ You need not go to {name}. Thank you!", name=name))
    return Screen(
        reader.tr(
            "✅ {who} has reached {name}. You need not go. Thank you!",
            who=by.name,
            name=found.elder.name,
        )
    )


async def alert(reader: Reader, facts: Facts) -> Screen | None:
    """An alert, until the all-clear: what is wrong, who has it, and what one can do."""
    whole = await alerts.access_alert(reader.tx, reader.me.viewer, facts["alert"])
    if whole.alert.closed_at is not None:
        return await _over(reader, whole, facts)
    if facts.get("ask") == "clear":
        return _ask_clear(reader, whole)
    head = await _emergency(reader, whole) if _is_emergency(whole) else await _silent(reader, whole)
    text = lines(head, await _details(reader, whole), BLANK, _owner(reader, whole))
    return Screen(text, _alert_buttons(reader, whole), protect=True)


def _is_emergency(whole: Whole) -> bool:
    return whole.alert.kind is Kind.EMERGENCY


async def _over(reader: Reader, whole: Whole, facts: Facts) -> Screen | None:
    """Over before it could be sent: told all the same if the day had gone by unreached."""
    closed = whole.alert.closed_at
    assert closed is not None  # noqa: S101 - asked by the caller
    same_day = str(local_day(closed, reader.me.zone)) <= facts["day"]
    if not reader.edits and not _is_emergency(whole) and same_day:
        return None
    return Screen(await _cleared(reader, whole))


async def _emergency(reader: Reader, whole: Whole) -> Markup:
    tr = reader.tr
    by = None
    if whole.alert.opened_by is not None:
        by = await members.in_community(reader.tx, reader.station.id, whole.alert.opened_by)
    return lines(
        tr("🆘 <b>Emergency: {name}</b>", name=whole.elder.name),
        tr("Reported by {who} at {time}.", who=by.name, time=tr.time(whole.alert.opened_at))
        if by
        else "",
    )


async def _silent(reader: Reader, whole: Whole) -> Markup:
    tr, elder, day = reader.tr, whole.elder, whole.alert.day
    today = day == reader.today
    if Role.FAMILY in reader.me.roles and not reader.me.viewer.staff:
        return lines(
            tr("⚠️ We have not reached <b>{name}</b> today.", name=elder.name)
            if today
            else tr("⚠️ We have not reached <b>{name}</b> since {day}.", name=elder.name,
                    day=tr.day(day)),
            tr("Can you reach them? Please tell us."),
        )  # fmt: skip
    head = (
        tr("⚠️ <b>{name} has not been reached today.</b>", name=elder.name)
        if today
        else tr("⚠️ <b>{name} has not been reached since {day}.</b>", name=elder.name,
                day=tr.day(day))
    )  # fmt: skip
    return lines(head, await _tried(reader, whole))


async def _tried(reader: Reader, whole: Whole) -> Markup:
    """What has been tried: calls nobody answered, and who went to the door."""
    tr, elder = reader.tr, whole.elder
    attempts = await calls.attempts_on(reader.tx, elder, whole.alert.day)
    went = (await doors.of_day(reader.tx, [elder.id], whole.alert.day)).get(elder.id)
    said = tr.many("{n} attempt without an answer.", "{n} attempts without an answer.", attempts)
    door_ = Markup("")
    if went is not None:
        goer = await members.person_of_id(reader.tx, went.claimed_by) if went.claimed_by else None
        door_ = (
            tr("{goer} said at {time}: I will go.", goer=goer.member.name,
               time=tr.time(went.claimed_at))
            if goer is not None and went.claimed_at is not None
            else tr("Nobody has said yet that they go to the door.")
        )  # fmt: skip
    return lines(said if attempts else "", door_)


async def _details(reader: Reader, whole: Whole) -> Markup:
    """Phone and address for the staff and for whoever handles it; the building for the others."""
    elder, me = whole.elder, reader.me
    mine = whole.alert.owner_id == me.member.id
    if me.viewer.staff:
        return lines(_where(reader, elder), *await _family(reader, elder))
    if Role.VOLUNTEER in me.roles:
        where = Markup("🏠 {}").format(elder.building or "—")
        return _where(reader, elder) if mine else where
    return Markup("")


async def _family(reader: Reader, elder: Elder) -> list[Markup]:
    """Whom to ask: the emergency contact on the roster, and the family who have joined."""
    people = [
        (beside(one.name, role_name(reader.tr, Role.FAMILY)), one.phone)
        for one in await families.of_elder(reader.tx, elder)
    ]
    name = beside(elder.emergency_name, elder.emergency_relation)
    if (elder.emergency_name or elder.emergency_phone) and not any(
        phone == elder.emergency_phone for _, phone in people if phone
    ):
        people.insert(0, (name, elder.emergency_phone))
    return [
        reader.tr("Emergency contact: {name} {phone}", name=who, phone=spaced(phone or ""))
        for who, phone in people
    ]


def _owner(reader: Reader, whole: Whole) -> Markup:
    tr, owner = reader.tr, whole.owner
    if owner is None:
        return tr("Nobody is handling it yet.")
    if whole.alert.taken_at is None:
        return tr("In charge: {who}", who=owner.name)
    at = tr.time(whole.alert.taken_at)
    return tr("{who} is handling it (since {time}).", who=owner.name, time=at)


def _alert_buttons(reader: Reader, whole: Whole) -> tuple[tuple[Button, ...], ...]:
    tr, found, me = reader.tr, whole.alert, reader.me
    family = Role.FAMILY in me.roles and not me.viewer.staff
    if family and not _is_emergency(whole):
        return ((Button(tr("📞 I have reached them"), tap("alert_reached", found.id)),),)
    rows: list[tuple[Button, ...]] = []
    if found.taken_at is None:
        rows.append((Button(tr("🙋 I am handling it"), tap("alert_take", found.id)),))
    elif found.owner_id == me.member.id or me.viewer.supervisor:
        rows.append((Button(tr("✅ All-clear…"), tap("alert_clear", found.id)),))
    if me.viewer.staff:
        rows.append((Button(tr("📞 Log the call"), tap("call", whole.elder.id)),))
    return tuple(rows)


def _ask_clear(reader: Reader, whole: Whole) -> Screen:
    tr = reader.tr
    rows = [
        (Button(clear_name(tr, how), tap("alert_cleared", whole.alert.id, reader.today, how)),)
        for how in BY_HAND
        if reader.me.viewer.staff or how is not Clear.REACHED or _is_emergency(whole)
    ]
    back = reader.back(tr("Back"), tap("alert_back", whole.alert.id))
    return Screen(tr("How did it end with {name}?", name=whole.elder.name), (*rows, back))


async def _cleared(reader: Reader, whole: Whole) -> Markup:
    tr, found = reader.tr, whole.alert
    assert found.closed_at is not None  # noqa: S101 - asked by the caller
    by = await members.person_of_id(reader.tx, found.closed_by) if found.closed_by else None
    day = local_day(found.closed_at, reader.me.zone)
    when = tr.time(found.closed_at)
    if day != reader.today:
        when = f"{tr.day(day)} {when}"
    how = clear_name(tr, found.clear or Clear.OTHER)
    return lines(
        tr("✅ <b>All-clear: {name}</b>", name=whole.elder.name),
        tr("{how} ({who}, {time})", how=how, who=by.member.name, time=when)
        if by
        else tr("{how} ({time})", how=how, time=when),
    )


async def all_clear(reader: Reader, facts: Facts) -> Screen | None:
    """To everybody who was told of an alert: it is over."""
    whole = await alerts.access_alert(reader.tx, reader.me.viewer, facts["alert"])
    return Screen(await _cleared(reader, whole))


async def family_reached(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: the family has reached them; the station still calls."""
    whole = await alerts.access_alert(reader.tx, reader.me.viewer, facts["alert"])
    if not reader.me.viewer.staff:
        return None
    by = await members.in_community(reader.tx, reader.station.id, facts["by"])
    tr, elder = reader.tr, whole.elder
    if whole.alert.closed_at is not None:
        return Screen(await _cleared(reader, whole)) if reader.edits else None
    return Screen(
        lines(
            tr(
                "👪 {who} ({role}) says: {name} has been reached and is fine.",
                who=by.name,
                role=role_name(tr, Role.FAMILY),
                name=elder.name,
            ),
            tr("Please call once yourself: {phone}", phone=phone_of(reader, elder)),
        ),
        ((Button(tr("📞 Log the call"), tap("call", elder.id)),),),
        protect=True,
    )


async def evening(reader: Reader, facts: Facts) -> Screen | None:
    """How the day went; it comes every evening, so that silence would be noticed."""
    tr, day = reader.tr, date.fromisoformat(facts["day"])
    if not reader.me.viewer.staff:
        return None
    red = await closing.red_on(reader.tx, reader.station, day)
    contacted = await closing.contacts_on(reader.tx, reader.station, red, day)
    excused = await closing.excuses_on(reader.tx, reader.station, red, day)
    owed = [one for one in red if one.id in contacted or one.id not in excused]
    missing = [one for one in owed if one.id not in contacted]
    title = tr("🌙 <b>Evening report</b> · {day}", day=tr.day(day))
    count = tr("Red elders reached: {done} of {owed}", done=len(owed) - len(missing),
               owed=len(owed))  # fmt: skip
    well = tr("All is well today. Good night!") if not missing else ""
    return Screen(
        lines(
            title,
            count,
            await _missing(reader, missing),
            await _alerts(reader),
            await _paused(reader, day),
            await _not_reached(reader),
            await channel.spoken(reader),
            well,
        ),
        tuple((Button(f"📞 {one.name}", tap("call", one.id)),) for one in missing[:NAMES_AT_ONCE]),
        protect=bool(missing),
    )


async def _missing(reader: Reader, missing: list[Elder]) -> Markup:
    if not missing:
        return Markup("")
    tr = reader.tr
    return lines(
        BLANK,
        tr("<b>Not reached:</b>"),
        *(
            Markup("· {} ☎ {}").format(
                beside(Markup("<b>{}</b>").format(one.name), age(reader, one)),
                phone_of(reader, one),
            )
            for one in missing[:NAMES_AT_ONCE]
        ),
        _more(tr, [one.name for one in missing]),
    )


async def _alerts(reader: Reader) -> Markup:
    tr = reader.tr
    found = await alerts.open_in(reader.tx, reader.station.id)
    if not found:
        return Markup("")
    return lines(
        BLANK,
        tr("<b>Open alerts:</b>"),
        *(
            Markup("· {} — {}").format(
                one.elder.name, one.owner.name if one.owner else tr("nobody yet")
            )
            for one in found[:NAMES_AT_ONCE]
        ),
        _more(tr, [one.elder.name for one in found]),
    )


async def _paused(reader: Reader, day: date) -> Markup:
    tr = reader.tr
    found = await pauses.covering(reader.tx, reader.station.id, day)
    return tr("Paused: {n}", n=len(found)) if found else Markup("")


async def _not_reached(reader: Reader) -> Markup:
    tr = reader.tr
    found = await members.unreachable(reader.tx, reader.station.id)
    if not found:
        return Markup("")
    return tr("Members whom chat does not reach: {n}", n=len(found))


async def day_missed(reader: Reader, facts: Facts) -> Screen | None:
    """A day went by without a contact, and nobody had been told in time."""
    tr, day = reader.tr, date.fromisoformat(facts["day"])
    if not reader.me.viewer.staff:
        return None
    wanted = set(facts["elders"])
    everybody = await closing.red_on(reader.tx, reader.station, day)
    found = [one for one in everybody if one.id in wanted and one.exited_at is None]
    if not found:
        return None
    return Screen(
        lines(
            tr("⚠️ <b>Nobody was reached on {day}:</b>", day=tr.day(day)),
            *(
                Markup("· {} ☎ {}").format(
                    Markup("<b>{}</b>").format(one.name), phone_of(reader, one)
                )
                for one in found
            ),
            tr("I could not tell you in time. Please call them first today."),
        ),
        tuple((Button(f"📞 {one.name}", tap("call", one.id)),) for one in found),
        protect=True,
    )
