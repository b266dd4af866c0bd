"""Cuts the power at the n-th step of whatever runs: around each commit and each HTTP exchange.

A step is a moment between two effects that last: before a commit and after it, before a request
and after the other side carried it out. Once cut, nothing more is written and nothing more is
sent, by no thread, until the power is back: `finally` blocks run here that a dead process lacks.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db import transaction as django_transaction

from brygga.app.store import transaction
from brygga.app.worker import bell
from brygga.connectors.contract.http import Answer, HttpClient, Request


class PowerCut(BaseException):
    """No `except Exception` of the product may see it."""


class Power:
    """Counts steps and cuts the power at a chosen one. Without one it only counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        self._at: int | None = None
        self._off = False
        self._counting = False
        self._lock = threading.Lock()
        self._real_send = HttpClient.send
        power = self

        def send(client: HttpClient, request: Request) -> Answer:
            return power._send(client, request)

        monkeypatch.setattr(HttpClient, "send", send)
        monkeypatch.setattr(bell, "enqueue", lambda *_args, **_more: None)  # there is no engine here
        monkeypatch.setattr(transaction, "transaction", SimpleNamespace(atomic=self._atomic))

    @contextmanager
    def cut_at(self, step: int | None) -> Iterator[None]:
        """Cut the power at this step of the body (from 1), and have it back afterwards."""
        self.steps, self._at, self._off, self._counting = [], step, False, True
        try:
            yield
        except PowerCut:
            pass
        finally:
            self._counting = self._off = False

    @property
    def was_cut(self) -> bool:
        """Say that the last body came as far as its step."""
        return self._at is not None and len(self.steps) >= self._at

    def _step(self, name: str) -> None:
        with self._lock:
            if self._off:
                raise PowerCut(f"no power: {name}")
            if not self._counting:
                return
            self.steps.append(name)
            if len(self.steps) == self._at:
                self._off = True
                raise PowerCut(name)

    def _send(self, client: HttpClient, request: Request) -> Answer:
        self._step(f"before {request.label}")
        answer = self._real_send(client, request)
        self._step(f"after {request.label}")
        return answer

    @contextmanager
    def _atomic(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        if connection.in_atomic_block:  # a savepoint: nothing lasts before the outer commit
            with django_transaction.atomic(*args, **kwargs):
                yield
            return
        with django_transaction.atomic(*args, **kwargs):
            yield
            self._step("before a commit")
        self._step("after a commit")
