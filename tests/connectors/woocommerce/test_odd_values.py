"""Values that PHP and plugins leave where an amount, a currency or a list was meant."""

from decimal import Decimal
from typing import Any

import pytest

from brygga.connectors.woocommerce.finds import gift_cards
from brygga.connectors.woocommerce.mapping_orders import order_from_wire
from brygga.connectors.woocommerce.values import BadValue, amount
from brygga.connectors.woocommerce.wire import Order
from brygga.domain.errors import RecordRejected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.4210854715202E-14", "0"),
        ("-2.8421709430404007e-14", "0"),
        ("1E+3", "1000"),
        ("249.00", "249.00"),
        ("20.464286", "20.464286"),
        ("0.33333333333333331", "0.33333333"),
    ],
)
def test_what_php_could_not_count_is_noise_and_the_rest_is_kept(written: str, read: str) -> None:
    assert str(amount(written, "total")) == read


@pytest.mark.parametrize("written", ["1e400", "1000000000000", 10**30, Decimal("1e12"), "NaN", "Infinity"])
def test_an_amount_no_shop_has_is_refused_before_anything_is_worked_out(written: Any) -> None:
    with pytest.raises(BadValue):
        amount(written, "total")


@pytest.mark.parametrize("currency", [None, "", "kr", "SEKK", "12", ["SEK"], "S€K"])
def test_an_order_without_a_currency_is_never_booked_in_the_erps_own(currency: Any) -> None:
    order = Order(id=1, date_created_gmt="2026-06-15T09:30:00", currency=currency)
    with pytest.raises(RecordRejected) as stopped:
        order_from_wire(order)
    assert stopped.value.for_merchant.facts["field"] == "currency"
    assert (
        order_from_wire(Order(id=1, date_created_gmt="2026-06-15T09:30:00", currency=" sek ")).currency
        == "SEK"
    )


@pytest.mark.parametrize("broken", ["{", '{"ABC": ', "{not json}", '{"ABC": [200]}', '{"ABC": true}'])
def test_a_list_of_gift_cards_that_can_not_be_read_names_itself(broken: str) -> None:
    with pytest.raises(BadValue) as stopped:
        gift_cards(Order(), {"_ywgc_applied_gift_cards": broken})
    assert stopped.value.field == "_ywgc_applied_gift_cards"
