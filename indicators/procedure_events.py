"""Events of a procedure (thủ tục hành chính) at one agency, as they stand in `dvc.procedure.events.v1`. As with dossiers, an absent fact says nothing."""

from typing import Literal

import msgspec

Level = Literal["full", "partial", "none"]


class ProcedureEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every event says: which procedure of which unit, when it happened, when the source said so."""

    procedure: str
    unit: str
    at: str
    id: str | None = None
    stated_at: str | None = None
    source: str | None = None


class Published(ProcedureEvent, tag="published", frozen=True):
    """The decision that publishes it; the legal text takes effect at `effective_at`."""

    effective_at: str | None = None


class Opened(ProcedureEvent, tag="opened", frozen=True):
    """Opened to the public in the national database, as the last publication says."""


class Described(ProcedureEvent, tag="described", frozen=True):
    """Whether what the public sees has all its parts."""

    complete: bool


class Served(ProcedureEvent, tag="served", frozen=True):
    """How it is served from `at` on: online level, fee, payment on the portal, who asks for it, what it uses and gives."""

    level: Level | None = None
    fee: bool | None = None
    online_payment: bool | None = None
    citizens: bool | None = None
    population_data: bool | None = None
    paper_result: bool | None = None


class Abolished(ProcedureEvent, tag="abolished", frozen=True):
    """It is no more; a later publication brings it back."""


AnyProcedureEvent = Published | Opened | Described | Served | Abolished
PROCEDURE_TYPES: tuple[type[ProcedureEvent], ...] = AnyProcedureEvent.__args__
