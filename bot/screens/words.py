"""The handbook's words in the reader's language: one function per kind of word."""

from markupsafe import Markup

from bot.texts import Texts
from care import calls, errands, ladder, pauses, surge, visits
from care.access import Role
from care.days import WEEKDAYS, HalfDay
from care.elders import Sex, Tier
from care.joining import Skill, VolunteerKind
from care.pairings import Oddity
from care.wishes import Dialect


def role_name(tr: Texts, role: Role) -> Markup:
    """A role."""
    match role:
        case Role.SUPERVISOR:
            return tr("supervisor")
        case Role.SOCIAL_WORKER:
            return tr("social worker")
        case Role.VOLUNTEER:
            return tr("volunteer")
        case Role.FAMILY:
            return tr("family")
        case Role.ELDER:
            return tr("elder")


def tier_name(tr: Texts, tier: Tier | None) -> Markup:
    """A tier with its colour; an empty one says so."""
    match tier:
        case Tier.RED:
            return tr("🔴 red")
        case Tier.YELLOW:
            return tr("🟡 yellow")
        case Tier.GREEN:
            return tr("🟢 green")
        case None:
            return tr("⚪ not assessed yet")


def grade_name(tr: Texts, grade: int | None) -> Markup:
    """An ability grade of GB/T 42195; not the tier."""
    match grade:
        case 0:
            return tr("0, no loss of ability")
        case 1:
            return tr("1, slight loss of ability")
        case 2:
            return tr("2, moderate loss of ability")
        case 3:
            return tr("3, severe loss of ability")
        case 4:
            return tr("4, complete loss of ability")
        case _:
            return tr("not assessed yet")


def outcome_name(tr: Texts, outcome: calls.Outcome) -> Markup:
    """What came of a call or visit."""
    match outcome:
        case calls.Outcome.FINE:
            return tr("✅ fine")
        case calls.Outcome.FOLLOW_UP:
            return tr("📌 needs follow-up")
        case calls.Outcome.EMERGENCY:
            return tr("🆘 emergency")
        case calls.Outcome.NO_ANSWER:
            return tr("📵 no answer")
        case calls.Outcome.NOT_POSSIBLE:
            return tr("🚫 not possible, because…")


def reason_name(tr: Texts, reason: calls.Reason) -> Markup:
    """Why it was not possible."""
    match reason:
        case calls.Reason.HOSPITAL:
            return tr("in hospital")
        case calls.Reason.AWAY:
            return tr("away with family")
        case calls.Reason.NUMBER_WRONG:
            return tr("the number is wrong")
        case calls.Reason.REFUSED:
            return tr("does not want it")
        case calls.Reason.OTHER:
            return tr("another reason")


def kind_name(tr: Texts, kind: calls.Kind) -> Markup:
    """How a contact happened."""
    return tr("call") if kind is calls.Kind.CALL else tr("visit")


def tier_mark(tier: Tier | None) -> str:
    """A tier's colour alone."""
    return {Tier.RED: "🔴", Tier.YELLOW: "🟡", Tier.GREEN: "🟢", None: "⚪"}[tier]


def surge_name(tr: Texts, why: surge.Why) -> Markup:
    """Why everybody is called."""
    match why:
        case surge.Why.HEAT:
            return tr("heat")
        case surge.Why.COLD:
            return tr("cold")
        case surge.Why.TYPHOON:
            return tr("typhoon")
        case surge.Why.FESTIVAL:
            return tr("festival")


def pause_name(tr: Texts, why: pauses.Why) -> Markup:
    """Why nothing is owed for a while."""
    match why:
        case pauses.Why.HOSPITAL:
            return tr("in hospital")
        case pauses.Why.FAMILY:
            return tr("with family")
        case pauses.Why.TRAVEL:
            return tr("travelling")
        case pauses.Why.OTHER:
            return tr("another reason")


def gone_name(tr: Texts, why: pauses.Gone) -> Markup:
    """Why somebody is in care no more."""
    match why:
        case pauses.Gone.MOVED:
            return tr("has moved away")
        case pauses.Gone.DIED:
            return tr("has died")
        case pauses.Gone.OTHER:
            return tr("another reason")


