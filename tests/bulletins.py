"""A made-up bulletin of a province, in the shape of real ones, for tests of what is printed. Nothing in it is anybody's figure."""

from collections.abc import Iterator

from indicators.bulletin.brief import briefed
from indicators.bulletin.model import Bulletin, Cell, Chart, Column, Ratio, Room, Sources, Table
from indicators.formulas import BLOCKS, FORMULAS

ROOM = Room("H44", "UBND tỉnh Mẫu", "province")
DEPARTMENTS = (
    "Sở Nông nghiệp và Môi trường",
    "Sở Xây dựng",
    "Sở Tài chính",
    "Sở Công Thương",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Thanh tra tỉnh",
)
COMMUNES = (
    "Phường Việt Trì",
    "Phường Vĩnh Yên",
    "Xã Đoan Hùng",
    "Xã Tam Đảo",
    "Xã Thổ Tang",
    "Phường Phúc Yên",
    "Xã Yên Lạc",
    "Xã Quỳ Châu",
)
SECTORS = (
    ("G12-1", "Đất đai"),
    ("G17-2", "Hoạt động xây dựng"),
    ("G08-1", "Đầu tư tại Việt Nam"),
    ("G15-3", "Hộ tịch"),
    ("G15-4", "Chứng thực"),
)
MONTHS = tuple(f"2025-{one:02}" for one in range(9, 13)) + tuple(f"2026-{one:02}" for one in range(1, 9))
IN_TIME = (8121, 8234, 8310, None, 8295, 8012, 7934, 8402, 8511, 8633, 8702, 8784)

Names = list[tuple[str, str, int]]  # code, name, depth below the room


def bulletin(units: int = 14, late: int = 40, *, provisional: bool = False, incomplete: tuple[str, ...] = ()) -> Bulletin:
    """The internal edition; `.of("public")` gives the other."""
    tables = tuple(_tables(units, late))
    charts = (
        Chart("months", "line12", "months", "month", ("ratio",)),
        Chart("overdue_units", "pareto", "overdue_units", "name", ("open_overdue", "cumulative")),
    )
    sources = Sources(
        {"positions": {"0": 120, "1": 98}}, 412, "portal", "9f31", "aa02", "cc10", "Asia/Ho_Chi_Minh", 1, "2026-09-05T06:00:07+07:00"
    )
    made = Bulletin(
        "2026-08", 1, "internal", ROOM, "2026-09-05T06:00:00+07:00", provisional, incomplete, "2026-08", tables, (), charts, sources
    )
    return briefed(made)


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
    yield from _results(names, depths)
    yield from _dossiers(names, depths)
    yield from _digital(names)
    yield from _lists(names, late)


def _results(names: Names, depths: tuple[int, ...]) -> Iterator[Table]:
    yield Table(
        "summary",
        "results",
        columns(
            "unit:text name:text total:points maximum:points grade:text place:place of peers:word place_before:place moved total_before:points change:points total_last_year:points change_last_year:points"
        ),
        ((*ROOM[:2], 7312, 10000, "Khá", 12, 34, "province", 14, 2, 7105, 207, None, None),),
        depths=(0,),
        notes=("formula_changed",),
    )
    ranked = columns(
        "kind:word parent:text unit:text name:text place:place of total:points grade:text place_before:place moved total_before:points change:points"
    )
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
            (
                code,
                name,
                key,
                f"indicator {key}",
                71 + place,
                98 + place,
                Ratio(71 + place, 98 + place),
                one.points * 72 or None,
                one.points * 100 or None,
            )
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
        tuple(
            (month, 18000, 2100, None if one is None else Ratio(one, 10000), None if one is None else one - 1200)
            for month, one in zip(MONTHS, IN_TIME, strict=True)
        ),
    )
    yield Table(
        "comparison",
        "comparison",
        columns(
            "indicator:text title:word ratio:ratio score:points ratio_before:ratio score_before:points change_before:points ratio_last_year:ratio score_last_year:points change_last_year:points"
        ),
        tuple(
            (
                key,
                f"indicator {key}",
                Ratio(8784 - 7 * place, 10000),
                one.points * 72 or None,
                Ratio(8702 + 9 * place, 10000),
                one.points * 70,
                2 * one.points,
                None,
                None,
                None,
            )
            for place, (key, one) in enumerate(scored.items())
        ),
    )


def _dossiers(names: Names, depths: tuple[int, ...]) -> Iterator[Table]:
    form = columns(
        "stt unit:text name:text received_total online counter_post carried_over finished early on_time late open in_time overdue"
    )
    rows = tuple(
        (place, code, name, 1510 + place, 900, 350, 260 + place, 1200, 700, 380, 120, 310 + place, 290, 20 + place)
        for place, (code, name, _) in enumerate(names)
    )
    yield Table("form_06a_units", "dossiers", form, rows, depths=depths, notes=("form_06a",))
    yield Table(
        "levels",
        "dossiers",
        columns("level:word units workload finished finished_late open open_overdue ratio:ratio"),
        (
            ("province_level", 19, 52310, 41200, 2801, 11110, 1204, Ratio(48305, 52310)),
            ("commune_level", 148, 132203, 120900, 6120, 11303, 2310, Ratio(123773, 132203)),
        ),
    )
    yield Table(
        "sectors",
        "dossiers",
        columns("sector:text name:text workload finished finished_late open open_overdue overdue ratio:ratio"),
        tuple(
            (
                *sector,
                20000 - 3000 * place,
                15000 - 2500 * place,
                900 - 90 * place,
                5000 - 500 * place,
                400 - 70 * place,
                1300 - 160 * place,
                Ratio(17000, 19000 + place),
            )
            for place, sector in enumerate(SECTORS)
        ),
    )
    held = columns("place:place unit:text name:text open_overdue share:ratio cumulative:ratio finished_late")
    yield Table("overdue_units", "dossiers", held, tuple(_held(names)))
    yield _alike(
        "sent_back", "dossiers", names, "finished refused withdrawn stopped sent_back share:ratio", (1510, 12, 30, 3, 45, Ratio(45, 1510))
    )


