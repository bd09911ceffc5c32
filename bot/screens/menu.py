"""What everybody sees: the menu, help, language, "me", questions of forms."""

from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot import forms
from bot.screen import Button, Screen
from bot.screens import channel
from bot.screens.reader import BLANK, Facts, Reader, lines, tap
from bot.screens.sentences import command_text, form_error, sentence
from bot.screens.words import role_name
from bot.texts import Texts
from care.access import Role, may_command
from care.joining import Standing
from storage import drafts, members
from storage.tables import Outbox

COMMAND_ORDER = (
    "menu", "calls", "elders", "pairings", "week", "ledger",
    "visits", "hours", "available", "errands", "elder", "errand", "surge", "leave",
    "invite", "import", "export", "update", "help", "language", "me", "cancel",
)  # fmt: skip


def commands_of(roles: frozenset[Role]) -> list[str]:
    """The commands somebody with `roles` can give, in order."""
    return [one for one in COMMAND_ORDER if may_command(roles, one)]


async def commands_for(tx: AsyncSession, post: Outbox) -> dict[str, Any] | None:
    """The command list of one chat, in its reader's language."""
    person = await members.person_of_id(tx, post.member_id) if post.member_id else None
    if person is None or person.member.account != post.chat:
        return None
    tr = Texts(person.language, person.zone)
    return {
        "commands": [(one, command_text(tr, one).unescape()) for one in commands_of(person.roles)]
    }


async def menu(reader: Reader, facts: Facts) -> Screen | None:
    """Only what this person can do."""
    tr, me = reader.tr, reader.me
    if me.member.standing is Standing.APPLIED:
        return Screen(tr("Your application is with the station. We will write to you here."))
    shown = [
        one
        for one in commands_of(me.roles)
        if one not in {"menu", "help", "language", "me", "cancel"}
    ]
    buttons = [
        Button(_icon(one) + command_text(tr, one).unescape(), tap("do", one)) for one in shown
    ]
    rows = [tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2)]
    if Role.ELDER in me.roles:
        rows.insert(0, (Button("😊 " + tr("I am fine"), tap("fine", reader.today)),))
        rows.insert(1, (Button("📞 " + tr("Please call me"), tap("call_me", reader.today)),))
    rows.append((Button(tr("Help"), tap("do", "help")), Button(tr("About me"), tap("do", "me"))))
    roles = tr(", ").join(role_name(tr, role) for role in Role if role in me.roles)
    text = lines(
        Markup("<b>{}</b>").format(reader.station.name),
        tr("Hello {name}! You are here as: {roles}", name=me.member.name, roles=roles),
        await channel.spoken(reader) if me.viewer.staff else "",
        BLANK,
        tr("Choose what you want to do:"),
    )
    return Screen(text, tuple(rows))


def _icon(command: str) -> str:
    return {
        "calls": "📞 ", "elders": "👵 ", "pairings": "🤝 ", "week": "📅 ", "ledger": "🗓 ",
        "visits": "🚪 ", "hours": "⏱ ", "available": "🕘 ",
        "errands": "🛒 ", "elder": "👪 ", "errand": "🛒 ", "leave": "🌴 ",
        "surge": "🌡 ", "invite": "✉️ ",
        "import": "📥 ", "export": "📤 ", "update": "📋 ",
    }.get(command, "")  # fmt: skip


async def help_(reader: Reader, facts: Facts) -> Screen | None:
    """What each command does, for this person."""
    tr = reader.tr
    if reader.person is None:
        return Screen(
            tr("This is the care station's bot. To join, open the link you got from the station.")
        )
    rows = [
        Markup("/{} — {}").format(one, command_text(tr, one))
        for one in commands_of(reader.person.roles)
    ]
    return Screen(
        lines(Markup("<b>{}</b>").format(tr("What I can do here")), *rows),
        (reader.back(str(tr("Menu")), "do:menu"),),
    )


async def language(reader: Reader, facts: Facts) -> Screen | None:
    """Two buttons, each in its own language."""
    return Screen(
        Markup("请选择语言 · Choose a language"),
        ((Button("中文", tap("speak", "zh_CN")), Button("English", tap("speak", "en"))),),
    )


async def me(reader: Reader, facts: Facts) -> Screen | None:
    """What is on record about the reader, and the way out."""
    tr, person = reader.tr, reader.me
    roles = tr(", ").join(role_name(tr, role) for role in Role if role in person.roles)
    text = lines(
        Markup("<b>{}</b>").format(person.member.name),
        tr("Station: {station}", station=person.community.name),
        tr("Roles: {roles}", roles=roles),
        tr("Phone: {phone}", phone=person.member.phone or "—"),
        tr("Language: {language}", language={"zh_CN": "中文", "en": "English"}[tr.language]),
    )
    rows: list[tuple[Button, ...]] = [(Button(tr("Language 语言"), tap("do", "language")),)]
    if Role.VOLUNTEER in person.roles:
        rows.append((Button("🕘 " + command_text(tr, "available"), tap("do", "available")),))
    for member, community in await members.communities_of(reader.tx, reader.chat):
        if community.id != person.community.id:
            rows.append((Button(f"➡ {community.name}", tap("station", member.id)),))
    rows.append((Button(tr("Leave the station"), "leave_ask"),))
    rows.append(reader.back(str(tr("Menu")), "do:menu"))
    return Screen(text, tuple(rows))


async def leave_asked(reader: Reader, facts: Facts) -> Screen | None:
    """Leaving is asked twice."""
    tr = reader.tr
    return Screen(
        tr(
            "Do you want to leave {station}? You will get no more messages from us.",
            station=reader.station.name,
        ),
        (
            (Button(tr("Yes, leave"), "leave_yes"),),
            (Button(tr("No, stay"), tap("do", "me")),),
        ),
    )


async def plain(reader: Reader, facts: Facts) -> Screen | None:
    """One of a few sentences that need no record."""
    text = sentence(reader.tr, facts["say"], facts)
    rows = (
        ()
        if facts.get("bare") or reader.person is None
        else (reader.back(str(reader.tr("Menu")), "do:menu"),)
    )
    return Screen(text, rows)


async def form(reader: Reader, facts: Facts) -> Screen | None:
    """The open question of a form."""
    draft = await drafts.find(reader.tx, reader.chat)
    if draft is None or draft.number != facts["number"]:
        return Screen(reader.tr("This question is closed."))
    filling = forms.Filling(
        reader.tx, reader.now, reader.tr, reader.person, draft.community_id, draft.answers
    )
    error = draft.answers.get("_error")
    reason = form_error(reader.tr, *error) if error else None
    return await forms.draw(filling, draft, reason)
