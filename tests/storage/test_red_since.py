"""Nobody is said to have been missed on a day on which they were not red yet."""

from datetime import timedelta

from care.access import Role
from care.calls import Kind, Outcome, Urgency
from care.days import local_day
from care.elders import Tier
from storage import calls, elders
from storage.calls import Happened
from storage.elders import Decision
from storage.tables import Elder
from tests.stage import ZONE, staged


async def test_raised_to_red_today_yesterday_was_not_missed(database_url: str) -> None:
    async with staged(database_url) as stage:
        elder = await stage.elder("王桂芳", tier=Tier.RED)
        member = await stage.person("李敏", Role.SOCIAL_WORKER)
        by = (await stage.member(member)).id
        now = stage.clock.now()
        today = local_day(now, ZONE)
        week_ago = now - timedelta(days=7)
        async with stage.database.write() as tx:
            before = today - timedelta(days=7)
            what = Happened(Kind.VISIT, Outcome.FINE, by, before, week_ago, "visit:old")
            await calls.record(tx, week_ago, elder, what)
            found = await tx.get_one(Elder, elder.id)
            found.tier_since = week_ago
            await tx.flush()
            [long_red] = (await calls.owed(tx, elder.community_id, today, [found])).values()
            found.tier = Tier.YELLOW
            elders.change_tier(tx, now, found, Tier.RED, Decision(by, "had a fall"))
            [just_red] = (await calls.owed(tx, elder.community_id, today, [found])).values()
        assert long_red.urgency(today) is Urgency.UNRESOLVED_YESTERDAY
        assert just_red.urgency(today) is Urgency.ROUTINE
