"""The money of an errand, in whole fen: advance, spent, change; two sides must agree.

Nothing that was said is ever taken away: who was wrong says it anew, and both stand in the book.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from care.errands import ENDED, Part, State

# 100,000 yuan: no errand of a neighbour's costs more, and a slip of the finger does.
MOST_FEN = 10_000_000
FEN = 100
_YUAN = re.compile(r"[¥￥]?\s*([0-9]{1,6})(?:[.。]([0-9]{1,2}))?\s*[元块]?")


class Flow(StrEnum):
    """What a sum was (handbook, "Errands": advance given, spent, change returned).

    `REPAID` is what a volunteer gets back who paid out of their own pocket.
    """

    ADVANCE = "advance"
    SPENT = "spent"
    CHANGE = "change"
    REPAID = "repaid"


class Side(StrEnum):
    """Who says so: whoever does the errand, or whoever's money it is."""

    VOLUNTEER = "volunteer"
    PAYER = "payer"


# What passes from hand to hand, so that both have seen it.
HANDED = (Flow.ADVANCE, Flow.CHANGE, Flow.REPAID)
TO_VOLUNTEER = frozenset({Flow.ADVANCE, Flow.REPAID})


class WrongSum(ValueError):
    """No sum of money, or more than any errand costs."""


def read_yuan(text: str) -> int:
    """The fen of a typed sum: "35", "35.6", "¥35.60", "35元"; never by way of a float.

    Raises:
        WrongSum: not a sum, or above 100,000 yuan.
    """
    found = _YUAN.fullmatch(text.strip())
    if found is None:
        raise WrongSum(text)
    fen = int(found[1]) * FEN + int((found[2] or "").ljust(2, "0"))
    if fen > MOST_FEN:
        raise WrongSum(text)
    return fen


