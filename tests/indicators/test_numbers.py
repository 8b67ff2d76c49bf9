"""Canonical numbers and the key that decides a dossier's partition."""

import pytest

from indicators.numbers import canonical_number, canonical_unit, partition_key, prefix


@pytest.mark.parametrize(
    ("number", "canonical"),
    [
        ("000.00.07.H44-260813-0042", "H44.07-20260813-0042"),
        ("H44.07-260813-0042", "H44.07-20260813-0042"),
        ("H44.07-20260813-0042", "H44.07-20260813-0042"),
        ("000.00.00.G01-260813-0042", "G01-20260813-0042"),
        ("H44-20260813-0042", "H44-20260813-0042"),
        ("case-10024", "case-10024"),
        ("19937896", "19937896"),
        ("X44.07-260813-0042", "X44.07-260813-0042"),
    ],
)
def test_numbers_become_canonical(number: str, canonical: str) -> None:
    assert canonical_number(number) == canonical
    assert canonical_number(canonical) == canonical


def test_old_agency_codes_are_read_from_the_right() -> None:
    assert canonical_unit("000.00.07.H44") == "H44.07"
    assert canonical_unit("000.12.07.H44") == "H44.07.12"
    assert canonical_unit("NYPD") == "NYPD"


def test_the_key_is_the_agency_prefix_else_the_number() -> None:
    assert partition_key("H44.07.12-20260813-0042") == "H44.07.12"
    assert partition_key("case-10024") == "case-10024"
    assert prefix("case-10024") is None
