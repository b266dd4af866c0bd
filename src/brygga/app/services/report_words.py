"""A reconciliation in words: what differs, what is done, how fresh each side is; and as a spreadsheet."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from brygga.app.texts import texts
from brygga.domain.message import Message

# From the systems themselves to what is known of them; what is not named here comes last.
FRESH = (
    *("shop", "shop_orders", "erp", "order_feed", "article_feed", "article_row"),
    *("stock_feed", "stock_row", "stock_oldest", "export"),
)
COLUMNS = ("kind", "number", "difference", "cause", "done")
Say = Callable[[Mapping[str, Any]], str]


def kind_name(what: str, language: str) -> str:
    """Name a kind of difference."""
    return _said(f"what.{what}", language)


def done_name(done: str, language: str) -> str:
    """Say what was done about a difference."""
    return _said(f"done.{done}", language)


def fresh_name(name: str, language: str) -> str:
    """Say what was last read or told of at a time."""
    return _said(f"fresh.{name}", language)


def table_of(body: Mapping[str, Any], language: str, say: Say | None = None) -> Iterator[list[str]]:
    """Yield a report's differences as rows, headings first."""

    def plain(told: Mapping[str, Any]) -> str:
        return texts().say(Message.from_data(told), language)

    say = say or plain
    yield [_said(f"column.{name}", language) for name in COLUMNS]
    for one in body.get("differences", ()):
        yield [
            kind_name(one["what"], language),
            one["key"],
            say(one["message"]),
            say(one["cause"]),
            done_name(one["done"], language),
        ]


def _said(name: str, language: str) -> str:
    code = f"report.{name}"
    return texts().say(Message(code), language) if code in texts().codes() else name.partition(".")[2]
