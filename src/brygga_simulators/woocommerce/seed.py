"""Fills a shop with what a real Swedish one would hold: the same for the same seed number.

Products and customers are made here, orders in `seed_orders.py`. Everything goes the same way as
a REST write or a checkout, at moments in the past, so sums, stock and notes are true.
"""

import hashlib
import random
from argparse import Namespace
from datetime import timedelta
from typing import Any

from brygga_simulators.woocommerce import coupons_api, customers_api, product_writes, terms
from brygga_simulators.woocommerce import seed_words as words
from brygga_simulators.woocommerce.checkout import clock_at
from brygga_simulators.woocommerce.product_rules import simple_slug
from brygga_simulators.woocommerce.seed_orders import address, company_address, fill_orders, random_order
from brygga_simulators.woocommerce.settings import rate
from brygga_simulators.woocommerce.site import Doc, Site

VARIABLE_PRODUCTS = 20
CUSTOMERS = 24

__all__ = ["fill", "made_keys", "random_order"]


def made_keys(name: str) -> tuple[str, str]:
    """Return a shop's keys when none are given: always the same for the same name."""
    digests = [
        hashlib.sha1(f"{kind} {name}".encode(), usedforsecurity=False).hexdigest()
        for kind in ("key", "secret")
    ]
    return f"ck_{digests[0]}", f"cs_{digests[1]}"


def fill(site: Site, arguments: Namespace) -> None:
    """Fill an empty shop."""
    rng = random.Random(f"{arguments.seed} {site.name}")  # noqa: S311 - repeatable, not secret
    start = site.now() - timedelta(days=62)
    site.settings.rates += _foreign_rates()
    with clock_at(site, start - timedelta(days=120)):
        categories = {name: terms.add_term(site, "categories", name) for name in words.CATEGORIES}
        tag = terms.add_term(site, "tags", "Nyhet")
        attributes = {"Färg": words.COLOURS, "Storlek": words.SIZES}
        made = {name: terms.add_attribute(site, name) for name in attributes}
        for name, options in attributes.items():
            for option in options:
                terms.add_attribute_term(site, made[name]["id"], option)
        for code, kind, amount in words.COUPONS:
            free = code == "frifrakt"
            coupons_api.create(
                site, {"code": code, "discount_type": kind, "amount": amount, "free_shipping": free}
            )
    wanted = max(arguments.seed_products, VARIABLE_PRODUCTS + 10)
    for number in range(wanted):
        with clock_at(site, start - timedelta(days=100, minutes=-7 * number)):
            _add_product(site, rng, number, wanted, categories, tag)
    _add_customers(site, rng)
    fill_orders(site, rng, arguments.seed_orders)
    for mail_id in list(site.records["outbox"]):
        site.remove("outbox", mail_id)


def gtin13(number: int) -> str:
    """Make a Swedish GTIN-13 of a number, with its check digit."""
    body = f"735{number:09d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return f"{body}{-total % 10}"


def _foreign_rates() -> list[Doc]:
    """Rates of countries the shop sells to with their own VAT; elsewhere none is charged."""
    made = []
    next_id = 5
    for country, standard, reduced, name in (
        ("DK", "25", "25", "Moms DK"),
        ("DE", "19", "7", "MwSt"),
        ("FI", "25.5", "13.5", "ALV"),
    ):
        classes = {"standard": standard, "moms-12": reduced, "moms-6": reduced, "momsfri": "0"}
        for tax_class, percent in classes.items():
            made.append(rate(next_id, country, percent, tax_class, f"{name} {percent}%"))
            next_id += 1
    return made


