"""Triggers: calls to a shop when something changes, to addresses that were given by hand."""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from yarl import URL

from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.books import Account, Event
from brygga_simulators.specter.model import Record
from brygga_simulators.specter.options import Options

KINDS = ("stock", "invoice", "removed", "order", "article")


class Trigger(Record):
    """An address to call when something of one kind happens in an account."""

    trigger_id: int
    sbm_id: int
    kind: str
    url: str
    on: bool = True


class Triggers:
    """The registered triggers and the sending of calls."""

    def __init__(self, store: DocumentStore) -> None:
        self.registered: dict[int, Trigger] = {}
        self.sent: deque[dict[str, Any]] = deque(maxlen=500)
        self._store = store
        self._waiting: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def load(self) -> None:
        """Take in the triggers that were committed."""
        decoder = msgspec.json.Decoder(Trigger)
        for body in self._store.raw("triggers").values():
            trigger = decoder.decode(body)
            self.registered[trigger.trigger_id] = trigger

    def register(self, sbm_id: int, kind: str, url: str) -> Trigger:
        """Add a trigger; ValueError for an unknown kind or an address that is not HTTP."""
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not url.startswith(("http://", "https://")):
            raise ValueError("url must begin with http:// or https://")
        trigger = Trigger(max(self.registered, default=0) + 1, sbm_id, kind, url)
        self.registered[trigger.trigger_id] = trigger
        self._store.put("triggers", str(trigger.trigger_id), trigger)
        return trigger

    def remove(self, trigger_id: int | None) -> None:
        """Take one trigger away, or all."""
        for number in list(self.registered) if trigger_id is None else [trigger_id]:
            if self.registered.pop(number, None) is not None:
                self._store.delete("triggers", str(number))

    def switch(self, sbm_id: int, kind: str, *, on: bool) -> list[Trigger]:
        """Switch the triggers of one kind, or of all (empty), on or off; their addresses stay."""
        chosen = [t for t in self.registered.values() if t.sbm_id == sbm_id and kind in ("", t.kind)]
        for trigger in chosen:
            trigger.on = on
            self._store.put("triggers", str(trigger.trigger_id), trigger)
        return chosen

    def clear(self) -> None:
        """Forget triggers and what was sent."""
        self.registered.clear()
        self.sent.clear()
        self._waiting.clear()

    def tell(self, account: Account, events: Iterable[Event]) -> None:
        """Send the events to whom they concern; several equal ones in a burst become one call.

        Without parameters a call only says "come and look". One that is still to come, or to be
        tried again, says it for all that happens until then.
        """
        if not self.registered:
            return
        for event in events:
            for trigger in self.registered.values():
                if trigger.on and trigger.sbm_id == account.sbm_id and trigger.kind == event.kind:
                    self._start(trigger, event, account.options)

    def _start(self, trigger: Trigger, event: Event, options: Options) -> None:
        if not event.params:
            if trigger.trigger_id in self._waiting:
                return
            self._waiting.add(trigger.trigger_id)
        task = asyncio.get_running_loop().create_task(self._send(trigger, event, options))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, trigger: Trigger, event: Event, options: Options) -> None:
        if not event.params:
            await asyncio.sleep(options.trigger_delay_ms / 1000)
            self._waiting.discard(trigger.trigger_id)
        for attempt in range(1, options.trigger_retries + 2):
            if attempt > 1 and not await self._pause(trigger, event, options.trigger_retry_seconds):
                return
            result = await self._attempt(trigger, event, options)
            self.sent.append(
                {
                    "at": datetime.now(UTC),
                    "triggerId": trigger.trigger_id,
                    "kind": trigger.kind,
                    "params": dict(event.params),
                    "attempt": attempt,
                    **result,
                }
            )
            if result["ok"]:
                return

    async def _pause(self, trigger: Trigger, event: Event, seconds: float) -> bool:
        """Wait before the next try; False when another call is on its way that says the same."""
        if event.params:
            await asyncio.sleep(seconds)
            return True
        if trigger.trigger_id in self._waiting:
            return False
        self._waiting.add(trigger.trigger_id)
        await asyncio.sleep(seconds)
        self._waiting.discard(trigger.trigger_id)
        return True

    async def _attempt(self, trigger: Trigger, event: Event, options: Options) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        encoded = urlencode(event.params, quote_via=quote, encoding="latin-1", errors="replace")
        url, form = trigger.url, ""
        if options.trigger_method == "POST":
            form = encoded
        elif encoded:
            url = f"{url}{'&' if '?' in url else '?'}{encoded}"
        try:
            async with self._session.request(
                options.trigger_method,
                URL(url, encoded=True),
                data=form.encode() or None,
                headers={"Content-Type": "application/x-www-form-urlencoded"} if form else None,
                timeout=aiohttp.ClientTimeout(total=options.trigger_timeout),
            ) as response:
                text = (await response.read())[:200].decode("latin-1")
                return {"ok": response.status == 200, "status": response.status, "answer": text}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return {"ok": False, "status": 0, "answer": f"{type(error).__name__}: {error}"}

    async def close(self) -> None:
        """Stop sending."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
