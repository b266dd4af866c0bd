"""The account test: one harmless read that tells a wrong key from a wrong address.

It reads the order feed under a batch number of its own and does not confirm it. If changes were
waiting, that opens a batch: its rows are not lost, the next reading meets it by code 99, reads
the very same rows and confirms them when they are safe.
"""

from brygga.connectors.contract.connector import Identity
from brygga.connectors.specter.answers import Reply
from brygga.connectors.specter.client import SpecterClient
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.feeds import check_batch
from brygga.connectors.specter.refusals import meaning
from brygga.connectors.specter.settings import Account
from brygga.domain.errors import ConnectionBroken, TryLater
from brygga.domain.message import message


def check(client: SpecterClient, dialect: Dialect, account: Account) -> Identity:
    """Return who answered.

    Raises ConnectionBroken (key, account, not Specter at all) and TryLater (not reached, away).
    """
    try:
        reply = _call(client, dialect)
    except TryLater as error:
        # A fault of the server may pass; anything else that is no answer is a wrong address.
        status = error.for_merchant.facts.get("status", "")
        if error.for_merchant.code == "specter.garbage" and not status.startswith("5"):
            raise ConnectionBroken(message("specter.not_specter", status=status), error.for_us) from error
        raise
    if not reply.ok:
        name = meaning(reply, dialect)
        if name in ("bad_key", "unknown_account"):
            raise ConnectionBroken(
                message(f"specter.{name}", text=reply.text or reply.code), f"code {reply.code}: {reply.text}"
            )
        if name != "open_batch":
            # The codes are not public: whatever it says, the account data does not work.
            raise ConnectionBroken(
                message("specter.check_refused", error=reply.code or "-", text=reply.text or "-"),
                f"code {reply.code}: {reply.text}",
            )
    return Identity(key=f"{account.host}/{account.sbm_id}", name=f"Specter {account.sbm_id}")


def _call(client: SpecterClient, dialect: Dialect) -> Reply:
    if dialect.actions.check:
        return client.read(dialect.actions.check, dialect.signature.check_text, [], "check")
    batch = check_batch()
    return client.read(dialect.actions.read_orders, batch, [("batchNo", batch)], "check by the order feed")