def urgency_name(tr: Texts, urgency: calls.Urgency) -> Markup:
    """Why somebody stands where they stand on the list."""
    match urgency:
        case calls.Urgency.UNRESOLVED_YESTERDAY:
            return tr("not reached yesterday")
        case calls.Urgency.ASKED_TO_BE_CALLED:
            return tr("asked to be called")
        case calls.Urgency.SILENT:
            return tr("has not answered the morning's question")
        case calls.Urgency.TRIED_TODAY:
            return tr("did not answer today")
        case calls.Urgency.FOLLOW_UP_DUE:
            return tr("follow-up due")
        case calls.Urgency.RED_SINCE_TODAY:
            return tr("red since today")
        case calls.Urgency.BACK_TODAY:
            return tr("back today")
        case calls.Urgency.NEVER_CONTACTED:
            return tr("never contacted yet")
        case calls.Urgency.SURGE:
            return tr("everybody is called today")
        case calls.Urgency.CHECKED_IN:
            return tr("said: I am fine")
        case calls.Urgency.ROUTINE:
            return Markup("")


def clear_name(tr: Texts, how: ladder.Clear) -> Markup:
    """How an alert ended."""
    match how:
        case ladder.Clear.REACHED:
            return tr("reached, and fine")
        case ladder.Clear.HOSPITAL:
            return tr("in hospital, looked after")
        case ladder.Clear.WITH_FAMILY:
            return tr("with family")
        case ladder.Clear.FALSE_ALARM:
            return tr("false alarm")
        case ladder.Clear.OTHER | ladder.Clear.PAUSED:
            return tr("settled otherwise")


def step_name(tr: Texts, step: ladder.Step) -> Markup:
    """A rung of the ladder: what somebody was told."""
    match step:
        case ladder.Step.REMIND:
            return tr("still to be called")
        case ladder.Step.DOOR:
            return tr("asked for a door visit")
        case ladder.Step.RAISE:
            return tr("not reached")
        case ladder.Step.EMERGENCY:
            return tr("emergency")
        case ladder.Step.CLOSED:
            return tr("told afterwards")


def half_name(tr: Texts, half: HalfDay) -> Markup:
    """Morning or afternoon."""
    return tr("morning") if half is HalfDay.AM else tr("afternoon")


def weekday_name(tr: Texts, name: str) -> Markup:
    """ "mon" as people say it."""
    return (
        tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"),
    )[WEEKDAYS.index(name)]  # fmt: skip


def sex_name(tr: Texts, sex: Sex) -> Markup:
    """Woman or man."""
    return tr("woman") if sex is Sex.FEMALE else tr("man")


def dialect_name(tr: Texts, dialect: Dialect) -> Markup:
    """What is spoken beside the standard language."""
    match dialect:
        case Dialect.LOCAL:
            return tr("the local one")
        case Dialect.CANTONESE:
            return tr("Cantonese")
        case Dialect.WU:
            return tr("Wu")
        case Dialect.MIN_NAN:
            return tr("Min Nan")
        case Dialect.HAKKA:
            return tr("Hakka")
        case Dialect.SICHUAN:
            return tr("Sichuanese")
        case Dialect.XIANG:
            return tr("Xiang")
        case Dialect.GAN:
            return tr("Gan")


def errand_name(tr: Texts, kind: errands.Kind) -> Markup:
    """What kind of errand."""
    match kind:
        case errands.Kind.MEDICINE:
            return tr("💊 medicine")
        case errands.Kind.GROCERIES:
            return tr("🥬 groceries")
        case errands.Kind.BILL:
            return tr("🧾 pay a bill")
        case errands.Kind.PARCEL:
            return tr("📦 parcel")
        case errands.Kind.ESCORT:
            return tr("🏥 along to the doctor")
        case errands.Kind.REPAIR:
            return tr("🔧 small repair")


def payer_name(tr: Texts, payer: errands.Payer) -> Markup:
    """Who pays for what is bought."""
    match payer:
        case errands.Payer.ELDER:
            return tr("the elder")
        case errands.Payer.FAMILY:
            return tr("the family")
        case errands.Payer.STATION:
            return tr("the station")
        case errands.Payer.NOBODY:
            return tr("nothing to pay")


def edit_reason(tr: Texts, reason: str) -> Markup:
    """Why an errand was changed; what somebody wrote stays as it is."""
    match reason:
        case "slip":
            return tr("it was written wrongly")
        case "changed":
            return tr("it is wanted differently now")
        case _:
            return Markup("{}").format(reason)


