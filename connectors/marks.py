"""What stands on boards as annotations: publications, restatements, changes of formula, days off and Saturdays worked. Put into Grafana once each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from grafana_api.grafana_face import GrafanaFace

from connectors.grafana import said
from indicators.formulas import FORMULAS
from indicators.publication import Cut
from indicators.times import Zone, date_of, seconds
from indicators.workdays import Calendar

LANGUAGES = ("vi", "en")
OURS = "chiso"
DAY_MS = 86_400_000
MOST = 10_000  # annotations read at once
WORDS = {
    "published": ("Công bố số liệu tháng {month}", "Figures of {month} published"),
    "restated": ("Điều chỉnh số liệu tháng {month}: {units} đơn vị", "Figures of {month} restated: {units} units"),
    "formula": ("Đổi công thức: {indicators}", "Formula changed: {indicators}"),
    "day_off": ("Ngày nghỉ {days}", "Days off {days}"),
    "worked": ("Ngày làm bù {days}", "Worked in exchange {days}"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment or span (ms, end included) and what is to be said of it; `values` fill the words of its kind."""

    kind: str
    start: int
    end: int
    values: Mapping[str, str]

    def text(self, language: str) -> str:
        """In one language."""
        return WORDS[self.kind][LANGUAGES.index(language)].format(**self.values)

    def tags(self, language: str) -> list[str]:
        """The last tells this annotation from all others, so that it is put there once, and anew where it changed."""
        known = f"{self.start} {self.end} {self.text(language)}"
        return [OURS, language, self.kind, f"{OURS}:{blake2b(known.encode(), digest_size=6).hexdigest()}"]


def published(cuts: Mapping[str, Sequence[Cut]]) -> Iterator[Mark]:
    """First versions of months, and later ones; `cuts` by month, oldest first."""
    for month, found in sorted(cuts.items()):
        for place, cut in enumerate(one for one in found if one.done):
            at = seconds(cut.at) * 1000
            shown = f"{month[5:]}/{month[:4]}"
            yield Mark("restated" if place else "published", at, at, {"month": shown, "units": str(cut.units)})


def formulas(zone: Zone) -> Iterator[Mark]:
    """Days from which formulas hold otherwise than before."""
    for day in sorted({one.first for one in FORMULAS}):
        at = zone.midnight(day) * 1000
        yield Mark("formula", at, at, {"indicators": ", ".join(dict.fromkeys(one.id for one in FORMULAS if one.first == day))})


def days_off(calendar: Calendar, zone: Zone, years: range) -> Iterator[Mark]:
    """Weekdays off, those in a row as one, and weekend days worked."""
    run: list[int] = []
    for day in [*calendar.days_off(years), 1 << 40]:
        if run and (day != run[-1] + 1 or calendar.is_workday(run[-1])):
            kind = "worked" if calendar.is_workday(run[0]) else "day_off"
            days = " – ".join(dict.fromkeys(f"{date_of(one):%d/%m/%Y}" for one in (run[0], run[-1])))
            yield Mark(kind, zone.midnight(run[0]) * 1000, zone.midnight(run[-1] + 1) * 1000 - 1, {"days": days})
            run = []
        run.append(day)


@dataclass(frozen=True, slots=True)
class Done:
    """How many annotations were added, were there, and were taken away because they no longer hold."""

    added: int
    same: int
    removed: int


def annotate(api: GrafanaFace, marks: Iterable[Mark]) -> Done:
    """Puts into Grafana what is not there yet; of ours, what no longer holds goes. Raises UnreachableError, ChisoError."""
    wanted = {mark.tags(language)[-1]: (mark, language) for mark in marks for language in LANGUAGES}
    with said(api):
        there: list[dict[str, Any]] = api.annotations.get_annotation(tags=[OURS], limit=MOST)
        known = {tag: one["id"] for one in there for tag in one["tags"] if tag.startswith(f"{OURS}:")}
        for tag in wanted.keys() - known.keys():
            mark, language = wanted[tag]
            api.annotations.add_annotation(time_from=mark.start, time_to=mark.end, tags=mark.tags(language), text=mark.text(language))
        for tag in known.keys() - wanted.keys():
            api.annotations.delete_annotations_by_id(known[tag])
    return Done(len(wanted.keys() - known.keys()), len(wanted.keys() & known.keys()), len(known.keys() - wanted.keys()))
