"""Who works there: simulated provinces with their departments, communes and officials, each office with habits of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from connectors.registry import path_of, read_units
from connectors.simulate.catalogue import COMMUNE, Procedure, procedures
from indicators.units import ROOT, Unit, Version

COMMUNES = 24
A_DAY = (4.0, 22.0)  # dossiers of a department's working day, from the quietest to the busiest
A_COMMUNES_DAY = (3.0, 14.0)
SILENT_DAYS = 3
_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
_MIDDLE = "Văn Thị Minh Thanh Quốc Ngọc Hữu Kim Xuân Đức".split()
_GIVEN = (
    "An Bình Châu Dũng Giang Hà Hải Hạnh Hùng Hương Khánh Lan Linh Long Mai Nam Nga Phong Phúc Quang Sơn Tâm Thảo Trang Tuấn Vinh".split()
)
_PLACE = "An Bình Châu Đông Đức Hòa Hưng Khánh Lộc Long Mỹ Phú Phước Quang Sơn Tân Thái Thạnh Thịnh Thuận Trung Vĩnh Xuân Yên".split()


@dataclass(frozen=True, slots=True)
class Office:
    """A department or commune: what it handles, who works there, how busy, how late, and since how many days before the end it sends nothing."""

    code: str
    name: str
    kind: str
    province: str
    procedures: tuple[Procedure, ...]
    officials: tuple[str, ...]
    a_day: float
    late_share: float
    silent_days: int | None = None


@dataclass(frozen=True, slots=True)
class Province:
    """A province and the offices below it."""

    code: str
    name: str
    offices: tuple[Office, ...]


def provinces(count: int, seed: int) -> list[Province]:
    """The first `count` of the 34: those first whose departments are known."""
    shipped = read_units(path_of("units"))
    below = {code: [unit for unit in shipped if unit.versions[-1].parent == code] for code in (unit.code for unit in shipped)}
    today = [unit for unit in shipped if unit.versions[-1].kind == "province" and unit.successor() is None]
    chosen = sorted(today, key=lambda unit: (not below[unit.code], unit.code))[:count]
    known = next(below[unit.code] for unit in sorted(today, key=lambda unit: (not below[unit.code], unit.code)))
    return [_province(unit, below[unit.code] or known, seed) for unit in chosen]


def registered(found: Sequence[Province]) -> list[Unit]:
    """The shipped units and the simulated offices among them."""
    shipped = {unit.code: unit for unit in read_units(path_of("units"))}
    made = {
        office.code: Unit(office.code, (Version(office.name, office.kind, province.code),))
        for province in found
        for office in province.offices
    }
    assert shipped[ROOT]
    return list((made | shipped).values())


def _province(unit: Unit, departments: Sequence[Unit], seed: int) -> Province:
    random = Random(f"{seed}:{unit.code}")  # noqa: S311 - not a secret
    handled = procedures()
    offices = [
        _office(random, (f"{unit.code}.{one.code.split('.')[1]}", one.versions[-1].name, "department"), unit.code, handled[name])
        for one in departments
        if (name := one.versions[-1].name) in handled
    ]
    names = random.sample([f"{one} {other}" for one in _PLACE for other in _PLACE if one != other], COMMUNES)
    for number, name in enumerate(names):
        title = "Phường" if number % 4 == 0 else "Xã"
        offices.append(_office(random, (f"{unit.code}.{100 + number}", f"{title} {name}", COMMUNE), unit.code, handled[COMMUNE]))
    return Province(unit.code, unit.versions[-1].name, tuple(offices))


def _office(random: Random, named: tuple[str, str, str], province: str, handled: tuple[Procedure, ...]) -> Office:
    code, name, kind = named
    commune = kind == COMMUNE
    officials = tuple(
        f"{random.choice(_FAMILY)} {random.choice(_MIDDLE)} {random.choice(_GIVEN)}" for _ in range(random.randint(2, 3 if commune else 6))
    )
    busy = random.triangular(*(A_COMMUNES_DAY if commune else A_DAY))
    late = random.choice((0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.18))  # most are nearly in time, some are not
    silent = SILENT_DAYS if commune and random.random() < 1 / COMMUNES else None
    return Office(code, name, kind, province, handled, officials, busy, late, silent)
