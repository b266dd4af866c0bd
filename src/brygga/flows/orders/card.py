"""How a customer's card is looked for in the ERP, so that nobody writes on another one's card.

The ERP looks by e-mail without asking whether it is a company's or a person's, and writes what it
is given over the card it finds. So what we know of its cards decides before it is asked.
"""

import hashlib
from dataclasses import replace

from brygga.domain.party import Customer, Matching
from brygga.flows.context import RunContext


def email_mark(customer: Customer) -> str:
    """Return what a customer's e-mail is remembered by, or an empty text without one."""
    email = customer.email.strip().lower()
    return hashlib.sha256(email.encode()).hexdigest() if email else ""


def find_card(customer: Customer, matching: Matching, ctx: RunContext) -> tuple[Customer, Matching]:
    """Return the customer, with its card's id if that is known, and how to look if it is not.

    A card we know under the same e-mail that is another kind's or another number's is passed by.
    """
    if customer.known_id:
        card = ctx.store.card(ctx.erp_id, customer.known_id)
        if card is None or card.may_be_of(customer):
            return customer, matching
        customer = replace(customer, known_id="")  # one account of the shop, several buyers
    if matching not in (Matching.EMAIL, Matching.EMAIL_THEN_NUMBER) or not customer.email:
        return customer, matching
    cards = ctx.store.cards_with_email(ctx.erp_id, email_mark(customer))
    own = [card for card in cards if card.may_be_of(customer)]
    if len(own) == len(cards):
        return customer, matching  # the ERP finds no stranger
    if len(own) == 1:
        return replace(customer, known_id=own[0].id), matching
    by_number = matching is Matching.EMAIL_THEN_NUMBER and customer.number
    return customer, Matching.NUMBER if by_number else Matching.NEVER
