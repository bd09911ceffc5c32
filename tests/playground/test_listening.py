"""What a simulation hears of the playground: the bot's messages, and what it says it has."""

from telegram import Bot

from bot.playground.records import Message, Person
from bot.playground.telegram import LocalTelegram


async def test_listeners_are_told_of_what_the_bot_writes_and_changes_but_not_of_people(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    heard: list[Message] = []
    telegram.world.listeners.append(heard.append)

    telegram.phones.say(li, "在吗")
    sent = await bot.send_message(li.id, "在")
    await bot.edit_message_text("在的", chat_id=li.id, message_id=sent.message_id)
    await bot.pin_chat_message(li.id, sent.message_id)

    assert [(one.id, one.text) for one in heard] == [(sent.message_id, "在的")] * 2


async def test_the_ids_of_confirmed_updates_are_remembered(
    telegram: LocalTelegram, bot: Bot, li: Person
) -> None:
    telegram.phones.say(li, "一")
    telegram.phones.say(li, "二")
    updates = await bot.get_updates()
    assert telegram.world.updates.forgotten == set()

    await bot.get_updates(offset=updates[-1].update_id)
    assert telegram.world.updates.forgotten == {one.update_id for one in updates[:-1]}
    await bot.get_updates(offset=updates[-1].update_id + 1)
    assert telegram.world.updates.forgotten == {one.update_id for one in updates}
