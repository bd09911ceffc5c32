"""Where the demo's buildings stand, what is spoken, who wishes for whom, and when somebody cannot.

All invented. Sixteen houses stand in four rows; a canal runs between the second and the third row.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.people import People
from care.access import Role
from care.days import WEEK, HalfDay, local_day, week_of
from care.elders import Sex
from care.places import Point
from care.wishes import Dialect, Kind, Side
from storage import availability, leave, places, wishes
from storage.tables import Volunteer

HOUSES, IN_A_ROW = 16, 4
CORNER = Point(31.2300, 121.4700)
NORTH, EAST = 0.00055, 0.00050
# Over the bridge; the straight line would lead through the water.
BRIDGE = (("5号楼", "9号楼", 150), ("8号楼", "12号楼", 260))

MEN = frozenset(
    [
        "赵一鸣",
        "张建国",
        "曹磊",
        "黄志强",
        "曾凡",
        "马天宇",
        "徐国平",
        "郭思远",
        "胡永福",
        "田野",
        "唐嘉豪",
    ]
)
# Those who live here, and how far they walk; the others come from elsewhere.
LIVE = {
    "刘阿姨": ("12号楼", None), "张建国": ("2号楼", 400), "吴秀芬": ("6号楼", None),
    "黄志强": ("9号楼", None), "周美华": ("13号楼", 400), "徐国平": ("15号楼", None),
    "朱丽萍": ("1号楼", None), "胡永福": ("8号楼", None), "高凤霞": ("16号楼", None),
}  # fmt: skip
SPEAK = {
    "刘阿姨": (Dialect.LOCAL, Dialect.WU), "吴秀芬": (Dialect.LOCAL,), "周美华": (Dialect.LOCAL,),
    "萧红": (Dialect.SICHUAN,), "高凤霞": (Dialect.LOCAL, Dialect.WU), "许梦瑶": (Dialect.SICHUAN,),
}  # fmt: skip
WITH_ANOTHER = "林子涵"
ELDERS_SPEAK = {
    "赵德海": (Dialect.LOCAL,), "谢桂花": (Dialect.SICHUAN,), "施文彬": (Dialect.LOCAL,),
    "杜秀梅": (Dialect.WU,), "周玉梅": (Dialect.WU,), "韩德福": (Dialect.LOCAL,),
}  # fmt: skip

Wanted = tuple[str, Kind, str, str]
WISHES: tuple[Wanted, ...] = (
    ("周玉梅", Kind.SAME_SEX, "", ""),
    ("吕雪贞", Kind.SAME_SEX, "", ""),
    ("郑惠英", Kind.SAME_SEX, "", ""),
    ("赵德海", Kind.DIALECT, Dialect.LOCAL, ""),
    ("秦宝田", Kind.TWO_PEOPLE, "", ""),
    ("施文彬", Kind.NOT_PERSON, "", "曹磊"),
)
HANDOVER = {
    "周玉梅": {"pets": "小白狗叫豆豆，不咬人", "likes": "爱聊以前的学生"},
    "赵德海": {"hearing": "右耳好些，请坐他右边", "likes": "爱听评弹"},
    "王桂芳": {"hearing": "耳背，说话慢一点", "likes": "越剧；外孙女小雨"},
}


async def write(tx: AsyncSession, began: datetime, now: datetime, people: People) -> None:
    """What was said when somebody joined, and what has been said of next week since."""
    await _houses(tx, people)
    await _helpers(tx, people)
    await _elders(tx, began, people)
    await _next_week(tx, now, people)


async def _houses(tx: AsyncSession, people: People) -> None:
    for number in range(HOUSES):
        row, column = divmod(number, IN_A_ROW)
        where = Point(CORNER.latitude + row * NORTH, CORNER.longitude + column * EAST)
        await places.put(tx, people.station.id, f"{number + 1}号楼", where)
    for one, other, metres in BRIDGE:
        await places.put_way(tx, people.station.id, one, other, metres)


async def _helpers(tx: AsyncSession, people: People) -> None:
    name_of = {member.id: name for name, member in people.members.items()}
    said = await tx.scalars(select(Volunteer).where(Volunteer.community_id == people.station.id))
    for one in said:
        name = name_of[one.member_id]
        one.sex = Sex.MALE if name in MEN else Sex.FEMALE
        one.dialects = [str(each) for each in SPEAK.get(name, ())]
        one.building, one.walks_metres = LIVE.get(name, (None, None))
        one.in_pairs = name == WITH_ANOTHER
    await tx.flush()


async def _elders(tx: AsyncSession, began: datetime, people: People) -> None:
    for name, spoken in ELDERS_SPEAK.items():
        people.elders[name].dialects = [str(one) for one in spoken]
    boss = people.viewer("周督导", Role.SUPERVISOR)
    for name, kind, value, person in WISHES:
        who = people.members[person].id if person else None
        elder = people.elders[name]
        await wishes.put(
            tx, began, boss, elder, kind, on=True, side=Side.ELDER, member_id=who, value=value
        )
    for name, notes in HANDOVER.items():
        said: dict[str, str | None] = dict(notes)
        await wishes.write_handover(tx, began, boss, people.elders[name], said)


async def _next_week(tx: AsyncSession, now: datetime, people: People) -> None:
    """One is away, one cannot on a day, and one can for once."""
    monday = week_of(local_day(now, people.zone)) + WEEK
    friday = monday + timedelta(days=4)
    await leave.add(tx, now, people.members["黄志强"], monday, friday, None)
    tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
    await availability.set_date(tx, people.members["刘阿姨"], tuesday, HalfDay.AM, can=False)
    await availability.set_date(tx, people.members["陈同学"], wednesday, HalfDay.PM, can=True)
