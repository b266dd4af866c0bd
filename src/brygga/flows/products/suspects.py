"""Tells article numbers that may be one and the same, written in two ways. They are never joined."""


def spelling(article_no: str) -> str:
    """Return a number without case, white space and leading zeros: what suspects have in common."""
    compact = "".join(article_no.split()).casefold()
    return compact.lstrip("0") or compact
