"""Judges the demo: what should have been sent, worked out from the shop's own data, and what arrived.

The rules are written down a second time here, in the plainest way, so that they test the product
instead of repeating it: an order counts as eligible, as left out, or as one that must wait.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from brygga.app.commands.demo_range import RangeVerdict

Record = Mapping[str, Any]

CENT = Decimal("0.01")
SENDING = ("processing", "completed")
REFERENCE_METHODS = ("klarna_payments", "kco")
OPEN_CURRENCIES = ("SEK", "EUR", "NOK", "DKK", "USD", "GBP")
TWIN_MINUTES = 10
UNFIT = ";&?#%+\"'<>\\"
ORGANISATION_METAS = {
    "_billing_org_number",
    "billing_org_number",
    "billing_org_nr",
    "_billing_org_nr",
    "_collector_org_nr",
    "_svea_co_company_reg_number",
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should become of one order: `send`, `leave`, `hold` or `either`, and why."""

    number: str
    fate: str
    why: str
    total: Decimal
    vat: Mapping[Decimal, Decimal]
    rows: int


@dataclass(slots=True)
class Verdict:
    """What was found. `faults` are sentences; the demo has worked only if there are none."""

    eligible: int = 0
    transferred: int = 0
    doubled: int = 0
    left: Counter[str] = field(default_factory=Counter)
    held: list[tuple[str, str]] = field(default_factory=list)  # number, sentence
    products_eligible: int = 0
    products_transferred: int = 0
    articles: int = 0
    sum_shop: Decimal = Decimal(0)
    sum_erp: Decimal = Decimal(0)
    unequal: int = 0
    vat: dict[Decimal, tuple[Decimal, Decimal]] = field(default_factory=dict)
    flows: dict[str, RangeVerdict] = field(default_factory=dict)  # the other tenants', by preset
    faults: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Say that every eligible order and product has arrived, once."""
        return self.transferred == self.eligible and self.products_transferred == self.products_eligible

    def as_data(self, seconds: float) -> dict[str, Any]:
        """Return the verdict for programs."""
        return {
            "orders": {
                "eligible": self.eligible,
                "transferred": self.transferred,
                "held": len(self.held),
                "doubled": self.doubled,
                "left_out": dict(self.left),
                "held_reasons": [{"number": number, "reason": why} for number, why in self.held],
            },
            "products": {
                "eligible": self.products_eligible,
                "transferred": self.products_transferred,
                "articles": self.articles,
            },
            "sums_equal": not self.unequal and self.sum_shop == self.sum_erp,
            "sums": {"shop": str(self.sum_shop), "erp": str(self.sum_erp)},
            "vat": {str(rate): {"shop": str(a), "erp": str(b)} for rate, (a, b) in sorted(self.vat.items())},
            "flows": {preset: found.as_data() for preset, found in self.flows.items()},
            "faults": self.faults,
            "seconds": round(seconds, 1),
        }


def expect(orders: Sequence[Record], start: date) -> list[Expectation]:
    """Say for every order of the shop what should become of it."""
    fates = {str(order["number"]): _fate(order, start) for order in orders}
    sent = sorted(
        (order for order in orders if fates[str(order["number"])][0] == "send"),
        key=lambda order: (order["date_created_gmt"], order["id"]),
    )
    both = _both_kinds(sent)
    for order in sent:
        if any(_is_twin(order, other, sent) for other in sent if other is not order):
            fates[str(order["number"])] = ("hold", "twin")
        elif both & _buyer(order):
            fates[str(order["number"])] = ("either", "bought both as company and as private person")
    return [
        Expectation(str(o["number"]), *fates[str(o["number"])], _total(o), _vat(o), _rows(o)) for o in orders
    ]


def _fate(order: Record, start: date) -> tuple[str, str]:
    if order["status"] not in SENDING:
        return "leave", f"status {order['status']}"
    if datetime.fromisoformat(order["date_created"]).date() < start:
        return "leave", "before the start date"
    refunds = order["refunds"]
    if refunds and _total(order) <= 0:
        return "leave", "fully refunded"
    if any(not _refund_lines(refund) and Decimal(refund["amount"]) for refund in refunds):
        return "hold", "refund without rows"
    if order["currency"] not in OPEN_CURRENCIES:
        return "hold", "currency"
    no_reference = order["payment_method"] in REFERENCE_METHODS and not order["transaction_id"]
    if no_reference and Decimal(order["total"]):
        return "hold", "payment reference"
    if any(not line.get("sku") for line in _kept_lines(order)):
        return "hold", "line without article number"
    if any(not is_fit(line["sku"]) for line in _kept_lines(order)):
        return "hold", "article number the ERP does not take"
    if any(rate != rate.to_integral_value() for rate, vat in _vat(order).items() if vat):
        return "hold", "VAT rate with decimals"
    return "send", ""


def _both_kinds(orders: Sequence[Record]) -> set[str]:
    """Return e-mail addresses and shop accounts that bought both as a company and as a person.

    The ERP finds one card for them, and whichever kind comes second must wait for a person.
    """
    kinds: dict[str, set[bool]] = {}
    for order in orders:
        for mark in _buyer(order):
            kinds.setdefault(mark, set()).add(is_company(order))
    return {mark for mark, found in kinds.items() if len(found) > 1}


def _buyer(order: Record) -> set[str]:
    email, account = order["billing"]["email"].strip().lower(), order["customer_id"]
    return ({email} if email else set()) | ({f"account {account}"} if account else set())


def is_company(order: Record) -> bool:
    """Say whether a company buys: by the company field, or by a number that a checkout asked for."""
    metas = {meta["key"] for meta in order["meta_data"] if meta["value"]}
    return bool(order["billing"]["company"].strip()) or bool(metas & ORGANISATION_METAS)


def is_fit(article_no: str) -> bool:
    """Say whether the ERP takes an article number: letters and digits without accents, no spaces."""
    return article_no.isascii() and not any(c.isspace() or c in UNFIT for c in article_no)


def _kept_lines(order: Record) -> list[Record]:
    """Return the lines of which anything is left when refunds are taken off."""
    back: dict[str, Decimal] = {}
    for refund in order["refunds"]:
        for line in refund.get("line_items", ()):
            of = next((m["value"] for m in line["meta_data"] if m["key"] == "_refunded_item_id"), "")
            back[str(of)] = back.get(str(of), Decimal(0)) + abs(Decimal(str(line["quantity"])))
    return [
        line
        for line in order["line_items"]
        if Decimal(str(line["quantity"])) - back.get(str(line["id"]), Decimal(0)) > 0
    ]


def _is_twin(order: Record, other: Record, sent: Sequence[Record]) -> bool:
    """Say whether another order is the same checkout and is the one to be sent of the two."""
    if not order["billing"]["email"] or order["billing"]["email"] != other["billing"]["email"]:
        return False
    if (order["total"], order["currency"]) != (other["total"], other["currency"]):
        return False
    both = (order["transaction_id"], other["transaction_id"])
    if all(both) and both[0] != both[1]:
        return False
    apart = abs(_created(order) - _created(other))
    goes_first = sent.index(other) < sent.index(order) or bool(other["date_paid"]) > bool(order["date_paid"])
    return apart <= timedelta(minutes=TWIN_MINUTES) and goes_first


def _created(order: Record) -> datetime:
    return datetime.fromisoformat(order["date_created_gmt"])


def _total(order: Record) -> Decimal:
    back = sum((Decimal(refund["amount"]) for refund in order["refunds"]), Decimal(0))
    return Decimal(order["total"]) - back


def _charges(record: Record) -> list[Record]:
    return [*record["line_items"], *record["shipping_lines"], *record["fee_lines"]]


def _refund_lines(refund: Record) -> list[Record]:
    return [*refund.get("line_items", ()), *refund.get("shipping_lines", ()), *refund.get("fee_lines", ())]


def _vat(order: Record) -> dict[Decimal, Decimal]:
    """Add up VAT by percent, refunds taken off."""
    percent = {line["rate_id"]: Decimal(str(line["rate_percent"])) for line in order["tax_lines"]}
    sums: dict[Decimal, Decimal] = {}
    lines = [*_charges(order), *(line for refund in order["refunds"] for line in _refund_lines(refund))]
    for line in lines:
        for tax in line.get("taxes", ()):
            rate = percent.get(tax["id"])
            if rate is not None and tax["total"]:
                sums[rate] = sums.get(rate, Decimal(0)) + Decimal(tax["total"])
    return sums


def _rows(order: Record) -> int:
    return len(_charges(order))


def compare_orders(
    expected: Sequence[Expectation],
    erp_orders: Sequence[Record],
    held: Mapping[str, str],
    prefix: str,
    verdict: Verdict,
) -> None:
    """Compare what should be there with what the ERP has, and what waits with what may wait."""
    there: dict[str, list[Record]] = {}
    for order in erp_orders:
        there.setdefault(order["externalOrderNo"], []).append(order)
    verdict.doubled = sum(len(same) - 1 for same in there.values())
    verdict.held = sorted(held.items())
    unasked = set(there) - {prefix + e.number for e in expected if e.fate in {"send", "either"}}
    verdict.faults += [f"{number}: in the ERP though it should not be" for number in sorted(unasked)]
    for expectation in expected:
        found = there.get(prefix + expectation.number, [])
        if expectation.fate == "leave":
            verdict.left[expectation.why] += 1
        elif expectation.fate == "either" and not found and expectation.number in held:
            continue
        elif expectation.fate == "hold":
            if expectation.number not in held:
                verdict.faults.append(f"{expectation.number}: should wait ({expectation.why})")
        else:
            verdict.eligible += 1
            if found:
                verdict.transferred += 1
                _compare(expectation, found[0], verdict)
            else:
                why = held.get(expectation.number, "not there")
                verdict.faults.append(f"{expectation.number}: not transferred: {why}")


def _compare(expectation: Expectation, found: Record, verdict: Verdict) -> None:
    total = Decimal(found["total"])
    verdict.sum_shop += expectation.total
    verdict.sum_erp += total
    if total != expectation.total:
        verdict.unequal += 1
        verdict.faults.append(f"{expectation.number}: {expectation.total} in the shop, {total} in the ERP")
    erp = {Decimal(row["percent"]): Decimal(row["vat"]) for row in found["vatSums"]}
    for rate in set(erp) | set(expectation.vat):
        shop_vat, erp_vat = expectation.vat.get(rate, Decimal(0)), erp.get(rate, Decimal(0))
        before = verdict.vat.get(rate, (Decimal(0), Decimal(0)))
        verdict.vat[rate] = (before[0] + shop_vat, before[1] + erp_vat)
        # Both round each row to the öre, so each row may differ by one.
        if abs(shop_vat - erp_vat) > CENT * max(expectation.rows, 1):
            verdict.faults.append(
                f"{expectation.number}: VAT {rate} %: {shop_vat} in the shop, {erp_vat} in the ERP"
            )


def compare_products(products: Sequence[Record], articles: Sequence[Record], verdict: Verdict) -> None:
    """Compare the shop's published products, each with all its variants, with the ERP's articles."""
    there = Counter(article["articleNo"] for article in articles)
    verdict.articles = len(articles)
    verdict.faults += [f"article {no} is there {times} times" for no, times in there.items() if times > 1]
    for product in products:
        numbers = article_numbers(product)
        if not numbers:
            continue
        verdict.products_eligible += 1
        missing = [number for number in numbers if number not in there]
        if missing:
            verdict.faults.append(f"{product['name']}: articles missing: {', '.join(missing)}")
        else:
            verdict.products_transferred += 1


def article_numbers(product: Record) -> list[str]:
    """Return the article numbers that a product should have become, none if it should not travel."""
    if product["status"] != "publish" or product["type"] in {"grouped", "external"}:
        return []
    sold = [v for v in product.get("variations", ()) if v["status"] == "publish"]
    numbers = [str(v["sku"]) for v in sold] if product["type"] == "variable" else [str(product["sku"])]
    return numbers if all(number and is_fit(number) for number in numbers) else []
