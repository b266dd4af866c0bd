"""Carries out faults on real connections: the aiohttp middleware that misbehaves."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from brygga_simulators.common.calls import request_key
from brygga_simulators.common.faults import Fault, FaultPlan

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Underhåll</title></head><body><h1>Underhåll pågår</h1>"
    "<p>Vi är strax tillbaka. / Briefly unavailable for scheduled maintenance.</p></body></html>"
)
_NOTICE = "\nNotice: Undefined index: lang in /srv/www/inc/init.php on line 112\n"
_GARBAGE = b"\x1f\x8b\x00\xff\xfe<<%$#@ \x00\x01 ]]}} not a format \xc3\x28"
_POLL_SECONDS = 0.05


def fault_middleware(plan: FaultPlan) -> Middleware:
    """Return the middleware that carries out `plan`. It must stand inside the call log's."""

    @web.middleware
    async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
        key = await request_key(request)
        if key is None:
            return await handler(request)
        if plan.latency_ms:
            await asyncio.sleep(plan.latency_ms / 1000)
        for fault in plan.next_for(key):
            if fault.kind != "latency":
                return await _strike(fault, request, handler)
            await asyncio.sleep(fault.ms / 1000)
        return await handler(request)

    return misbehave


async def _strike(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    early = _answer_without_processing(fault)
    if early is not None:
        return early
    if fault.kind in ("timeout_before", "cut_before"):
        if fault.kind == "timeout_before":
            await _hang(request, fault.ms)
        return _abort(request)
    response = await handler(request)
    if fault.kind == "timeout_after":
        await _hang(request, fault.ms)
        return _abort(request)
    if fault.kind == "cut_after":
        return _abort(request)
    if fault.kind == "error_after":
        return web.Response(status=fault.status or 500, text=fault.body or "Internal Server Error")
    if fault.kind == "garbage":
        body = _GARBAGE if fault.body is None else fault.body.encode()
        return web.Response(body=body, content_type="text/html")
    if fault.kind == "cut_body":
        return await _send_half(request, response)
    return _with_bom(fault, response)


def _answer_without_processing(fault: Fault) -> web.Response | None:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.kind == "rate_limited":
        headers.setdefault("Retry-After", "1")
        text = fault.body or "Too Many Requests"
        return web.Response(status=fault.status or 429, headers=headers, text=text)
    if fault.kind == "server_error":
        return web.Response(status=fault.status or 500, text=fault.body or "Internal Server Error")
    if fault.kind == "unavailable":
        text = fault.body or "<html><body><h1>503 Service Unavailable</h1></body></html>"
        return web.Response(status=fault.status or 503, headers=headers, text=text, content_type="text/html")
    if fault.kind == "maintenance":
        return web.Response(
            status=fault.status or 200,
            text=fault.body or _MAINTENANCE_PAGE,
            content_type="text/html",
        )
    return None


async def _hang(request: web.Request, ms: int) -> None:
    """Keep the client waiting until it gives up or `ms` have passed."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + ms / 1000
    while loop.time() < deadline:
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(_POLL_SECONDS)


def _abort(request: web.Request) -> web.Response:
    """Break the connection. The response is never seen: aiohttp finds the transport gone."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _send_half(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    body = _body_of(response)
    half = web.StreamResponse(status=response.status)
    for name, value in response.headers.items():
        if name.lower() not in ("content-length", "transfer-encoding", "date", "server"):
            half.headers[name] = value
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: max(1, len(body) // 2)])
    # One turn of the loop, so that the half really leaves before the line goes dead.
    await asyncio.sleep(0.01)
    if request.transport is not None:
        request.transport.abort()
    return half


def _with_bom(fault: Fault, response: web.StreamResponse) -> web.StreamResponse:
    prefix = _NOTICE if fault.body is None else fault.body
    body = b"\xef\xbb\xbf" + prefix.encode() + _body_of(response)
    answer = web.Response(status=response.status, body=body)
    for name, value in response.headers.items():
        if name.lower() != "content-length":
            answer.headers[name] = value
    return answer


def _body_of(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else None
    return bytes(body) if isinstance(body, bytes | bytearray | memoryview) else b""
