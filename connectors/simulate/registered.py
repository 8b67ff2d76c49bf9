"""What is registered of simulated provinces with incidents: procedures with the papers they list, and a limit for asking for more."""

from collections.abc import Iterable

from connectors.simulate.catalogue import procedures
from connectors.simulate.incident_truth import SUPPLEMENT_DAYS
from connectors.simulate.letters import listed
from connectors.simulate.offices import Province
from indicators.registry import Entry


def papers() -> dict[str, tuple[Entry, ...]]:
    """Code → what the registry says of each procedure."""
    return {
        one.code: (
            Entry(
                {
                    "code": one.code,
                    "name": one.name,
                    "sector": one.sector,
                    "limit": one.days,
                    "limit_unit": "working_days",
                    "papers": " ".join(listed(one)),
                }
            ),
        )
        for some in procedures().values()
        for one in some
    }


def settings(provinces: Iterable[Province]) -> dict[str, tuple[Entry, ...]]:
    """What the provinces want otherwise than usual."""
    name = "supplement_days"
    return {f"{one.code}:{name}": (Entry({"unit": one.code, "name": name, "value": SUPPLEMENT_DAYS}),) for one in provinces}
