"""Joining: links, consent, invitations, applications of volunteers."""

from typing import Annotated, Any

from markupsafe import Markup
from pydantic import AfterValidator, BaseModel, Field
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Option, Question
from bot.menu import post_commands
from bot.screens.joining import half_day_label
from bot.screens.words import role_name, skill_name, volunteer_kind
from bot.turn import Turn
from care.access import STAFF, Right, Role, invitable
from care.availability import usual_half_days
from care.days import HALF_DAYS, WEEKEND
from care.joining import Skill, Standing, VolunteerKind
from care.notices import Notice
from care.phones import phone_number
from care.refusals import LinkInvalid, NotYours, TooManyTries
from storage import communities, elders, joining, members
from storage.joining import Joiner
from storage.tables import Community, Elder, Volunteer
from storage.tables import Standing as StandingMessage

OPEN_LINK = "v-"


async def start(update: Update, turn: Turn) -> None:
    """`/start`, alone or with the end of a link."""
    words = (update.message.text or "").split(maxsplit=1) if update.message else []
    payload = words[1].strip() if len(words) > 1 else ""
    if not payload:
        if turn.person is None:
            await turn.say(Notice.WELCOME, language=turn.tr.language)
        else:
            await post_commands(turn)
            await turn.say(Notice.MENU)
        return
    try:
        await joining.check_tries(turn.tx, turn.now, turn.account)
    except TooManyTries:
        await turn.say(Notice.PLAIN, say="too_many_tries", language=turn.tr.language, bare=True)
        return
    # An invitation's token is random and may begin like an open link.
    station = await communities.find_by_open_code(turn.tx, payload.removeprefix(OPEN_LINK))
    if station is not None and payload.startswith(OPEN_LINK):
        await _apply(turn, station)
    else:
        await _open(turn, payload)


async def _open(turn: Turn, token: str) -> None:
    try:
        invitation = await joining.access_invitation(turn.tx, turn.now, token)
    except LinkInvalid:
        await _wrong(turn)
        return
    station = {one.id: one for one in await communities.every(turn.tx)}[invitation.community_id]
    elder = await turn.tx.get(Elder, invitation.elder_id) if invitation.elder_id else None
    await turn.say(
        Notice.CONSENT,
        invitation=invitation.id,
        role=invitation.role,
        station=station.name,
        elder=elder.name if elder else None,
        language=turn.tr.language,
    )


async def _wrong(turn: Turn) -> None:
    await joining.note_wrong_try(turn.tx, turn.now, turn.account)
    await turn.say(Notice.PLAIN, say="link_invalid", language=turn.tr.language, bare=True)


async def agree(update: Update, turn: Turn) -> None:
    """ "I agree, join": the invitation is used up, the member is in."""
    [number] = turn.numbers(1)
    await _shown_here(turn, number)
    user = update.effective_user
    joiner = Joiner(turn.account, user.full_name if user else "?", None)
    try:
        member = await joining.accept(turn.tx, turn.now, number, joiner)
    except LinkInvalid:
        # The same press delivered once more is no other link: who is in, stays in.
        if turn.person is not None and await joining.accepted_by(turn.tx, number, turn.person):
            await turn.show(Notice.JOINED)
            return
        await turn.show(Notice.PLAIN, say="link_invalid", language=turn.tr.language, bare=True)
        return
    await turn.tx.flush()
    turn.opening.person = await members.person_of_id(turn.tx, member.id)
    await post_commands(turn)
    await turn.show(Notice.JOINED)


async def _shown_here(turn: Turn, number: int) -> None:
    """The consent button works only in the message that was sent to whoever had the link."""
    standing = await turn.tx.get(StandingMessage, (turn.account, turn.pressed or 0))
    if (
        standing is None
        or standing.notice is not Notice.CONSENT
        or standing.facts.get("invitation") != number
    ):
        raise NotYours


