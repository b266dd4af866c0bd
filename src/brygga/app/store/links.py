"""Links in the database: this record here is that record there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from brygga.app.store.sql import fetch, fetch_one, marks, run, starts_with, time_in
from brygga.app.store.wake_items import linked
from brygga.domain.refs import Kind, Link, RecordRef


def find_link(source: RecordRef, target: int) -> Link | None:
    """Return what a record became at a target, if it was brought there."""
    row = fetch_one(
        "SELECT source_key, target_ref, target_key, fingerprint FROM store_linkrow"
        " WHERE source_id = %s AND kind = %s AND source_ref = %s AND target_id = %s",
        (source.connection, source.kind.value, source.id, target),
    )
    return None if row is None else Link(source, row[0], target, row[1], row[2], row[3])


def put_link(tenant: int, link: Link, now: datetime) -> None:
    """Store a link; one that is there learns what it did not know, and keeps a number it has.

    An article that is now linked has its item due. Call it inside `write`. Raises IntegrityError when the target's order is another order's.
    """
    before = find_link(link.source, link.target_connection) if link.source.kind is Kind.ARTICLE else None
    run(
        "INSERT INTO store_linkrow (tenant_id, source_id, kind, source_ref, source_key, target_id, target_ref,"
        " target_key, fingerprint, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (source_id, kind, source_ref, target_id) DO UPDATE SET source_key = excluded.source_key,"
        " target_ref = CASE WHEN excluded.target_ref = '' THEN store_linkrow.target_ref"
        " ELSE excluded.target_ref END,"
        " target_key = CASE WHEN excluded.target_key = '' THEN store_linkrow.target_key"
        " ELSE excluded.target_key END,"
        " fingerprint = CASE WHEN excluded.fingerprint = '' THEN store_linkrow.fingerprint"
        " ELSE excluded.fingerprint END",
        (
            tenant,
            link.source.connection,
            link.source.kind.value,
            link.source.id,
            link.source_key[:200],
            link.target_connection,
            link.target_id,
            link.target_key,
            link.fingerprint,
            time_in(now),
        ),
    )
    moved = before is not None and bool(link.target_id) and before.target_id != link.target_id
    linked(link, now, moved=moved)


def article_owners(target: int, source: int, article_nos: Sequence[str]) -> Mapping[str, str]:
    """Say which variant of a shop each of these articles is linked to, by the link's source id."""
    if not article_nos:
        return {}
    rows = fetch(
        "SELECT target_ref, source_ref FROM store_linkrow WHERE target_id = %s AND kind = %s AND source_id = %s"
        f" AND target_ref IN ({marks(len(article_nos))}) ORDER BY id DESC",
        (target, Kind.ARTICLE.value, source, *article_nos),
    )
    return dict(rows)  # the oldest link wins


def articles_sold(target: int, source: int, variants: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Return which articles variants are, by `<product>/<variant>`: the SKU at that time, and the number."""
    if not variants:
        return {}
    rows = fetch(
        "SELECT source_ref, source_key, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
        f" AND source_ref IN ({marks(len(variants))}) AND target_id = %s",
        (source, Kind.ARTICLE.value, *variants, target),
    )
    return {ref: (sku, number) for ref, sku, number in rows if number}


def product_links(target: int, source: int, product_id: str) -> Mapping[str, str]:
    """Return a product's article links: source id (`<product>/<variant>`) to article number."""
    condition, values = starts_with("source_ref", f"{product_id}/")
    rows = fetch(
        f"SELECT source_ref, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s AND {condition}"
        " AND target_id = %s",
        (source, Kind.ARTICLE.value, *values, target),
    )
    return dict(rows)
