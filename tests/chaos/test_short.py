"""The short run that belongs to `make test`: every kind of fault, and no figure different."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import run
from tests.chaos.faults import KINDS, plan

FAULTS = 30


@pytest.mark.chaos
@pytest.mark.broker
@pytest.mark.redis
def test_nothing_is_lost_or_counted_twice_whatever_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = run(tmp_path, FAULTS, seed=7)
    said = capsys.readouterr().out
    assert failed == 0, said
    assert said.endswith(f"{FAULTS} passed, 0 failed\n")


def test_a_plan_holds_every_kind_and_is_the_same_for_the_same_seed() -> None:
    from random import Random

    first = plan(60, Random(1))
    assert {*first} == {*KINDS}
    assert len(KINDS) >= 15
    assert first == plan(60, Random(1)) != plan(60, Random(2))
