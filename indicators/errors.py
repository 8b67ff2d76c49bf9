"""Every error chiso raises on purpose, on one page.

ChisoError            one clear sentence for the user, and the exit code of the command line
├── UsageError        2  the call is wrong: unknown mapping, unknown period, impossible option
├── NotFoundError     3  the file, unit or dossier asked for does not exist
├── UnreachableError  4  Kafka, Redis or the server does not answer
├── InvalidDataError  5  the data given breaks a rule
└── HaltedError       1  a partition may not go on until someone decides

RejectedError         not for users: one record or cell breaks a rule; the caller reports it and goes on
DeliveryError         not for users: an address did not take a message; the caller tries again later
"""


class ChisoError(Exception):
    """Says in one sentence what is wrong and what to do; `exit_code` is the command line's."""

    exit_code = 1


class UsageError(ChisoError):
    """The call itself is wrong; raised at the doors (command line, HTTP query)."""

    exit_code = 2


class NotFoundError(ChisoError):
    """What was asked for does not exist."""

    exit_code = 3


class UnreachableError(ChisoError):
    """A dependency is out of reach; raised by whoever called it, after its own patience ended."""

    exit_code = 4


class InvalidDataError(ChisoError):
    """A whole input breaks a rule, so nothing of it was used."""

    exit_code = 5


class HaltedError(ChisoError):
    """A partition's stored position does not belong to this log or these rules; the sentence names the way out."""


class RejectedError(Exception):
    """One record breaks a rule: `field` and `rule` name it, never the value, which may be a citizen's data.

    Raised by decoding and checking; the caller reports it to `chiso.events.rejected.v1` and goes on with the rest.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


class DeliveryError(Exception):
    """An address did not take a message; says why without naming the address. `permanent` where the other side said it never will.

    Raised by sinks; the caller tries again after a pause, or gives the message up.
    """

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent
