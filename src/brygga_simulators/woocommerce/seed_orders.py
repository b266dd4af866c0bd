"""Orders of a believable shop: guests and companies, all payment methods, refunds, odd letters."""

import random
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from brygga_simulators.woocommerce import checkout, order_writes, product_writes, refunding
from brygga_simulators.woocommerce import seed_words as words
from brygga_simulators.woocommerce.checkout import clock_at
from brygga_simulators.woocommerce.money import dec, inner, round_up
from brygga_simulators.woocommerce.seed_payments import payment_metas
from brygga_simulators.woocommerce.site import Doc, Site

SPAN_DAYS = 60
_ORG_KEYS = (
    "_billing_org_number",
    "billing_org_nr",
    "_billing_company_number",
    "organisationsnummer",
    "_org_nr",
)
_FATES = (
    ("completed", 58),
    ("processing", 14),
    ("cancelled", 7),
    ("refunded", 6),
    ("part", 6),
    ("failed", 3),
    ("on-hold", 3),
    ("pending", 3),
)


def address(rng: random.Random, country: str = "SE") -> Doc:
    """Make up a person with an address."""
    first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    phone = f"070{rng.randint(1000000, 9999999)}"
    if country == "SE":
        street, city, postcode = rng.choice(words.PLACES)
        phone = rng.choice((phone, f"+46{phone[1:]}", f"{phone[:3]}-{phone[3:6]} {phone[6:]}"))
    else:
        street, city, postcode, phone = rng.choice(words.ABROAD[country])
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower())
    mailbox = "".join(c for c in plain if c.isascii() and (c.isalnum() or c == "."))
    return {
        "first_name": first,
        "last_name": last,
        "company": "",
        "address_1": f"{street} {rng.randint(1, 99)}",
        "address_2": rng.choice(("", "", "", "c/o Ek", "Lgh 1102", "Portkod 4711")),
        "city": city,
        "state": "NY" if country == "US" and city == "New York" else "CA" if country == "US" else "",
        "postcode": postcode,
        "country": country,
        "email": f"{mailbox}@example.{'com' if country == 'US' else country.lower()}",
        "phone": phone,
    }


def company_address(rng: random.Random) -> Doc:
    """Make up a company's buyer."""
    name, _ = rng.choice(words.COMPANIES)
    return {**address(rng), "company": name}


def random_order(site: Site) -> Doc:
    """Place an order of someone, for something, now."""
    return checkout.place(site, _wish(site, site.random))


def fill_orders(site: Site, rng: random.Random, count: int) -> None:
    """Place orders spread over the last days, each with its fate."""
    now = site.now()
    start = now - timedelta(days=SPAN_DAYS)
    moments = sorted(
        start + timedelta(seconds=rng.randint(0, SPAN_DAYS * 86400 - 7200)) for _ in range(count)
    )
    fates = [name for name, weight in _FATES for _ in range(weight)]
    for number, moment in enumerate(moments):
        # Revisions, drafts and menus take ids too.
        site.counters["post"] += rng.choice((0, 0, 0, 1, 1, 2, 5))
        age = (now - moment).days
        fate = rng.choice(fates)
        if fate == "completed" and age < 3:
            fate = "processing"
        if number % 60 == 59:
            fate = "checkout-draft"
        elif number % 97 == 96:
            fate = "trash"
        _live(site, rng, _wish(site, rng), fate, moment, now)
    _delete_some_products(site, rng)


def _wish(site: Site, rng: random.Random) -> Doc:
    """Decide who buys what and how."""
    country = rng.choice(("NO", "DK", "DE", "FI", "US")) if rng.random() < 0.09 else "SE"
    is_company = country == "SE" and rng.random() < 0.13
    billing = company_address(rng) if is_company else address(rng, country)
    method, title, _ = rng.choices(words.PAYMENTS, [weight for _, _, weight in words.PAYMENTS])[0]
    metas: list[Doc] = []
    if is_company:
        org = next(o for n, o in words.COMPANIES if n == billing["company"])
        metas.append(
            {"key": rng.choice(_ORG_KEYS), "value": rng.choice((org, f"{org[:6]}-{org[6:]}", f"16{org}"))}
        )
        if rng.random() < 0.5:
            metas.append({"key": "billing_reference", "value": "Märk: Projekt Älg"})
    elif country in {"DE", "DK"} and rng.random() < 0.3:
        billing["company"] = "Beispiel GmbH" if country == "DE" else "Eksempel ApS"
        metas.append({"key": "_vat_number", "value": "DE136695976" if country == "DE" else "DK13585628"})
    transaction, paid_metas = payment_metas(rng, method, is_company=is_company)
    wish: Doc = {
        "created_via": rng.choice(("store-api", "store-api", "checkout")),
        "billing": billing,
        "payment_method": method,
        "payment_method_title": title,
        "transaction_id": transaction,
        "meta_data": [*metas, *paid_metas],
        "lines": _lines(site, rng),
        "shipping_method": _shipping(rng, country),
        "customer_note": rng.choice(words.NOTES) if rng.random() < 0.15 else "",
    }
    if rng.random() < 0.2:
        wish["customer_id"] = rng.choice(
            [c["id"] for c in site.customers.values() if c["role"] == "customer"] or [0]
        )
    if rng.random() < 0.14:
        wish["coupons"] = [rng.choice([code for code, _, _ in words.COUPONS])]
    if rng.random() < 0.1:
        wish["fees"] = [dict(rng.choice(words.FEES))]
    if rng.random() < 0.2:
        wish["shipping"] = {k: v for k, v in address(rng, country).items() if k != "email"}
    return wish


