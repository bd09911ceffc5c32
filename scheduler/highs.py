"""A small model for HiGHS: columns, rows, and an answer that is the same every time."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import highspy

INFINITE = float("inf")
# Instead of a time limit, under which a busy machine would answer differently.
MOST_NODES = 200
GAP = 0.01


class NotSolved(Exception):
    """The solver found no answer; its own word for it."""


def silent() -> "highspy.Highs":
    """A solver that prints nothing.

    It greets on standard output before it can be told not to, where a command's answer belongs.
    """
    import highspy  # noqa: PLC0415 - it is large, and only the solving process needs it

    sys.stdout.flush()
    heard = os.dup(1)
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a device, not a path of ours
        os.dup2(nothing.fileno(), 1)
        try:
            solver = highspy.Highs()  # type: ignore[no-untyped-call]
        finally:
            os.dup2(heard, 1)
            os.close(heard)
    solver.setOptionValue("output_flag", False)
    return solver


@dataclass
class Model:
    """What is to be as small as possible, and under which conditions."""

    _cost: list[float] = field(default_factory=list)
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)
    _whole: list[bool] = field(default_factory=list)
    _rows: list[tuple[float, float, dict[int, float]]] = field(default_factory=list)

    def column(
        self, cost: float = 0, high: float = INFINITE, *, low: float = 0, whole: bool = False
    ) -> int:
        """A number to be found; its place in the answer."""
        self._cost.append(cost)
        self._low.append(low)
        self._high.append(high)
        self._whole.append(whole)
        return len(self._cost) - 1

    def switch(self, cost: float = 0) -> int:
        """A number that is 0 or 1."""
        return self.column(cost, 1, whole=True)

    def row(
        self, parts: Mapping[int, float], low: float = -INFINITE, high: float = INFINITE
    ) -> None:
        """The columns, each times its number, add up to something between `low` and `high`."""
        self._rows.append((low, high, dict(parts)))

    def solve(self) -> list[float]:
        """The best answer, by column.

        Raises:
            NotSolved: there is none.
        """
        import highspy  # noqa: PLC0415 - it is large, and only the solving process needs it

        if not self._cost:
            return []
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._cost), len(self._rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self._cost, self._low, self._high
        lp.row_lower_ = [low for low, _, _ in self._rows]
        lp.row_upper_ = [high for _, high, _ in self._rows]
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in self._whole]
        matrix, starts = lp.a_matrix_, [0]
        for _, _, parts in self._rows:
            starts.append(starts[-1] + len(parts))
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = starts
        matrix.index_ = [column for _, _, parts in self._rows for column in parts]
        matrix.value_ = [value for _, _, parts in self._rows for value in parts.values()]
        solver = silent()
        for name, value in {
            "threads": 1, "random_seed": 1, "mip_rel_gap": GAP,
            "mip_max_nodes": MOST_NODES,
            "mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False,
            "mip_heuristic_run_root_reduced_cost": False,
        }.items():  # fmt: skip
            solver.setOptionValue(name, value)
        solver.passModel(lp)
        solver.run()
        found = solver.getSolution()
        status = solver.getModelStatus()
        limited = status == highspy.HighsModelStatus.kSolutionLimit
        if status != highspy.HighsModelStatus.kOptimal and not (limited and found.value_valid):
            raise NotSolved(solver.modelStatusToString(status))
        return list(found.col_value)
