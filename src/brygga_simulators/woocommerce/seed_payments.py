"""What payment plugins leave on an order: a transaction id and their own metas."""

import random

from brygga_simulators.woocommerce.site import Doc


def payment_metas(rng: random.Random, method: str, *, is_company: bool) -> tuple[str, list[Doc]]:
    """Return the transaction id and metas of a payment by this method."""
    hexes = f"{rng.getrandbits(128):032x}"
    uuid = f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}"
    number = str(rng.randint(10_000_000, 99_999_999))
    transaction = {
        "klarna_payments": uuid,
        "kco": uuid,
        "swish": hexes.upper(),
        "stripe": f"ch_3{hexes[:23]}",
        "dibs_easy": hexes,
        "svea_checkout": number,
        "paypal": hexes[:17].upper(),
        "qliro_one": number,
        "collector_checkout": number,
    }.get(method, "")
    values: dict[str, str] = {
        "klarna_payments": {
            "_wc_klarna_order_id": uuid,
            "_klarna_order_id": uuid,
            "_wc_klarna_country": "SE",
        },
        "kco": {"_wc_klarna_order_id": uuid, "_wc_klarna_environment": "live", "_kss_tracking_id": number},
        "swish": {"_swish_payment_reference": hexes.upper()},
        "stripe": {
            "_stripe_intent_id": f"pi_3{hexes[:23]}",
            "_stripe_charge_captured": "yes",
            "_stripe_fee": "4.35",
            "_stripe_currency": "SEK",
        },
        "dibs_easy": {"_dibs_payment_id": hexes, "dibs_payment_method": "Visa"},
        "svea_checkout": {"_svea_co_order_id": number, "_svea_co_is_company": "1" if is_company else ""},
        "paypal": {"_paypal_transaction_fee": "3.90"},
        "qliro_one": {"_qliro_one_order_id": number, "_qliro_one_merchant_reference": hexes[:12]},
        "collector_checkout": {
            "_collector_payment_id": number,
            "_collector_order_id": uuid,
            "_collector_customer_type": "b2b" if is_company else "b2c",
        },
    }.get(method, {})
    if is_company and method == "collector_checkout":
        values["_collector_org_nr"] = "5566778899"
    if is_company and method == "svea_checkout":
        values["_svea_co_company_reg_number"] = "5560160680"
    return transaction, [{"key": k, "value": v} for k, v in values.items() if v]
