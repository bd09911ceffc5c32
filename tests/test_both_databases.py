"""One working day through the whole program, the same on SQLite and on PostgreSQL."""

from care.access import Role
from care.elders import Tier
from tests.stage import staged

ROSTER = "姓名,等级,电话,楼栋\n王桂芳,红,13800138000,12号楼\n赵大爷,黄,13800138001,3号楼\n"


async def test_a_day_from_the_roster_to_the_week(database_url: str) -> None:
    async with staged(database_url) as stage:
        li = await stage.person("李敏", Role.SOCIAL_WORKER)
        chen = await stage.person("陈同学", Role.VOLUNTEER)
        zhou = await stage.person("周阿姨", Role.VOLUNTEER)
        stage.phones.send_document(li, "花名册.csv", ROSTER.encode())
        await stage.settle()
        await stage.tap(li, "roster_take")
        daughter = await stage.person("王小雨", Role.FAMILY, elder="王桂芳")
        await stage.elder("孙奶奶", tier=Tier.YELLOW)
        await stage.pair(li, [chen, zhou], ["王桂芳", "赵大爷", "孙奶奶"])

        await stage.at("08:30")
        assert "王桂芳" in stage.last(li).text
        await stage.tap(li, "call")
        await stage.tap(li, "未接")
        await stage.at("09:01")
        assert "请再打一次" in stage.last(li).text
        await stage.tap(li, "call")
        await stage.tap(li, "平安")
        assert "今天 1 位都联系上了" in "".join(one.text for one in stage.chat(li))

        await stage.say(daughter, "/errand")
        await stage.tap(daughter, "买药")
        await stage.say(daughter, "降压药一盒")
        await stage.tap(daughter, "明天")
        await stage.tap(daughter, "✅ 就这样，请人办")
        card = stage.last(zhou).id
        await stage.tap(chen, "认领")
        late = stage.phones.press(zhou, card, "claim:1", stale=True)
        await stage.settle()
        assert "陈同学" in (late.text or "")
        await stage.tap(chen, "办好了")
        assert "办好了" in stage.last(daughter).text

        await stage.at("2026-04-12 18:00")
        planned = [one for one in (chen, zhou) if "次我能去" in str(stage.last(one).rows)]
        assert planned
        for volunteer in planned:
            await stage.tap(volunteer, "次我能去")
            assert "已答应" in stage.last(volunteer).text
