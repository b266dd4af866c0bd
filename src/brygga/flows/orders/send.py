"""Sends a planned order so that there is exactly one of it, whatever happens on the way.

The ERP knows no idempotency key. So an intent is stored before the create is sent, and the
ERP's own duplicate control is always on. A create that ended unclearly leaves its intent open;
the next attempt sends again under the same number, and "duplicate" then means that it worked.
"""

from dataclasses import replace
from decimal import Decimal

from brygga.domain.errors import (
    ArticleMissing,
    ConnectionBroken,
    DuplicateNumber,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.after import ask_what_changed
from brygga.flows.orders.card import write_card
from brygga.flows.orders.plan import OrderPlan, refuse_home_without_vat
from brygga.flows.ports import Intent, Work
from brygga.flows.products.articles import articles_of_rows
from brygga.flows.products.opening import look_at_orders, with_what_is_sold
from brygga.flows.settings import UnknownArticle


def send_order(plan: OrderPlan, work: Work, ctx: RunContext) -> Link:
    """Make the document in the ERP and store its link; return the link.

    Raises what the ERP's answer means: RecordRejected, TryLater, OutcomeUnknown, ConnectionBroken.
    """
    warnings = list(plan.warnings) + _make_missing_articles(plan, ctx)
    card, adapted = write_card(plan.customer, plan.matching, plan.order.number, plan.registered, ctx)
    warnings += adapted
    earlier = ctx.store.open_intents(work)
    if earlier:
        # Whatever prefix is set today: the question to settle is about the number sent then.
        plan = replace(plan, document=replace(plan.document, number=earlier[0].key))
        intent = earlier[0]
        ctx.journal.add(Step.SENDING, message("order.sending_again", number=intent.key))
    else:
        ctx.journal.add(Step.SENDING, message("order.sending", number=plan.document.number))
        intent = ctx.store.intend(work, ctx.erp_id, plan.document.number, plan.fingerprint, ctx.journal)
    number, settled_by, told = _create(plan, work, card, intent, asked_before=bool(earlier), ctx=ctx)
    return _settle(plan, work, number, settled_by, [*warnings, *told], intent if earlier else None, ctx)


def _create(
    plan: OrderPlan, work: Work, card: str, intent: Intent, *, asked_before: bool, ctx: RunContext
) -> tuple[str, str, tuple[Message, ...]]:
    """Send the create and settle what its end means: number, reason code, warnings."""
    try:
        created = ctx.erp.create_document(plan.document, card)
    except DuplicateNumber as duplicate:
        if asked_before:
            claims = ctx.store.claims_of_others(work, ctx.erp_id, intent.key, duplicate.existing)
            if not claims:
                number = duplicate.existing or ctx.store.number_told(ctx.erp_id, intent.key)
                code = "order.settled_by_duplicate" if number else "order.settled_without_number"
                return number, code, ()
            if "open" in claims:
                raise  # of one of two orders, and nobody but a person can say of which
        ctx.store.withdraw(intent)
        raise
    except ArticleMissing as missing:
        if not asked_before:
            ctx.store.withdraw(intent)
        _forget_missing(missing, plan, ctx)
        raise
    except (TryLater, RecordRejected, ConnectionBroken, SetupWrong):
        # Surely not made by this call; an earlier one may still have been. After OutcomeUnknown, and
        # whatever else may end it, the intent stays open.
        if not asked_before:
            ctx.store.withdraw(intent)
        raise
    return created.number, "order.transferred", created.warnings


def _forget_missing(missing: ArticleMissing, plan: OrderPlan, ctx: RunContext) -> None:
    """Take back that the ERP has an article it turned out not to have, and try again if it was that.

    The next try makes it, if the settings say so; it is made once in vain at most.
    """
    known = {row.article_no for row in plan.document.rows} - set(plan.missing_articles)
    gone = [missing.article_no] if missing.article_no else sorted(known)
    if not known.intersection(gone) or ctx.settings.unknown_article is not UnknownArticle.CREATE:
        return
    ctx.store.forget_articles(ctx.erp_id, gone)
    raise TryLater(missing.for_merchant, missing.for_us, system_away=False) from missing


def _settle(
    plan: OrderPlan,
    work: Work,
    number: str,
    code: str,
    warnings: list[Message],
    earlier: Intent | None,
    ctx: RunContext,
) -> Link:
    # After an unclear end the ERP holds what was sent first, not what the order has become since.
    mark = earlier.fingerprint if earlier and code != "order.transferred" else plan.fingerprint
    link = Link(
        source=work.ref,
        source_key=plan.order.number,
        target_connection=ctx.erp_id,
        target_id=number,
        target_key=number,
        fingerprint=mark,
    )
    reason = message(
        code,
        number=plan.order.number,
        erp_no=number or "?",
        external=plan.document.number,
        total=plan.document.calculation.erp_total,
        currency=plan.document.currency,
    )
    ctx.journal.add(Step.SETTLED, reason)
    if mark != plan.fingerprint:
        link = ask_what_changed(plan.order, work, link, ctx)
    outcome = Outcome(
        State.DONE,
        reason,
        target_id=number,
        target_key=number,
        fingerprint=mark,
        retry_at=ctx.now() if wants_feedback(ctx, number) else None,
        warnings=tuple(warnings),
    )
    ctx.store.settle(work, outcome, ctx.journal, link)
    return link


def wants_feedback(ctx: RunContext, number: str) -> bool:
    """Say whether the shop is to be told. Without a number there is nothing to tell yet."""
    settings = ctx.settings
    return bool(number) and (
        settings.feedback_note or bool(settings.feedback_meta or settings.feedback_status)
    )


def _make_missing_articles(plan: OrderPlan, ctx: RunContext) -> list[Message]:
    if not plan.missing_articles:
        return []
    rows = [row for row in plan.document.rows if row.article_no in plan.missing_articles]
    look_at_orders(ctx)
    articles = with_what_is_sold(articles_of_rows(plan.order, rows, ctx), ctx)
    rates: dict[str, Decimal | None] = {
        a.article_no: None if a.vat_percent is None else Decimal(a.vat_percent) for a in articles
    }
    refuse_home_without_vat(plan.document.rows, rates, plan.document.vat_type, plan.order, ctx)
    put = ctx.erp.put_articles(articles, update=False)
    for reason in put.refused.values():
        raise RecordRejected(reason)
    ctx.store.keep_articles(ctx.erp_id, rates)
    return [*put.warnings, message("order.articles_made", articles=", ".join(a.article_no for a in articles))]
