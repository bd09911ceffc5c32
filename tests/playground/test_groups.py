"""Groups: what the bot sees there, how it comes and goes, and how a group moves."""

import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.playground.records import Group, Person
from bot.playground.refusals import NotOnThisPhone
from bot.playground.telegram import LocalTelegram


@pytest.fixture
def group(telegram: LocalTelegram, li: Person) -> Group:
    made = telegram.add_group("Stairs 3", [li])
    telegram.phones.add_bot(made, li)
    return made


async def texts(bot: Bot) -> list[str | None]:
    return [u.effective_message.text for u in await bot.get_updates() if u.effective_message]


async def test_the_bot_is_told_when_it_is_added(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    change, message = (await bot.get_updates())[-2:]
    assert change.my_chat_member is not None
    assert change.my_chat_member.old_chat_member.status == "left"
    assert change.my_chat_member.new_chat_member.status == "member"
    assert change.my_chat_member.chat.type == "group"
    assert message.message is not None
    assert message.message.new_chat_members[0].is_bot


async def test_privacy_mode_shows_only_commands_and_replies(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    phones = telegram.phones
    sent = await bot.send_message(group.id, "Who can go?")
    own = phones.say(li, "just chatting", group)
    phones.say(li, "talking of /menu", group)
    phones.say(li, "/menu@other_bot", group)
    phones.say(li, "to myself", group, reply_to=own.id)
    phones.say(li, "/menu", group)
    phones.say(li, "/menu@nuanlin_bot now", group)
    phones.say(li, "I can", group, reply_to=sent.message_id)
    assert (await texts(bot))[-3:] == ["/menu", "/menu@nuanlin_bot now", "I can"]
    assert "just chatting" not in await texts(bot)
    assert phones.read(li, group)[2].text == "just chatting"


async def test_an_administrator_bot_sees_everything(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    telegram.phones.add_bot(group, li, admin=True)
    telegram.phones.say(li, "just chatting", group)
    assert (await texts(bot))[-1] == "just chatting"
    assert (await bot.get_chat_member(group.id, bot.id)).status == "administrator"


async def test_joining_and_leaving_are_service_messages(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    wang = telegram.add_person("Wang")
    telegram.phones.join_group(wang, group)
    assert (await bot.get_chat_member(group.id, wang.id)).status == "member"
    telegram.phones.leave(wang, group)
    joined, left = (await bot.get_updates())[-2:]
    assert joined.message is not None
    assert joined.message.new_chat_members[0].id == wang.id
    assert left.message is not None
    assert left.message.left_chat_member is not None
    assert left.message.left_chat_member.id == wang.id
    assert (await bot.get_chat_member(group.id, wang.id)).status == "left"
    with pytest.raises(NotOnThisPhone):
        telegram.phones.say(wang, "/menu", group)
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(group.id, 999)


async def test_a_bot_that_was_put_out_cannot_write(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    telegram.phones.remove_bot(group, li)
    change = (await bot.get_updates())[-1].my_chat_member
    assert change is not None
    assert change.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")


async def test_a_bot_that_left_cannot_write(bot: Bot, group: Group) -> None:
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")


async def test_a_group_that_moves_has_a_new_id_and_the_old_one_names_it(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    moved = telegram.phones.upgrade_group(group)
    assert str(moved.id).startswith("-100")
    to, came_from = [u.effective_message for u in await bot.get_updates()][-2:]
    assert to is not None
    assert (to.chat.id, to.migrate_to_chat_id) == (group.id, moved.id)
    assert came_from is not None
    assert (came_from.chat.id, came_from.migrate_from_chat_id) == (moved.id, group.id)
    with pytest.raises(ChatMigrated) as error:
        await bot.send_message(group.id, "x")
    assert error.value.new_chat_id == moved.id
    sent = await bot.send_message(moved.id, "x")
    assert sent.chat.type == "supergroup"
    status, body = await telegram.call("1:playground", "getChat", {"chat_id": group.id})
    assert status == 400
    why = "Bad Request: group chat was upgraded to a supergroup chat"
    assert body["description"] == why


async def test_in_a_group_the_bot_deletes_its_own_messages_only_unless_it_may_more(
    telegram: LocalTelegram, bot: Bot, li: Person, group: Group
) -> None:
    said = telegram.phones.say(li, "/menu", group)
    own = await bot.send_message(group.id, "x")
    await own.delete()
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, said.id)
    telegram.phones.add_bot(group, li, admin=True)
    await bot.delete_message(group.id, said.id)


async def test_get_chat_describes_a_group(bot: Bot, group: Group) -> None:
    full = await bot.get_chat(group.id)
    assert (full.title, full.type) == ("Stairs 3", "group")
