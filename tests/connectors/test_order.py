"""The later word wins within one second too."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.order import Order


def test_what_later_records_say_of_a_dossier_is_said_later() -> None:
    order = Order()
    order.begin(100)
    assert [order.said("a"), order.said("a"), order.said("b")] == [100, 100, 100]
    order.begin(100)
    assert [order.said("a"), order.said("c")] == [101, 100]
    order.begin(101)
    assert [order.said("a"), order.said("b")] == [102, 101]
    order.begin(200)
    assert order.said("a") == 200
    assert len(order._said) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), max_size=60))
def test_times_of_a_dossier_only_grow_and_never_lie_before_the_record(records: list[tuple[int, str]]) -> None:
    order, last, second = Order(), dict.fromkeys("abc", -1), 0
    for step, dossier in records:
        second += step
        order.begin(second)
        now = order.said(dossier)
        assert now >= second
        assert now > last[dossier]
        last[dossier] = now


@given(st.lists(st.tuples(st.integers(-1, 5), st.sampled_from("abc")), max_size=60), st.data())
def test_who_goes_on_from_what_is_stored_says_the_same(records: list[tuple[int, str]], data: st.DataObject) -> None:
    """Also where Kafka's clock goes back a second."""
    order, other, second = Order(), Order(), 0
    for step, dossier in records:
        second += step
        if data.draw(st.booleans(), "somebody else goes on"):
            other = Order(other.encode())
        order.begin(second)
        other.begin(second)
        assert order.said(dossier) == other.said(dossier)
