"""The short name of each cause, for lists where one line stands for many orders."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from brygga.app.console.queries.causes import Cause, anyones
from brygga.app.console.words import ROW_KINDS, number, say
from brygga.domain.outcome import State

# `*.name` is a reason of any connector: they keep the same names for the same things.
HEADLINES: Mapping[str, Any] = {
    "order.no_article": _("No article number is chosen for %(kind)s (“%(row)s”)"),
    "order.line_without_sku": _("“%(row)s” has no article number in the shop"),
    "order.unfit_article": _("The article number “%(article)s” has characters the ERP does not take"),
    "order.unknown_payment": _("The payment method “%(method)s” has no code in the ERP"),
    "order.reference_missing": _("The payment reference from %(method)s is missing"),
    "order.odd_percent": _("The VAT rate %(percent)s %% does not fit in the ERP"),
    "order.home_without_vat": _("“%(row)s” is sold without VAT though the article has VAT"),
    "order.currency_not_open": _("%(currency)s is not open in the ERP"),
    "order.partly_refunded": _("Partly refunded before sending"),
    "order.refund_without_rows": _("Refunded by amount, without rows"),
    "order.twin": _("Looks like the same purchase twice"),
    "order.test": _("Test order"),
    "order.sums_differ": _("The sum would not be the same in the ERP"),
    "order.erp_rounds": _("The ERP would round the sum"),
    "order.vat_differs": _("The VAT would not be the same in the ERP"),
    "order.total_unexplained": _("A part of the sum has no row in the shop"),
    "order.money_without_quantity": _("A row has an amount but no quantity"),
    "order.vat_without_rate": _("A row has VAT but no VAT rate"),
    "order.vat_shares_differ": _("The VAT of a row does not match its rates"),
    "order.row_taxed_oddly": _("A row can't be split by VAT rate"),
    "customer.company_without_number": _("The organisation number is missing"),
    "customer.bad_number": _("The organisation number is not right"),
    "customer.no_name": _("The customer's name is missing"),
    "customer.other_number": _("The e-mail address belongs to another customer in the ERP"),
    "customer.other_kind": _("The customer is a company in one system and private in the other"),
    "*.duplicate_order": _("The order number is already taken in the ERP"),
    "*.article_unknown": _("The article %(article)s is missing in the ERP"),
    "*.article_exists": _("The article is already in the ERP"),
    "*.currency_not_open": _("%(currency)s is not open in the ERP"),
    "*.currency_closed": _("The currency is not open in the ERP"),
    "*.refused": _("The ERP refuses: “%(text)s”"),
    "*.missing_parameter": _("The ERP misses a field: “%(text)s”"),
    "*.customer_unknown": _("The customer is gone in the ERP"),
    "*.unwritable": _("A name has letters the ERP can't take"),
    "*.too_long": _("A text is too long for the ERP"),
    "store.number_taken": _("The number in the ERP belongs to another order"),
    "flow.gave_up": _("Tried many times without success"),
    "flow.too_slow": _("Took too long and was set aside"),
    "flow.bug": _("A fault in Brygga (%(error)s)"),
    "product.no_sku": _("A product or variant has no article number"),
    "product.sku_twice": _("The same article number on several variants"),
    "product.sku_taken": _("The same article number on several products"),
    "product.unfit_sku": _("The article number has characters the ERP does not take"),
    "product.open_option": _("A variant leaves a choice open"),
    "product.no_rate": _("The shop has no VAT rate for the tax class"),
    "product.odd_percent": _("The VAT rate does not fit in the ERP"),
    "product.no_price": _("The price is missing"),
    "product.partly": _("Some articles were sent, others stopped"),
    "item.not_in_shop": _("The article is not in the shop"),
    "item.gone": _("The product is gone in the shop"),
    "item.in_trash": _("The product is in the shop's trash"),
    "item.sku_twice": _("The same article number on several products of the shop"),
    "item.linked_elsewhere": _("The product is linked to another article already"),
    "item.suspect": _("The article number is spelt in another way in the shop"),
    "item.other_currency": _("The price is in another currency than the shop's"),
    "item.no_percent": _("The article has no VAT rate in the ERP"),
    "item.price_below_zero": _("The price in the ERP is below zero"),
    "item.price_guarded": _("The price would change by unusually much"),
    "status.off": _("Order status to the shop is switched off"),
    "status.no_order": _("The order does not come from this shop"),
    "goods.no_percent": _("The article has no VAT rate in the ERP"),
    "goods.sku_twice": _("The same article number on several products of the shop"),
    "goods.linked_elsewhere": _("The product is linked to another article already"),
    "goods.suspect_sku": _("The article number is spelt in another way in the shop"),
    "goods.product_in_trash": _("The product is in the shop's trash"),
    "goods.nothing_sold": _("None of the articles is sold on the web"),
    "goods.off": _("Products from the ERP are switched off"),
    "goods.not_made": _("Only products that are in the shop are updated"),
}

# What a sent order still asks of a person.
ERRANDS: Mapping[str, Any] = {
    "feedback.not_told": _("The shop could not be told the order number"),
}

# Where the cause is mended: a setting of the flow, by code. The others are mended in a system.
SETTING: Mapping[str, str] = {
    "order.unknown_payment": "payment_codes",
    "order.odd_percent": "odd_percent",
    "order.home_without_vat": "hold_home_without_vat",
    "order.partly_refunded": "refund_before",
    "order.twin": "twin_minutes",
    "customer.other_number": "matching_private",
    "customer.other_kind": "matching_private",
    "item.other_currency": "price_list_regular",
    "item.price_guarded": "price_guard_percent",
    "status.off": "masters",
    "goods.off": "goods",
    "goods.not_made": "goods",
    "goods.no_category": "goods_make_categories",
    "goods.no_vat_class": "goods_vat_classes",
    "goods.no_option": "goods_number_parts",
}
_ARTICLE_SETTINGS: Mapping[str, str] = {
    "shipping": "article_shipping",
    "fee": "article_fee",
    "discount": "article_discount",
    "gift_card": "article_gift_card",
    "rounding": "article_rounding",
    "vat": "article_vat",
    "collect": "article_collect",
}

# Worked out from what the ERP has told: to try again finds the same, and when the ERP tells of a
# change (or a setting of price and stock is another) it is looked at by itself.
BY_ITSELF = frozenset(
    {
        "item.no_percent",
        "item.other_currency",
        "item.price_below_zero",
        "goods.no_percent",
        "goods.no_option",
        "goods.nothing_sold",
        "goods.same_options",
        "goods.suspect_article",
    }
)
# Left out by a setting: to try again helps once that is another.
BY_SETTING = frozenset({"goods.off", "goods.not_made", "status.off"})
# Waits for an answer, and asks the same until there is one. Other questions may be settled in the
# shop too (a product out of its trash), so there it helps to try again.
BY_ANSWER = frozenset({"item.price_guarded"})


def headline(cause: Cause) -> str:
    """Name a cause shortly; one that has no short name is told by the oldest work it stopped."""
    short = HEADLINES.get(cause.code) or HEADLINES.get(anyones(cause.code))
    if short is None:
        return say(cause.sample)
    facts = _Blanks(cause.sample.facts if cause.sample else {})
    facts.update(cause.facts)
    facts["kind"] = str(ROW_KINDS.get(facts["kind"], facts["kind"]))
    facts["percent"] = number(facts["percent"])
    return str(short) % facts


def may_help(cause: Cause) -> bool:
    """Say that trying all of a cause again can change something."""
    if cause.state is State.IGNORED:
        return cause.code in BY_SETTING
    return cause.code not in BY_ITSELF and cause.code not in BY_ANSWER


def headline_of(code: str) -> str:
    """Name what a sent order asks for."""
    return str(ERRANDS.get(code, code))


class _Blanks(dict[str, str]):
    """Facts for a headline; one that is missing shows as `?`."""

    def __missing__(self, key: str) -> str:
        return "?"


def setting_of(code: str, facts: Mapping[str, str]) -> str:
    """Name the setting that mends a cause, if one does."""
    if code == "order.no_article":
        return _ARTICLE_SETTINGS.get(facts.get("kind", ""), "")
    return SETTING.get(code, "")
