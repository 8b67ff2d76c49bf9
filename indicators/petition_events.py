"""Events of a petition (phản ánh, kiến nghị), as they stand in `dvc.petition.events.v1`. As with dossiers, an absent fact says nothing."""

from typing import Literal

import msgspec

from indicators.events import Rating

Subject = Literal["rule", "official"]


class PetitionEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every event says: which petition, when it happened, when the source said so, who speaks."""

    petition: str
    at: str
    id: str | None = None
    stated_at: str | None = None
    unit: str | None = None
    source: str | None = None


class Filed(PetitionEvent, tag="filed", frozen=True):
    """It came in at `unit`, which has to answer: about a rule or an official, perhaps about one dossier (`about`)."""

    subject: Subject | None = None
    about: str | None = None


class HandedOver(PetitionEvent, tag="handed_over", frozen=True):
    """`unit` has to answer from now on, and its time begins anew."""


class PetitionAsked(PetitionEvent, tag="supplement_requested", frozen=True):
    """More was asked of the citizen."""


class PetitionGiven(PetitionEvent, tag="supplement_given", frozen=True):
    """The citizen gave what was asked."""


class Answered(PetitionEvent, tag="answered", frozen=True):
    """The answer is ready."""


class AnswerPublished(PetitionEvent, tag="published", frozen=True):
    """The answer can be read by everybody."""


class PetitionRefused(PetitionEvent, tag="refused", frozen=True):
    """It was not taken up; `reason` is a code of a list. What was refused is not held against a dossier."""

    reason: str | None = None


class PetitionRated(PetitionEvent, tag="rated", frozen=True):
    """The citizen's rating of the answer."""

    rating: Rating


class PetitionReopened(PetitionEvent, tag="reopened", frozen=True):
    """The citizen petitioned again: voids ends with a smaller (`stated_at`, `at`)."""


AnyPetitionEvent = (
    Filed | HandedOver | PetitionAsked | PetitionGiven | Answered | AnswerPublished | PetitionRefused | PetitionRated | PetitionReopened
)
PETITION_TYPES: tuple[type[PetitionEvent], ...] = AnyPetitionEvent.__args__
