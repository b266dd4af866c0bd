"""The stock that a new article starts with: what the shop shows, and what its orders on their way hold.

The shop takes a piece off its number when it is sold, the ERP when the order gets there. What is
sold and not yet sent is therefore still on the shelf that the ERP is told of, or it would be taken
off twice.
"""

from collections.abc import Sequence
from dataclasses import replace

from brygga.domain.money import ZERO
from brygga.domain.product import Article
from brygga.flows.context import RunContext
from brygga.flows.shelf.taken import look_at_taken


def look_at_orders(ctx: RunContext) -> set[str]:
    """Look at what the shop's orders hold; return the articles of which that changed since the last look.

    Do so before and after reading a product: what changed in between, its number may know or not.
    """
    if not ctx.settings.opening_stock:
        return set()
    return look_at_taken(ctx.shop, ctx.shelf, ctx.now())


def with_what_is_sold(articles: Sequence[Article], ctx: RunContext) -> list[Article]:
    """Return articles whose opening stock counts what the shop's orders on their way hold of it."""
    counted = [article.article_no for article in articles if article.opening_stock is not None]
    held = ctx.shelf.on_their_way(counted) if counted else {}
    return [
        article
        if article.opening_stock is None
        else replace(article, opening_stock=article.opening_stock + held.get(article.article_no, ZERO))
        for article in articles
    ]
