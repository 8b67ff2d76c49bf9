"""The canonical dossier event, one frozen struct a type, exactly as it stands in `dvc.dossier.events.v1`.

An event states facts about one dossier; an absent fact (None) says nothing. Times are RFC 3339 strings, written by chiso as whole
seconds in `Z`; `indicators.times.seconds` reads them without building a datetime. `type` is the tag on the wire.
"""

from typing import Literal

import msgspec

Channel = Literal["counter", "online", "post"]
Rating = Literal["satisfied", "neutral", "unsatisfied"]


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every event says: which dossier, when it happened, when the source said so, who speaks."""

    dossier: str
    at: str
    id: str | None = None
    stated_at: str | None = None
    unit: str | None = None
    source: str | None = None


class Received(Event, tag="received", frozen=True):
    """The dossier was taken in (or not: `accepted` false), under which procedure, promised for when."""

    filed_at: str | None = None
    due_at: str | None = None
    procedure: str | None = None
    procedure_name: str | None = None
    sector: str | None = None
    sector_name: str | None = None
    unit_name: str | None = None
    unit_kind: str | None = None
    official: str | None = None
    channel: Channel | None = None
    accepted: bool | None = None
    fee_owed: bool | None = None
    paper_result: bool | None = None
    receiving_unit: str | None = None
    population_data: bool | None = None
    personal_store: bool | None = None


class Step(Event, tag="step", frozen=True):
    """Who holds the dossier from now on; counts nowhere, but decides who is charged with a lateness."""

    official: str
    step_due_at: str | None = None


class Processed(Event, tag="processed", frozen=True):
    """Handling is done, the result is ready (status 9); `undated`: the source gave no moment, `at` is when it was said."""

    official: str | None = None
    electronic_result: bool | None = None
    undated: bool = False


class Returned(Event, tag="returned", frozen=True):
    """The result was handed over (status 10); `undated` as of `processed`."""

    electronic_result: bool | None = None
    undated: bool = False


class Refused(Event, tag="refused", frozen=True):
    """Refused (status 3); `reason` is a code of a list, never free text; `undated` as of `processed`."""

    reason: str | None = None
    undated: bool = False


class Withdrawn(Event, tag="withdrawn", frozen=True):
    """Withdrawn by the citizen (status 7); `undated` as of `processed`."""

    reason: str | None = None
    undated: bool = False


class Stopped(Event, tag="stopped", frozen=True):
    """Handling was stopped (status 8); `undated` as of `processed`."""

    reason: str | None = None
    undated: bool = False


class Reopened(Event, tag="reopened", frozen=True):
    """Voids every end with a smaller (`stated_at`, `at`); `by_step`: said by a step, so only ends that also happened before it."""

    by_step: bool = False


class Transferred(Event, tag="transferred", frozen=True):
    """The dossier, with its whole history, moves to `unit`."""

    official: str | None = None


class SupplementRequested(Event, tag="supplement_requested", frozen=True):
    """Papers (component codes) were asked of the citizen; `due_at` is NgayHenTraMoi."""

    papers: tuple[str, ...] | None = None
    due_at: str | None = None


class SupplementGiven(Event, tag="supplement_given", frozen=True):
    """The citizen brought what was asked."""

    papers: tuple[str, ...] | None = None
    due_at: str | None = None


class Rescheduled(Event, tag="rescheduled", frozen=True):
    """A new date was promised: shown, never counted."""

    due_at: str


class FeeRequested(Event, tag="fee_requested", frozen=True):
    """A fee was asked for; `fee_owed` false when every line is zero."""

    fee_owed: bool = True


class Paid(Event, tag="paid", frozen=True):
    """A fee was paid; `online` through the portal or the agency's gateway."""

    online: bool
    fee_owed: bool = True


class Digitised(Event, tag="digitised", frozen=True):
    """Whether the papers, and the result, were digitised."""

    papers: bool | None = None
    result: bool | None = None


class Reused(Event, tag="reused", frozen=True):
    """Whether digitised papers, or an earlier result, were used again."""

    papers: bool | None = None
    result: bool | None = None


class Late(Event, tag="late", frozen=True):
    """What the agency declares about a late dossier: explanation, apology, by which role, why, the new date."""

    explanation_at: str | None = None
    apology_at: str | None = None
    role: str | None = None
    reason: str | None = None
    new_date: str | None = None


class Rated(Event, tag="rated", frozen=True):
    """The citizen's rating."""

    rating: Rating


class Petitioned(Event, tag="petitioned", frozen=True):
    """A petition about this dossier was filed, or `withdrawn`; written by the petitions agent."""

    petition: str
    withdrawn: bool = False


DossierEvent = (
    Received
    | Step
    | Processed
    | Returned
    | Refused
    | Withdrawn
    | Stopped
    | Reopened
    | Transferred
    | SupplementRequested
    | SupplementGiven
    | Rescheduled
    | FeeRequested
    | Paid
    | Digitised
    | Reused
    | Late
    | Rated
    | Petitioned
)
TYPES: tuple[type[Event], ...] = DossierEvent.__args__


def type_name(event: Event) -> str:
    """`received`, `step`, …: the event's type as it stands on the wire."""
    return str(type(event).__struct_config__.tag)
