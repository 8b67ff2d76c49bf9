"""Whether figures may be shown as they stand: while part of the store is loaded, rebuilt or worked through they would be too low."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from indicators.layout import Layout
from streams import clock
from streams.desk import Desk
from streams.follow import Follower

GRACE = 15.0  # seconds that a partition may be behind before anybody is told
FRESH = 60.0  # figures go on beside records younger than this, marked as incomplete

Place = tuple[str, int]


@dataclass
class Completeness:
    """Remembers since when partitions are behind. One that went back was emptied, and has no grace."""

    desk: Desk
    late: set[Place] = field(default_factory=set)
    _seen: dict[Place, tuple[int, float]] = field(default_factory=dict)  # next offset, and since when behind

    def look(self) -> None:
        """Judges anew."""
        self.late = {place for follower in self.desk.sources.followers for place in self._late(follower)}

    def _late(self, follower: Follower) -> Iterator[Place]:
        lagging, now = self.desk.lagging(follower), time.monotonic()
        for number, stand in follower.stands.items():
            place = follower.topic, number
            before, since = self._seen.get(place, (0, float("-inf")))
            if stand.next < before:
                since = float("-inf")
            elif number not in lagging:
                since = now
            self._seen[place] = stand.next, since
            if number in lagging and (stand.halted or now - since > GRACE):
                yield place

    def _far(self, follower: Follower) -> bool:
        """Whether a partition that may go on is so far behind that figures would be those of another time."""
        stands = [follower.stands[number] for topic, number in self.late if topic == follower.topic]
        return any(not stand.halted and clock.now() - stand.as_of / 1000 > FRESH for stand in stands)

    @property
    def held(self) -> bool:
        """Whether figures have to wait: something is being loaded, or a partition that may go on is far behind."""
        followers = self.desk.sources.followers
        loading = any(one.loading or len(one.stands) < len(one.keys) for one in followers)
        return loading or any(self._far(one) for one in followers)

    def lacking(self, layout: Layout) -> frozenset[str]:
        """Units whose figures lack something, or may: all while the store or Kafka does not answer."""
        desk = self.desk
        if desk.stale or desk.blind or self.held or any(topic == desk.sources.procedures.topic for topic, _ in self.late):
            return frozenset(layout.codes)
        own = np.zeros(len(layout.codes), np.int64)
        for follower in (desk.sources.figures, desk.sources.petitions):
            late = {number for topic, number in self.late if topic == follower.topic}
            if late:
                own[layout.places(unit for unit in follower.cube.units() if late.intersection(follower.cube.partitions(unit)))] = 1
        return frozenset(layout.codes[place] for place in np.flatnonzero(layout.summed(own)).tolist())
