"""The list of elders, the card, a change of tier, and who may not see any of it."""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from bot.playground.records import Person
from care.access import Role
from care.elders import Tier
from storage import communities, elders, joining
from storage.tables import Elder, Invitation, TierChange
from tests.stage import Stage, sqlite_url, staged

WANG = "王桂芳"


def labels(stage: Stage, person: Person) -> list[str]:
    return [button.label for row in stage.last(person).rows for button in row]


async def forge(stage: Stage, person: Person, data: str) -> str | None:
    """Press a button that the message does not have; the toast that answers."""
    message = stage.last(person)
    press = stage.phones.press(person, message.id, data, stale=True)
    await stage.settle()
    return press.text


async def tier_of(stage: Stage, elder: Elder) -> tuple[Tier | None, list[TierChange]]:
    async with stage.database.read() as tx:
        found = await tx.get_one(Elder, elder.id)
        history = await tx.scalars(select(TierChange).where(TierChange.elder_id == elder.id))
        return found.tier, list(history)


async def test_the_list_shows_the_most_at_risk_first_and_one_tier_alone(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        await stage.elder("张三", tier=Tier.GREEN)
        await stage.elder("赵四")
        await stage.elder(WANG, tier=Tier.RED, building="12号楼", birth_date=date(1943, 1, 1))
        shown = (await stage.say(boss, "/elders")).text
        assert shown.index(WANG) < shown.index("张三") < shown.index("赵四")
        assert "83" in shown
        assert "12号楼" in shown
        await stage.tap(boss, "elders_page:none")
        assert "赵四" in stage.last(boss).text
        assert WANG not in stage.last(boss).text
        await stage.tap(boss, "elders_all")
        assert WANG in stage.last(boss).text


async def test_a_long_list_has_pages_and_back_leads_to_the_same_page(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        for number in range(82):
            await stage.elder(f"老人{number:02}", tier=Tier.YELLOW)
        await stage.say(boss, "/elders")
        assert len(labels(stage, boss)) < 100
        await stage.tap(boss, "▶")
        assert "老人12" in stage.last(boss).text
        assert "老人11" not in stage.last(boss).text
        await stage.tap(boss, "老人13")
        await stage.tap(boss, "tier_menu")
        await stage.tap(boss, "tier_ask")
        await stage.tap(boss, "elder")
        await stage.tap(boss, "elders_back")
        assert "老人12" in stage.last(boss).text
        assert "老人11" not in stage.last(boss).text


async def test_a_name_is_found_by_its_initials(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        await stage.elder(WANG, phone="+8613800000001")
        await stage.elder("王小明")
        await stage.elder("赵大爷")
        await stage.say(boss, "/elders")
        await stage.tap(boss, "elders_find")
        card = await stage.say(boss, "wgf")
        assert "138 0000 0001" in card.text
        await stage.say(boss, "/elders")
        await stage.tap(boss, "elders_find")
        both = await stage.say(boss, "王")
        assert "王小明" in both.text
        assert WANG in both.text
        assert "赵大爷" not in both.text
        await stage.say(boss, "/elders")
        await stage.tap(boss, "elders_find")
        assert "孙悟空" in (await stage.say(boss, "孙悟空")).text


async def test_the_card_has_everything_and_says_what_is_missing(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        await stage.elder(
            WANG,
            tier=Tier.RED,
            address="12号楼 3单元 501",
            empty_nest=True,
            emergency_name="王强",
            emergency_relation="儿子",
            emergency_phone="+8613900000009",
            remark="<b>耳背</b>，请大声",
        )
        await stage.person("王强", Role.FAMILY, elder=WANG)
        await stage.pair(li, [chen], [WANG])
        await stage.elder("赵大爷")
        await stage.say(boss, "/elders")
        await stage.tap(boss, f"🔴 {WANG}")
        text = stage.last(boss).text
        for told in ("501", "王强", "儿子", "139 0000 0009", "李敏", "陈晨", "<b>耳背</b>", "空巢"):
            assert told in text
        await stage.tap(boss, "elders_back")
        await stage.tap(boss, "赵大爷")
        text = stage.last(boss).text
        assert "没有登记住址" in text
        assert "没有登记紧急联系人" in text
        assert "还没有结对" in text
        assert "⚪" in text


async def test_a_tier_changes_with_a_reason_and_the_history_is_kept(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        elder = await stage.elder(WANG, tier=Tier.YELLOW)
        await stage.elder("赵大爷", tier=Tier.RED)
        await stage.at("08:30")
        day_list = stage.last(li)
        assert WANG not in day_list.text
        await stage.say(li, "/elders")
        await stage.tap(li, WANG)
        await stage.tap(li, "tier_menu")
        await stage.tap(li, "tier_ask")
        await stage.tap(li, f"tier_to:{elder.id}:yellow:red")
        assert (await tier_of(stage, elder)) == (Tier.YELLOW, [])
        card = await stage.say(li, "昨晚摔了一跤")
        assert "🔴" in card.text
        tier, [change] = await tier_of(stage, elder)
        assert (tier, change.before, change.reason) == (Tier.RED, Tier.YELLOW, "昨晚摔了一跤")
        assert change.by_id == (await stage.member(li)).id
        listed = next(one for one in stage.chat(li) if one.id == day_list.id)
        assert WANG in listed.text
        await stage.tap(li, "tier_menu")
        await stage.tap(li, "tier_ask")
        assert "昨晚摔了一跤" in stage.last(li).text
        await stage.tap(li, f"tier_to:{elder.id}:red:green")
        await stage.tap(li, "连续几周平稳")
        tier, history = await tier_of(stage, elder)
        assert (tier, history[-1].reason) == (Tier.GREEN, "连续几周平稳")


async def test_a_change_of_tier_that_a_colleague_overtook_is_not_made(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        boss = await stage.person("周督导", Role.SUPERVISOR)
        elder = await stage.elder(WANG, tier=Tier.YELLOW)
        for person in (li, boss):
            await stage.say(person, "/elders")
            await stage.tap(person, WANG)
            await stage.tap(person, "tier_menu")
            await stage.tap(person, "tier_ask")
            await stage.tap(
                person, f"tier_to:{elder.id}:yellow:{'red' if person is li else 'green'}"
            )
        await stage.say(li, "摔倒")
        answer = await stage.say(boss, "平稳")
        assert "🔴" in answer.text
        assert "⚠️" in answer.text
        tier, history = await tier_of(stage, elder)
        assert (tier, len(history)) == (Tier.RED, 1)


async def test_the_card_invites_the_family_with_the_elder_known_already(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        elder = await stage.elder(WANG)
        await stage.say(li, "/elders")
        await stage.tap(li, WANG)
        await stage.tap(li, "invite_for")
        await stage.tap(li, f"invite_as:{elder.id}:family")
        invitation = await stage.say(li, "王强")
        assert "王强" in invitation.text
        async with stage.database.read() as tx:
            found = await tx.scalar(select(Invitation).where(Invitation.name == "王强"))
        assert found is not None
        assert (found.role, found.elder_id) == (Role.FAMILY, elder.id)
        await stage.say(li, "/elders")
        await stage.tap(li, WANG)
        await stage.tap(li, "invite_for")
        await stage.tap(li, f"invite_as:{elder.id}:elder")
        assert WANG in stage.last(li).text


async def test_forged_ids_read_as_not_available_to_another_social_worker(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        sun = await stage.person("孙丽", Role.SOCIAL_WORKER)
        elder = await stage.elder(WANG, tier=Tier.YELLOW, phone="+8613800000001")
        await stage.pair(li, [], [WANG])
        await stage.say(sun, "/elders")
        assert WANG not in stage.last(sun).text
        absent = await forge(stage, sun, "elder:999999")
        for data in (
            f"elder:{elder.id}",
            f"tier_ask:{elder.id}",
            f"tier_to:{elder.id}:yellow:red",
            f"invite_for:{elder.id}",
            f"invite_as:{elder.id}:family",
            f"my_elder:{elder.id}",
        ):
            assert await forge(stage, sun, data) == absent
            assert "138 0000" not in stage.last(sun).text
        for data in (
            "elder:x",
            "elder:" + "9" * 30,
            "elder:-1",
            f"tier_to:{elder.id}:yellow:blue",
            "elders_page:pink:0",
            "elder",
        ):
            await forge(stage, sun, data)
        assert (await tier_of(stage, elder)) == (Tier.YELLOW, [])


async def test_volunteers_and_another_community_get_nothing(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        elder = await stage.elder(WANG, tier=Tier.RED)
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        assert WANG not in (await stage.say(chen, "/elders")).text
        async with stage.database.write() as tx:
            other = await communities.create(
                tx, stage.clock.now(), "平安社区", "Asia/Shanghai", "zh_CN"
            )
            await elders.add(
                tx,
                stage.clock.now(),
                other.id,
                (elders.facts_of(elder)).model_copy(update={"name": "别处老人"}),
            )
            token = await joining.invite(tx, stage.clock.now(), other.id, Role.SUPERVISOR)
        stranger = stage.telegram.add_person("吴督导", language_code="zh-hans")
        stage.phones.start(stranger, token)
        await stage.settle()
        await stage.tap(stranger, "join")
        shown = (await stage.say(stranger, "/elders")).text
        assert WANG not in shown
        assert "别处老人" in shown
        for person in (chen, stranger):
            for data in (f"elder:{elder.id}", f"tier_to:{elder.id}:red:green", "not_reached:0"):
                await forge(stage, person, data)
                assert WANG not in stage.last(person).text
        async with stage.database.read() as tx:
            assert await tx.scalar(select(func.count()).select_from(TierChange)) == 0


async def test_who_is_not_reached_by_chat_is_listed_with_the_number(tmp_path: Path) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        boss = await stage.person("周督导", Role.SUPERVISOR)
        chen = await stage.person("陈晨", Role.VOLUNTEER)
        await stage.say(boss, "/elders")
        await stage.tap(boss, "not_reached")
        assert "陈晨" not in stage.last(boss).text
        async with stage.database.write() as tx:
            (await tx.merge(await stage.member(chen))).phone = "+8613812345678"
        stage.phones.block(chen)
        await stage.settle()
        await stage.say(boss, "/elders")
        await stage.tap(boss, "not_reached")
        assert "陈晨" in stage.last(boss).text
        assert "138 1234 5678" in stage.last(boss).text


async def test_a_family_of_two_elders_chooses_and_a_stranger_is_not_offered(
    tmp_path: Path,
) -> None:
    async with staged(sqlite_url(tmp_path)) as stage:
        await stage.elder(WANG)
        other = await stage.elder("赵大爷")
        son = await stage.person("王强", Role.FAMILY, elder=WANG)
        third = await stage.elder("孙奶奶")
        async with stage.database.write() as tx:
            token = await joining.invite(
                tx, stage.clock.now(), stage.station.id, Role.FAMILY, elder_id=other.id
            )
        stage.phones.start(son, token)
        await stage.settle()
        await stage.tap(son, "join")
        choice = await stage.say(son, "/elder")
        assert labels(stage, son) == [WANG, "赵大爷"]
        assert "孙奶奶" not in choice.text
        assert await forge(stage, son, f"my_elder:{third.id}") is not None
