"""Who sends rubbish is set aside, nobody else, and not too soon."""

import pytest

from connectors.quarantine import RUN, SourceRecord, decode


def after(*judged: bool) -> SourceRecord:
    found = SourceRecord()
    for bad in judged:
        found.judge(bad=bad)
    return found


def test_a_thousand_in_a_row_and_not_one_less() -> None:
    assert not after(*[True] * (RUN - 1)).quarantined
    assert after(*[True] * RUN).quarantined
    assert not after(*[True] * (RUN - 1), False, *[True] * (RUN - 1)).quarantined


def test_more_than_five_in_a_hundred_of_ten_thousand_and_never_before() -> None:
    six = [number % 100 < 6 for number in range(10_000)]
    five = [number % 100 < 5 for number in range(30_000)]
    assert not after(*six[:-1]).quarantined
    assert after(*six).quarantined
    assert not after(*five).quarantined
    assert after(*five, *six).quarantined, "only the last ten thousand count"
    assert not after(*[True] * 500, *[False] * 30_000).quarantined


def test_the_record_is_stored_whole() -> None:
    found = after(*[number % 7 == 0 for number in range(12_345)])
    assert decode(found.encode()) == found
    assert decode(None) == decode(b"") == SourceRecord()


@pytest.mark.parametrize("count", [5_000, 200_000])
def test_it_stays_small(count: int) -> None:
    assert len(after(*[number % 50 == 0 for number in range(count)]).encode()) < 300
