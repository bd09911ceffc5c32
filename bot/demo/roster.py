"""A roster to import in the demo: the one on record, with a few things that changed since."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.elders import ELDERS
from care.elders import ElderFacts, Sex, Tier
from storage.roster import write_file

PATH = "/demo/roster.xlsx"
LINK = {"url": PATH, "zh": "示例名册.xlsx", "en": "Sample roster.xlsx"}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CHANGED: dict[str, dict[str, object]] = {
    "钱国荣": {"phone": "+8613800001090", "door_hint": "有助听器，多敲几下"},
    "余宝珠": {"tier": Tier.YELLOW, "remark": "上个月摔了一跤，已出院"},
}
_NEW = (
    ElderFacts(
        name="邹志明",
        number="XF083",
        sex=Sex.MALE,
        birth_date=date(1939, 8, 2),
        phone="+8613800001083",
        building="16号楼",
        address="幸福路8号 16号楼 3单元 402",
        tier=Tier.RED,
        disability=True,
        chronic_illness=True,
        empty_nest=False,
        limited_mobility=True,
        emergency_name="邹晓东",
        emergency_relation="儿子",
        emergency_phone="+8613900001083",
        remark="刚从外区搬来，家人已同意探访",
    ),
    ElderFacts(
        name="龚美玉",
        number="XF084",
        sex=Sex.FEMALE,
        birth_date=date(1950, 12, 19),
        phone="+8613800001084",
        building="13号楼",
        address="幸福路8号 13号楼 3单元 101",
        tier=Tier.GREEN,
        disability=False,
        chronic_illness=False,
        empty_nest=True,
        limited_mobility=False,
        emergency_name="龚静",
        emergency_relation="女儿",
        emergency_phone="+8613900001084",
    ),
)


def sample(language: str = "zh_CN") -> bytes:
    """The Excel file: two new people, two changed, all others as on record."""
    elders = [one.model_copy(update=_CHANGED.get(one.name, {})) for one in ELDERS]
    return write_file([*elders, *_NEW], language=language)


async def _download(_request: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="demo-roster.xlsx"'}
    return Response(sample(), media_type=_EXCEL, headers=headers)


def route() -> Route:
    """Where the page finds the file."""
    return Route(PATH, _download, methods=["GET"])
