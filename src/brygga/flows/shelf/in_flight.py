"""What shops have sold and the ERP's number does not yet know: the rule of the in-flight hold.

A shop takes stock itself when it sells. Until the ERP has the order, and until its stock was read
after that, its number still has the sold piece in it; showing that number would sell it again.

    shop takes stock -> order is sent -> ERP accepts it -> our link -> a stock reading begins
    |------------------------- in flight -----------------------------|

A reading that was begun between sending and link may know of the order or not. It does when a
later complete look at the feed, begun after the link, had nothing more to tell of the article: the
ERP would have told of the order's reservation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from brygga.domain.money import ZERO

# Reasons for which an order is not sent now, but may be later: its goods are in flight. What the
# merchant keeps out for good (start date, payment method, by hand) reaches the ERP in other ways.
MAY_COME = frozenset({"order.status_waits"})
GONE = frozenset({"trash"})  # of these nothing will ever be delivered


@dataclass(frozen=True, slots=True)
class Flight:
    """How many of an article one order of a shop holds, and what the ERP knows of that order.

    `sent_with` is how many it held when it was sent, if that changed later; `is_open` says that
    a person still is to be, or is, asked about that change.
    """

    quantity: Decimal
    sent_at: datetime | None = None  # the sending began
    accepted_at: datetime | None = None  # we know that the ERP has it
    sent_with: Decimal | None = None
    is_open: bool = False


def is_included(flight: Flight, read_at: datetime | None, drained_at: datetime | None) -> bool:
    """Say whether the number of a reading begun at `read_at` surely knows of an order.

    `drained_at` is when the last look began that read the stock feed to its end.
    """
    if flight.accepted_at is None or read_at is None:
        return False
    if read_at > flight.accepted_at:
        return True
    looked_after = drained_at is not None and drained_at > flight.accepted_at
    return looked_after and (flight.sent_at is None or read_at >= flight.sent_at)


def held_by(flight: Flight, read_at: datetime | None, drained_at: datetime | None) -> Decimal:
    """Return how many of a flight the ERP's number does not know of."""
    if not is_included(flight, read_at, drained_at):
        return max(flight.quantity, ZERO)
    if flight.is_open and flight.sent_with is not None:
        return max(flight.quantity - flight.sent_with, ZERO)
    return ZERO


def in_flight(flights: Sequence[Flight], read_at: datetime | None, drained_at: datetime | None) -> Decimal:
    """Return how many of an article are sold and not yet in the ERP's number."""
    return sum((held_by(flight, read_at, drained_at) for flight in flights), ZERO)
