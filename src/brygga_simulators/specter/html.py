"""A tiny way to write HTML by hand: everything is escaped unless it is `Safe`."""

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; }
header { border-bottom: 1px solid #8886; margin-bottom: 1rem; padding: .75rem 0; }
nav a { margin-right: 1rem; }
.note { background: #fd06; padding: .25rem .5rem; border-radius: .25rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .25rem 1rem .5rem 0; }
label { display: flex; flex-direction: column; font-size: .85rem; }
input { font: inherit; padding: .2rem .4rem; min-width: 6rem; }
button { font: inherit; padding: .25rem .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; }
dt { opacity: .75; } dd { margin: 0; white-space: pre-wrap; }
.scroll { overflow-x: auto; }
"""


class Safe(str):
    """Text that already is HTML."""

    __slots__ = ()


def safe(value: object) -> Safe:
    """Return a value as HTML, escaped unless it already is HTML."""
    return value if isinstance(value, Safe) else Safe(escape(str(value)))


def join(parts: Iterable[object]) -> Safe:
    """Put parts after one another."""
    return Safe("".join(safe(part) for part in parts))


def link(address: str, text: object) -> Safe:
    """Return a link."""
    return Safe(f'<a href="{escape(address)}">{safe(text)}</a>')


def heading(text: object, level: int = 2) -> Safe:
    """Return a heading."""
    return Safe(f"<h{level}>{safe(text)}</h{level}>")


def paragraph(text: object) -> Safe:
    """Return a paragraph."""
    return Safe(f"<p>{safe(text)}</p>")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int] = ()) -> Safe:
    """Return a table; `numbers` are the columns that align to the right."""

    def style(column: int) -> str:
        return ' class="n"' if column in numbers else ""

    head = "".join(f'<th scope="col"{style(i)}>{safe(text)}</th>' for i, text in enumerate(headings))
    body = "".join(
        "<tr>" + "".join(f"<td{style(i)}>{safe(value)}</td>" for i, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    return Safe(
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def facts(pairs: Iterable[tuple[str, object]]) -> Safe:
    """Return a list of names and values; empty values are left out."""
    shown = "".join(f"<dt>{safe(k)}</dt><dd>{safe(v)}</dd>" for k, v in pairs if str(v))
    return Safe(f"<dl>{shown}</dl>")


def form(
    address: str,
    button: str,
    fields: Iterable[tuple[str, str, str]] = (),
    hidden: Iterable[tuple[str, str]] = (),
) -> Safe:
    """Return a form that posts; fields are (name, label, value)."""
    inputs = "".join(
        f'<label>{safe(label)}<input name="{escape(name)}" value="{escape(value)}"></label>'
        for name, label, value in fields
    )
    inputs += "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden
    )
    return Safe(
        f'<form method="post" action="{escape(address)}">{inputs}<button>{safe(button)}</button></form>'
    )


def search(label: str, value: str, button: str) -> Safe:
    """Return a search form."""
    return Safe(
        f'<form method="get"><label>{safe(label)}<input type="search" name="q" value="{escape(value)}">'
        f"</label><button>{safe(button)}</button></form>"
    )


def page(language: str, title: str, top: Safe, body: Safe) -> bytes:
    """Return a whole page."""
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header>{top}</header><main>{heading(title, 1)}{body}</main></body></html>"
    ).encode()
