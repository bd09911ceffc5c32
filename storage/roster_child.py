"""The process that opens a file from outside. It has little memory, little time, and no secrets.

Run as `python -m storage.roster_child`: one line of JSON about the task, then the file, on standard
input; the reading as JSON on standard output. What kills it, kills nothing else.
"""

import json
import resource
import signal
import sys
from datetime import date

from care.draft_sheets import Edited, find
from care.roster import Reading, Reason, read_cells, refuse
from care.roster_lines import Doubt
from storage.roster_kinds import kind_of
from storage.roster_sheets import read_csv, read_xlsx


def read(name: str, content: bytes, *, today: date, region: str) -> Reading | Edited:
    """The whole way from bytes to people, or to the rows of a drafted week."""
    kind = kind_of(content)
    if isinstance(kind, Reason):
        return refuse(kind)
    try:
        sheets = read_xlsx(content) if kind == "xlsx" else read_csv(name, content)
    except Doubt as doubt:
        return refuse(doubt.reason, **doubt.facts)
    return find(sheets) or read_cells(sheets, today=today, region=region)


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def main() -> None:
    """Read one file."""
    task = json.loads(sys.stdin.buffer.readline())
    _limit(task["memory"], task["seconds"])
    try:
        content = sys.stdin.buffer.read()
        today = date.fromisoformat(task["today"])
        reading = read(task["name"], content, today=today, region=task["region"])
        answer = reading.model_dump_json()
    except MemoryError:
        answer = refuse(Reason.TOO_HEAVY).model_dump_json()
    except BaseException as error:  # noqa: BLE001 - a panic of the reader derives from nothing narrower
        print(type(error).__name__, file=sys.stderr)  # noqa: T201 - the message could quote the file
        answer = refuse(Reason.DAMAGED).model_dump_json()
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    main()
