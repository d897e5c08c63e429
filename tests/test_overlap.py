import threading

import pytest

from stance.overlap import overlap


def test_everything_is_written_in_order():
    written = []
    overlap(iter(range(50)), lambda one: one * 2, written.append)
    assert written == [one * 2 for one in range(50)]


def test_few_are_underway_at_once():
    read, written, most = [], [], []

    def items():
        for i in range(40):
            read.append(i)
            yield i

    def work(one):
        most.append(len(read) - len(written))
        return one

    overlap(items(), work, written.append)
    assert max(most) <= 6


@pytest.mark.parametrize("where", ["read", "work", "write"])
@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_fault_anywhere_stops_everything_and_is_raised(where, fault):
    written = []

    def items():
        for i in range(1000):
            if where == "read" and i == 5:
                raise fault
            yield i

    def work(one):
        if where == "work" and one == 5:
            raise fault
        return one

    def write(one):
        if where == "write" and one == 5:
            raise fault
        written.append(one)

    with pytest.raises(fault):
        overlap(items(), work, write)
    assert written[:5] == [0, 1, 2, 3, 4]
    assert len(written) < 20
    assert not [one for one in threading.enumerate() if one.name.startswith(("read", "write"))]
