"""The machine finds what it is there to find: without the hold, something is sold that is not there."""

import pytest

from tests.machine.machine import live
from tests.machine.market import Ground


@pytest.mark.timeout(0)
def test_without_the_hold_the_machine_finds_a_piece_that_is_shown_though_it_is_sold(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="are free by what was told"):
        live(ground, 3, 1, in_flight_hold=False)
