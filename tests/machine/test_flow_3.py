"""Flow 3, combined: whatever happens in whichever order, with one shop and with three."""

import pytest

from tests.machine.machine import live, tell
from tests.machine.market import Ground


@pytest.mark.timeout(0)
@pytest.mark.parametrize("shops", [1, 3])
def test_flow_3_in_whatever_order_things_happen(ground: Ground, shops: int) -> None:
    tell(live(ground, 3, shops))