def _lines(site: Site, rng: random.Random) -> list[Doc]:
    goods = [
        p
        for p in site.products.values()
        if p["type"] in {"simple", "variation"} and p["status"] == "publish" and p["price"] not in {"", "0"}
    ]
    lines: list[Doc] = []
    for product in rng.sample(goods, min(len(goods), rng.choice((1, 1, 1, 2, 2, 3, 4, 6)))):
        line: Doc = {"quantity": rng.choice((1, 1, 1, 1, 2, 2, 3, 5, 10))}
        if product["type"] == "variation":
            line |= {"product_id": product["parent_id"], "variation_id": product["id"]}
        else:
            line["product_id"] = product["id"]
        lines.append(line)
    if lines and rng.random() < 0.04:
        lines.append({**lines[0], "quantity": 1, "name": "Varuprov, gratis", "subtotal": "0", "total": "0"})
    if lines and rng.random() < 0.03:
        engraved = {"key": "Gravyr", "value": "Till Åsa ❤ 2026"}
        lines[0]["meta_data"] = [engraved]
    return lines


def _shipping(rng: random.Random, country: str) -> Doc:
    method, title, total, instance = rng.choices(words.SHIPPING, (50, 20, 8, 18, 4))[0]
    if country != "SE":
        method, title, total, instance = "flat_rate", "Utlandsfrakt", "149.00", "6"
    line: Doc = {"method_id": method, "method_title": title, "total": total, "instance_id": instance}
    if "MyPack" in title or "Servicepoint" in title:
        line["meta_data"] = [{"key": "pickup_point_id", "value": str(rng.randint(100000, 999999))}]
    return line


def _live(site: Site, rng: random.Random, wish: Doc, fate: str, moment: datetime, now: datetime) -> None:
    """Place an order and let its fate come over it, in steps of hours and days."""
    waits = fate in {"pending", "failed", "checkout-draft"}
    wish |= {"date": moment.isoformat(), "paid": not waits}
    if waits:
        wish |= {"meta_data": [m for m in wish["meta_data"] if "org" in m["key"]], "transaction_id": ""}
        wish["status"] = "pending"
    if fate == "on-hold":
        wish |= {"payment_method": "bacs", "payment_method_title": "Banköverföring", "transaction_id": ""}
    order = checkout.place(site, wish)
    later = min(moment + timedelta(hours=rng.randint(2, 70)), now - timedelta(minutes=5))
    with clock_at(site, max(later, moment)):
        if fate == "checkout-draft":
            order["status"] = fate
            order_writes.keep(site, order)
        elif fate in {"failed", "cancelled"}:
            order_writes.update(site, order, {"status": fate})
        elif fate == "trash":
            order_writes.trash(site, order)
        elif fate in {"completed", "refunded", "part"}:
            _complete(site, rng, order)
            if fate != "completed":
                _refund(site, rng, order, full=fate == "refunded")


def _complete(site: Site, rng: random.Random, order: Doc) -> None:
    captured = {
        "klarna_payments": "_wc_klarna_capture_id",
        "kco": "_wc_klarna_capture_id",
        "dibs_easy": "_dibs_charge_id",
        "collector_checkout": "_collector_order_activated",
        "svea_checkout": "_svea_co_deliver_date",
    }.get(order["payment_method"])
    metas = [{"key": captured, "value": f"{rng.getrandbits(64):016x}"}] if captured else []
    order_writes.update(site, order, {"status": "completed", "meta_data": metas})


def _refund(site: Site, rng: random.Random, order: Doc, *, full: bool) -> None:
    """Refund all, some pieces, or just an amount."""
    body: dict[str, Any] = {
        "api_refund": False,
        "reason": rng.choice(("Retur", "Ångrat köp", "Trasig 😢", "")),
    }
    if full:
        body["amount"] = inner(dec(order["total"]))
    elif rng.random() < 0.35:
        body |= {"amount": inner(round_up(dec(order["total"]) / 10)), "reason": "Kulans"}
    else:
        line = rng.choice(order["line_items"])
        pieces = rng.randint(1, line["quantity"])
        share = dec(pieces) / dec(line["quantity"])
        body["line_items"] = [
            {
                "id": line["id"],
                "quantity": pieces,
                "refund_total": inner(round_up(dec(line["total"]) * share)),
                "refund_tax": [
                    {"id": t["id"], "refund_total": inner(round_up(dec(t["total"]) * share))}
                    for t in line["taxes"]
                ],
            }
        ]
        wanted = refunding.asked_amount(body)
        body["amount"] = inner(min(wanted, dec(order["total"])))
    if dec(order["total"]) > 0:
        refunding.create(site, order, body)


def _delete_some_products(site: Site, rng: random.Random) -> None:
    sold = [
        line["product_id"]
        for o in site.orders.values()
        for line in o["line_items"]
        if not line["variation_id"]
    ]
    for product_id in rng.sample(sorted(set(sold)), min(3, len(set(sold)))):
        product = site.products.get(product_id)
        if product is not None:
            product_writes.delete(site, product, force=True)
