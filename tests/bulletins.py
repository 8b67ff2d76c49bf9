"""A made-up bulletin of a province, in the shape of real ones, for tests of what is printed. Nothing in it is anybody's figure."""

from collections.abc import Iterator

from indicators.bulletin.model import Bulletin, Chart, Cited, Column, Fact, Kind, Ratio, Room, Sources, Table
from indicators.formulas import BLOCKS, FORMULAS

ROOM = Room("H44", "Tỉnh Phú Thọ", "province")
DEPARTMENTS = ("Sở Nông nghiệp và Môi trường", "Sở Xây dựng", "Sở Tài chính", "Sở Công Thương", "Sở Văn hóa, Thể thao và Du lịch", "Thanh tra tỉnh")
COMMUNES = ("Phường Việt Trì", "Phường Vĩnh Yên", "Xã Đoan Hùng", "Xã Tam Đảo", "Xã Thổ Tang", "Phường Phúc Yên", "Xã Yên Lạc", "Xã Quỳ Châu")
SECTORS = (("G12-1", "Đất đai"), ("G17-2", "Hoạt động xây dựng"), ("G08-1", "Đầu tư tại Việt Nam"), ("G15-3", "Hộ tịch"), ("G15-4", "Chứng thực"))
MONTHS = tuple(f"2025-{one:02}" for one in range(9, 13)) + tuple(f"2026-{one:02}" for one in range(1, 9))
IN_TIME = (8121, 8234, 8310, None, 8295, 8012, 7934, 8402, 8511, 8633, 8702, 8784)


def bulletin(units: int = 14, late: int = 40, *, provisional: bool = False, incomplete: tuple[str, ...] = ()) -> Bulletin:
    """The internal edition; `.of("public")` gives the other."""
    tables = tuple(_tables(units, late))
    charts = (Chart("months", "line12", "months", "month", ("ratio",)), Chart("overdue_units", "pareto", "overdue_units", "name", ("open_overdue", "cumulative")))
    sources = Sources({"positions": {"0": 120, "1": 98}}, 412, "portal", "9f31", "aa02", "cc10", "Asia/Ho_Chi_Minh", 1, "2026-09-05T06:00:07+07:00")
    made = Bulletin("2026-08", 1, "internal", ROOM, "2026-09-05T06:00:00+07:00", provisional, incomplete, "2026-08", tables, (), charts, sources)
    return Bulletin(**{**vars(made), "brief": tuple(_facts(made))})


def _names(units: int) -> Iterator[tuple[str, str, int]]:
    """(code, name, depth): the room, departments, communes."""
    yield ROOM.code, ROOM.name, 0
    for place in range(units):
        if place < len(DEPARTMENTS):
            yield f"H44.{place + 1:02}", DEPARTMENTS[place], 1
        else:
            name = COMMUNES[place % len(COMMUNES)]
            yield f"H44.{place + 94}", name if place < 14 else f"{name} {place}", 1


def columns(text: str) -> tuple[Column, ...]:
    """`name:text late` as columns; a count where no kind is said."""
    found: list[Column] = []
    for one in text.split():
        key, _, kind = one.partition(":")
        found.append(Column(key, kind or "count"))  # type: ignore[arg-type]
    return tuple(found)


