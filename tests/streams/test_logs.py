"""The log says each thing, and no thing hundreds of times."""

import logging

from streams.logs import EVERY, KINDS, Calm


class Clock:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def line(text: str, *args: object, name: str = "aiokafka", level: int = logging.ERROR) -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, text, args, None)


def test_the_same_line_passes_once_in_a_while_and_says_how_many_were_held_back() -> None:
    clock = Clock()
    calm = Calm(clock)
    assert calm.filter(line("Unable connect to node with id %s", 1))
    for second in range(1, int(EVERY)):
        clock.now = float(second)
        assert not calm.filter(line("Unable connect to node with id %s", second))
    clock.now = EVERY
    last = line("Unable connect to node with id %s", 1)
    assert calm.filter(last)
    assert last.getMessage() == "Unable connect to node with id 1 (and 9 times more in the 10 s before)"


def test_other_words_and_other_speakers_pass() -> None:
    calm = Calm(Clock())
    assert calm.filter(line("Unable to update metadata from %s", [1]))
    assert calm.filter(line("Heartbeat failed"))
    assert calm.filter(line("Heartbeat failed", name="chiso.pump"))
    assert not calm.filter(line("Heartbeat failed"))


def test_each_partition_of_ours_is_named() -> None:
    calm = Calm(Clock())
    assert all(calm.filter(line("partition %s halted", number, name="chiso.pump", level=logging.WARNING)) for number in range(12))
    assert not calm.filter(line("partition %s halted", 3, name="chiso.pump", level=logging.WARNING))


def test_what_ends_the_process_always_passes() -> None:
    calm = Calm(Clock())
    assert all(calm.filter(line("blocked for %s s", 12.0, level=logging.CRITICAL)) for _ in range(3))


def test_lines_that_never_repeat_take_no_memory_for_ever() -> None:
    calm = Calm(Clock())
    for number in range(3 * KINDS):
        assert calm.filter(line("odd " + "x" * number))
    assert len(calm._passed) <= KINDS
