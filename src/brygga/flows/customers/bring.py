"""Brings one registered customer over: looked for like an order's buyer, and written on the same card."""

from brygga.domain.errors import RecordGone
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.card import find_card, write_card
from brygga.flows.orders.customer import buyer_of
from brygga.flows.ports import Work

WORDS = "card"


def bring_over_customer(work: Work, ctx: RunContext) -> Outcome | None:
    """Write a customer's card in the ERP. None means that the outcome is stored already.

    Nothing is made twice: the same customer is found again by card, number or e-mail as the
    settings say, and a lost answer is tried again.
    """
    if not ctx.settings.customers_alone:
        return Outcome(State.IGNORED, message("card.off", number=work.key))
    try:
        customer = ctx.shop.customer(work.ref.id)
    except RecordGone:
        return Outcome(State.IGNORED, message("card.erased", number=work.key))
    ctx.store.looked(work, customer.version)
    ctx.journal.add(Step.READ, message("card.read", number=customer.number))
    if customer.erased:
        ctx.store.forget(work)
        return Outcome(State.IGNORED, message("card.erased", number=customer.number))
    registered = RecordRef(ctx.shop_id, Kind.CUSTOMER, customer.id)
    known = ctx.store.customer_card(registered, ctx.erp_id)
    language = (customer.language or ctx.settings.language or ctx.shop_identity.language)[:2].lower()
    buying = buyer_of(customer, ctx.settings, known, language, words=WORDS)
    found, matching = find_card(buying.customer, buying.matching, ctx)
    card, told = write_card(found, matching, customer.number, registered, ctx, WORDS)
    reason = message("card.written", number=customer.number, card=card)
    ctx.journal.add(Step.SETTLED, reason)
    link = Link(work.ref, customer.number, ctx.erp_id, card, card, "")
    outcome = Outcome(State.DONE, reason, target_id=card, target_key=card, warnings=(*buying.warnings, *told))
    ctx.store.settle(work, outcome, ctx.journal, link)
    return None
