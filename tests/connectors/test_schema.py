"""Published schema, structs and encoded events agree."""

import json

import jsonschema
import pytest
from hypothesis import given

from connectors import reference_pages, schema
from connectors.codec import decode, encode
from indicators import events as ev
from indicators.errors import RejectedError
from tests.builders import lives, received

VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


@pytest.mark.parametrize("family", schema.FAMILIES)
def test_the_published_schema_is_the_one_the_structs_give(family: str) -> None:
    assert schema.path(family).read_text() == schema.text(family), "say: python -m connectors.schema"


@pytest.mark.parametrize("name", reference_pages.PAGES)
def test_the_pages_made_from_the_code_are_up_to_date(name: str) -> None:
    assert (reference_pages.DOCS / name).read_text() == reference_pages.PAGES[name](), "say: python -m connectors.reference_pages"


@given(lives(numbers=2, most=4))
def test_every_encoded_event_fits_the_schema_and_comes_back(events: list[ev.Event]) -> None:
    for event in events:
        value = encode(event).value
        VALIDATOR.validate(json.loads(value))
        assert encode(decode(value)).value == value


@pytest.mark.parametrize("change", [{"type": "eaten"}, {"at": 5}, {"channel": "pigeon"}, {"dossier": None}])
def test_what_the_schema_refuses_the_decoder_refuses(change: dict[str, object]) -> None:
    broken = {**json.loads(encode(received(channel="online")).value), **change}
    assert list(VALIDATOR.iter_errors(broken))
    with pytest.raises(RejectedError):
        decode(json.dumps(broken).encode())
