"""How a payment provider's reference is found in an order: a table by method id.

Facts marked in domain section 15 were read in the plugins' source (versions of 2024-2026); method
ids change between versions, so a pattern may end with a star. The first pattern that fits counts.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

TRANSACTION_ID = "transaction_id"  # the order's own field; every other source is a meta's key

SOURCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("klarna_payments", ("_wc_klarna_order_id", TRANSACTION_ID)),
    ("kco", ("_wc_klarna_order_id", TRANSACTION_ID)),
    ("dibs_easy", (TRANSACTION_ID, "_dibs_payment_id")),
    ("nets_easy*", (TRANSACTION_ID, "_dibs_payment_id")),
    ("collector_checkout", (TRANSACTION_ID, "_collector_payment_id", "_collector_order_id")),
    ("walley*", (TRANSACTION_ID, "_collector_payment_id", "_collector_order_id")),
    ("svea_checkout*", (TRANSACTION_ID, "_svea_co_order_id")),
    ("stripe", (TRANSACTION_ID, "_stripe_intent_id")),
    ("stripe_*", (TRANSACTION_ID, "_stripe_intent_id")),
    # Paid outside the shop: no provider, so no reference.
    ("bacs", ()),
    ("cheque", ()),
    ("cod", ()),
    # Swish, PayPal, Qliro, Payson, WooPayments, Adyen, Mollie, Trustly and the rest (assumed).
    ("*", (TRANSACTION_ID,)),
)


@lru_cache(maxsize=256)
def sources_of(method: str) -> tuple[str, ...]:
    """Return where to look for a method's reference, best first."""
    return next(sources for pattern, sources in SOURCES if fnmatchcase(method, pattern))


def reference(method: str, transaction_id: str, metas: Mapping[str, str]) -> str:
    """Return what the provider knows the payment by, or an empty text."""
    for source in sources_of(method):
        found = transaction_id if source == TRANSACTION_ID else metas.get(source, "")
        if found.strip():
            return found.strip()
    return ""


def merchant_account(keys: Sequence[str], metas: Mapping[str, str]) -> str:
    """Return the provider's account that took the payment, from the metas the merchant named."""
    return next((metas[key].strip() for key in keys if metas.get(key, "").strip()), "")
