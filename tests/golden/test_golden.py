"""New code reads what every released version wrote; old readers can read what new code writes; a breaking change fails here."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.codec import decode, encode
from connectors.schema import schema
from indicators.describe import describe
from indicators.dossier import State, decode_state, join
from indicators.errors import RejectedError
from indicators.events import TYPES, type_name
from streams.batch import Batch, Reader
from tests.builders import HCM, NUMBER, admitted, record

VERSIONS = [json.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).resolve().parent.glob("*.json"))]
ALL = pytest.mark.parametrize("released", VERSIONS, ids=lambda one: one["version"])


def told(state: State) -> Any:
    return json.loads(json.dumps(describe(NUMBER, state, HCM)))


def read(life: dict[str, Any]) -> State:
    state = State()
    for line in life["records"]:
        join(state, *admitted(decode(line["value"].encode())))
    return state


def holds(found: Any, wanted: Any) -> bool:
    """Everything wanted is there; more may have come since."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(name in found and holds(found[name], value) for name, value in wanted.items())
    return bool(found == wanted)


def test_there_is_something_to_hold() -> None:
    assert VERSIONS
    types = {json.loads(line["value"])["type"] for life in VERSIONS[0]["lives"] for line in life["records"]}
    assert types == {str(kind.__struct_config__.tag) for kind in TYPES}


@ALL
def test_events_that_were_written_are_read_and_say_the_same(released: dict[str, Any]) -> None:
    for life in released["lives"]:
        assert holds(told(read(life)), life["told"])


@ALL
def test_states_that_were_stored_are_read_and_go_on(released: dict[str, Any]) -> None:
    for life in released["lives"]:
        state = decode_state(bytes.fromhex(life["state"]))
        assert holds(told(state), life["told"])
        again = decode_state(bytes.fromhex(life["state"]))
        for line in life["records"]:
            join(again, *admitted(decode(line["value"].encode())))
        assert holds(told(again), told(state)), "the same said once more changes nothing, but for facts that were not kept then"


@ALL
def test_an_event_is_still_written_as_it_was(released: dict[str, Any]) -> None:
    for life in released["lives"]:
        for line in life["records"]:
            again = encode(decode(line["value"].encode()))
            assert holds(json.loads(again.value), json.loads(line["value"]))
            assert {name: text.decode() for name, text in again.headers} == line["headers"]


@ALL
def test_the_schema_only_grows(released: dict[str, Any]) -> None:
    now, then = schema()["$defs"], released["schema"]["$defs"]
    for name, old in then.items():
        new = now[name]
        assert set(old.get("required", ())) == set(new.get("required", ())), f"{name}: what must be given may not change"
        for field, shape in old.get("properties", {}).items():
            assert field in new["properties"], f"{name}.{field} is gone"
            assert shape == new["properties"][field] or _wider(shape, new["properties"][field]), f"{name}.{field} changed its shape"


def _wider(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """An enum may have gained values."""
    return "enum" in old and set(old["enum"]) <= set(new.get("enum", ()))


@ALL
def test_fields_that_a_newer_version_adds_are_passed_over(released: dict[str, Any]) -> None:
    for life in released["lives"]:
        for line in life["records"]:
            newer = json.loads(line["value"]) | {"a_field_of_tomorrow": {"deep": [1]}}
            assert decode(json.dumps(newer).encode()) == decode(line["value"].encode())


def test_a_newer_major_version_is_rejected_by_name() -> None:
    event = decode(VERSIONS[0]["lives"][0]["records"][0]["value"].encode())
    newer = record(event)
    newer.headers = (("ce_type", f"chiso.dossier.{type_name(event)}.v2".encode()),)
    found = Reader(1).read(Batch("dvc.dossier.events.v1", 0, [newer]))
    assert (len(found.groups), len(found.rejected)) == (0, 1)
    with pytest.raises(RejectedError):
        decode(msgspec.json.encode({"type": "of tomorrow", "dossier": "x", "at": "2026-08-03T00:00:00Z"}))
