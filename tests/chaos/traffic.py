"""Made-up lives for breaking things: 10 % said twice, 10 % out of order, 1 % rubbish; the same for the same seed."""

import json
from collections.abc import Iterator
from random import Random

from connectors.codec import Record, encode, partition
from indicators import events as ev
from indicators.times import rfc3339

START = 1_767_200_400  # 2026-01-01 at 00:00 in Vietnam
DAY = 86_400
DOOR = ("0", "1")  # ids are as good as a die
TWICE, SHUFFLED, POISON = 0.1, 0.1, 0.01
UNITS = [f"H44.{number:02}" for number in range(1, 31)]


def life(random: Random, number: int) -> list[ev.Event]:  # noqa: C901 - a life has many turns
    """A dossier, in order."""
    unit = random.choice(UNITS)
    received = START + random.randrange(150 * DAY)
    name = f"{unit}-{rfc3339(received)[:10].replace('-', '')}-{number:07}"
    due = received + random.randrange(1, 20) * DAY

    def base(moment: int) -> dict[str, str]:
        return {"dossier": name, "at": rfc3339(moment), "stated_at": rfc3339(moment), "source": "chaos"}

    told: list[ev.Event] = [
        ev.Received(
            **base(received),
            unit=unit,
            due_at=rfc3339(due) if random.random() < 0.95 else None,
            sector=f"G{random.randrange(9)}",
            channel=random.choice((None, "online", "counter", "post")),
        )
    ]
    moment = received + random.randrange(600, DAY)
    told.append(ev.Step(**base(moment), official=f"u-{random.randrange(50)}"))
    if random.random() < 0.1:
        told.append(ev.Transferred(**base(moment + 60), unit=random.choice(UNITS)))
    if random.random() < 0.1:
        told.append(ev.Received(**base(received) | {"stated_at": rfc3339(moment + 120)}, due_at=rfc3339(due + random.randrange(5) * DAY)))
    if random.random() < 0.5:
        told.append(ev.Digitised(**base(moment + 180), papers=True, result=random.random() < 0.7))
    if random.random() < 0.85:
        finished = max(moment + 600, due + random.randrange(-4, 4) * DAY)
        told.append(ev.Processed(**base(finished), official=f"u-{random.randrange(50)}"))
        if random.random() < 0.1:
            told.append(ev.Reopened(**base(finished + 3600)))
            if random.random() < 0.7:
                told.append(ev.Processed(**base(finished + 2 * DAY)))
        if random.random() < 0.3:
            told.append(ev.Rated(**base(finished + 7200), rating=random.choice(("satisfied", "neutral", "unsatisfied"))))
    return told


def records(seed: int, partitions: int) -> Iterator[tuple[int, Record]]:
    """(partition, record) without end."""
    random = Random(seed)
    number = 0
    waiting: list[ev.Event] = []
    while True:
        told: list[ev.Event] = []
        for _ in range(50):
            number += 1
            told += life(random, number)
        kept = [event for event in told if random.random() > SHUFFLED]
        late = [event for event in told if event not in kept]
        for event in (*waiting, *kept):
            record = encode(event)
            place = partition(record.key, partitions)
            for _ in range(2 if random.random() < TWICE else 1):
                yield place, record
            if random.random() < POISON:
                yield place, poison(random, record)
        random.shuffle(late)
        waiting = late


def through_the_door(record: Record) -> str | None:
    """The id of an event that is sent to the raw topic, one in eight; the others stand in the topic of events as if chiso had written them before."""
    name = dict(record.headers).get("ce_id", b"").decode()
    return name if name.startswith(DOOR) else None


def poison(random: Random, good: Record) -> Record:
    """What must be rejected, whatever else happens."""
    event = json.loads(good.value)
    broken = [
        b"",
        b"\xff\xfe\x00",
        b"[" * 5_000,
        json.dumps(event | {"type": "unknown"}).encode(),
        json.dumps(event | {"at": "1970-01-01T00:00:00Z", "stated_at": "1970-01-01T00:00:00Z"}).encode(),
        json.dumps(event | {"at": "9999-01-01T00:00:00Z"}).encode(),
        json.dumps({name: value for name, value in event.items() if name != "at"}).encode(),
        json.dumps(event | {"at": 5}).encode(),
        good.value.replace(b"{", b'{"dossier":"H01-20260101-000001",', 1),
    ]
    return Record(good.key, random.choice(broken), [])
