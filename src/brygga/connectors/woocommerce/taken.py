"""How many of each SKU an order holds of the shop's stock right now: a pure function, no calls.

WooCommerce notes on each line how many it has taken (`_reduced_stock`); it takes the note away
when it gives them back, and lowers it by what a refund puts back (measured). A line without the
note holds its quantity in the statuses that take stock: then the stock of the item is not counted
by the shop, or something hides the note, and the goods are sold in either case.
"""

from decimal import Decimal

from brygga.connectors.woocommerce import wire, wire_shelf
from brygga.connectors.woocommerce.values import amount, id_text, moment, text
from brygga.domain.money import ZERO
from brygga.domain.shelf import StockTaken

TAKING = frozenset({"on-hold", "processing", "completed"})
_TAKEN = "_reduced_stock"
_PUT_BACK = "_restock_refunded_items"


def stock_taken_from_wire(order: wire_shelf.HoldingOrder) -> StockTaken:
    """Map an order; one that holds nothing has no quantities. Raises BadValue."""
    status = text(order.status)
    quantities: dict[str, Decimal] = {}
    items: dict[str, str] = {}
    for line in order.line_items:
        sku = text(line.sku)
        held = _held(line, status)
        if sku and held > ZERO:
            quantities[sku] = quantities.get(sku, ZERO) + held
            if product := id_text(line.product_id):
                items[sku] = f"{product}/{id_text(line.variation_id) or product}"
    return StockTaken(
        order_id=id_text(order.id),
        number=text(order.number),
        status=status,
        modified_at=moment(order.date_modified_gmt, "date_modified_gmt"),
        quantities=quantities,
        items=items,
    )


def _held(line: wire.Line, status: str) -> Decimal:
    metas = {text(meta.key): meta.value for meta in line.meta_data}
    if _TAKEN in metas:  # may be below zero: a refund can put back more than was sold (measured)
        return amount(metas[_TAKEN], _TAKEN)
    if status not in TAKING:
        return ZERO
    return amount(line.quantity, "quantity") - amount(metas.get(_PUT_BACK), _PUT_BACK)
