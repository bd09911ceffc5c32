"""HiGHS, asked twice: for the relaxation, then for whole visits among the columns that matter.

The second answer is the best there is, and proven to be: a column whose reduced cost is higher
than what lies between an answer and the relaxation's value cannot stand in a better answer, so
leaving it out loses nothing. Where too much was left out at first, it is asked once more.

Where volunteers are scarce, everybody's visits hang on everybody else's, and to prove the last
points takes a hundred times as long as to find them. There, and only there, the columns that are
left out at first stay out if the answer is near the relaxation's value, and nobody looks for its
last points. A visit missed or moved costs far more than what is near, so as much is covered and as
little moved as by the best; and the bound says how good it is.

One thread, fixed seed, and a limit in nodes, never in time: the same week has the same plan
everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from care.plan_price import MOVED
from care.planning import Problem
from care.plans import Put, Visit
from scheduler.highs import silent
from scheduler.plan_model import Columns, Edge, Model

if TYPE_CHECKING:
    import highspy
    import numpy as np

WHOLE = 1e-6
# Costs are whole: plans that differ by less than a point cost the same.
LESS_THAN_A_POINT = 0.99
# In points; columns with a higher reduced cost are left out at first, and where there are many
# columns still in question, those above the least of all prices.
SMALL = 5.0
SMALLEST = 1.0
# So many columns that the relaxation leaves in parts are put together to the last point.
FEW = 150
# Where there are more, in points for each visit, a point being a hundred metres on foot: how near
# the answer has to be to the best of the columns that are left, and to the relaxation's value.
ABOUT = 0.5
NEAR = 1.5
# Beyond any reduced cost.
EVERYTHING = 1e9
NODES = 5_000
FEW_NODES = 1
# Of a sum of whole prices, whatever the solver's tolerances.
TOO_FAR_OFF = 0.5


class NoPlan(Exception):
    """The solver did not find what must exist; carries what it said."""


@dataclass(frozen=True)
class Solved:
    """Visits, what they cost with what is missed, and the value below which no plan can be."""

    visits: tuple[Visit, ...]
    cost: int
    bound: float


def best(
    problem: Problem,
    edges: Sequence[Edge],
    kept: frozenset[Put] = frozenset(),
    *,
    exact: bool = False,
) -> Solved:
    """The cheapest visits along `edges`; `exact` leaves nothing out and proves it by search.

    Raises:
        NoPlan: the solver gave up.
    """
    model = Model(problem, edges, kept)
    solver = Solver(model.columns)
    values, bound = solver.best(exact=exact, most=model.most())
    return Solved(model.visits(values), round(solver.cost) + model.constant, bound + model.constant)


def _fractional(values: Iterable[float]) -> int:
    return sum(abs(value - round(value)) > WHOLE for value in values)


@dataclass(frozen=True)
class _Answer:
    """What one run gave, added up anew from its columns."""

    values: "np.ndarray"
    duals: "np.ndarray"
    cost: float
    bound: float


class Solver:
    """One programme in HiGHS.

    Each run has a solver of its own: one that has solved the relaxation and is then told that
    columns are whole was seen to give a value that its own columns do not add up to. So what it
    gives is added up here, too, and not believed if it differs.

    Raises:
        NoPlan: from whatever is asked; the solver gave up, or contradicts itself.
    """

    def __init__(self, columns: Columns) -> None:
        import highspy  # noqa: PLC0415 - only who plans pays for it
        import numpy as np  # noqa: PLC0415 - likewise

        self.highspy, self.np = highspy, np
        self.count = len(columns.cost)
        self.prices = np.array(columns.cost, dtype=np.float64)
        self.columns = columns
        self.cost = 0.0

    def best(self, *, exact: bool = False, most: int = 0) -> tuple[Sequence[float], float]:
        """The columns of the best answer in whole numbers, and what is proven to be a bound.

        That is the relaxation's value, or more where that was too far off to be of use.

        Args:
            exact: search among all columns.
            most: visits that there can be at most; an answer for many may be a little dearer.
        """
        relaxed = self._must(self._run(whole=False))
        parts = _fractional(relaxed.values)
        if not parts:
            self.cost = relaxed.cost
            return list(relaxed.values), relaxed.bound
        if exact:
            return self.search()
        hard = parts > FEW and most > 0
        near, about = (min(one * most, MOVED / 2) if hard else 0.0 for one in (NEAR, ABOUT))
        small, nodes = (SMALLEST, FEW_NODES) if hard else (SMALL, NODES)
        found = self._run(self._near(relaxed, small), about=about, nodes=nodes)
        between = EVERYTHING if found is None else found.cost - relaxed.cost
        bound = relaxed.bound
        if found is None or between > max(small, near):
            # What is left out now cannot beat the first answer, so what is proven here holds.
            again = self._must(self._run(self._near(relaxed, between + 1), about=about))
            bound = max(bound, again.bound)
            found = again if found is None or again.cost <= found.cost else found
        self.cost = found.cost
        return list(found.values), bound

    def search(self) -> tuple[Sequence[float], float]:
        """As `best`, without the relaxation; the value is what the search has proven."""
        found = self._must(self._run())
        self.cost = found.cost
        return list(found.values), found.bound

    def _must(self, found: _Answer | None) -> _Answer:
        if found is None:
            raise NoPlan("no visits at all, which cannot be")
        return found

    def _near(self, relaxed: _Answer, margin: float) -> "tuple[np.ndarray, np.ndarray]":
        """Bounds that hold columns with a large reduced cost where the relaxation had them."""
        np, values, duals = self.np, relaxed.values, relaxed.duals
        low = np.where((values > 1 - WHOLE) & (duals < -margin), 1.0, 0.0)
        high = np.where((values < WHOLE) & (duals > margin), 0.0, 1.0)
        return low, high

    def _run(
        self,
        bounds: "tuple[np.ndarray, np.ndarray] | None" = None,
        *,
        whole: bool = True,
        about: float = 0.0,
        nodes: int = NODES,
    ) -> _Answer | None:
        """Solve; None if there is no answer, and values only after a look at how it ended.

        At the limit of nodes the best so far is an answer, and the bound says how good it is. That
        there is none within few `nodes` is no failure.
        """
        highs = self._highs(about, nodes)
        self._well(highs.passModel(self._lp(bounds, whole=whole)))
        self._well(highs.run())
        status, good, info = highs.getModelStatus(), self.highspy.HighsModelStatus, highs.getInfo()
        if status == good.kInfeasible:
            return None
        feasible = int(self.highspy.SolutionStatus.kSolutionStatusFeasible)
        if info.primal_solution_status != feasible:
            if status == good.kSolutionLimit and nodes < NODES:
                return None
            raise NoPlan(highs.modelStatusToString(status))
        if status not in {good.kOptimal, good.kSolutionLimit}:
            raise NoPlan(highs.modelStatusToString(status))
        solution = highs.getSolution()
        values = self.np.array(solution.col_value)
        cost = float(values @ self.prices)
        bound = float(info.mip_dual_bound) if whole else cost
        if not abs(cost - info.objective_function_value) < TOO_FAR_OFF:
            raise NoPlan(f"{cost} is said to be {info.objective_function_value}")
        return _Answer(values, self.np.array(solution.col_dual), cost, min(bound, cost))

    def _highs(self, about: float, nodes: int) -> "highspy.Highs":
        highs = silent()
        options: dict[str, bool | int | float | str] = {
            "threads": 1,
            "parallel": "off",
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": max(about, LESS_THAN_A_POINT),
            "mip_max_nodes": nodes,
            # To begin anew serves the proof.
            "mip_allow_restart": nodes == NODES,
        }
        for name, value in options.items():
            self._well(highs.setOptionValue(name, value))
        return highs

    def _lp(
        self, bounds: "tuple[np.ndarray, np.ndarray] | None", *, whole: bool
    ) -> "highspy.HighsLp":
        np, columns, lp = self.np, self.columns, self.highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.count, len(columns.low)
        lp.col_cost_ = self.prices
        lp.col_lower_, lp.col_upper_ = bounds or (np.zeros(self.count), np.ones(self.count))
        lp.row_lower_ = np.array(columns.low, dtype=np.float64)
        lp.row_upper_ = np.array(columns.high, dtype=np.float64)
        lp.a_matrix_.format_ = self.highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.array(columns.start, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(columns.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(columns.value, dtype=np.float64)
        if whole:
            lp.integrality_ = [self.highspy.HighsVarType.kInteger] * self.count
        return lp

    def _well(self, status: "highspy.HighsStatus") -> None:
        if status == self.highspy.HighsStatus.kError:
            raise NoPlan(str(status))
