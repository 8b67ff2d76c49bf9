"""A key that expires: whichever process holds it does what only one may do."""

import secrets
from typing import Any

LEASE_MS = 15_000


class Lease:
    """One for a process and key; `client` is redis.asyncio.Redis, whose errors come through."""

    def __init__(self, client: Any, key: str, ms: int = LEASE_MS) -> None:
        self.client, self._key, self._ms = client, key, ms
        self._token = secrets.token_hex(8)

    async def held(self) -> bool:
        """Whether the lease is ours, taken or prolonged."""
        if await self.client.set(self._key, self._token, nx=True, px=self._ms):
            return True
        if (await self.client.get(self._key) or b"").decode() != self._token:
            return False
        return bool(await self.client.pexpire(self._key, self._ms))

    async def leave(self) -> None:
        """Lets go of it, so that the next one need not wait until it expires."""
        if (await self.client.get(self._key) or b"").decode() == self._token:
            await self.client.delete(self._key)
