"""Which reading process publishes: whoever holds a key that expires."""

import secrets
from typing import Any

from streams.store.keys import PUBLISHER

LEASE_MS = 15_000


class Lease:
    """One for a process; `client` is redis.asyncio.Redis. Raises RedisError, OSError."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._token = secrets.token_hex(8)

    async def held(self) -> bool:
        """Whether the lease is ours, taken or prolonged just now. Ask again before whatever takes long."""
        if await self.client.set(PUBLISHER, self._token, nx=True, px=LEASE_MS):
            return True
        if (await self.client.get(PUBLISHER) or b"").decode() != self._token:
            return False
        return bool(await self.client.pexpire(PUBLISHER, LEASE_MS))