def _tables(units: int, late: int) -> Iterator[Table]:
    names = list(_names(units))
    depths = tuple(depth for _, _, depth in names)
    yield Table(
        "summary",
        "results",
        columns("unit:text name:text total:points maximum:points grade:text place:place of peers:word place_before:place moved total_before:points change:points total_last_year:points change_last_year:points"),
        ((*ROOM[:2], 7312, 10000, "Khá", 12, 34, "province", 14, 2, 7105, 207, None, None),),
        depths=(0,),
        notes=("formula_changed",),
    )
    ranked = columns("kind:word parent:text unit:text name:text place:place of total:points grade:text place_before:place moved total_before:points change:points")
    yield Table("rankings", "results", ranked, tuple(_rankings(names)))
    yield Table(
        "blocks",
        "results",
        columns("unit:text name:text block:word score:points maximum:points"),
        tuple((code, name, block, points * 70, points * 100) for code, name, _ in names for block, (points, *_) in BLOCKS.items()),
        depths=tuple(depth for depth in depths for _ in BLOCKS),
        wide=True,
    )
    scored = {one.id: one for one in FORMULAS}
    yield Table(
        "indicators",
        "results",
        columns("unit:text name:text indicator:text title:word numerator denominator ratio:ratio score:points maximum:points"),
        tuple(
            (code, name, key, f"indicator {key}", 71 + place, 98 + place, Ratio(71 + place, 98 + place), one.points * 72 or None, one.points * 100 or None)
            for place, (code, name, _) in enumerate(names)
            for key, one in scored.items()
        ),
        depths=tuple(depth for depth in depths for _ in scored),
        wide=True,
        notes=("handling_seconds",),
    )
    yield Table(
        "months",
        "comparison",
        columns("month:month workload overdue ratio:ratio total:points"),
        tuple((month, 18000, 2100, None if one is None else Ratio(one, 10000), None if one is None else one - 1200) for month, one in zip(MONTHS, IN_TIME, strict=True)),
    )
    form = columns("stt unit:text name:text received_total online counter_post carried_over finished early on_time late open in_time overdue")
    rows = tuple((place, code, name, 1510 + place, 900, 350, 260 + place, 1200, 700, 380, 120, 310 + place, 290, 20 + place) for place, (code, name, _) in enumerate(names))
    yield Table("form_06a_units", "dossiers", form, rows, depths=depths, notes=("form_06a",))
    yield Table(
        "levels",
        "dossiers",
        columns("level:word units workload finished finished_late open open_overdue ratio:ratio"),
        (("province_level", 19, 52310, 41200, 2801, 11110, 1204, Ratio(48305, 52310)), ("commune_level", 148, 132203, 120900, 6120, 11303, 2310, Ratio(123773, 132203))),
    )
    yield Table(
        "sectors",
        "dossiers",
        columns("sector:text name:text workload finished finished_late open open_overdue overdue ratio:ratio"),
        tuple((*sector, 20000 - 3000 * place, 15000 - 2500 * place, 900 - 90 * place, 5000 - 500 * place, 400 - 70 * place, 1300 - 160 * place, Ratio(17000, 19000 + place)) for place, sector in enumerate(SECTORS)),
    )
    held = columns("place:place unit:text name:text open_overdue share:ratio cumulative:ratio finished_late")
    yield Table("overdue_units", "dossiers", held, tuple(_held(names)))
    yield Table(
        "sent_back",
        "dossiers",
        columns("unit:text name:text finished refused withdrawn stopped sent_back share:ratio"),
        tuple((code, name, 1510, 12, 30, 3, 45, Ratio(45, 1510)) for code, name, _ in names),
        depths=depths,
    )
    yield Table(
        "online",
        "digital",
        columns("unit:text name:text received online counter post share:ratio workload electronic electronic_share:ratio"),
        tuple((code, name, 1250, 900, 300, 50, Ratio(900, 1250), 1510, 610, Ratio(610, 1510)) for code, name, _ in names),
        depths=depths,
    )
    yield Table(
        "digitisation",
        "digital",
        columns("unit:text name:text workload digitised_yes digitised_no reused results_yes results_no share:ratio verdict:word"),
        tuple((code, name, 1510, 1100, 410, 420, 900, 610, Ratio(1100, 1510), "pass" if depth else None) for code, name, depth in names),
        depths=depths,
        notes=("verdict_by_target",),
    )
    yield Table(
        "late_units",
        "lists",
        columns("unit:text name:text overdue finished_late open_overdue times"),
        tuple((code, name, 141, 120, 21, 9) for code, name, _ in names[1:]),
    )
    listed = columns("stt dossier:text received:date due:date finished:date name:text note:word unit:text official:text official_name:text")
    yield Table("late_dossiers", "lists", listed, tuple(_late(names, late)), edition="internal", notes=("due_with_waits",), wide=True)
    yield Table(
        "late_officials",
        "lists",
        columns("official:text official_name:text unit:text name:text handled overdue finished_late open_overdue times"),
        tuple((f"cb-{place:04}", None, code, name, 40, 9, 7, 2, 3) for place, (code, name, _) in enumerate(names[1:])),
        edition="internal",
        notes=("charged",),
    )
    yield Table("silent", "lists", columns("unit:text name:text source:text last_at:time working_hours limit"), (), notes=("signs",))


def _rankings(names: list[tuple[str, str, int]]) -> Iterator[tuple[str | int | None, ...]]:
    for place, (code, name, _) in enumerate(names[1:], 1):
        kind = "department" if place <= len(DEPARTMENTS) else "commune"
        yield kind, ROOM.name, code, name, place, len(names) - 1, 9000 - 40 * place, "Khá", place + 1, 1, 8900 - 40 * place, 100


