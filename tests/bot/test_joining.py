"""Joining: by a link that works once, with consent, and out again just as easily."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.playground.records import Person
from care.access import Role
from care.joining import Standing
from storage import communities, joining, members
from storage.tables import Consent, Elder, Member
from tests.bot.crowd import Crowd, crowd

INVALID = "used up or too old"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path) as made:
        yield made


async def link(town: Crowd, role: Role = Role.VOLUNTEER, name: str = "新人") -> str:
    async with town.stage.database.write() as tx:
        return await joining.invite(
            tx, town.stage.clock.now(), town.stage.station.id, role, name=name
        )


async def open_link(town: Crowd, person: Person, payload: str) -> str:
    """Follow a link; what the bot says."""
    town.stage.phones.start(person, payload)
    await town.stage.settle()
    return town.stage.last(person).text


def stranger(town: Crowd, name: str = "Newcomer") -> Person:
    return town.stage.telegram.add_person(name, language_code="en", phone="+8613911112222")


async def count(town: Crowd, table: type[Member] | type[Consent]) -> int:
    async with town.stage.database.read() as tx:
        return await tx.scalar(select(func.count()).select_from(table)) or 0


async def test_the_notice_comes_first_then_consent_then_one_is_in(town: Crowd) -> None:
    new = stranger(town)
    before = await count(town, Member), await count(town, Consent)
    text = await open_link(town, new, await link(town))
    assert "幸福社区" in text
    assert "What we keep" in text
    assert (await count(town, Member), await count(town, Consent)) == before
    await town.stage.tap(new, "join")
    assert "Welcome" in town.stage.last(new).text
    member = await town.stage.member(new)
    assert (member.name, member.standing) == ("新人", Standing.ACTIVE)
    assert await count(town, Consent) == before[1] + 2


async def test_who_does_not_agree_is_not_stored_and_may_change_their_mind(town: Crowd) -> None:
    new, token = stranger(town), await link(town)
    before = await count(town, Member)
    await open_link(town, new, token)
    await town.stage.tap(new, "no_join")
    assert "Nothing was stored" in town.stage.last(new).text
    assert await count(town, Member) == before
    await open_link(town, new, token)
    await town.stage.tap(new, "join")
    assert "Welcome" in town.stage.last(new).text


async def test_a_link_works_once(town: Crowd) -> None:
    token = await link(town)
    first, second, third = (stranger(town, name) for name in ("First", "Second", "Third"))
    await open_link(town, first, token)
    await open_link(town, second, token)
    await town.stage.tap(first, "join")
    await town.stage.tap(second, "join")
    assert INVALID in town.stage.last(second).text
    assert INVALID in await open_link(town, third, token)


async def test_a_link_is_good_for_72_hours_even_if_it_was_opened_before(town: Crowd) -> None:
    new, token = stranger(town), await link(town)
    await open_link(town, new, token)
    town.stage.clock.set(town.stage.clock.now() + timedelta(hours=72))
    await town.stage.tap(new, "join")
    assert INVALID in town.stage.last(new).text
    assert INVALID in await open_link(town, new, token)
    assert await count(town, Member) == 3


async def test_the_same_agreement_delivered_again_stays_an_agreement(town: Crowd) -> None:
    new = stranger(town)
    await open_link(town, new, await link(town))
    town.stage.telegram.faults.once("resent_press")
    await town.stage.tap(new, "join")
    assert "Welcome" in town.stage.last(new).text
    assert not any(INVALID in text for text in town.texts(new))


async def test_the_consent_button_is_for_whoever_had_the_link(town: Crowd) -> None:
    new, other = stranger(town), stranger(town, "Other")
    await open_link(town, new, await link(town))
    await open_link(town, other, "")
    data = str(town.stage.last(new).rows[0][0].data)
    town.stage.phones.press(other, town.stage.last(other).id, data, stale=True)
    await town.stage.settle()
    async with town.stage.database.read() as tx:
        assert await members.person_of_account(tx, other.id) is None


async def test_five_wrong_links_are_the_last_for_an_hour_even_if_the_next_is_right(
    town: Crowd,
) -> None:
    new = stranger(town)
    for n in range(5):
        assert INVALID in await open_link(town, new, f"guess{n}")
    token = await link(town)
    assert "Too many" in await open_link(town, new, token)
    town.stage.clock.set(town.stage.clock.now() + timedelta(hours=1))
    assert "What we keep" in await open_link(town, new, token)


async def test_the_words_are_in_the_strangers_own_language(town: Crowd) -> None:
    new = town.stage.telegram.add_person("新人", language_code="zh-hans")
    assert "What we keep" not in await open_link(town, new, await link(town))


async def apply(town: Crowd, person: Person) -> None:
    """Fill in the application of a volunteer."""
    stage = town.stage
    await open_link(town, person, f"v-{stage.station.open_code}")
    await stage.say(person, "吴同学")
    stage.phones.send_contact(person)
    await stage.settle()
    await stage.tap(person, "student")
    await stage.tap(person, "keep company")
    await stage.tap(person, "Done (")
    await stage.tap(person, "Done (")
    await stage.tap(person, "2")
    await stage.tap(person, "I agree, send")


async def test_a_volunteer_applies_and_two_who_decide_at_once_make_one_decision(
    town: Crowd,
) -> None:
    stage, new = town.stage, stranger(town)
    await apply(town, new)
    assert "with the station" in stage.last(new).text
    assert (await stage.member(new)).standing is Standing.APPLIED
    cards = [stage.last(one) for one in (town.li, town.boss)]
    for card in cards:
        assert "吴同学" in card.text
        assert "139 1111 2222" in card.text
    approve = str(cards[0].rows[0][0].data)
    decline = str(cards[1].rows[0][1].data)
    first = stage.phones.press(town.li, cards[0].id, approve)
    late = stage.phones.press(town.boss, cards[1].id, decline)
    await stage.settle()
    assert "already" not in str(first.text)
    assert "already" in str(late.text)
    for one in (town.li, town.boss):
        assert "Approved by 李敏" in stage.last(one).text
        assert not stage.last(one).rows
    assert sum("approved as a volunteer" in text for text in town.texts(new)) == 1
    async with stage.database.read() as tx:
        person = await members.person_of_account(tx, new.id)
        said = await members.volunteer(tx, (await stage.member(new)).id)
    assert person is not None
    assert person.roles == {Role.VOLUNTEER}
    assert said is not None
    assert (said.skills, said.most_visits) == (["chat"], 2)
    assert set(said.half_days) == {"sat_am", "sat_pm", "sun_am", "sun_pm"}


async def test_who_is_not_taken_on_is_told(town: Crowd) -> None:
    new = stranger(town)
    await apply(town, new)
    await town.stage.tap(town.li, "decline")
    assert "cannot take you on" in town.stage.last(new).text
    async with town.stage.database.read() as tx:
        assert await members.person_of_account(tx, new.id) is None


async def test_an_applicant_can_do_nothing_yet(town: Crowd) -> None:
    new = stranger(town)
    await apply(town, new)
    await town.stage.say(new, "/errands")
    assert "not available" in town.stage.last(new).text
    await open_link(town, new, f"v-{town.stage.station.open_code}")
    assert "with the station" in town.stage.last(new).text


async def test_only_staff_decide(town: Crowd) -> None:
    new = stranger(town)
    await apply(town, new)
    number = (await town.stage.member(new)).id
    await town.stage.say(town.chen, "/menu")
    press = town.stage.phones.press(
        town.chen, town.stage.last(town.chen).id, f"approve:{number}", stale=True
    )
    await town.stage.settle()
    assert "not available" in str(press.text)
    assert (await town.stage.member(new)).standing is Standing.APPLIED


async def test_somebody_elses_phone_number_is_not_taken(town: Crowd) -> None:
    new = stranger(town)
    await open_link(town, new, f"v-{town.stage.station.open_code}")
    await town.stage.say(new, "吴同学")
    town.stage.phones._send(
        new,
        None,
        contact={"phone_number": "+8613800000001", "first_name": "X", "user_id": town.li.id},
    )
    await town.stage.settle()
    assert "did not understand" in town.stage.last(new).text


@pytest.mark.parametrize("typed", ["12345", "hello", "138"])
async def test_what_is_no_phone_number_is_asked_for_again(town: Crowd, typed: str) -> None:
    new = stranger(town)
    await open_link(town, new, f"v-{town.stage.station.open_code}")
    await town.stage.say(new, "吴同学")
    await town.stage.say(new, typed)
    assert "not a phone number" in town.stage.last(new).text
    await town.stage.say(new, "139 1111 2222")
    assert "Who are you?" in town.stage.last(new).text


async def test_a_member_may_invite_whom_their_role_allows(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.li, "/invite")
    labels = [button.label for row in stage.last(town.li).rows for button in row]
    assert "social worker" not in labels
    assert "volunteer" in labels
    await stage.say(town.boss, "/invite")
    labels = [button.label for row in stage.last(town.boss).rows for button in row]
    assert "social worker" in labels
    await stage.say(town.chen, "/invite")
    assert "not available" in stage.last(town.chen).text


async def test_the_link_that_was_made_in_chat_lets_the_invited_in(town: Crowd) -> None:
    stage = town.stage
    await stage.say(town.li, "/invite")
    await stage.tap(town.li, "family")
    await stage.say(town.li, "王桂芳")
    await stage.say(town.li, "王小雨")
    message = stage.last(town.li)
    assert message.photo is not None
    token = message.text.partition("?start=")[2].split()[0]
    new = stranger(town)
    assert "王桂芳" in await open_link(town, new, token)
    await stage.tap(new, "join")
    await stage.say(new, "/elder")
    assert "王桂芳" in stage.last(new).text


async def test_an_elder_who_has_an_account_is_not_given_to_another(town: Crowd) -> None:
    async with town.stage.database.write() as tx:
        elder = await tx.scalar(select(Elder))
        assert elder is not None
        tokens = [
            await joining.invite(
                tx, town.stage.clock.now(), town.stage.station.id, Role.ELDER, elder_id=elder.id
            )
            for _ in range(2)
        ]
    first, second = stranger(town), stranger(town, "Second")
    for person, token in zip((first, second), tokens, strict=True):
        await open_link(town, person, token)
        await town.stage.tap(person, "join")
    async with town.stage.database.read() as tx:
        kept = await tx.get_one(Elder, elder.id)
        assert await members.person_of_account(tx, second.id) is None
    assert kept.member_id == (await town.stage.member(first)).id


async def test_an_account_of_two_communities_has_in_each_its_own_roles(town: Crowd) -> None:
    stage = town.stage
    async with stage.database.write() as tx:
        other = await communities.create(tx, stage.clock.now(), "和平社区", "Asia/Shanghai", "en")
        token = await joining.invite(tx, stage.clock.now(), other.id, Role.FAMILY, name="陈同学")
    stage.clock.set(stage.clock.now() + timedelta(minutes=1))
    await open_link(town, town.chen, token)
    await stage.tap(town.chen, "join")
    await stage.say(town.chen, "/menu")
    assert "和平社区" in stage.last(town.chen).text
    await stage.say(town.chen, "/errands")
    assert "not available" in stage.last(town.chen).text
    stage.clock.set(stage.clock.now() + timedelta(minutes=1))
    await stage.say(town.chen, "/me")
    await stage.tap(town.chen, "幸福社区")
    assert "幸福社区" in stage.last(town.chen).text
    await stage.say(town.chen, "/errands")
    assert "not available" not in stage.last(town.chen).text


async def test_a_token_that_begins_like_an_open_link_is_still_an_invitation(
    town: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.joining.secrets.token_urlsafe", lambda _size: "v-" + "x" * 41)
    joined = await town.stage.person("赵六", Role.VOLUNTEER)
    assert "Welcome" in town.stage.last(joined).text
