"""Any people tap anything in any order: the state is legal, one owner, the money adds up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from care.access import Role, Viewer
from care.errand_money import Flow, accounts
from care.errand_offers import Circle
from care.errands import CLAIMERS, ENDED, IN_HAND, STEPS, UNCLAIMED, State, Step
from care.refusals import Refusal
from storage import (
    errand_circles,
    errand_edits,
    errand_helpers,
    errand_money,
    errand_offers,
    errands,
)
from storage.engine import Database
from storage.errand_money import Said
from storage.tables import Community, Errand, ErrandMoney, ErrandOffer
from tests.stage import new_database, sqlite_url
from tests.storage.towns import NOW, Towns, build_towns, viewer

PEOPLE = ("chen", "away", "daughter", "granny", "li", "boss", "stranger")
WHO = st.sampled_from(PEOPLE)
TAPPED = [one for one in Step if one not in {Step.CLAIM, Step.EDIT}]
TAPS = st.sampled_from(TAPPED)


class Life(RuleBasedStateMachine):
    """One errand of one elder, two volunteers, family, staff, and somebody from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.now = NOW
        self.said: list[int] = []
        self.taps = 0
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.database: Database = await new_database(sqlite_url(Path(self.folder.name)))
        async with self.database.write() as tx:
            self.towns: Towns = await build_towns(tx)
            here = self.towns.here
            await errand_circles.note_asked(tx, NOW, here.errand, Circle.GROUP, None)
            here.away.blocked_at = None
            await errand_helpers.approve_medicine(
                tx, NOW, viewer(here.li, Role.SOCIAL_WORKER), here.away.id, may=True
            )
        self.people: dict[str, Viewer] = {
            "chen": viewer(here.chen, Role.VOLUNTEER),
            "away": viewer(here.away, Role.VOLUNTEER),
            "daughter": viewer(here.daughter, Role.FAMILY),
            "granny": viewer(here.granny, Role.ELDER),
            "li": viewer(here.li, Role.SOCIAL_WORKER),
            "boss": viewer(here.boss, Role.SUPERVISOR),
            "stranger": viewer(self.towns.there.chen, Role.VOLUNTEER),
        }
        self.number = here.errand.id
        self.before = await self._seen()

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    def tap(self, act: Callable[[AsyncSession], Awaitable[object]]) -> bool:
        """One tap in one transaction; a refusal changes nothing."""
        return self.runner.run(self._tap(act))

    async def _tap(self, act: Callable[[AsyncSession], Awaitable[object]]) -> bool:
        self.taps += 1
        before = await self._seen()
        try:
            async with self.database.write() as tx:
                await act(tx)
        except Refusal:
            assert await self._seen() == before
            return False
        return True

    async def _seen(self) -> tuple[object, ...]:
        async with self.database.read() as tx:
            one = await tx.get_one(Errand, self.number)
            steps = await errand_edits.history(tx, one)
            money = await errand_money.rows_of(tx, self.number)
        return one.state, one.claimed_by, len(steps), len(money)

    @rule(who=WHO)
    def claims(self, who: str) -> None:
        self._claim(who)

    def _claim(self, who: str) -> None:
        self.tap(lambda tx: errands.claim(tx, self.now, self.people[who], self.number))

    @rule(who=WHO, step=TAPS)
    def takes_a_step(self, who: str, step: Step) -> None:
        self._take(who, step)

    def _take(self, who: str, step: Step) -> None:
        async def act(tx: AsyncSession) -> None:
            one = self.people[who]
            whole, _ = await errands.access_step(tx, one, self.number, step)
            await errands.take_step(tx, self.now, whole, step, one.member_id, "other")

        self.tap(act)

    @rule(data=st.data())
    def somebody_takes_a_step_that_fits(self, data: st.DataObject) -> None:
        """Blind taps alone would seldom get far."""
        state, owner, *_ = self.runner.run(self._seen())
        fitting = [step for step, (before, _) in STEPS.items() if state in before]
        step = data.draw(
            st.sampled_from([one for one in fitting if one is not Step.EDIT] or TAPPED)
        )
        if step is Step.CLAIM:
            self._claim(data.draw(st.sampled_from(("chen", "away"))))
            return
        holder = [name for name, one in self.people.items() if one.member_id == owner]
        who = data.draw(st.sampled_from(holder if step in CLAIMERS and holder else PEOPLE))
        self._take(who, step)

    @rule(who=WHO, what=st.sampled_from(["rice", "oil"]), budget=st.integers(0, 9999))
    def edits(self, who: str, what: str, budget: int) -> None:
        async def act(tx: AsyncSession) -> None:
            one = self.people[who]
            whole, _ = await errands.access_step(tx, one, self.number, Step.EDIT)
            new = {"what": what, "budget_fen": budget}
            await errand_edits.edit(tx, self.now, whole, one.member_id, "other", **new)

        self.tap(act)

    @rule(minutes=st.sampled_from([1, 20, 200]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

        async def act(tx: AsyncSession) -> None:
            station = await tx.get_one(Community, self.towns.here.id)
            whole = await errands.load(tx, station.id, self.number)
            await errand_offers.offer(tx, self.now, station, whole)
            await errand_money.look(tx, self.now, station)

        assert self.tap(act)

    @rule(
        who=WHO, flow=st.sampled_from(Flow), fen=st.integers(0, 9999), own=st.booleans(),
        again=st.booleans(),
    )  # fmt: skip
    def speaks_of_money(self, who: str, flow: Flow, fen: int, own: bool, again: bool) -> None:
        key = f"tap{self.taps - 1 if again else self.taps}"
        said = Said(flow, fen, key, own)
        self._say(who, said)

    @precondition(lambda self: self.said)
    @rule(who=WHO, fen=st.integers(0, 9999), data=st.data(), own=st.booleans())
    def corrects(self, who: str, fen: int, data: st.DataObject, own: bool) -> None:
        row = data.draw(st.sampled_from(self.said))
        flow = data.draw(st.sampled_from(Flow))
        self._say(who, Said(flow, fen, f"tap{self.taps}", own, corrects=row, reason="slip"))

    def _say(self, who: str, said: Said) -> None:
        async def act(tx: AsyncSession) -> None:
            row = await errand_money.say(tx, self.now, self.people[who], self.number, said)
            if row.id not in self.said:
                self.said.append(row.id)

        self.tap(act)

    @invariant()
    def it_holds(self) -> None:
        self.runner.run(self._holds())

    async def _holds(self) -> None:
        async with self.database.read() as tx:
            one = await tx.get_one(Errand, self.number)
            steps = await errand_edits.history(tx, one)
            rows = list(await tx.scalars(select(ErrandMoney).order_by(ErrandMoney.id)))
            refused = await tx.scalars(select(ErrandOffer).where(ErrandOffer.no_at.is_not(None)))
            no = {row.member_id for row in refused}
        self._owner(one)
        self._history(one, [(Step(step.step), step.by_id) for step, _ in steps[1:]])
        assert no >= {step.by_id for step, _ in steps if step.step == Step.RETURN}
        # Money: everything said is still there, in fen, and nothing else.
        assert [row.id for row in rows] == sorted(self.said)
        entries = [errand_money.entry_of(row) for row in rows]
        for account in accounts(entries):
            if not account.differences():
                assert account.left == 0
        claimers = {step.by_id for step, _ in steps if step.step == Step.CLAIM}
        assert {row.holder_id for row in rows} <= claimers

    def _owner(self, one: Errand) -> None:
        assert one.state in State
        if one.state in UNCLAIMED:
            assert one.claimed_by is None
        if one.state in IN_HAND | {State.DONE, State.CONFIRMED, State.FAILED}:
            assert one.claimed_by is not None
        assert (one.ended_at is not None) == (one.state in ENDED)

    def _history(self, one: Errand, steps: list[tuple[Step, int]]) -> None:
        """The errand is what its history says, step by step."""
        state, owner = State.OPEN, None
        for step, by in steps:
            before, then = STEPS[step]
            assert state in before
            state = then or state
            if step is Step.CLAIM:
                assert owner is None
                owner = by
            elif step is Step.RETURN:
                assert owner == by
                owner = None
        assert (one.state, one.claimed_by) == (state, owner)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
