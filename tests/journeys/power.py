"""Cuts the power, or freezes one thread, at a step of whatever runs.

Steps lie around each commit and each HTTP exchange.

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
from brygga.app.store.runs import LaneStore
from brygga.app.worker import bell
from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.flows.ports import Work


class PowerCut(BaseException):
    """No `except Exception` of the product may see it."""


class Freeze:
    """A thread that comes to a step stands still there, until it is thawed: as SIGSTOP would have it."""

    def __init__(self, at: str) -> None:
        self.at = at
        self._reached = threading.Event()
        self._thawed = threading.Event()

    def meet(self, name: str) -> bool:
        """Stand still if this is the step and nobody has met it before."""
        if name != self.at or self._reached.is_set():
            return False
        self._reached.set()
        assert self._thawed.wait(60), f"never thawed: {name}"
        return True

    def wait(self) -> None:
        """Wait until a thread stands still."""
        assert self._reached.wait(60), f"never came to: {self.at}"

    def thaw(self) -> None:
        """Let the thread go on."""
        self._thawed.set()


class Power:
    """Counts steps and cuts the power at a chosen one. Without one it only counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        self._at: int | str | None = None
        self._off = False
        self._struck = False
        self._counting = False
        self._lock = threading.Lock()
        self.freezes: list[Freeze] = []
        self._real_send = HttpClient.send
        power = self

        def send(client: HttpClient, request: Request) -> Answer:
            return power._send(client, request)

        real_settle = LaneStore.settle

        def settle(store: LaneStore, work: Work, *args: Any) -> None:
            real_settle(store, work, *args)
            power.step(f"settled {work.ref.id}")

        monkeypatch.setattr(LaneStore, "settle", settle)
        monkeypatch.setattr(HttpClient, "send", send)
        monkeypatch.setattr(bell, "enqueue", lambda *_args, **_more: None)  # there is no engine here
        monkeypatch.setattr(transaction, "transaction", SimpleNamespace(atomic=self._atomic))

    @contextmanager
    def cut_at(self, step: int | str | None) -> Iterator[None]:
        """Cut the power at this step of the body (from 1, or by how its name begins), and have it back after."""
        self.steps, self._at, self._off, self._counting, self._struck = [], step, False, True, False
        try:
            yield
        except PowerCut:
            pass
        finally:
            self._counting = self._off = False

    @property
    def was_cut(self) -> bool:
        """Say that the last body came as far as its step."""
        return self._struck

    def freeze(self, at: str) -> Freeze:
        """Have the first thread that comes to a step stand still there."""
        self.freezes.append(Freeze(at))
        return self.freezes[-1]

    def step(self, name: str) -> None:
        """Pass a step: count it, stand still at it, or go no further."""
        if any(freeze.meet(name) for freeze in self.freezes):
            return
        with self._lock:
            if self._off:
                raise PowerCut(f"no power: {name}")
            if not self._counting:
                return
            self.steps.append(name)
            if len(self.steps) == self._at or (isinstance(self._at, str) and name.startswith(self._at)):
                self._off = self._struck = True
                raise PowerCut(name)

    def _send(self, client: HttpClient, request: Request) -> Answer:
        self.step(f"before {request.label}")
        answer = self._real_send(client, request)
        self.step(f"after {request.label}")
        return answer

    @contextmanager
    def _atomic(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        if connection.in_atomic_block:  # a savepoint: nothing lasts before the outer commit
            with django_transaction.atomic(*args, **kwargs):
                yield
            return
        with django_transaction.atomic(*args, **kwargs):
            yield
            self.step("before a commit")
        self.step("after a commit")
