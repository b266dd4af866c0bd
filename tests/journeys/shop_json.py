"""WooCommerce's own JSON of orders and products, readable: say the gross, the rest follows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.builders import split_gross

Doc = dict[str, Any]

RATES = {25: 1, 12: 2, 6: 3, 0: 4, 19: 5, Decimal("25.5"): 6}

ASA: Doc = {
    "first_name": "Åsa",
    "last_name": "Öberg",
    "company": "",
    "address_1": "Storgatan 1",
    "address_2": "",
    "city": "Umeå",
    "state": "",
    "postcode": "903 26",
    "country": "SE",
    "email": "asa@example.se",
    "phone": "070-123 45 67",
}


def line(
    gross: str,
    rate: int | Decimal = 25,
    quantity: int = 1,
    *,
    sku: str = "MUGG-1",
    name: str = "Mugg",
    before: str | None = None,
    **more: Any,
) -> Doc:
    """A row of goods worth a gross amount, `before` a discount."""
    net, vat = split_gross(gross, rate)
    before_net, before_vat = split_gross(before or gross, rate)
    return {
        "name": name,
        "product_id": 0,
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": str(before_net),
        "subtotal_tax": str(before_vat),
        "total": str(net),
        "total_tax": str(vat),
        "taxes": [{"id": RATES[rate], "total": str(vat), "subtotal": str(before_vat)}],
        "meta_data": [],
        "sku": sku,
        "price": float(net) / quantity if quantity else 0,
        **more,
    }


def shipping(gross: str = "49.00", rate: int | Decimal = 25, **more: Any) -> Doc:
    """A freight row worth a gross amount."""
    net, vat = split_gross(gross, rate)
    return {
        "method_title": "PostNord MyPack",
        "method_id": "flat_rate",
        "instance_id": "1",
        "total": str(net),
        "total_tax": str(vat),
        "taxes": [{"id": RATES[rate], "total": str(vat), "subtotal": ""}],
        "meta_data": [],
        **more,
    }


def fee(name: str, net: str, *shares: tuple[int, str]) -> Doc:
    """A fee of a net amount with VAT per rate."""
    vat = sum((Decimal(amount) for _, amount in shares), Decimal(0))
    return {
        "name": name,
        "tax_class": "",
        "tax_status": "taxable",
        "amount": net,
        "total": net,
        "total_tax": f"{vat:.2f}",
        "taxes": [{"id": RATES[rate], "total": amount, "subtotal": ""} for rate, amount in shares],
        "meta_data": [],
    }


def order(
    number: int,
    lines: Sequence[Doc],
    *,
    shipping_lines: Sequence[Doc] = (),
    fees: Sequence[Doc] = (),
    total: str | None = None,
    metas: Mapping[str, str] | None = None,
    billing: Mapping[str, str] | None = None,
    shipping_to: Mapping[str, str] | None = None,
    created: str = "2026-06-15T09:30:00",
    **more: Any,
) -> Doc:
    """An order paid with Swish, whose total is the sum of its rows unless `total` says otherwise."""
    charges = [*lines, *shipping_lines, *fees]
    vat = sum((Decimal(row["total_tax"]) for row in charges), Decimal(0))
    net = sum((Decimal(row["total"]) for row in charges), Decimal(0))
    for place, row in enumerate(charges, start=number * 100):
        row.setdefault("id", place)
    address = {**ASA, **(billing or {})}
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": "SEK",
        "prices_include_tax": True,
        "date_created_gmt": created,
        "date_paid_gmt": created,
        "total": total or f"{net + vat:.2f}",
        "total_tax": f"{vat:.2f}",
        "customer_id": 0,
        "billing": address,
        "shipping": {key: {**address, **(shipping_to or {})}[key] for key in address if key != "email"},
        "payment_method": "swish",
        "payment_method_title": "Swish",
        "transaction_id": f"SW-{number}",
        "created_via": "store-api",
        "customer_note": "",
        "meta_data": [{"id": place, "key": key, "value": value} for place, (key, value) in enumerate((metas or {}).items(), start=number * 100)],
        "line_items": list(lines),
        "shipping_lines": list(shipping_lines),
        "fee_lines": list(fees),
        "coupon_lines": [],
        "refunds": [],
        "tax_lines": _tax_lines(charges),
        **more,
    }  # fmt: skip


def _tax_lines(charges: Sequence[Doc]) -> list[Doc]:
    used = {tax["id"] for row in charges for tax in row["taxes"]}
    return [
        {
            "id": 9_000 + rate_id,
            "rate_code": f"SE-MOMS {percent}%-1",
            "rate_id": rate_id,
            "label": f"Moms {percent}%",
            "compound": False,
            "tax_total": "0.00",
            "shipping_tax_total": "0.00",
            "rate_percent": float(percent),
            "meta_data": [],
        }
        for percent, rate_id in RATES.items()
        if rate_id in used
    ]


def product(number: int, sku: str, name: str = "Mugg", price: str = "249.00", **more: Any) -> Doc:
    """A published simple product."""
    return {
        "id": number,
        "name": name,
        "type": "simple",
        "status": "publish",
        "sku": sku,
        "price": price,
        "regular_price": price,
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": True,
        "stock_quantity": 10,
        **more,
    }
