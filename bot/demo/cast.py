"""The people of the demo besides the elders: staff, volunteers, families; all invented."""

from dataclasses import dataclass
from itertools import pairwise

from bot.demo.elders import ELDERS
from care.access import Role
from care.days import HALF_DAYS, WEEKEND
from care.elders import ElderFacts
from care.joining import Skill, VolunteerKind

STATION = "幸福社区"
ZONE = "Asia/Shanghai"
LANGUAGE = "zh_CN"
GROUP_TITLE = "幸福社区志愿者群"


@dataclass(frozen=True)
class Actor:
    """Somebody with a phone in the demo.

    Attributes:
        account: their Telegram account; None for somebody invited who has not pressed start.
        label: who they are, shown under the name on the page.
        elder: whom they belong to, or who they are.
    """

    name: str
    role: Role
    account: int | None
    phone: str
    label: str = ""
    label_en: str = ""
    elder: str | None = None


@dataclass(frozen=True)
class Helper:
    """A volunteer, and what they said when applying."""

    actor: Actor
    kind: VolunteerKind
    skills: tuple[Skill, ...]
    half_days: tuple[str, ...]
    most_visits: int


LI = Actor("李敏", Role.SOCIAL_WORKER, 10001, "+8613700001001", "社工", "social worker")
ZHOU = Actor("周督导", Role.SUPERVISOR, 10002, "+8613700001002", "督导", "supervisor")
CHEN = "陈同学"
LIU = "刘阿姨"
FANG = Actor("方静", Role.SOCIAL_WORKER, 10007, "+8613700001003", "社工", "social worker")
MENG = Actor("孟凯", Role.SOCIAL_WORKER, 10008, "+8613700001004", "社工", "social worker")

STAFF = (LI, ZHOU, FANG, MENG)

# Buildings from which each social worker's pairings begin.
LED_FROM = {1: FANG, 6: MENG, 11: LI}

# One line each: name, kind, skills, half-days, most visits a week.
# Skills: 聊 company, 购 shopping, 修 repairs, 医 medical, 方 dialect, 机 phones.
_VOLUNTEERS = """
陈同学 学生 聊机 四下,六上,六下,日上,日下 4
刘阿姨 低龄 聊购方 一上,一下,二上,四上,五上,五下 6
赵一鸣 学生 聊机 三下,周末 3
张建国 低龄 聊修 一上,二上,三上,四上,五上 6
邓雪梅 其他 医聊 二下,四下,六上 4
孙悦 学生 聊购 周末 4
吴秀芬 低龄 聊购方 一下,三下,五下,日上 5
曹磊 其他 修机 三下,六上,六下 3
何佳怡 学生 聊机 五下,周末 4
黄志强 低龄 聊修购 一上,三上,五上 5
彭晓燕 其他 聊购 一上,二下,四下 4
林子涵 学生 聊 周末 4
周美华 低龄 聊购方 二上,二下,四上,四下 5
曾凡 其他 购修 三上,六下,日上 3
马天宇 学生 机聊 二下,周末 4
徐国平 低龄 聊修 一上,一下,四上,四下 5
郭思远 学生 聊购 周末 3
朱丽萍 低龄 聊医 二上,三上,五上,六上 5
萧红 其他 聊方 一下,五下,日下 4
胡永福 低龄 修购 二上,三下,五上 5
宋雨桐 学生 聊机 四下,周末 4
田野 其他 购 三下,四下,日上 3
高凤霞 低龄 聊购方 一上,三上,四上,五下 6
唐嘉豪 学生 机修 周末 3
董欣 其他 医聊 二下,四上,六上 4
许梦瑶 学生 聊 三下,周末 4
"""
_KINDS = {
    "学生": (VolunteerKind.STUDENT, "学生志愿者", "volunteer, student"),
    "低龄": (VolunteerKind.YOUNG_ELDER, "低龄老人志愿者", "volunteer, younger elder"),
    "其他": (VolunteerKind.OTHER, "志愿者", "volunteer"),
}
_SKILLS = dict(
    zip("聊购修医方机", (Skill.CHAT, Skill.SHOPPING, Skill.REPAIR, Skill.MEDICAL,
                    Skill.DIALECT, Skill.PHONE), strict=True)
)  # fmt: skip
_HALVES = {
    f"{day}{half}": name
    for (day, half), name in zip(
        ((day, half) for day in "一二三四五六日" for half in "上下"), HALF_DAYS, strict=True
    )
}
# The two volunteers on the page come first; the others follow the staff.
_ACCOUNTS = (10004, 10005, *range(10009, 10033))


