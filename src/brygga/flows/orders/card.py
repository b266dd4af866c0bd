"""How a customer's card is looked for and written in the ERP, so that nobody writes on another one's.

The ERP looks by e-mail without asking whether it is a company's or a person's, and writes what it
is given over the card it finds. So what we know of its cards decides before it is asked.
"""

import hashlib
from dataclasses import replace

from brygga.connectors.contract.connector import Created
from brygga.domain.errors import CardGone, OutcomeUnknown, RecordRejected, TryLater
from brygga.domain.message import Message, message
from brygga.domain.party import Buyer, Customer, Matching
from brygga.domain.refs import RecordRef
from brygga.flows.context import RunContext
from brygga.flows.orders.numbers import NumberKind, read_swedish_number
from brygga.flows.ports import Card


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


def write_card(
    customer: Customer,
    matching: Matching,
    number: str,
    registered: RecordRef | None,
    ctx: RunContext,
    words: str = "customer",
) -> tuple[str, tuple[Message, ...]]:
    """Write a customer's card with the delivery address; return its id and warnings.

    `number` is the order's, or the customer's own; `words` which sentences tell of it, as in `buyer_of`.
    A lost answer is harmless here, since the card is found again: the ERP did not answer, so the
    lane waits. Raises RecordRejected when the card turns out to be somebody else's.
    """
    try:
        made, told = _put_card(customer, matching, number, ctx, words)
    except OutcomeUnknown as error:
        raise TryLater(error.for_merchant, error.for_us, system_away=error.system_away) from error
    card = Card(made.number, customer.buyer, customer.number, email_mark(customer))
    known = ctx.store.card(ctx.erp_id, made.number)
    if known is not None:
        if known.number and card.number and known.number != card.number:
            raise RecordRejected(
                message(f"{words}.other_number", number=number, card=card.id, theirs=_shown(known))
            )
        if known.buyer is not card.buyer:
            raise RecordRejected(message(f"{words}.other_kind", number=number, card=card.id))
    if known is None or registered is not None or _tells_more(card, known):
        ctx.store.keep_card(ctx.erp_id, card, registered)
    return made.number, (*told, *made.warnings)


def _put_card(
    customer: Customer, matching: Matching, number: str, ctx: RunContext, words: str
) -> tuple[Created, tuple[Message, ...]]:
    """Write a card; one that the ERP does not have any more is looked for anew, and that is told."""
    try:
        return ctx.erp.put_customer(customer, matching), ()
    except CardGone:
        if not customer.known_id:
            raise
    ctx.store.forget_card(ctx.erp_id, customer.known_id)
    told = message(f"{words}.card_gone", number=number, card=customer.known_id)
    again, how = find_card(replace(customer, known_id=""), matching, ctx)
    return ctx.erp.put_customer(again, how), (told,)


def _tells_more(card: Card, known: Card) -> bool:
    return bool((card.number and not known.number) or (card.email and card.email != known.email))


def _shown(card: Card) -> str:
    """Show a company's number; never a person's."""
    if card.buyer is not Buyer.COMPANY:
        return "XXXXXX-XXXX"
    found = read_swedish_number(card.number)
    if found.kind is NumberKind.PERSONAL:  # of a sole trader
        return "XXXXXX-XXXX"
    if found.kind is NumberKind.ORGANISATION:
        return f"{found.digits[:6]}-{found.digits[6:]}"
    return card.number  # another country's
