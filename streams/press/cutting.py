"""Asks the reading process that publishes for the cut of a month."""

import asyncio
import time

import httpx
import msgspec

from indicators.errors import ChisoError, NotFoundError, UnreachableError, UsageError
from indicators.publication import Cut

PATIENCE, PAUSE, ANSWER_SECONDS = 60.0, 1.0, 600.0
BEHIND = 503
ERRORS: dict[int, type[ChisoError]] = {404: NotFoundError, 422: UsageError, BEHIND: UnreachableError}


async def asked_for(http: str, month: str) -> Cut:
    """The cut in force, made where it must be; waits a while for a process that is behind. Raises what it says."""
    deadline = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
        while True:
            try:
                answer = await client.post(f"{http}/v1/publications/{month}")
            except httpx.HTTPError:
                raise UnreachableError(
                    f"chiso at {http} does not answer; start it with `chiso up`, or name its folder with --home"
                ) from None
            if answer.is_success or answer.status_code != BEHIND or time.monotonic() > deadline:
                return _read(http, answer)
            await asyncio.sleep(PAUSE)


def _read(http: str, answer: httpx.Response) -> Cut:
    try:
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=Cut)
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        raise UnreachableError(f"what answers at {http} is no chiso; name the folder of yours with --home") from None
    raise ERRORS.get(answer.status_code, ChisoError)(detail)