def _add_product(
    site: Site, rng: random.Random, number: int, wanted: int, categories: dict[str, Doc], tag: Doc
) -> None:
    is_variable = number < VARIABLE_PRODUCTS
    clothes = "Kläder & Skor"
    names = [n for n in categories if n not in {clothes, "Tjänster"}]
    category = clothes if is_variable else "Tjänster" if number >= wanted - 4 else names[number % len(names)]
    tax_class, kinds = words.CATEGORIES[category]
    kind = kinds[number % len(kinds)]
    place = words.PLACENAMES[(number * 7 + number // len(words.PLACENAMES)) % len(words.PLACENAMES)]
    body: Doc = {
        "name": f"{kind} {place}" if number != wanted - 1 else "Gåvobevis Fjäll & Sjö ❤",
        "description": f"{kind} från {place}. Tvättas i 40°. Låter lika bra som den ser ut & håller länge.",
        "short_description": f"{kind} som håller.",
        "categories": [{"id": categories[category]["id"]}],
        "tags": [{"id": tag["id"]}] if rng.random() < 0.15 else [],
        "tax_class": tax_class,
        "weight": f"{rng.choice((0.1, 0.25, 0.35, 0.5, 1, 2.4))}",
    }
    stem = f"{simple_slug(kind)[:5].strip('-').upper()}-{100 + number}"
    if is_variable:
        _add_variable(site, rng, number, stem, body)
        return
    price = rng.choice(
        ("49", "79.00", "89", "99.90", "129", "149.50", "199", "249", "333.33", "499", "1299", "4990")
    )
    body |= {
        "sku": words.UNFIT_SKUS[number - VARIABLE_PRODUCTS] if number < VARIABLE_PRODUCTS + 3 else stem,
        "regular_price": price,
        "global_unique_id": gtin13(1000 + number),
    }
    body |= _stock(rng)
    if category == "Tjänster":
        body |= {"virtual": True, "weight": "", "manage_stock": False, "global_unique_id": ""}
    if rng.random() < 0.12:
        body["sale_price"] = f"{float(price) * 0.8:.2f}"
    if rng.random() < 0.3:
        body["meta_data"] = [{"key": "_supplier_no", "value": f"L-{4000 + number}"}]
    if number % 33 == 31:
        body["status"] = "draft"
    if number % 41 == 40:
        del body["sku"]
    product_writes.create(site, body, {})


def _add_variable(site: Site, rng: random.Random, number: int, stem: str, body: Doc) -> None:
    colours = rng.sample(words.COLOURS, rng.randint(1, 3))
    sizes = list(words.SIZES[1 : rng.randint(4, 5)])
    shared_stock = number % 7 == 3
    ids = {a["name"]: a["id"] for a in site.records["attributes"].values()}
    attributes = [
        {"id": ids["Färg"], "visible": True, "variation": True, "options": colours},
        {"id": ids["Storlek"], "visible": True, "variation": True, "options": sizes},
    ]
    body |= {"type": "variable", "sku": stem, "attributes": attributes, "manage_stock": shared_stock}
    if shared_stock:
        body["stock_quantity"] = 240
    parent = product_writes.create(site, body, {})
    price = rng.choice((199, 249, 399, 599, 1299))
    for index, (colour, size) in enumerate((c, s) for c in colours for s in sizes):
        variation: dict[str, Any] = {
            "sku": f"{stem}-{simple_slug(colour)[:3].upper()}-{size}",
            "regular_price": f"{price + (50 if size in {'XL', 'XXL'} else 0)}.00",
            "global_unique_id": gtin13(100_000 + number * 100 + index),
            "weight": "0.30",
            "attributes": [
                {"id": ids["Färg"], "option": colour},
                {"id": ids["Storlek"], "option": size},
            ],
        }
        if not shared_stock:
            variation |= {"manage_stock": True, "stock_quantity": rng.choice((0, 3, 12, 25, 80))}
        product_writes.create_variation(site, parent, variation)


def _stock(rng: random.Random) -> Doc:
    if rng.random() < 0.15:
        return {"manage_stock": False}
    backorders = rng.choice(("no", "no", "no", "notify", "yes"))
    return {
        "manage_stock": True,
        "stock_quantity": rng.choice((0, 5, 20, 60, 150, 400)),
        "backorders": backorders,
    }


def _add_customers(site: Site, rng: random.Random) -> None:
    for number in range(CUSTOMERS):
        billing = company_address(rng) if number % 4 == 0 else address(rng)
        email = billing["email"].replace("@", f"{number}@")
        metas = []
        if billing["company"]:
            org = next(o for n, o in words.COMPANIES if n == billing["company"])
            metas = [{"key": "billing_org_number", "value": f"{org[:6]}-{org[6:]}"}]
        customers_api.create(
            site,
            {
                "email": email,
                "first_name": billing["first_name"],
                "last_name": billing["last_name"],
                "password": "x",
                "billing": {**billing, "email": email},
                "shipping": {k: v for k, v in billing.items() if k != "email"},
                "meta_data": metas,
            },
        )
