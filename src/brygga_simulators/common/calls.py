"""A log of the last calls and a counter for each kind of call, cheap enough to be always on."""

import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

KeyOf = Callable[[web.Request], Awaitable[str | None]]
"""Names a request: "METHOD path?action", or None for one that is nobody's call (control, pages)."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CALL_KEY = web.RequestKey("call_key", object)


async def plain_key(request: web.Request) -> str | None:
    """Name a request by method and path. Control routes are not calls."""
    path = request.path
    return None if path.startswith("/_control") else f"{request.method} {path}"


async def request_key(request: web.Request) -> str | None:
    """Return the key the call log gave this request, or make a plain one."""
    if CALL_KEY in request:
        key = request[CALL_KEY]
        return key if isinstance(key, str) else None
    return await plain_key(request)


class CallLog:
    """The last `keep` calls, and how many of each key since the last clearing."""

    def __init__(self, keep: int = 1000) -> None:
        self.counts: Counter[str] = Counter()
        self._last: deque[tuple[float, str, str, str, int]] = deque(maxlen=keep)

    def note(self, method: str, path: str, key: str, status: int) -> None:
        """Write down one answered call; status 0 is one whose connection was cut."""
        self.counts[key] += 1
        self._last.append((time.time(), method, path, key, status))

    def clear(self) -> None:
        """Forget all calls and start counting from nought."""
        self.counts.clear()
        self._last.clear()

    def dump(self, limit: int = 200) -> dict[str, Any]:
        """Return counters and the last calls, oldest first."""
        calls = list(self._last)[-limit:] if limit else []
        return {
            "total": sum(self.counts.values()),
            "counts": dict(self.counts),
            "calls": [
                {
                    "at": at,
                    "method": method,
                    "path": path,
                    "action": key.partition("?")[2],
                    "status": status,
                }
                for at, method, path, key, status in calls
            ],
        }


def call_log_middleware(log: CallLog, key_of: KeyOf = plain_key) -> Middleware:
    """Return the middleware that names and counts every call; put it outermost."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        key = await key_of(request)
        request[CALL_KEY] = key
        if key is None:
            return await handler(request)
        status = 0
        try:
            response = await handler(request)
            gone = request.transport is None or request.transport.is_closing()
            status = 0 if gone else response.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        except Exception:
            status = 500
            raise
        finally:
            log.note(request.method, request.path, key, status)
        return response

    return count
