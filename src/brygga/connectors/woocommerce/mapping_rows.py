"""The rows of a shop's order: goods, shipping and fees with their VAT, as the domain's rows.

The percent of a row comes from the order's `tax_lines` by the rate's id. A rate that is not listed
there is never guessed, and `price`, a float with noise, is never used (facts, "Orders: money").
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.values import amount, id_text, meta_text, text, title
from brygga.domain.money import ZERO
from brygga.domain.order import Fee, Meta, OptionValue, OrderLine, ShippingLine, TaxShare

Rates = Mapping[str, Decimal]  # percent by the shop's id of the rate


class UnknownRate(ValueError):
    """A row is taxed by a rate that the order does not list; its percent must not be guessed."""

    def __init__(self, line: str, rate: str) -> None:
        super().__init__(f"{line}: rate {rate}")
        self.line = line
        self.rate = rate


def metas_from_wire(rows: Sequence[wire.Meta]) -> tuple[Meta, ...]:
    """Map custom data; all of it is kept, hidden keys too, for rules and settings to pick from."""
    return tuple([Meta(text(row.key), meta_text(row.value)) for row in rows])


def first_by_key(metas: Sequence[Meta]) -> dict[str, str]:
    """Return each key's first value."""
    return {meta.key: meta.value for meta in reversed(metas)}


def rates_from_wire(rows: Sequence[wire.TaxLine]) -> Rates:
    """Return the percents that an order lists. Raises BadValue."""
    return {
        id_text(row.rate_id): amount(row.rate_percent, "tax_lines.rate_percent")
        for row in rows
        if row.rate_percent is not None and row.rate_percent != ""
    }


def taxes_from_wire(rows: Sequence[wire.RowTax], rates: Rates, line: wire.Loose) -> tuple[TaxShare, ...]:
    """Map the VAT of one row, rate by rate. Raises UnknownRate for money under a rate not listed."""
    shares = []
    for row in rows:
        if not row.total and not row.subtotal:  # '' stands for a rate that does not apply to the row
            continue
        taken = amount(row.total, "taxes.total")
        before = amount(row.subtotal, "taxes.subtotal") if row.subtotal else taken
        percent = rates.get(id_text(row.id))
        if percent is None:
            if not taken and not before:
                continue
            raise UnknownRate(title(line), id_text(row.id))
        shares.append(TaxShare(percent, taken, before))
    return tuple(shares)


def line_from_wire(line: wire.Line, rates: Rates, parents: Mapping[str, str]) -> OrderLine:
    """Map a row of goods; `parents` holds the line each part of a bundle belongs to."""
    line_id = id_text(line.id)
    variant_id = id_text(line.variation_id)
    name = title(line.name)
    options = _options(line, variant_id, name)
    return OrderLine(
        id=line_id,
        name=name,
        sku=text(line.sku),
        quantity=amount(line.quantity, "line_items.quantity"),
        subtotal=amount(line.subtotal, "line_items.subtotal"),
        subtotal_tax=amount(line.subtotal_tax, "line_items.subtotal_tax"),
        total=amount(line.total, "line_items.total"),
        total_tax=amount(line.total_tax, "line_items.total_tax"),
        taxes=taxes_from_wire(line.taxes, rates, line.name),
        product_id=id_text(line.product_id),
        variant_id=variant_id,
        options=options,
        metas=metas_from_wire(line.meta_data),
        bundle_parent=parents.get(line_id, ""),
        put_back=_put_back(line),
    )


def _put_back(line: wire.Line) -> Decimal:
    # The shop counts it up on the order's own row, over all refunds (measured).
    counted = next((meta_text(m.value) for m in line.meta_data if m.key == "_restock_refunded_items"), "")
    return Decimal(counted) if counted.isascii() and counted.isdigit() else ZERO


def _options(line: wire.Line, variant_id: str, name: str) -> tuple[OptionValue, ...]:
    """Return the choices of a variant: attributes with terms (`pa_…`) and a product's own.

    The latter are told from engravings and the like by standing in the line's name.
    """
    parent = title(line.parent_name)
    suffix = name[len(parent) :].removeprefix(" - ").split(", ") if parent and name.startswith(parent) else ()
    options = []
    for meta in line.meta_data:
        key = text(meta.key)
        if key.startswith("_"):
            continue
        value = title(meta.display_value) or meta_text(meta.value)
        if key.startswith("pa_") or (variant_id and value in suffix):
            options.append(OptionValue(title(meta.display_key) or key, value))
    return tuple(options)


def shipping_from_wire(line: wire.ShippingLine, rates: Rates) -> ShippingLine:
    """Map a shipping charge."""
    return ShippingLine(
        id=id_text(line.id),
        method=text(line.method_id),
        title=title(line.method_title),
        total=amount(line.total, "shipping_lines.total"),
        total_tax=amount(line.total_tax, "shipping_lines.total_tax"),
        taxes=taxes_from_wire(line.taxes, rates, line.method_title),
        instance=text(line.instance_id),
        metas=metas_from_wire(line.meta_data),
    )


def fee_from_wire(line: wire.FeeLine, rates: Rates) -> Fee:
    """Map a fee, or a discount given as a negative one."""
    return Fee(
        id=id_text(line.id),
        name=title(line.name),
        total=amount(line.total, "fee_lines.total"),
        total_tax=amount(line.total_tax, "fee_lines.total_tax"),
        taxes=taxes_from_wire(line.taxes, rates, line.name),
        metas=metas_from_wire(line.meta_data),
    )
