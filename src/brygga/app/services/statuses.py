"""The order statuses a shop has, its plugins' included: read when it is checked, so that pages need not ask."""

from collections.abc import Sequence

from brygga.app.store.models import Connection
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.connector import GivesOrders, OrderStatusName, Session
from brygga.domain.errors import BryggaError

_LONGEST = 100


def read_statuses(connection: Connection) -> None:
    """Read and keep a shop's statuses. What stands in the way is told by whatever else asks the shop."""
    try:
        with talk_with(connection) as session:
            keep_statuses(connection.pk, session)
    except BryggaError:
        return


def keep_statuses(connection: int, session: Session) -> None:
    """Keep the statuses that a shop has now. Raises what the session raises."""
    if isinstance(session, GivesOrders):
        found = [[one.key[:_LONGEST], one.name[:_LONGEST]] for one in session.order_statuses()]
        Connection.objects.filter(pk=connection).update(statuses=found)


def statuses_of(*shops: Connection) -> Sequence[OrderStatusName]:
    """Return the statuses of one shop or several, by the names their people know them by."""
    found: dict[str, str] = {}
    for shop in shops:
        for key, name in shop.statuses:
            found.setdefault(key, name)
    return [OrderStatusName(key, name) for key, name in found.items()]
