"""The roster: from cells to people, and from people to what an import would change.

Pure: cells come in as values, today as an argument. What can be read in one way only is read;
everything else is told by row and column, and never guessed.
"""

from care.roster_compare import Change, Preview, compare
from care.roster_lines import Cell, Line, Problem, Reading, Reason, Sheet, refuse
from care.roster_read import read_cells

__all__ = [
    "Cell",
    "Change",
    "Line",
    "Preview",
    "Problem",
    "Reading",
    "Reason",
    "Sheet",
    "compare",
    "read_cells",
    "refuse",
]
