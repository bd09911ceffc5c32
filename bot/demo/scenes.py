"""The scenes of the tour, in the order of the day."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from bot.demo.play import Play
from bot.demo.theatre import NoButton
from care.access import Role
from care.elders import ElderFacts, Tier
from care.visits import State
from storage import calls, elders, joining, members, visits
from storage.roster import write_file
from storage.visits import Visiting

SUNDAY = date(2026, 4, 12)
NEXT_MONDAY = date(2026, 4, 13)
FIRST, SECOND = "first volunteer", "second volunteer"
BOSS, WORKER, DAUGHTER = "supervisor", "social worker", "daughter"


async def joining_(play: Play) -> None:
    """Supervisor, social worker and volunteers come in by their links."""
    tr = play.tr
    play.telling.scene(tr("Sunday 07:50 · Everybody joins by an invitation").unescape())
    for part, name, role in (
        (BOSS, tr("Director Zhou"), Role.SUPERVISOR),
        (WORKER, tr("Li Min"), Role.SOCIAL_WORKER),
        (FIRST, tr("Chen Xing"), Role.VOLUNTEER),
        (SECOND, tr("Aunt Liu"), Role.VOLUNTEER),
    ):
        await _join(play, part, name.unescape(), role)
    people = [play.people[part] for part in (WORKER, BOSS, FIRST, SECOND)]
    play.group = play.theatre.telegram.add_group(tr("Volunteers").unescape(), people)
    play.theatre.phones.add_bot(play.group, play.people[WORKER])
    await play.theatre.settle()
    play.telling.follow(people[0], play.group)
    play.telling.look()
    play.must(play.theatre.heard(people[0], play.group), play.tr("the volunteers' group is linked"))


async def _join(play: Play, part: str, name: str, role: Role, elder: str | None = None) -> None:
    theatre = play.theatre
    language = "zh-hans" if play.tr.language == "zh_CN" else "en"
    phone = f"+861370000{len(theatre.telegram.people) + 1:04}"
    person = theatre.telegram.add_person(name, language_code=language, phone=phone)
    play.people[part] = person
    async with theatre.database.write() as tx:
        station = play.station.id
        elder_id = (await elders.named(tx, station, elder)).id if elder else None
        now = theatre.clock.now()
        token = await joining.invite(tx, now, station, role, name=name, elder_id=elder_id)
    theatre.phones.start(person, token)
    await theatre.settle()
    await play.taps(part, "join")
    # From here on, what the bot writes to them is told.
    play.telling.follow(person)
    play.telling.look()
    async with theatre.database.read() as tx:
        found = await members.person_of_account(tx, person.id)
    play.must(found is not None and role in found.roles, f"{name}: {role}")


def _roster(play: Play) -> list[ElderFacts]:
    tr = play.tr
    people = (
        (tr("Wang Guifang"), Tier.RED, 1943, 12, 1),
        (tr("Zhao Dehai"), Tier.YELLOW, 1939, 12, 2),
        (tr("Zhou Yumei"), Tier.YELLOW, 1947, 11, 3),
    )
    return [
        ElderFacts(
            name=name.unescape(),
            birth_date=date(year, 9, 12),
            phone=f"+8613800001{number:03}",
            building=_house(play, building),
            address=f"{_house(play, building)} 50{number}",
            tier=tier,
            limited_mobility=tier is Tier.YELLOW,
        )
        for name, tier, year, building, number in people
    ]


def _house(play: Play, number: int) -> str:
    return f"{number}号楼" if play.tr.language == "zh_CN" else f"Rose Court {number}"


async def roster(play: Play) -> None:
    """The social worker sends the roster, sees what it would change, and takes it in."""
    tr, worker = play.tr, play.people[WORKER]
    play.telling.scene(tr("08:00 · The social worker sends the roster").unescape())
    file = tr("roster.xlsx").unescape()
    content = write_file(_roster(play), language=tr.language)
    play.telling.said(worker, f"📎 {file}")
    play.theatre.phones.send_document(worker, file, content)
    await play.theatre.settle()
    play.telling.look()
    await play.taps(WORKER, "roster_take")
    async with play.theatre.database.read() as tx:
        found = await elders.of_community(tx, play.station.id)
    play.must(len(found) == len(_roster(play)), play.tr("the roster is taken in"))


async def pairing(play: Play) -> None:
    """One pairing: the social worker, two volunteers, three elders."""
    play.telling.scene(play.tr("08:10 · A pairing: 1 + 2 for 3 elders").unescape())
    await play.says(WORKER, "/pairings")
    await play.taps(WORKER, "pairing_new")
    for part in (FIRST, SECOND):
        await play.taps(WORKER, "answer", play.people[part].name)
    await _ok(play)
    for one in _roster(play):
        await play.taps(WORKER, "answer", one.name)
    await _ok(play)
    await play.taps(WORKER, "answer")
    name = _roster(play)[1].name
    daughter = play.tr("Zhao Min").unescape()
    await _join(play, DAUGHTER, daughter, Role.FAMILY, name)


async def _ok(play: Play) -> None:
    """ "Done", the one button of a question with several answers that ends in "ok"."""
    await play.taps(WORKER, "answer", end=":ok")


async def call_list(play: Play) -> None:
    """08:30: the red elder is called; the outcome takes two taps."""
    play.telling.scene(play.tr("08:30 · The call list").unescape())
    name = _roster(play)[0].name
    await play.at(SUNDAY, 8, 30)
    # Other messages of the morning may have come after it.
    heard = (one for one in play.theatre.heard(play.person(WORKER)) if "📞" in one.text)
    play.must(any(name in one.text for one in heard), play.tr("the call list comes"))
    await play.taps(WORKER, "call", name)
    await play.taps(WORKER, "log", end=f":fine:-:{SUNDAY}")
    async with play.theatre.database.read() as tx:
        elder = await elders.named(tx, play.station.id, name)
        day = await calls.last_contacts(tx, play.station.id, [elder.id])
    play.must(day.get(elder.id) == SUNDAY, play.tr("the call is written down"))


async def errand(play: Play) -> None:
    """The daughter asks; one volunteer gets it, the other reads who has it; she is told."""
    tr = play.tr
    play.telling.scene(tr("10:00 · The daughter asks for an errand").unescape())
    await play.at(SUNDAY, 10)
    await play.says(DAUGHTER, "/errand")
    await play.taps(DAUGHTER, "answer", end=":=medicine")
    await play.says(DAUGHTER, tr("Blood-pressure pills, one box").unescape())
    await play.taps(DAUGHTER, "answer", end=":=0")
    await play.taps(DAUGHTER, "answer", end=":ok")
    first, second = play.people[FIRST], play.people[SECOND]
    # Both are of the elder's pairing and asked first; the second one presses a moment later.
    message, button = play.theatre.find(first, "claim")
    other, late = play.theatre.find(second, "claim")
    await play.press(FIRST, message, button)
    answer = await play.press(SECOND, other, late)
    play.must(first.name in answer, play.tr("the second volunteer reads who has taken it"))
    play.must(not _holds_errand(play, SECOND), play.tr("exactly one volunteer has the errand"))
    await play.taps(FIRST, "errand_step", end=":finish:-")
    told = play.last(DAUGHTER).text
    play.must(first.name in told and second.name not in told, play.tr("the daughter is told"))


def _holds_errand(play: Play, part: str) -> bool:
    """Whether somebody has a button that moves an errand on."""
    try:
        play.theatre.find(play.people[part], "errand_step")
    except NoButton:
        return False
    return True


async def week(play: Play) -> None:
    """Sunday 18:00: the week comes, and the volunteers say yes."""
    play.telling.scene(play.tr("18:00 · The visits of the week that begins tomorrow").unescape())
    await play.at(SUNDAY, 18)
    for part in (FIRST, SECOND):
        await play.taps(part, "visits_yes")
    async with play.theatre.database.read() as tx:
        rows = await visits.of_week(tx, play.station.id, NEXT_MONDAY)
    play.must(len(rows) == 2 * 2, play.tr("two visits for each yellow elder are planned"))
    play.must(all(row.visit.state is State.ACCEPTED for row in rows), play.tr("all are accepted"))


async def evening_before(play: Play) -> None:
    """The family hears the evening before who comes, and when."""
    visit = await _first_visit(play)
    eve = play.tr.day(visit.visit.day - timedelta(days=1))
    title = play.tr("{day} 19:00 · The family is told who comes tomorrow", day=eve)
    play.telling.scene(title.unescape())
    await play.at(visit.visit.day - timedelta(days=1), 19)
    told = play.last(DAUGHTER).text
    play.must(
        visit.elder.name in told and "🌷" in told, play.tr("the family is told the evening before")
    )


async def _first_visit(play: Play) -> Visiting:
    """The first visit to the elder whose daughter is here."""
    name = _roster(play)[1].name
    async with play.theatre.database.read() as tx:
        rows = await visits.of_week(tx, play.station.id, NEXT_MONDAY)
    return min(
        (row for row in rows if row.elder.name == name),
        key=lambda row: (row.visit.day, row.visit.half),
    )


async def visit(play: Play) -> None:
    """On the day: the reminder, the sign-in at the door, a report in a few taps."""
    row = await _first_visit(play)
    day = row.visit.day
    play.telling.scene(play.tr("{day} · The visit", day=play.tr.day(day)).unescape())
    await play.at(day, 8, 30)
    part = next(part for part in (FIRST, SECOND) if play.people[part].name == row.volunteer.name)
    play.must(
        (_roster(play)[1].address or "") in play.last(part).text,
        play.tr("the reminder has the address"),
    )
    await play.at(day, 9, 40)
    await play.taps(part, "sign_in", row.elder.name)
    await play.taps(part, "report")
    for answer in (":=good", ":=good", ":ok", ":=fair", ":=0"):
        await play.taps(part, "answer", end=answer)
    await play.says(part, play.tr("Walks better than last week; wants to play chess.").unescape())
    await play.taps(part, "answer", end=":=all")
    async with play.theatre.database.read() as tx:
        found = await visits.find(tx, play.station.id, row.visit.id)
    play.must(found.visit.state is State.DONE, play.tr("the visit is written down"))


Scene = Callable[[Play], Awaitable[None]]
SCENES: tuple[Scene, ...] = (
    joining_, roster, pairing, call_list, errand, week, evening_before, visit,
)  # fmt: skip
