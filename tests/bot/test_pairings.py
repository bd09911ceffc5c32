"""Pairings made and dissolved by chat."""

from pathlib import Path

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from storage import pairings
from storage.pairings import Whole
from tests.stage import Stage, sqlite_url, staged

NAMES = ("王桂芳", "赵大爷", "孙奶奶")


async def made(stage: Stage) -> list[Whole]:
    async with stage.database.read() as tx:
        return await pairings.of_community(tx, stage.station.id)


async def done(stage: Stage, person: Person) -> None:
    """ "Done" under a question with many answers."""
    message = stage.last(person)
    data = next(
        button.data for row in message.rows for button in row if (button.data or "").endswith(":ok")
    )
    stage.phones.press(person, message.id, data)
    await stage.settle()


async def make(stage: Stage, person: Person, volunteers: list[str], elders: list[str]) -> None:
    """From the "new pairing" button to the confirm screen."""
    await stage.say(person, "/pairings")
    await stage.tap(person, "pairing_new")
    for name in volunteers:
        await stage.tap(person, name)
    await done(stage, person)
    for name in elders:
        await stage.tap(person, name)
    await done(stage, person)


async def test_a_social_worker_pairs_in_a_few_taps_and_the_volunteer_is_told_once(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        for name in NAMES:
            await stage.elder(name, tier=Tier.RED, building="12号楼", address="12号楼 3单元 501")
        await make(stage, li, ["陈晨"], list(NAMES))
        assert not await made(stage)
        assert "⚠️" not in stage.last(li).text
        before = len(stage.chat(chen))
        await stage.tap(li, "建立结对")
        [whole] = await made(stage)
        assert whole.worker.name == "李敏"
        assert [one.name for one in whole.volunteers] == ["陈晨"]
        assert {one.name for one in whole.elders} == set(NAMES)
        [told] = stage.chat(chen)[before:]
        assert all(name in told.text for name in NAMES)
        assert "12号楼" in told.text
        assert "501" not in told.text


async def test_what_is_unusual_is_said_before_and_never_blocks(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.elder("王桂芳")
        await stage.pair(li, [], ["王桂芳"])
        await make(stage, li, [], ["王桂芳"])
        assert stage.last(li).text.count("⚠️") == 3
        await stage.tap(li, "建立结对")
        assert len(await made(stage)) == 2


async def test_a_supervisor_chooses_the_social_worker(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        await stage.elder("王桂芳", tier=Tier.RED)
        await stage.say(boss, "/pairings")
        assert "/invite" in (await stage.tap(boss, "pairing_new") or "")
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        await stage.at("08:30")
        assert "王桂芳" in stage.last(sun).text
        listed = stage.last(sun).id
        await stage.say(boss, "/pairings")
        await stage.tap(boss, "pairing_new")
        await stage.tap(boss, "李敏")
        await done(stage, boss)
        await stage.tap(boss, "王桂芳")
        await done(stage, boss)
        await stage.tap(boss, "建立结对")
        assert [whole.worker.name for whole in await made(stage)] == ["李敏"]
        assert "王桂芳" not in next(one.text for one in stage.chat(sun) if one.id == listed)
        assert "王桂芳" in stage.last(li).text


async def test_pressing_create_twice_makes_one_pairing(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.elder("王桂芳")
        await make(stage, li, [], ["王桂芳"])
        message = stage.last(li)
        data = message.rows[0][0].data
        for _ in range(2):
            stage.phones.press(li, message.id, data, stale=True)
        await stage.settle()
        assert len(await made(stage)) == 1
        assert "李敏" in stage.last(li).text


async def test_the_list_shows_oddities_and_who_is_in_no_pairing(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        boss = await stage.person("周督导", Role.SUPERVISOR)
        for name in NAMES:
            await stage.elder(name)
        await stage.pair(li, [], ["王桂芳"])
        await stage.pair(sun, [], ["赵大爷"])
        text = (await stage.say(boss, "/pairings")).text
        assert text.count("⚠️") == 4
        assert text.index("赵大爷") < text.index("孙奶奶")
        text = (await stage.say(li, "/pairings")).text
        assert "王桂芳" in text
        assert "赵大爷" not in text
        assert "孙奶奶" in text


async def test_dissolving_is_asked_twice(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        await stage.elder("王桂芳")
        await stage.pair(li, [], ["王桂芳"])
        await stage.say(li, "/pairings")
        await stage.tap(li, "pairing")
        await stage.tap(li, "pairing_end")
        assert len(await made(stage)) == 1
        await stage.tap(li, "pairing_end_yes")
        assert not await made(stage)
        assert "王桂芳" in stage.last(li).text


async def test_nobody_opens_or_dissolves_the_pairing_of_somebody_else(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        await stage.elder("王桂芳")
        await stage.pair(li, [chen], ["王桂芳"])
        [whole] = await made(stage)
        for person in (sun, chen):
            await stage.say(person, "/pairings")
            for name in ("pairing", "pairing_end", "pairing_end_yes"):
                message = stage.last(person)
                stage.phones.press(person, message.id, f"{name}:{whole.pairing.id}", stale=True)
                await stage.settle()
                assert "王桂芳" not in stage.last(person).text
        assert len(await made(stage)) == 1


async def test_a_social_worker_cannot_put_a_colleague_or_foreign_elder_into_a_pairing(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        elder = await stage.elder("王桂芳")
        await stage.pair(li, [], ["王桂芳"])
        await stage.say(sun, "/pairings")
        await stage.tap(sun, "pairing_new")
        await done(stage, sun)
        message = stage.last(sun)
        stem = next(
            (button.data or "").removesuffix("ok")
            for row in message.rows
            for button in row
            if (button.data or "").endswith(":ok")
        )
        stage.phones.press(sun, message.id, f"{stem}={elder.id}", stale=True)
        await stage.settle()
        await done(stage, sun)
        await stage.tap(sun, "建立结对")
        whole = (await made(stage))[-1]
        assert (whole.worker.name, whole.elders) == ("孙丽", ())