def errand_state(tr: Texts, state: errands.State) -> Markup:
    """Where an errand is."""
    match state:
        case errands.State.REQUESTED:
            return tr("waiting for approval")
        case errands.State.OPEN:
            return tr("open")
        case errands.State.CLAIMED:
            return tr("claimed")
        case errands.State.ON_THE_WAY:
            return tr("on the way")
        case errands.State.BOUGHT:
            return tr("bought")
        case errands.State.DONE:
            return tr("done")
        case errands.State.CONFIRMED:
            return tr("confirmed")
        case errands.State.CANCELLED:
            return tr("cancelled")
        case errands.State.FAILED:
            return tr("not possible")


def errand_reason(tr: Texts, reason: str) -> Markup:
    """Why an errand was given back or could not be done."""
    match reason:
        case errands.WhyNot.NO_TIME:
            return tr("I have no time after all")
        case errands.WhyNot.NOT_THERE:
            return tr("not to be had")
        case errands.WhyNot.NOBODY_HOME:
            return tr("nobody at home")
        case errands.WhyNot.NOT_NEEDED:
            return tr("no longer needed")
        case errands.WhyNot.NOT_ALLOWED:
            return tr("not something volunteers do")
        case errands.WhyNot.SILENT:
            return tr("no answer")
        case errands.WhyNot.NO_PHONE:
            return tr("the elder has no phone for it")
        case errands.WhyNot.HANDED_OVER:
            return tr("handed over in person")
        case _:
            return tr("another reason")


def visit_state(tr: Texts, state: visits.State) -> Markup:
    """Where a visit is."""
    match state:
        case visits.State.DRAFT:
            return tr("📝 not sent yet")
        case visits.State.OFFERED:
            return tr("⏳ not answered yet")
        case visits.State.ACCEPTED:
            return tr("👌 accepted")
        case visits.State.DECLINED:
            return tr("✖️ declined")
        case visits.State.SIGNED_IN:
            return tr("🚪 at the door")
        case visits.State.DONE:
            return tr("✅ visited")
        case visits.State.NOT_POSSIBLE:
            return tr("🚫 could not visit")
        case visits.State.DROPPED:
            return tr("dropped")


def cannot_name(tr: Texts, reason: visits.CannotCome) -> Markup:
    """Why a volunteer cannot come."""
    match reason:
        case visits.CannotCome.BUSY:
            return tr("no time then")
        case visits.CannotCome.ILL:
            return tr("I am ill")
        case visits.CannotCome.AWAY:
            return tr("out of town")
        case visits.CannotCome.OTHER:
            return tr("another reason")


def level_name(tr: Texts, level: visits.Level) -> Markup:
    """How a subject of the report looks."""
    match level:
        case visits.Level.GOOD:
            return tr("😊 good")
        case visits.Level.FAIR:
            return tr("😐 so-so")
        case visits.Level.BAD:
            return tr("😟 worrying")


def skill_name(tr: Texts, skill: Skill) -> Markup:
    """What a volunteer offers."""
    match skill:
        case Skill.CHAT:
            return tr("keep company")
        case Skill.SHOPPING:
            return tr("shopping")
        case Skill.REPAIR:
            return tr("small repairs")
        case Skill.MEDICAL:
            return tr("medical knowledge")
        case Skill.DIALECT:
            return tr("local dialect")
        case Skill.PHONE:
            return tr("help with phones")


def volunteer_kind(tr: Texts, kind: VolunteerKind) -> Markup:
    """Who the volunteer is."""
    match kind:
        case VolunteerKind.STUDENT:
            return tr("student")
        case VolunteerKind.YOUNG_ELDER:
            return tr("younger elder (retired)")
        case VolunteerKind.OTHER:
            return tr("somebody else")


def oddity_name(tr: Texts, oddity: Oddity, count: int) -> Markup:
    """What is unusual about a pairing."""
    match oddity:
        case Oddity.TOO_FEW_ELDERS:
            return tr.many(
                "Only {n} elder; 3 to 5 are usual.", "Only {n} elders; 3 to 5 are usual.", count
            )
        case Oddity.TOO_MANY_ELDERS:
            return tr("{n} elders; 3 to 5 are usual.", n=count)
        case Oddity.NO_VOLUNTEER:
            return tr("No volunteer yet: nobody can be sent on visits.")
