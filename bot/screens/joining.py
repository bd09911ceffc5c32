"""Joining: the link, the notice and consent, applications."""

from io import BytesIO

import segno
from markupsafe import Markup

from bot.screen import Button, Screen
from bot.screens.reader import BLANK, Facts, Reader, lines, spaced, tap
from bot.screens.words import half_name, role_name, skill_name, volunteer_kind, weekday_name
from bot.texts import Texts
from care.access import Role
from care.days import HALF_DAYS, HalfDay
from care.joining import Skill, Standing
from storage import members


def qr_picture(link: str) -> bytes:
    """The link as a PNG that a phone can scan from paper."""
    out = BytesIO()
    segno.make(link, error="m").save(out, kind="png", scale=8, border=3)
    return out.getvalue()


async def welcome(reader: Reader, facts: Facts) -> Screen | None:
    """To somebody who is nobody yet."""
    return Screen(
        reader.tr(
            "Hello! 🌷 This is the care station's bot. It is for members only. "
            "To join, open the link or scan the picture that the station gave you."
        )
    )


async def consent(reader: Reader, facts: Facts) -> Screen | None:
    """The notice, short; nothing is stored before "I agree"."""
    tr = reader.tr
    role = Role(facts["role"])
    about = tr("It is about {elder}.", elder=facts["elder"]) if facts.get("elder") else Markup("")
    text = lines(
        tr(
            "<b>{station}</b> invites you as: {role}",
            station=facts["station"],
            role=role_name(tr, role),
        ),
        about,
        BLANK,
        tr(
            "What we keep: your name, your Telegram account, what you do here. "
            "Only the station sees it. It is used for care alone. "
            "You can leave at any time with /me."
        ),
    )
    number = facts["invitation"]
    return Screen(
        text,
        (
            (Button(tr("I agree, join"), tap("join", number)),),
            (Button(tr("No, thank you"), tap("no_join", number)),),
        ),
    )


async def joined(reader: Reader, facts: Facts) -> Screen | None:
    """Welcome, with the next tap."""
    tr = reader.tr
    return Screen(
        tr(
            "Welcome, {name}! You are now with {station}.",
            name=reader.me.member.name,
            station=reader.station.name,
        ),
        ((Button(tr("Show what I can do"), "do:menu"),),),
    )


async def invitation(reader: Reader, facts: Facts) -> Screen | None:
    """The link and its picture, for whoever made it to pass on."""
    if not reader.me.viewer.staff:
        return None
    tr = reader.tr
    link = reader.link(facts["token"])
    if facts.get("open"):
        text = lines(
            tr("<b>Link for new volunteers</b>"),
            tr("Anybody may open it and apply; you decide."),
            Markup("{}").format(link),
        )
    else:
        text = lines(
            tr(
                "<b>Invitation for {name}</b> ({role})",
                name=facts["name"],
                role=role_name(tr, Role(facts["role"])),
            ),
            tr("It works once, for 72 hours. Pass it on:"),
            Markup("{}").format(link),
        )
    return Screen(text, photo=qr_picture(link))


async def applied(reader: Reader, facts: Facts) -> Screen | None:
    """Thanks; the answer comes here."""
    return Screen(
        reader.tr("Thank you! Your application is with the station. We will write to you here.")
    )


async def approved(reader: Reader, facts: Facts) -> Screen | None:
    """The answer to an application."""
    tr = reader.tr
    if not facts["yes"]:
        return Screen(tr("Thank you for applying. The station cannot take you on at the moment."))
    return Screen(
        tr("You are approved as a volunteer. Welcome!"),
        ((Button(tr("Show what I can do"), "do:menu"),),),
    )


async def application(reader: Reader, facts: Facts) -> Screen | None:
    """To the staff: somebody wants to help; decided by the first tap."""
    viewer = reader.me.viewer
    if not viewer.staff:
        return None
    member = await members.in_community(reader.tx, viewer.community_id, facts["member"])
    said = await members.volunteer(reader.tx, member.id)
    if said is None:
        return None
    tr = reader.tr
    text = lines(
        tr("🙋 <b>{name}</b> wants to volunteer", name=member.name),
        tr("Phone: {phone}", phone=spaced(member.phone or "—")),
        tr("Who: {kind}", kind=volunteer_kind(tr, said.kind)),
        tr(
            "Offers: {skills}",
            skills=tr(", ").join(skill_name(tr, Skill(one)) for one in said.skills) or "—",
        ),
        tr("Can come: {half_days}", half_days=half_days_text(tr, said.half_days)),
        tr.many("At most {n} visit a week", "At most {n} visits a week", said.most_visits),
    )
    if member.standing is Standing.APPLIED:
        rows = (
            (
                Button(tr("✅ Approve"), tap("approve", member.id)),
                Button(tr("✖️ Decline"), tap("decline", member.id)),
            ),
        )
        return Screen(text, rows)
    decider = await members.person_of_id(reader.tx, said.decided_by) if said.decided_by else None
    by = decider.member.name if decider else "—"
    verdict = (
        tr("✅ Approved by {name}", name=by)
        if member.standing is Standing.ACTIVE
        else tr("✖️ Declined by {name}", name=by)
    )
    return Screen(lines(text, BLANK, verdict))


def half_days_text(tr: Texts, names: list[str]) -> Markup:
    """ "周六上午、周日下午", or "any time"."""
    if len(set(names)) == len(HALF_DAYS):
        return tr("any time")
    return tr(", ").join(half_day_label(tr, one) for one in HALF_DAYS if one in names) or Markup(
        "—"
    )


def half_day_label(tr: Texts, name: str) -> Markup:
    """ "周六上午"."""
    day, half = name.split("_")
    return tr("{day} {half}", day=weekday_name(tr, day), half=half_name(tr, HalfDay(half)))
