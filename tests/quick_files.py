"""SQLite files one after the other through one engine, and without the program's thread.

A statement is compiled once for all tests of a process, and executed where it is asked for: half of
what a test on the stage costs. Files, schema and statements are the program's own; its driver is
tried in `tests/storage`.
"""

from sqlalchemy.engine import URL

from bot.simulation.inline import Disk, File
from storage.engine import Database, parse_url

_FREE: list["QuickFile"] = []


class QuickFile(File):
    """An engine, and the file that it is at."""

    def turn_to(self, url: URL) -> Database:
        """The records in this file; what was open of another is forgotten."""
        self._path = url.database or ""
        return _Lent(self, url)

    def turn_away(self) -> None:
        """Whoever goes on with a closed database finds none, not the next test's."""
        self._disk = None


class _Lent(Database):
    """Gives its engine back at its end."""

    def __init__(self, file: QuickFile, url: URL) -> None:
        super().__init__(parse_url(str(url)), file.database(Disk(None, _nobody)).engine)
        self._file: QuickFile | None = file

    async def close(self) -> None:
        await super().close()
        if self._file is not None:
            self._file.turn_away()
            _FREE.append(self._file)
            self._file = None


def open_quickly(url: URL) -> Database:
    """The records in a file at the newest schema."""
    return (_FREE.pop() if _FREE else QuickFile(url.database or "")).turn_to(url)


def _nobody() -> None:
    pass
