"""The machine: people, Brygga and faults in any order over a market, and rest at the end of each story."""

import os
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from tests.machine.book import STEPS, Book
from tests.machine.in_brygga import Bryggas, Faults
from tests.machine.in_erp import Cashiers, Warehouse
from tests.machine.in_shops import Customers, Merchants
from tests.machine.market import Ground
from tests.machine.rest import rest

EXAMPLES = int(os.environ.get("EXAMPLES") or 8)
STEPS_EACH = int(os.environ.get("STEPS") or 52)
LONG = "STEPS" in os.environ or "EXAMPLES" in os.environ
"""Asked for by hand: then each run is another one, and a failure is shrunk. Else all runs are alike."""
LEAST = 2_000 // 6 + 1
"""What each of the six cases does at least of the 2,000 steps."""


class Life(Customers, Merchants, Cashiers, Warehouse, Bryggas, Faults, RuleBasedStateMachine):
    """One market's life."""

    ground: Ground
    preset: int
    shops: int
    settings_of_flows: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(self.ground.build(self.preset, self.shops, **self.settings_of_flows))
        self.written_down = 0

    @invariant()
    def count(self) -> None:
        """Count a rule in which something was really done, by whoever."""
        if len(self.book.log) > self.written_down:
            STEPS["steps"] += 1
        self.written_down = len(self.book.log)

    def teardown(self) -> None:
        """Everything comes to rest."""
        rest(self.book)


def live(ground: Ground, preset: int, shops: int, **settings_of_flows: Any) -> Counter[str]:
    """Let a machine of a flow and so many shops run; return how often each thing was done."""
    before = Counter(STEPS)

    class Case(Life):
        pass

    if not LONG:
        seed(100 * preset + shops)(Case)
    Case.ground, Case.preset, Case.shops = ground, preset, shops
    Case.settings_of_flows = settings_of_flows
    run_state_machine_as_test(Case, settings=_settings())
    done = STEPS - before
    assert LONG or done["steps"] >= LEAST, f"only {done['steps']} steps"
    return done


def tell(done: Counter[str]) -> None:
    """Say what a machine did, and that it was enough."""
    print(f"{done.pop('steps')} steps: {', '.join(f'{times} {what}' for what, times in done.most_common())}")


def _settings() -> settings:
    return settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS_EACH,
        database=None,
        deadline=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
