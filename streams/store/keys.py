"""Every key chiso uses in Redis, in one table.

A partition's whole state lives under one hash tag `{pN}`, so that one script may touch all of it, on a single Redis or on a cluster.
Partitions of the raw topic have `{rN}`, of which only `position`, `sources`, `outbox`, `changes` and `dossiers` are used (there: `order`, the
dossiers of the second under way, `connectors.order`); those of petitions `{qN}` and of
procedures `{uN}`. After a rebuild all but the raw topic's live in another space, `{pN.2}`, `{pN.3}`, …, named by `chiso:meta`.

| key | kind | holds |
| --- | --- | --- |
| `{pN}:position` | hash | `next` (string), `epoch`, `cluster`, `topic`, `partitions`, `crc`, `rules`, `zone`, `as_of` (Kafka ms of the last record), outcome counts, `halted` (why it waits for somebody's decision), `gap` (records that were gone, and accepted as such) |
| `{pN}:dossiers` | hash | number → state (msgpack); petition → state; procedure and unit → state |
| `{pN}:units` | hash | code of a unit with rows in this partition → its kind as last stated, or empty |
| `{pN}:day:UNIT` | hash | day number → row (`indicators.lanes`, `DAY_COUNTERS`) |
| `{pN}:sector:UNIT`, `{pN}:procedure:UNIT`, `{pN}:official:UNIT` | hash | `2026-08 CODE` → row (`MONTH_COUNTERS`) |
| `{pN}:numbers:AGENCY` | hash | `20260813` → running numbers seen, a bit each (`indicators.arrivals`) |
| `{pN}:sync:AGENCY` | hash | `2026-08 SOURCE` → how long after it happened news came (`SYNC_COUNTERS`) |
| `{pN}:due` | sorted set | open dossier → its effective due moment, seconds (of petitions: its due day) |
| `{pN}:held` | sorted set | dossier known only by later events → day of the first of them |
| `{pN}:list:NAME` | sorted set | dossier → the day it is listed under (`indicators.standing.LISTS`) |
| `{pN}:heard` | hash | agency, a tab, source → Kafka seconds of the last record |
| `{pN}:moved` | set | dossiers whose notices have to be looked at again |
| `{pN}:watch` | sorted set | dossier → moment at which it has to be looked at again |
| `{pN}:told` | hash | dossier → what was told of it (`indicators.notices`) |
| `{pN}:timers` | hash | `soon …`, `overdue` → up to which due moment timers have fired; `to N` → offset in partition N of the notices' topic up to which what is told here is known |
| `{rN}:sources` | hash | sender → how much of what it sends is rubbish (`connectors.quarantine`) |
| `{pN}:outbox` | hash | id → what is still to be sent to Kafka |
| `{pN}:changes` | stream | `from` → `to`, `units` (unit → months whose day rows changed, msgpack), `lit` (unit → month rows of procedures whose sets change), `ts` and `first` (Kafka ms of the last and first record) |
| `chiso:meta` | hash | `partitions`, `zone`, `rules` of this store (`partitions:q`, … of petitions and procedures); `space` after a rebuild |
| `chiso:published` | hash | `p`, `q`, `u` → positions up to which the indicator topics were published |
| `chiso:fired` | hash | space and partition → moment up to which its timers have fired, seconds |
| `chiso:fell` | string | the last month whose fallen scores were told |
| `chiso:publisher` | string | which reading process publishes the indicator topics: a token that expires |
| `chiso:deliverer` | string | which one delivers notices, likewise |
| `chiso:delivery:position` | hash | partition of `chiso.notices.v1` → the next offset to take in |
| `chiso:delivery:addresses` | sorted set | address (`email A`, `webhook A`) that something waits for → when to look at it |
| `chiso:delivery:queue:ADDRESS`, `chiso:delivery:texts:ADDRESS` | sorted set, hash | id → time of its next try; id → the message (JSON) |
| `chiso:delivery:open:N` | sorted set | mark of (id, address) that waits → its offset in partition N |
| `chiso:delivery:done` | sorted set | mark of (id, address) that was sent or given up → when; 31 days, the last million |
| `chiso:delivery:trouble` | hash | address → why it takes nothing, and how often in a row it did not |
| `chiso:delivery:digested` | string | day of the last morning digest |
"""

from typing import Any

META = "chiso:meta"
PUBLISHER = "chiso:publisher"
PUBLISHED = "chiso:published"
FIRED = "chiso:fired"
FELL = "chiso:fell"
DELIVERER = "chiso:deliverer"
DELIVERY_POSITION = "chiso:delivery:position"
ADDRESSEES = "chiso:delivery:addresses"
DELIVERED = "chiso:delivery:done"
DELIVERY_TROUBLE = "chiso:delivery:trouble"
DIGESTED = "chiso:delivery:digested"
DIMENSIONS = ("sector", "procedure", "official")


class Keys:
    """The keys of partition `number`; built once, not per batch."""

    __slots__ = (
        *("changes", "dossiers", "due", "heard", "held", "moved", "number", "outbox", "position"),
        *("sources", "tag", "timers", "told", "units", "watch"),
    )

    def __init__(self, number: int, letter: str = "p", space: str = "") -> None:
        self.number = number
        self.tag = tag = f"{{{letter}{number}{'.' if space else ''}{space}}}"
        self.position = f"{tag}:position"
        self.dossiers = f"{tag}:dossiers"
        self.units = f"{tag}:units"
        self.due = f"{tag}:due"
        self.held = f"{tag}:held"
        self.heard = f"{tag}:heard"
        self.moved = f"{tag}:moved"
        self.watch = f"{tag}:watch"
        self.told = f"{tag}:told"
        self.timers = f"{tag}:timers"
        self.sources = f"{tag}:sources"
        self.outbox = f"{tag}:outbox"
        self.changes = f"{tag}:changes"

    def rows(self, kind: str, unit: str) -> str:
        """The hash of a unit's rows; `kind` is `day`, one of `DIMENSIONS`, or one of an agency's, `numbers` or `sync`."""
        return f"{self.tag}:{kind}:{unit}"

    def listed(self, name: str) -> str:
        """The sorted set of a list (`indicators.standing.LISTS`)."""
        return f"{self.tag}:list:{name}"


def delivery_queue(address: str) -> str:
    """What waits for an address."""
    return f"chiso:delivery:queue:{address}"


def delivery_texts(address: str) -> str:
    """The messages themselves."""
    return f"chiso:delivery:texts:{address}"


def delivery_open(partition: int) -> str:
    """What waits of a partition of notices; -1 for what came from none."""
    return f"chiso:delivery:open:{partition}"


def month_field(month: str, code: str) -> str:
    """Field of a month row: `2026-08 CODE`; the code is empty where a dossier has none."""
    return f"{month} {code}"


def meta_field(name: str, letter: str) -> str:
    """Field of META: dossiers' go by the bare name."""
    return name if letter == "p" else f"{name}:{letter}"


def heard_field(agency: str, source: str) -> str:
    """Field of `heard`; neither holds a tab, but codes of units may hold spaces."""
    return f"{agency}\t{source}"


def fired_field(space: str, number: int) -> str:
    """Field of FIRED."""
    return f"{space}:{number}"


def partitions_of(meta: dict[bytes, Any], letter: str = "p") -> list[Keys]:
    """The keys of all partitions of a family, in the space in force; none where nothing was ever written. `meta` is the hash META."""
    space = (meta.get(b"space") or b"").decode()
    return [Keys(number, letter, space) for number in range(int(meta.get(meta_field("partitions", letter).encode()) or 0))]
