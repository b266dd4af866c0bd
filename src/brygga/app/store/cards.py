"""Customer cards of a target as we know them; their numbers are encrypted."""

from collections.abc import Sequence

from brygga.app.store.sql import fetch, fetch_one, run
from brygga.app.vault.keys import decrypt, encrypt
from brygga.domain.party import Buyer
from brygga.domain.refs import RecordRef
from brygga.flows.ports import Card


def find_card(target: int, card_id: str) -> Card | None:
    """Return what we know of a card of the target."""
    row = fetch_one(
        "SELECT buyer, number, email_mark FROM store_card WHERE target_id = %s AND card_id = %s",
        (target, card_id),
    )
    return None if row is None else Card(card_id, Buyer(row[0]), decrypt(row[1]), row[2])


def find_cards_with_email(target: int, email: str) -> Sequence[Card]:
    """Return the cards of a target on which an address of this mark was last written."""
    if not email:
        return []
    rows = fetch(
        "SELECT card_id, buyer, number FROM store_card WHERE target_id = %s AND email_mark = %s"
        " AND email_mark <> '' ORDER BY id",
        (target, email),
    )
    return [Card(card_id, Buyer(buyer), decrypt(number), email) for card_id, buyer, number in rows]


def forget_card(target: int, card_id: str) -> None:
    """Forget a card, and whose it was. Inside `write`."""
    for table in ("store_customercard", "store_card"):
        run(f"DELETE FROM {table} WHERE target_id = %s AND card_id = %s", (target, card_id))


def find_customer_card(source: RecordRef, target: int) -> str:
    """Return the id of a registered customer's card, or an empty text."""
    row = fetch_one(
        "SELECT card_id FROM store_customercard WHERE source_id = %s AND source_ref = %s AND target_id = %s",
        (source.connection, source.id, target),
    )
    return row[0] if row else ""


def keep_card(tenant: int, target: int, card: Card, source: RecordRef | None) -> None:
    """Remember a card, and whose it is; what is known is never replaced by nothing. Inside `write`."""
    run(
        "INSERT INTO store_card (tenant_id, target_id, card_id, buyer, number, email_mark)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (target_id, card_id) DO UPDATE SET buyer = excluded.buyer, number ="
        " CASE WHEN excluded.number = '' THEN store_card.number ELSE excluded.number END, email_mark ="
        " CASE WHEN excluded.email_mark = '' THEN store_card.email_mark ELSE excluded.email_mark END",
        (tenant, target, card.id, card.buyer.value, encrypt(card.number), card.email),
    )
    if source is None:
        return
    run(
        "INSERT INTO store_customercard (tenant_id, source_id, source_ref, target_id, card_id)"
        " VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (source_id, source_ref, target_id) DO UPDATE SET card_id = excluded.card_id",
        (tenant, source.connection, source.id, target, card.id),
    )
