"""Holds a price that changed so much that it may be a slip, until a person has said what it is."""

from collections.abc import Mapping
from decimal import Decimal

from brygga.domain.message import message
from brygga.domain.money import HUNDRED, ZERO, plain
from brygga.domain.shelf import Prices, ShopItem
from brygga.flows.shelf.ports import Asked
from brygga.flows.tasks import Question

WRITE = "price_write"
LEAVE = "price_leave"


def question_key(flow: int, article_no: str) -> str:
    """Return what makes it one question however often the price is looked at."""
    return f"price-{flow}-{article_no}"[:200]


def is_slip(before: Prices, wanted: Prices, percent: Decimal) -> bool:
    """Say whether what a buyer pays would change by more than the percent, or become nothing.

    A sale that begins is compared with the regular price. Where there was no price, only nothing
    is a slip.
    """
    if percent <= ZERO:
        return False
    if wanted.regular is not None and _jumps(before.regular, wanted.regular, percent):
        return True
    if wanted.sale is None:
        return False
    # The regular price that goes with it was judged above.
    return _jumps(before.sale if before.sale is not None else wanted.regular, wanted.sale, percent)


def _jumps(before: Decimal | None, after: Decimal, percent: Decimal) -> bool:
    if before == after:
        return False
    if after == ZERO:
        return True
    if before is None or before == ZERO:
        return False
    return abs(after - before) * HUNDRED > percent * before


def ask_about(flow: int, article_no: str, item: ShopItem, wanted: Prices, percent: Decimal) -> Question:
    """Return the question that a slip raises."""
    facts = {"from": _said(item.prices), "to": _said(wanted), "item": item.ref}
    return Question(
        question_key(flow, article_no),
        message(
            "item.price_guarded",
            article=article_no,
            item=item.name,
            old=facts["from"],
            new=facts["to"],
            percent=plain(percent),
        ),
        article_no,
        (WRITE, LEAVE),
        facts,
    )


def answer_to(question: Question, asked: Mapping[str, Asked]) -> str:
    """Return what was chosen for exactly this question, or an empty text."""
    known = asked.get(question.key)
    if known is None or known.is_open or known.facts.get("to") != question.facts["to"]:
        return ""
    return known.choice


def _said(prices: Prices) -> str:
    regular = "-" if prices.regular is None else plain(prices.regular)
    return regular if prices.sale is None else f"{regular} ({plain(prices.sale)})"
