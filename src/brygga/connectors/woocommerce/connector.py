"""The card of the WooCommerce connector, and the session that joins its parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from brygga.connectors.contract.connector import Assumption, Connector, HintDoor, Role
from brygga.connectors.woocommerce.hooks import ensure_hooks
from brygga.connectors.woocommerce.session_range import RangeTalk
from brygga.connectors.woocommerce.session_sales import SalesTalk
from brygga.connectors.woocommerce.settings import FIELDS, SECRET_FIELDS
from brygga.connectors.woocommerce.webhooks import answer_knock
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message


class WooSession(SalesTalk, RangeTalk):
    """One conversation with a shop: orders and feedback, products, items and stock, and hints.

    It is GivesOrders, TakesFeedback, GivesProducts, GivesItems, TakesItems and Listens. Every
    method raises the errors of `answers.py`; what more it may raise stands at the method.
    Statuses and VAT rates are asked for once.
    """

    def ensure_hints(self, door: HintDoor) -> tuple[Message, ...]:
        """See to it that the shop knocks at this door; say what was made, healed or removed."""
        return ensure_hooks(self._client, door, self._settings.url)


def _no_assumptions(settings: Mapping[str, Any], dialect: Mapping[str, str]) -> Sequence[Assumption]:  # noqa: ARG001
    return ()  # what is used of the shop's interface was measured


def _no_dialect(dialect: Mapping[str, str]) -> Mapping[str, str]:
    if dialect:
        name = next(iter(dialect))
        raise SetupWrong(message("setup.unknown_field", field=name), setting=name)
    return {}


connector = Connector(
    key="woocommerce",
    title="WooCommerce",
    role=Role.SHOP,
    fields=FIELDS,
    open=WooSession,
    answer_knock=answer_knock,
    assumptions=_no_assumptions,
    check_dialect=_no_dialect,
    secret_fields=SECRET_FIELDS,
    package="brygga.connectors.woocommerce",
)
