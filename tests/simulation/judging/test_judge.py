"""A history without a fault is judged by every invariant, and nothing is found."""

from bot.simulation.judging.bench import Invariant
from tests.simulation.history import Court


def test_a_history_without_a_fault_holds_and_each_invariant_was_looked_at(court: Court) -> None:
    judge = court.judge()
    judge.logged({"event": "started"})
    judge.account_for({"kill": 1}, {"kill": 1})
    court.verdict(judge)

    assert judge.violations == []
    never = {name for name, count in judge.checks.items() if not count}
    # Nobody blocked the bot in three days without a fault, and no week came to its end.
    assert never <= {str(Invariant.UNREACHABLE_IS_NOT_SILENT), str(Invariant.NO_GAP_UNSAID)}
    assert set(judge.checks) == {str(one) for one in Invariant}
    assert judge.red_days["met"] > 3
