"""Keeps what a person has to decide: each question once while it is open."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.sql import fetch, fetch_one, json_in, json_out, message_in, run, time_in
from brygga.app.store.transaction import write
from brygga.flows.tasks import Known, Question

_NAMES = frozenset({"number", "erp_no"})  # say which object it is, not what happened to it


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
                " AND choice <> '' AND over_at IS NULL ORDER BY id DESC LIMIT 1",
                (self._tenant, question.key),
            )
            if answered is not None and _same(answered, message, facts):
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
        """Close a question that is none any more, and end what was answered; say whether it was open."""
        now = time_in(datetime.now(UTC))
        with write():
            closed = run(
                "UPDATE store_task SET closed_at = %s WHERE tenant_id = %s AND key = %s AND closed_at IS NULL",
                (now, self._tenant, key),
            )
            run(
                "UPDATE store_task SET over_at = %s"
                " WHERE tenant_id = %s AND key = %s AND choice <> '' AND over_at IS NULL",
                (now, self._tenant, key),
            )
        return bool(closed)

    def answer(self, key: str) -> str:
        """Return what was chosen last time it was asked, or an empty text."""
        row = fetch_one(
            "SELECT choice FROM store_task WHERE tenant_id = %s AND key = %s AND closed_at IS NOT NULL"
            " AND over_at IS NULL ORDER BY id DESC LIMIT 1",
            (self._tenant, key),
        )
        return str(row[0]) if row is not None else ""

    def asked(self, work: int) -> Mapping[str, Known]:
        """Return the questions of a work by key: open ones, and answered ones that are not over."""
        rows = fetch(
            "SELECT key, choice, facts FROM store_task WHERE tenant_id = %s AND work_id = %s"
            " AND (closed_at IS NULL OR (choice <> '' AND over_at IS NULL)) ORDER BY id",
            (self._tenant, work),
        )
        return {key: Known(choice, json_out(facts) or {}) for key, choice, facts in rows}


def _same(answered: Any, message: object, facts: object) -> bool:
    """Say whether what was answered is what is asked now; a number learnt since makes no other question."""
    # SQLite gives back the text, PostgreSQL plain data, its keys in an order of its own.
    told_then, facts_then = json_out(answered[0]), json_out(answered[1]) or {}
    told_now, facts_now = json_out(message), json_out(facts) or {}
    return (
        told_then["code"] == told_now["code"]
        and _what(told_then["facts"]) == _what(told_now["facts"])
        and _what(facts_then) == _what(facts_now)
    )


def _what(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name not in _NAMES}
