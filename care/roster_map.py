"""A sheet about buildings in a roster's file: where they stand, and how far it is between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from care import roster_cells as cells
from care.places import Map, Point, out_of_the_way
from care.roster_lines import Cell, MapReading, PlaceLine, PlaceProblem, PlaceWrong, Sheet
from care.roster_places import building
from care.roster_words import METRES

# A title or two may stand above the header.
LOOKED_AT = 10
LABELS: dict[str, frozenset[str]] = {
    "name": frozenset(["楼栋", "楼号", "栋号", "楼", "建筑", "building", "block"]),
    "latitude": frozenset(["纬度", "latitude", "lat"]),
    "longitude": frozenset(["经度", "longitude", "lon", "lng"]),
    "walks": frozenset(
        ["步行", "路程", "相邻", "旁边", "邻楼", "步行距离", "walks", "nextto", "neighbours"]
    ),
    "person": frozenset(["姓名", "name"]),
}
ONE_WALK = re.compile(
    r"(.*?(?:号楼|座|幢|栋|楼)|\S+?)(?:\s*[:：]?\s*(\d{1,5})\s*(?:米|m|metres?)?)?",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"[;；、,，\n]+")
MOST_LATITUDE, MOST_LONGITUDE, MOST_METRES = 90.0, 180.0, 5000


@dataclass(frozen=True)
class Buildings:
    """The buildings of a community, in order, and what is known of where they stand."""

    names: Sequence[str] = ()
    map: Map = field(default_factory=Map)


NO_BUILDINGS = Buildings()


def split(sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[Sheet]]:
    """The sheets about people, and those about buildings."""
    maps = [one for one in sheets if _header(one) is not None]
    return [one for one in sheets if one not in maps], maps


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the columns by what stands in them; None: no such sheet."""
    for number, row in enumerate(sheet.rows[:LOOKED_AT]):
        found = {
            field: column
            for column, cell in enumerate(row)
            for field, words in LABELS.items()
            if cells.key(cells.plain(cell)) in words
        }
        if "person" not in found and "name" in found and {"latitude", "walks"} & found.keys():
            return number, found
    return None


def read_map(sheets: Sequence[Sheet], beside: int) -> MapReading:
    """What the sheets say of buildings; a row with a doubtful cell is told and not taken.

    `beside` is how many metres it is to a neighbour without a number.
    """
    lines: dict[str, PlaceLine] = {}
    problems: list[PlaceProblem] = []
    for sheet in sheets:
        header, columns = _header(sheet) or (0, {})
        for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
            at = {field: row[column] for field, column in columns.items() if column < len(row)}
            if all(cells.is_blank(cell) for cell in at.values()):
                continue
            line = _line(number, at, beside)
            if isinstance(line, PlaceLine) and line.name in lines:
                line = PlaceProblem(row=number, value=line.name, wrong=PlaceWrong.TWICE)
            if isinstance(line, PlaceLine):
                lines[line.name] = line
            else:
                problems.append(line)
    return MapReading(lines=tuple(lines.values()), problems=tuple(problems))


def _line(row: int, at: Mapping[str, Cell], beside: int) -> PlaceLine | PlaceProblem:
    name = building(cells.plain(at.get("name")))
    if not name:
        return PlaceProblem(row=row, value="", wrong=PlaceWrong.NO_BUILDING)
    latitude = _degrees(at.get("latitude"), MOST_LATITUDE)
    longitude = _degrees(at.get("longitude"), MOST_LONGITUDE)
    for wrong, found, cell in (
        (PlaceWrong.LATITUDE, latitude, at.get("latitude")),
        (PlaceWrong.LONGITUDE, longitude, at.get("longitude")),
    ):
        if found is None and not cells.is_blank(cell):
            return PlaceProblem(row=row, value=cells.shown(cell), wrong=wrong)
    if (latitude is None) is not (longitude is None):
        return PlaceProblem(row=row, value=name, wrong=PlaceWrong.HALF_A_POINT)
    point = None if latitude is None or longitude is None else Point(latitude, longitude)
    walks: list[tuple[str, int]] = []
    for part in filter(None, map(str.strip, BETWEEN.split(cells.plain(at.get("walks"))))):
        walk = _walk(part, beside)
        if walk is None or walk[0] == name:
            return PlaceProblem(row=row, value=part[:40], wrong=PlaceWrong.WALK)
        walks.append(walk)
    return PlaceLine(row=row, name=name, point=point, walks=tuple(walks))


def _degrees(cell: Cell, most: float) -> float | None:
    """Degrees with a point; 0 stands in forms where nobody knew."""
    try:
        degrees = float(cells.plain(cell).strip(" °"))
    except ValueError:
        return None
    return degrees if degrees and abs(degrees) <= most else None


def _walk(part: str, beside: int) -> tuple[str, int] | None:
    found = ONE_WALK.fullmatch(part)
    if found is None:
        return None
    metres = int(found[2]) if found[2] else beside
    return (building(found[1]), metres) if 0 < metres <= MOST_METRES else None


def sheet_rows(known: Buildings, language: str) -> list[dict[str, str]]:
    """The rows of a sheet that `read_map` takes back with nothing changed, by column.

    Each way stands once, with the one of its ends that comes first. What would be read as
    something else is left out.
    """
    rows, said = [], set[str]()
    for name in known.names:
        if building(name) != name:
            continue
        said.add(name)
        point = known.map.points.get(name)
        walks = [
            text
            for other, metres in known.map.beside(name)
            for text in [METRES[language].format(building=other, metres=metres)]
            if other not in said and not BETWEEN.search(other) and _walk(text, 0) == (other, metres)
        ]
        rows.append(
            {
                "name": name,
                "latitude": str(point.latitude) if point else "",
                "longitude": str(point.longitude) if point else "",
                "walks": "; ".join(walks),
            }
        )
    return rows


def settled(found: MapReading, points: Mapping[str, Point]) -> MapReading:
    """Without points that lie in another town; `points` are those on record."""
    told = {one.name: one.point for one in found.lines if one.point is not None}
    lines, problems = [], list(found.problems)
    for one in found.lines:
        others = {name: at for name, at in {**points, **told}.items() if name != one.name}
        if one.point is not None and out_of_the_way(one.point, others):
            problems.append(PlaceProblem(row=one.row, value=one.name, wrong=PlaceWrong.FAR))
        else:
            lines.append(one)
    problems.sort(key=lambda one: one.row)
    return MapReading(lines=tuple(lines), problems=tuple(problems))