async def disagree(update: Update, turn: Turn) -> None:
    """ "No, thank you": nothing is stored."""
    turn.numbers(1)
    await turn.show(Notice.PLAIN, say="declined_consent", language=turn.tr.language, bare=True)


class Application(BaseModel):
    """What somebody says who wants to volunteer."""

    name: str = Field(min_length=2, max_length=40)
    phone: Annotated[str, AfterValidator(phone_number)]
    kind: VolunteerKind
    skills: list[Skill]
    half_days: list[str]
    most_visits: int = Field(ge=1, le=14)
    agree: bool
    community_id: int


def _ask(text: Any) -> Any:
    async def ask(filling: Filling) -> Markup:
        result: Markup = text(filling.tr)
        return result

    return ask


async def _kinds(filling: Filling) -> list[Option]:
    return [Option(one, volunteer_kind(filling.tr, one).unescape()) for one in VolunteerKind]


async def _skills(filling: Filling) -> list[Option]:
    return [Option(one, skill_name(filling.tr, one).unescape()) for one in Skill]


async def _half_days(filling: Filling) -> list[Option]:
    order = (
        sorted(HALF_DAYS, key=lambda one: one not in WEEKEND)
        if (filling.answers.get("kind") == VolunteerKind.STUDENT)
        else HALF_DAYS
    )
    return [Option(one, half_day_label(filling.tr, one).unescape()) for one in order]


async def _most(filling: Filling) -> list[Option]:
    return [Option(str(n), str(n)) for n in range(1, 8)]


async def _agree(filling: Filling) -> list[Option]:
    return [Option("1", filling.tr("I agree, send").unescape())]


APPLICATION = Form(
    "application",
    Application,
    (
        Question("name", _ask(lambda tr: tr("What is your name?")), write=True),
        Question(
            "phone",
            _ask(lambda tr: tr("Your phone number? Press the button below, or type it.")),
            contact=True,
        ),
        Question("kind", _ask(lambda tr: tr("Who are you?")), options=_kinds),
        Question(
            "skills",
            _ask(lambda tr: tr("What would you like to do? Choose any.")),
            options=_skills,
            many=True,
            columns=2,
        ),
        Question(
            "half_days",
            _ask(lambda tr: tr("When can you come? Choose any.")),
            options=_half_days,
            many=True,
            columns=2,
        ),
        Question(
            "most_visits",
            _ask(lambda tr: tr("How many visits a week at most?")),
            options=_most,
            columns=4,
        ),
        Question(
            "agree",
            _ask(
                lambda tr: tr(
                    "We keep what you just told us, for care alone. "
                    "Only the station sees it. You can leave at any time with /me."
                )
            ),
            options=_agree,
        ),
    ),
    done=lambda turn, model, _answers: _applied(turn, model),
    title=lambda tr: tr("Become a volunteer"),
)
forms.FORMS.add(APPLICATION)


async def _apply(turn: Turn, station: Community) -> None:
    person = turn.person
    if (
        person
        and person.community.id == station.id
        and (Role.VOLUNTEER in person.roles or person.member.standing is Standing.APPLIED)
    ):
        await turn.say(Notice.MENU)
        return
    await forms.begin(turn, APPLICATION, community_id=station.id)


async def _applied(turn: Turn, said: Application) -> None:
    known = turn.person
    if known is not None and known.community.id == said.community_id:
        member = known.member
        member.phone = said.phone
        await members.add_role(turn.tx, member, Role.VOLUNTEER)
    else:
        member = await joining.applicant(
            turn.tx, turn.now, said.community_id, Joiner(turn.account, said.name, None), said.phone
        )
    half_days = said.half_days or list(usual_half_days(said.kind))
    await turn.tx.merge(
        Volunteer(
            member_id=member.id,
            community_id=member.community_id,
            kind=said.kind,
            skills=[str(one) for one in said.skills],
            half_days=half_days,
            most_visits=said.most_visits,
        )
    )
    await members.consent(turn.tx, turn.now, member, "notice", "membership", "phone")
    await turn.tx.flush()
    turn.opening.person = await members.person_of_id(turn.tx, member.id)
    await turn.show(Notice.APPLIED)
    for one in await members.with_role(turn.tx, member.community_id, *STAFF):
        await turn.tell(
            members.to_of(one),
            Notice.APPLICATION,
            key=f"application:{member.id}:{one.id}:{turn.now:%Y%m%d%H%M%S}",
            card=f"application:{member.id}",
            member=member.id,
        )


