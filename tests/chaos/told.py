"""What was told to the outside while things broke: the overdue topic as it stands, and every notice that was ever sent."""

import json
from collections import Counter

from kafka import KafkaConsumer, TopicPartition

from streams.topology import NOTICES, OVERDUE


class Told:
    """Reads on from where it was. `standing` are the dossiers in the overdue topic; `overdue` those of which a notice said so, with its ids."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._read: dict[TopicPartition, int] = {}
        self.standing: set[str] = set()
        self.overdue: dict[str, set[str]] = {}
        self.records: Counter[str] = Counter()  # how often each notice was sent

    @property
    def repeated(self) -> int:
        """Records beyond the first of their id; readers leave them out."""
        return self.records.total() - len(self.records)

    def feed(self) -> None:
        """What came since the last time."""
        consumer = KafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
        places = [TopicPartition(topic, number) for topic in (OVERDUE, NOTICES) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        for place in places:
            consumer.seek(place, self._read.get(place, 0))
        ends = consumer.end_offsets(places)
        while any(self._read.get(place, 0) < ends[place] for place in places):
            for place, some in consumer.poll(timeout_ms=1000, max_records=20_000).items():
                for record in some:
                    self._take(record.topic, record.key.decode(), record.value)
                self._read[place] = consumer.position(place)
        consumer.close()

    def _take(self, topic: str, key: str, value: bytes | None) -> None:
        if topic == OVERDUE:
            (self.standing.discard if value is None else self.standing.add)(key)
            return
        said = json.loads(value or b"{}")
        self.records[said["id"]] += 1
        if said["kind"] == "overdue":
            self.overdue.setdefault(said["dossier"], set()).add(said["id"])