def yuan(fen: int) -> str:
    """A sum as people write it: "35.60", "-0.05"."""
    whole, rest = divmod(abs(fen), FEN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


@dataclass(frozen=True)
class Entry:
    """One row of the book: somebody said that a sum went one way.

    Attributes:
        number: its place in the book; later is higher.
        holder: the member who does the errand.
        fen: the sum, not negative.
        corrects: the row it stands in place of.
        receipt: a photo belongs to it.
    """

    number: int
    holder: int
    flow: Flow
    side: Side
    fen: int
    corrects: int | None = None
    receipt: bool = False


def side_of(flow: Flow, part: Part, *, for_volunteer: bool) -> Side | None:
    """On whose side somebody may speak; None when on nobody's.

    Only whoever holds the errand speaks for the volunteer. For the payer speak the elder, the
    family, and the staff, as many elders have no chat. What was spent is shown by its receipt.
    """
    if for_volunteer:
        return Side.VOLUNTEER if part.claimer else None
    if flow is Flow.SPENT or not (part.receiver or part.keeper):
        return None
    return Side.PAYER


def may_correct(entry: Entry, entries: Iterable[Entry], side: Side) -> bool:
    """Whether a row can be put right: by its own side, and only the row that stands last."""
    stands = all(one.corrects != entry.number for one in entries)
    return stands and entry.side is side


def standing(entries: Sequence[Entry]) -> list[Entry]:
    """The rows that no later one stands in place of, in order."""
    gone = {one.corrects for one in entries}
    return [one for one in entries if one.number not in gone]


class Fault(StrEnum):
    """Why the money of an errand is looked at by a social worker."""

    DISAGREE = "disagree"
    ONE_SIDED = "one_sided"
    UNBALANCED = "unbalanced"
    OVER_BUDGET = "over_budget"
    NO_RECEIPT = "no_receipt"


# Somebody has, or may have, what is another's; the others are only to be looked at.
OUTSTANDING = frozenset({Fault.DISAGREE, Fault.ONE_SIDED, Fault.UNBALANCED})


@dataclass(frozen=True)
class Difference:
    """One thing that does not add up.

    Attributes:
        holder: with whom.
        flow: of what, where it is of one thing.
        fen: by how much. Of `DISAGREE`, what the volunteer said above what the payer said; of
            `UNBALANCED`, what the volunteer still has, negative when they are owed it; of the
            others the sum in question.
    """

    fault: Fault
    holder: int
    fen: int
    flow: Flow | None = None


@dataclass(frozen=True)
class Account:
    """What one holder of an errand received, spent and gave back, in fen; None: nobody said."""

    holder: int
    said: Mapping[tuple[Flow, Side], int] = field(default_factory=dict)
    without_receipt: int = 0

    def sum_of(self, flow: Flow) -> int:
        """What counts: the volunteer's word, else the payer's, else nothing."""
        own = self.said.get((flow, Side.VOLUNTEER))
        return own if own is not None else self.said.get((flow, Side.PAYER), 0)

    @property
    def left(self) -> int:
        """What the volunteer should still have; negative when they are owed it."""
        received = self.sum_of(Flow.ADVANCE) + self.sum_of(Flow.REPAID)
        return received - self.sum_of(Flow.SPENT) - self.sum_of(Flow.CHANGE)

    def differences(self, budget: int | None = None) -> list[Difference]:
        """Everything that does not add up, for an errand that may cost `budget` fen."""
        found: list[Difference] = []
        for flow in HANDED:
            own, other = (self.said.get((flow, side)) for side in Side)
            if own is None and other is None:
                continue
            if own is None or other is None:
                missing = own if other is None else other
                if missing:
                    found.append(Difference(Fault.ONE_SIDED, self.holder, missing, flow))
            elif own != other:
                found.append(Difference(Fault.DISAGREE, self.holder, own - other, flow))
        if self.left:
            found.append(Difference(Fault.UNBALANCED, self.holder, self.left))
        spent = self.sum_of(Flow.SPENT)
        if budget is not None and spent > budget:
            over = spent - budget
            found.append(Difference(Fault.OVER_BUDGET, self.holder, over, Flow.SPENT))
        if self.without_receipt:
            missing = self.without_receipt
            found.append(Difference(Fault.NO_RECEIPT, self.holder, missing, Flow.SPENT))
        return found


def counted(entries: Sequence[Entry]) -> list[Entry]:
    """The rows of which the sums of all accounts are made (`Account.sum_of`), in order.

    What counts is decided over the whole errand; so the sums of its months are the sum of it.
    """
    stand = standing(entries)
    own = {(one.holder, one.flow) for one in stand if one.side is Side.VOLUNTEER}
    return [one for one in stand if one.side is Side.VOLUNTEER or (one.holder, one.flow) not in own]


def accounts(entries: Sequence[Entry]) -> list[Account]:
    """The account of everybody who has held the errand, in order of the first word about them."""
    said: dict[int, dict[tuple[Flow, Side], int]] = {}
    bare: dict[int, int] = defaultdict(int)
    for one in standing(entries):
        sums = said.setdefault(one.holder, {})
        sums[one.flow, one.side] = sums.get((one.flow, one.side), 0) + one.fen
        if one.flow is Flow.SPENT and not one.receipt:
            bare[one.holder] += one.fen
    return [Account(holder, sums, bare[holder]) for holder, sums in said.items()]


def differences(entries: Sequence[Entry], budget: int | None = None) -> list[Difference]:
    """Everything that does not add up in one errand."""
    return [one for account in accounts(entries) for one in account.differences(budget)]


# Nobody need wait for the other side's word to see that two words do not agree.
AT_ONCE = frozenset({Fault.DISAGREE, Fault.OVER_BUDGET})


def to_tell(
    now: datetime,
    found: Sequence[Difference],
    state: State,
    last_word: datetime,
    patience: timedelta,
) -> list[Difference]:
    """The differences that a social worker hears of now (handbook, "Errands").

    While the errand is in somebody's hand the money is still on its way, and people need a moment
    (`patience` after the last word, or after the end) to write the change down.
    """
    ended = state in ENDED or state is State.OPEN
    if ended and now >= last_word + patience:
        return list(found)
    return [one for one in found if one.fault in AT_ONCE]
