"""The community that is simulated: who lives there, and that a seed is a community."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.playground.telegram import LocalTelegram
from bot.simulation.agenda import Agenda
from bot.simulation.town import Town, settle_in
from care.access import Role
from care.elders import Tier
from storage import pairings
from storage.engine import Database
from storage.tables import Community, Consent, Elder, FamilyLink
from tests.stage import new_database, sqlite_url

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 1, 5, tzinfo=SHANGHAI)


async def settled(folder: Path, elders: int = 82, seed: int = 1) -> tuple[Town, Database]:
    agenda = Agenda(START, seed, SHANGHAI)
    database = await new_database(sqlite_url(folder))
    telegram = LocalTelegram(clock=agenda.now, seed=seed)
    return await settle_in(database, telegram, agenda, elders), database


async def everybody(database: Database) -> list[Elder]:
    async with database.read() as tx:
        return list(await tx.scalars(select(Elder).order_by(Elder.id)))


async def test_a_fifth_is_red_half_is_yellow_and_there_are_oddities(tmp_path: Path) -> None:
    _, database = await settled(tmp_path)
    elders = await everybody(database)
    await database.close()

    tiers = Counter(one.tier for one in elders)
    assert len(elders) == 82
    assert tiers[Tier.RED] == 15
    assert 40 <= tiers[Tier.YELLOW] <= 41
    assert sum(one.phone is None for one in elders) == 1
    assert sum(one.member_id is not None for one in elders) >= 7
    assert len({one.name for one in elders}) == len({one.address for one in elders}) == 82


async def test_pairings_have_three_to_five_elders_and_one_elder_has_none(tmp_path: Path) -> None:
    town, database = await settled(tmp_path)
    async with database.read() as tx:
        found = await pairings.of_community(tx, town.station)
        alone = await pairings.unpaired(tx, town.station)
    await database.close()

    assert {len(one.elders) for one in found} <= {3, 4, 5}
    assert all(one.volunteers for one in found)
    assert len({one.worker.id for one in found}) == 4
    assert len(alone) == 1


async def test_everybody_who_has_a_phone_has_pressed_start_and_agreed(tmp_path: Path) -> None:
    town, database = await settled(tmp_path)
    async with database.read() as tx:
        agreed = set(await tx.scalars(select(Consent.member_id)))
        links = list(await tx.scalars(select(FamilyLink)))
        station = await tx.get_one(Community, town.station)
    await database.close()

    assert all(one.person.started for one in town.actors.values())
    assert agreed == {one.member for one in town.actors.values()}
    roles = Counter(one.role for one in town.actors.values())
    assert roles[Role.SUPERVISOR] == 2
    assert roles[Role.VOLUNTEER] == 20
    assert roles[Role.FAMILY] == len(links) == 27
    assert station.group_chat == town.group.id
    assert town.group.bot == "member"


@pytest.mark.parametrize("elders", [5, 6, 12, 200])
async def test_small_and_large_towns_are_towns(tmp_path: Path, elders: int) -> None:
    town, database = await settled(tmp_path, elders)
    found = await everybody(database)
    await database.close()

    assert len(found) == len(town.neighbours) == elders
    assert sum(one.tier is Tier.RED for one in found) >= 2
    names = [one.person.name for one in town.actors.values() if one.role is not Role.ELDER]
    assert len(set(names)) == len(names)


async def test_one_seed_is_one_town(tmp_path: Path) -> None:
    first, one = await settled(tmp_path, 20)
    await one.close()
    same, two = await settled(tmp_path, 20)
    await two.close()
    other, three = await settled(tmp_path, 20, seed=2)
    await three.close()

    assert first == same
    assert first.canaries != other.canaries


async def test_what_must_not_be_logged_is_every_name_number_and_door(tmp_path: Path) -> None:
    town, database = await settled(tmp_path, 12)
    await database.close()

    one = next(one for one in town.neighbours.values() if one.phone)
    actor = next(iter(town.actors.values()))
    assert {one.name, one.phone, one.address, actor.person.name, actor.person.phone} <= (
        town.canaries
    )
    assert "" not in town.canaries