def _alike(key: str, group: str, names: Names, heads: str, cells: tuple[Cell, ...]) -> Table:
    """Every unit with the same cells."""
    rows = tuple((code, name, *cells) for code, name, _ in names)
    depths = tuple(depth for _, _, depth in names) if group != "lists" else ()
    return Table(key, group, columns(f"unit:text name:text {heads}"), rows, depths=depths)


def _digital(names: Names) -> Iterator[Table]:
    heads = "received online counter post share:ratio workload electronic electronic_share:ratio"
    yield _alike("online", "digital", names, heads, (1250, 900, 300, 50, Ratio(900, 1250), 1510, 610, Ratio(610, 1510)))
    heads = "workload digitised_yes digitised_no reused results_yes results_no share:ratio verdict:word"
    yield _alike("digitisation", "digital", names, heads, (1510, 1100, 410, 420, 900, 610, Ratio(1100, 1510), "pass"))
    yield _alike("payment", "digital", names, "fee_owed paid_online share:ratio", (310, 240, Ratio(240, 310)))
    heads = "received carried_over finished finished_late open open_overdue ratio:ratio"
    yield _alike("petitions", "digital", names, heads, (12, 1, 9, 1, 4, 0, Ratio(12, 13)))


def _lists(names: Names, late: int) -> Iterator[Table]:
    yield _alike("late_units", "lists", names[1:], "overdue finished_late open_overdue times", (141, 120, 21, 9))
    heads = "stt dossier:text received:date due:date finished:date name:text note:word unit:text official:text official_name:text"
    yield Table("late_dossiers", "lists", columns(heads), tuple(_late(names, late)), "internal", notes=("due_with_waits",), wide=True)
    heads = "official:text official_name:text unit:text name:text handled overdue finished_late open_overdue times"
    rows = tuple((f"cb-{place:04}", None, code, name, 40, 9, 7, 2, 3) for place, (code, name, _) in enumerate(names[1:]))
    yield Table("late_officials", "lists", columns(heads), rows, "internal", notes=("charged",))
    heads = "late explanation_missing apology_missing none_sent sent_late no_reason no_new_date second_rescheduling new_date_missed"
    yield _alike("duties_units", "lists", names[1:], heads, (141, 60, 71, 40, 12, 3, 4, 1, 2))
    yield _alike("repeat_units", "lists", names[1:9], "months late worst:month worst_late trend:word", (4, 320, "2026-06", 120, "up"))
    heads = "not_received received_after_the_fact finished_before_received accepted_late missing_numbers"
    yield _alike("offrecord_units", "lists", names[1:7], heads, (3, 2, 0, 5, 1))
    gains = tuple((key, f"indicator {key}", 212, 600, 388, more) for key, more in (("3.6", 4120), ("4.1", 30211), ("3.3", 2010)))
    yield Table("advice", "next", columns("indicator:text title:word score:points maximum:points gain:points needed"), gains)
    heads = "unit:text name:text source:text last_month:month records after_hour after_day mean_hours"
    heard = (("2026-06", 0, 0, 0, None), ("2026-08", 400, 31, 4, 3), ("2026-08", 210, 7, 0, 1))
    sources = tuple((code, name, f"{code}-mcdt", *cells) for (code, name, _), cells in zip(names[1:4], heard, strict=True))
    yield Table("silent", "lists", columns(heads), sources, notes=("signs",))
    yield _alike("papers_units", "lists", [], "asked received share:ratio high:word asked_again paper_not_listed asked_late", ())


def _rankings(names: Names) -> Iterator[tuple[str | int | None, ...]]:
    for place, (code, name, _) in enumerate(names[1:], 1):
        kind = "department" if place <= len(DEPARTMENTS) else "commune"
        yield kind, ROOM.name, code, name, place, len(names) - 1, 9000 - 40 * place, "Khá", place + 1, 1, 8900 - 40 * place, 100


def _held(names: Names) -> Iterator[tuple[str | int | Ratio, ...]]:
    counts = [max(1, 900 >> place) for place in range(len(names) - 1)]
    so_far = 0
    for place, ((code, name, _), count) in enumerate(zip(names[1:], counts, strict=True), 1):
        so_far += count
        yield place, code, name, count, Ratio(count, sum(counts)), Ratio(so_far, sum(counts)), 3


def _late(names: list[tuple[str, str, int]], late: int) -> Iterator[tuple[str | int | None, ...]]:
    for place in range(late):
        code, name, _ = names[1 + place % (len(names) - 1)]
        finished = f"2026-08-{1 + place % 28:02}" if place % 3 else None
        yield (
            place + 1,
            f"{code}-20260701-{place:05}",
            "2026-07-01",
            "2026-07-22",
            finished,
            name,
            "finished_late" if finished else "open_overdue",
            code,
            f"cb-{place % 70:04}",
            None,
        )