def _helper(number: int, line: str) -> Helper:
    name, who, skills, times, most = line.split()
    kind, label, label_en = _KINDS[who]
    chosen = set[str]()
    for word in times.split(","):
        chosen |= WEEKEND if word == "周末" else {_HALVES[word]}
    phone = f"+861370000{2001 + number}"
    return Helper(
        Actor(name, Role.VOLUNTEER, _ACCOUNTS[number], phone, label, label_en),
        kind,
        tuple(_SKILLS[letter] for letter in skills),
        tuple(half for half in HALF_DAYS if half in chosen),
        int(most),
    )


VOLUNTEERS = tuple(
    _helper(number, line) for number, line in enumerate(_VOLUNTEERS.split("\n")[1:-1])
)

# Families of some; the last two were invited and have not pressed start yet.
_FAMILIES = (
    ("王小雨", "王桂芳", 10003), ("赵敏", "赵德海", 10033),
    ("沈海燕", "周玉梅", 10034), ("陈建军", "陈秀英", 10035), ("严丽华", "严家驹", 10036),
    ("韩立新", "韩德福", None), ("孙国强", "李玉兰", None),
)  # fmt: skip


def facts_of(name: str) -> ElderFacts:
    """The elder called `name`."""
    return next(one for one in ELDERS if one.name == name)


def _relative(name: str, elder: str, account: int | None) -> Actor:
    facts = facts_of(elder)
    label = f"{elder}的{facts.emergency_relation}"
    phone = facts.emergency_phone or ""
    return Actor(name, Role.FAMILY, account, phone, label, f"family of {elder}", elder)


FAMILIES = tuple(_relative(*one) for one in _FAMILIES)
GRANNY = Actor(
    "陈奶奶", Role.ELDER, 10006, facts_of("陈秀英").phone or "",
    "陈秀英，独居老人", "陈秀英, an elder living alone", "陈秀英",
)  # fmt: skip
_CHEN, _LIU = (one.actor for one in VOLUNTEERS[:2])

# Everybody on the page, those shown first in front.
ON_PAGE: tuple[Actor, ...] = (
    LI, ZHOU, FAMILIES[0], _CHEN, _LIU, GRANNY, FANG, MENG,
    *(one.actor for one in VOLUNTEERS[2:]),
    *(one for one in FAMILIES[1:] if one.account),
)  # fmt: skip
EVERYBODY: tuple[Actor, ...] = (
    *STAFF, *(one.actor for one in VOLUNTEERS), *FAMILIES, GRANNY,
)  # fmt: skip


@dataclass(frozen=True)
class Team:
    """One pairing of the demo, by names."""

    worker: str
    volunteers: tuple[str, ...]
    elders: tuple[str, ...]


def teams() -> tuple[Team, ...]:
    """Neighbours together: 82 elders in the order of their doors make 18 fours and 2 fives."""
    sizes = [5 if n in {6, 16} else 4 for n in range(20)]
    ends = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    return tuple(_team(n, ELDERS[start:end]) for n, (start, end) in enumerate(pairwise(ends)))


def _team(number: int, elders: tuple[ElderFacts, ...]) -> Team:
    first = int((elders[0].building or "").removesuffix("号楼"))
    worker = LED_FROM[max(start for start in LED_FROM if start <= first)]
    names = tuple(one.name for one in elders)
    chosen = [VOLUNTEERS[(number * 3 + step) % len(VOLUNTEERS)].actor.name for step in (2, 3, 4)]
    if "王桂芳" in names:
        chosen = [CHEN, LIU, chosen[0]]
    return Team(worker.name, tuple(chosen), names)
