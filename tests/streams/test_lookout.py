"""One look serves boards, page and digests: nobody waits for the next one, and of one that failed midway nothing is shown."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as AwayError

from benchmarks.scraping import desk_of, units
from indicators.errors import UnreachableError
from streams.lookout import LETTERS, Lookout
from streams.owing import Owing
from streams.store.keys import Keys

AGENCY = "H00.1"


class Signs:
    """One silent source; `wrong` is raised when papers are asked for, `gate` is waited for."""

    def __init__(self) -> None:
        self.looks = 0
        self.wrong: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def silent(self, _unit: None) -> dict[str, Any]:
        self.looks += 1
        await self.gate.wait()
        return {"items": [{"agency": AGENCY, "name": f"office {self.looks}", "source": ""}], "delays": []}

    async def offrecord(self, _unit: None, _month: str) -> list[dict[str, Any]]:
        return []

    async def papers(self, _unit: None, _month: str) -> dict[str, Any]:
        if self.wrong is not None:
            raise self.wrong
        return {"items": []}


class Duties:
    """Nothing is late."""

    def apology_days(self) -> Any:
        return lambda *_: 5

    async def late_this_year(self) -> AsyncIterator[Any]:
        for one in ():
            yield one


@pytest.fixture
def lookout() -> Lookout:
    desk = desk_of(units(1, 1, 1))
    desk.follower.keys = [Keys(0)]
    return Lookout(desk, Duties(), Signs(), "")  # type: ignore[arg-type]


async def test_what_was_seen_is_there_while_somebody_looks_again(lookout: Lookout) -> None:
    await lookout.once()
    lookout.signs.gate.clear()  # type: ignore[attr-defined]
    again = asyncio.create_task(lookout._lists())
    async with lookout._looking:
        async with asyncio.timeout(5):
            await lookout.once()
            assert await Owing(lookout.desk, lookout).silent(AGENCY) == ["office 1"]
    again.cancel()


async def test_many_who_ask_first_look_once(lookout: Lookout) -> None:
    await asyncio.gather(*(lookout.once() for _ in range(5)))
    assert (lookout.signs.looks, lookout.version) == (1, 1)  # type: ignore[attr-defined]


async def test_of_a_look_that_failed_midway_nothing_is_shown(lookout: Lookout) -> None:
    await lookout.once()
    before = dict(lookout.own), dict(lookout.silent), lookout.version
    lookout.signs.wrong = UnreachableError("away")  # type: ignore[attr-defined]
    with pytest.raises(UnreachableError):
        await lookout._lists()
    assert (lookout.own, lookout.silent, lookout.version) == before


async def test_a_first_look_that_fails_is_said_as_what_it_is_and_done_anew(lookout: Lookout) -> None:
    owing = Owing(lookout.desk, lookout)
    lookout.signs.wrong = AwayError("away")  # type: ignore[attr-defined]
    with pytest.raises(UnreachableError):
        await owing.apologies(AGENCY)
    lookout.signs.wrong = None  # type: ignore[attr-defined]
    assert await owing.apologies(AGENCY) == 0
    assert lookout.own[LETTERS] == Counter()


async def test_before_the_store_was_read_nobody_is_told_that_nothing_is_owed(lookout: Lookout) -> None:
    lookout.desk.follower.keys, lookout.desk.follower.stale = [], True
    with pytest.raises(UnreachableError):
        await lookout.once()
    lookout.desk.follower.stale = False  # a store that was never written
    assert await Owing(lookout.desk, lookout).apologies(AGENCY) == 0
    assert LETTERS not in lookout.own, "looked at once there is something"
    assert lookout.signs.looks == 0  # type: ignore[attr-defined]