async def approve(update: Update, turn: Turn) -> None:
    """An applicant becomes a volunteer."""
    await _decide(turn, yes=True)


async def decline(update: Update, turn: Turn) -> None:
    """An applicant is not taken on."""
    await _decide(turn, yes=False)


async def _decide(turn: Turn, *, yes: bool) -> None:
    [member_id] = turn.numbers(1)
    if not turn.me.viewer.staff:
        raise NotYours
    applicant = await members.in_community(turn.tx, turn.me.community.id, member_id)
    won = await joining.decide(turn.tx, turn.now, applicant, turn.me.member.id, approve=yes)
    await turn.refresh(f"application:{member_id}")
    if not won:
        turn.toast(turn.tr("A colleague has decided already."))
        return
    await members.audit(
        turn.tx, turn.now, turn.me.viewer, "application", f"member:{member_id}", approved=yes
    )
    to = members.to_of(applicant)
    await turn.tell(to, Notice.APPROVED, yes=yes, language=turn.tr.language)
    if yes:
        await turn.tell(to, Notice.COMMANDS)


class Invite(BaseModel):
    """Whom to invite, as what."""

    role: str
    elder: int | None = None
    name: str | None = Field(default=None, min_length=1, max_length=40)


async def _roles(filling: Filling) -> list[Option]:
    person = filling.person
    if person is None:
        return []
    found = [Option(one, role_name(filling.tr, one).unescape()) for one in invitable(person.viewer)]
    return [Option("open", filling.tr("Open link for new volunteers").unescape()), *found]


async def _elders(filling: Filling) -> list[Option]:
    if filling.person is None:
        return []
    found = await elders.looked_after(filling.tx, filling.person.viewer)
    return [Option(str(one.id), one.name) for one in found]


INVITE = Form(
    "invite",
    Invite,
    (
        Question("role", _ask(lambda tr: tr("Whom do you want to invite?")), options=_roles),
        Question(
            "elder",
            _ask(lambda tr: tr("Which elder is it about? You can type part of the name.")),
            options=_elders,
            when=lambda answers: answers.get("role") in {Role.FAMILY, Role.ELDER},
        ),
        Question(
            "name",
            _ask(lambda tr: tr("Their name?")),
            write=True,
            when=lambda answers: answers.get("role") not in {"open", Role.ELDER},
        ),
    ),
    done=lambda turn, model, _answers: _invited(turn, model),
    title=lambda tr: tr("Invite somebody"),
)
forms.FORMS.add(INVITE)


async def invite(update: Update, turn: Turn) -> None:
    """`/invite`."""
    if not invitable(turn.me.viewer):
        raise NotYours
    await forms.begin(turn, INVITE)


async def _invited(turn: Turn, said: Invite) -> None:
    person = turn.me
    if said.role == "open":
        if not person.viewer.staff:
            raise NotYours
        token = OPEN_LINK + person.community.open_code
        await turn.say(Notice.INVITATION, open=True, token=token)
        return
    role = Role(said.role)
    if role not in invitable(person.viewer):
        raise NotYours
    name = said.name
    if said.elder is not None:
        elder = await elders.access_elder(turn.tx, person.viewer, said.elder, Right.CHANGE)
        name = name or elder.name
    token = await joining.invite(
        turn.tx, turn.now, person.community.id, role,
        name=name, elder_id=said.elder, by=person.member.id,
    )  # fmt: skip
    await members.audit(turn.tx, turn.now, person.viewer, "invited", str(role), name=name)
    await turn.say(Notice.INVITATION, token=token, role=role, name=name)
