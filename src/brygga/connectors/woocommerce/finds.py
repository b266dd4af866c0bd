"""Finds what core WooCommerce has no field for: organisation number, VAT number, language, gift cards.

Plugins keep these under keys of their own. The lists are data; keys the merchant names come first.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from stdnum import luhn

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.values import BadValue, amount, id_text, text
from brygga.domain.order import GiftCard

# Domain section 5, and what the recorded shop used.
ORGANISATION_NO_KEYS = (
    "_billing_organisation_number",
    "_organisation_number",
    "billing_org_nr",
    "_billing_org_nr",
    "_collector_org_nr",
    "_svea_co_company_reg_number",
    "_billing_org_number",
    "billing_org_number",
    "_org_number",
    "org_number",
    "billing_organisation_number",
    "organisation_number",
    "_billing_orgnr",
    "billing_orgnr",
    "orgnr",
)
VAT_NO_KEYS = (
    "_vat_number",
    "_billing_vat_number",
    "vat_number",
    "billing_vat_number",
    "yweu_billing_vat",
    "_billing_eu_vat_number",
    "billing_eu_vat_number",
    "VAT Number",
)
LANGUAGE_KEYS = ("wpml_language", "trp_language", "weglot_language")

_ORGANISATION_NO = re.compile(r"(?<!\d)(?:16)?(\d{6})-?(\d{4})(?!\d)")


def organisation_no(named: Sequence[str], metas: Mapping[str, str], company: str) -> str:
    """Return an organisation number as found, not checked, or an empty text.

    The company line counts only when it holds a valid one: people write phone numbers there too.
    """
    return first_of((*named, *ORGANISATION_NO_KEYS), metas) or _inside(company)


def vat_no(named: Sequence[str], metas: Mapping[str, str]) -> str:
    """Return a VAT number as found, not checked, or an empty text."""
    return first_of((*named, *VAT_NO_KEYS), metas)


def first_of(keys: Sequence[str], metas: Mapping[str, str]) -> str:
    """Return the first of several metas that has a value, trimmed."""
    return next((metas[key].strip() for key in keys if metas.get(key, "").strip()), "")


def language(field: wire.Loose, metas: Mapping[str, str]) -> str:
    """Return the language of an order or product in two small letters, or an empty text."""
    found = text(field).strip() or first_of(LANGUAGE_KEYS, metas)
    return found[:2].lower() if found[:2].isalpha() else ""


def gift_cards(order: wire.Order, metas: Mapping[str, str]) -> tuple[GiftCard, ...]:
    """Return vouchers that lowered the total outside the rows, as far as plugins tell of them.

    Known: `gift_cards` (WooCommerce Gift Cards), `pw_gift_card_lines` (PW Gift Cards), the meta
    `_ywgc_applied_gift_cards` (YITH; unless it made a fee of it). Amounts are positive.
    """
    cards = [
        GiftCard(
            id_text(_first(row, "code", "card_number", "number", "id")), abs(amount(row["amount"], field))
        )
        for field, rows in (
            ("gift_cards", order.gift_cards),
            ("pw_gift_card_lines", order.pw_gift_card_lines),
        )
        for row in _objects(rows)
        if "amount" in row
    ]
    applied = metas.get("_ywgc_applied_gift_cards", "")
    if applied.startswith("{") and metas.get("ywgc_gift_card_updated_as_fee", "") in ("", "0", "false", "no"):
        try:
            by_code: dict[str, Any] = msgspec.json.decode(applied, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise BadValue("_ywgc_applied_gift_cards", applied) from error
        for code, value in by_code.items():
            number = str(value) if isinstance(value, float) else value  # from JSON inside a meta
            cards.append(GiftCard(code, abs(amount(number, "_ywgc_applied_gift_cards"))))
    return tuple(card for card in cards if card.amount)


def _inside(company: str) -> str:
    for found in _ORGANISATION_NO.finditer(company):
        number = found[1] + found[2]
        if number[2] >= "2" and luhn.is_valid(number):
            return number
    return ""


def _objects(rows: wire.Loose) -> list[dict[str, Any]]:
    if isinstance(rows, dict):
        rows = list(rows.values())
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _first(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key)), "")