def _held(names: list[tuple[str, str, int]]) -> Iterator[tuple[str | int | Ratio, ...]]:
    counts = [max(1, 900 >> place) for place in range(len(names) - 1)]
    so_far = 0
    for place, ((code, name, _), count) in enumerate(zip(names[1:], counts, strict=True), 1):
        so_far += count
        yield place, code, name, count, Ratio(count, sum(counts)), Ratio(so_far, sum(counts)), 3


def _late(names: list[tuple[str, str, int]], late: int) -> Iterator[tuple[str | int | None, ...]]:
    for place in range(late):
        code, name, _ = names[1 + place % (len(names) - 1)]
        finished = f"2026-08-{1 + place % 28:02}" if place % 3 else None
        yield place + 1, f"{code}-20260701-{place:05}", "2026-07-01", "2026-07-22", finished, name, "finished_late" if finished else "open_overdue", code, f"cb-{place % 70:04}", None


def _cite(book: Bulletin, table: str, row: int, **named: str) -> dict[str, Cited]:
    found = book.table(table)
    kinds: dict[str, Kind] = {one.key: one.kind for one in found.columns}
    return {name: Cited(found.cell(row, column), kinds[column], table, row, column) for name, column in named.items()}


def _facts(book: Bulletin) -> Iterator[Fact]:
    yield Fact("headline", "total", _cite(book, "summary", 0, total="total", maximum="maximum"), {"grade": "Khá"})
    yield Fact("headline", "rank", _cite(book, "summary", 0, place="place", of="of"))
    yield Fact("headline", "ratio_before", _cite(book, "months", 11, ratio="ratio") | _cite(book, "months", 10, ratio_before="ratio"))
    yield Fact("headline", "change", _cite(book, "summary", 0, change="change", total_before="total_before"))
    yield Fact("headline", "change_last_year", _cite(book, "summary", 0, change="change_last_year", total_last_year="total_last_year"))
    yield Fact("overdue", "open_overdue", _cite(book, "levels", 0, open_overdue="open_overdue", workload="workload"))
    yield Fact("overdue", "finished_late", _cite(book, "form_06a_units", 0, late="late", finished="finished"))
    for row in range(6):
        yield Fact("overdue", "holder", _cite(book, "overdue_units", row, open_overdue="open_overdue", share="share", cumulative="cumulative"), {"name": str(book.table("overdue_units").cell(row, "name"))})
    for row in range(2):
        named = {"units": "units", "workload": "workload", "finished_late": "finished_late", "open_overdue": "open_overdue", "ratio": "ratio"}
        yield Fact("levels", "level", _cite(book, "levels", row, **named), {"name": str(book.table("levels").cell(row, "level"))})
    for row in range(5):
        named = {"workload": "workload", "finished_late": "finished_late", "open_overdue": "open_overdue", "ratio": "ratio"}
        yield Fact("sectors", "sector", _cite(book, "sectors", row, **named), {"name": str(book.table("sectors").cell(row, "name"))})
    yield Fact("sent_back", "sent_back", _cite(book, "sent_back", 0, sent_back="sent_back", finished="finished", share="share"))
    yield Fact("online", "online", _cite(book, "online", 0, online="online", share="share"))
    yield Fact("online", "electronic", _cite(book, "online", 0, electronic="electronic", share="electronic_share"))
    yield Fact("online", "digitised", _cite(book, "digitisation", 0, digitised="digitised_yes", workload="workload", share="share"))
    yield Fact("online", "reused", _cite(book, "digitisation", 0, reused="reused"))
    yield Fact("results", "better", _cite(book, "months", 11, ratio="ratio") | _cite(book, "months", 10, before="ratio"), {"title": "indicator 2.1"})
    yield Fact("shortcomings", "worse", _cite(book, "months", 4, ratio="ratio") | _cite(book, "months", 3, before="ratio"), {"title": "indicator 4.2"})
    yield Fact("shortcomings", "repeat", _cite(book, "levels", 0, units="units"))
    for key in ("3.6", "4.1", "3.3"):
        yield Fact("next", "gain", _cite(book, "form_06a_units", 1, more="late") | _cite(book, "summary", 0, gain="change"), {"title": f"indicator {key}"})
    yield Fact("next", "explain", _cite(book, "form_06a_units", 0, owed="late"))
