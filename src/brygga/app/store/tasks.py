"""Keeps what a person has to decide: each question once while it is open."""

from datetime import UTC, datetime

from brygga.app.store.sql import fetch_one, json_in, json_out, message_in, run, time_in
from brygga.app.store.transaction import write
from brygga.flows.tasks import Question


class DbTasks:
    """The questions of one tenant's flow, as `flows/tasks.py` promises them."""

    def __init__(self, tenant: int, flow: int | None, connection: int | None = None) -> None:
        self._tenant = tenant
        self._flow = flow
        self._connection = connection

    def ask(self, question: Question, *, work: int | None = None) -> bool:
        """Keep a question, once while it is open; say whether it is new."""
        now = time_in(datetime.now(UTC))
        message, facts = message_in(question.message), json_in(dict(question.facts))
        with write():
            answered = fetch_one(
                "SELECT message, facts FROM store_task WHERE tenant_id = %s AND key = %s AND closed_at IS NOT NULL"
                " AND choice <> '' ORDER BY id DESC LIMIT 1",
                (self._tenant, question.key),
            )
            if answered is not None and (_same(answered[0], message) and _same(answered[1], facts)):
                return False
            made = fetch_one(
                "INSERT INTO store_task (tenant_id, flow_id, connection_id, work_id, key, code, message, object_key,"
                " choices, facts, asked_at, last_at, choice, who, why)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '')"
                " ON CONFLICT (tenant_id, key) WHERE closed_at IS NULL DO NOTHING RETURNING id",
                (
                    self._tenant,
                    self._flow,
                    self._connection,
                    work,
                    question.key,
                    question.message.code,
                    message,
                    question.object_key[:200],
                    json_in(list(question.choices)),
                    facts,
                    now,
                    now,
                ),
            )
            if made is None:
                run(
                    "UPDATE store_task SET message = %s, facts = %s, choices = %s, last_at = %s"
                    " WHERE tenant_id = %s AND key = %s AND closed_at IS NULL",
                    (message, facts, json_in(list(question.choices)), now, self._tenant, question.key),
                )
        return made is not None

    def withdraw(self, key: str) -> bool:
        """Close a question that is none any more; say whether it was open."""
        with write():
            closed = run(
                "UPDATE store_task SET closed_at = %s WHERE tenant_id = %s AND key = %s AND closed_at IS NULL",
                (time_in(datetime.now(UTC)), self._tenant, key),
            )
        return bool(closed)

    def answer(self, key: str) -> str:
        """Return what was chosen last time it was asked, or an empty text."""
        row = fetch_one(
            "SELECT choice FROM store_task WHERE tenant_id = %s AND key = %s AND closed_at IS NOT NULL"
            " ORDER BY id DESC LIMIT 1",
            (self._tenant, key),
        )
        return str(row[0]) if row is not None else ""


def _same(kept: object, now: str) -> bool:
    # SQLite gives back the text, PostgreSQL plain data, its keys in an order of its own.
    return bool(json_out(kept) == json_out(now))
