from datetime import timedelta
from pathlib import Path

from tests.stage import sqlite_url, staged


async def test_an_answer_shown_anew_because_its_message_is_gone_is_not_shown_twice(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        person = stage.telegram.add_person("路人")
        stage.phones.start(person)
        await stage.settle()
        await stage.say(person, "/help")
        shown = stage.last(person)
        stage.phones.press(person, shown.id, "do:help", stale=True)
        stage.telegram.world.remove(shown)
        stage.telegram.faults.once("drop_after", method="sendMessage")

        await stage.settle()
        stage.clock.set(stage.clock.now() + timedelta(minutes=1))
        await stage.settle()

        texts = [one.text for one in stage.chat(person)]
        assert texts.count(shown.text) == 1
