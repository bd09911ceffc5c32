"""Measured from inside one process: a quiet heartbeat, and a roster of 5,000 rows.

`python -m tests.bench.inside` reads such a roster in a process that has done nothing else, and
prints seconds and peak memory.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert

from care.elders import ElderFacts, Tier
from scheduler.heartbeat import Heartbeat
from scheduler.jobs import JOBS
from storage import communities, roster, roster_import
from storage.engine import Database, parse_url
from storage.migrate import migrate
from storage.tables import Elder

NOW = datetime(2026, 4, 9, 6, 0, tzinfo=UTC)
ROWS = 5000


class Still:
    """Two in the afternoon; everything of the day has been done."""

    def now(self) -> datetime:
        """Always the same moment."""
        return NOW

    def real_seconds_until(self, moment: datetime) -> float:
        """Far from it."""
        return max(0.0, (moment - NOW).total_seconds())


async def filled(url: str, count: int) -> Database:
    """A community with many elders, one in ten of them red."""
    await migrate(parse_url(url))
    database = Database(url)
    async with database.write() as tx:
        station = await communities.create(tx, NOW, "幸福社区", "Asia/Shanghai", "zh_CN")
        common = {"community_id": station.id, "created_at": NOW, "updated_at": NOW}
        rows = [
            {"name": f"老人{n}", "tier": Tier.GREEN if n % 10 else Tier.RED, **common}
            for n in range(count)
        ]
        if rows:
            await tx.execute(insert(Elder), rows)
    return database


async def quiet_beat(elders: int, beats: int = 20) -> float:
    """Milliseconds of one beat with nothing due (median)."""
    with tempfile.TemporaryDirectory(prefix="nuanlin-bench-") as name:
        database = await filled(f"sqlite:///{name}/station.db", elders)
        heartbeat = Heartbeat(database, Still(), JOBS, lambda: None)
        await heartbeat.beat()
        taken = []
        for _ in range(beats):
            began = time.perf_counter()
            await heartbeat.beat()
            taken.append((time.perf_counter() - began) * 1000)
        await database.close()
    return sorted(taken)[beats // 2]


def preview() -> tuple[float, float]:
    """Seconds and MB at the peak for reading and comparing a roster of 5,000 rows."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.bench.inside"], check=True, capture_output=True, text=True
    )
    seconds, peak = json.loads(found.stdout)
    return seconds, peak


async def _preview() -> tuple[float, float]:
    names = (f"王{chr(0x4E00 + n % 3000)}{chr(0x5200 + n // 3000)}" for n in range(ROWS))
    people = [
        ElderFacts(name=one, number=f"N{n:05}", phone=f"+86138{n:08}", building=f"{n % 40 + 1}号楼")
        for n, one in enumerate(names)
    ]
    content = roster.write_file(people, language="zh_CN")
    with tempfile.TemporaryDirectory(prefix="nuanlin-bench-") as name:
        database = await filled(f"sqlite:///{Path(name) / 'station.db'}", 0)
        began = time.perf_counter()
        reading = await roster.read_file("roster.xlsx", content, today=date(2026, 4, 9))
        async with database.read() as tx:
            [station] = await communities.every(tx)
            plan = await roster_import.plan(tx, station.id, None, reading)
        seconds = time.perf_counter() - began
        await database.close()
    if len(plan.preview.new) != ROWS:
        raise RuntimeError(f"{len(plan.preview.new)} of {ROWS} rows were read")
    # The file is opened in a process of its own; the larger of the two counts.
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, max(child, _own_peak()) / 1024


def _own_peak() -> int:
    """Kilobytes; what `getrusage` tells of oneself includes whoever started the process."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_preview())))  # noqa: T201 - the answer
