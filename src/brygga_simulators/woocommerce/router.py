"""Finds the handler of a request, lets the caller in, and makes an HTTP answer of what comes back."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from brygga_simulators.woocommerce import auth
from brygga_simulators.woocommerce.api import Answer, Call
from brygga_simulators.woocommerce.errors import RestError, invalid_json, no_route
from brygga_simulators.woocommerce.order_lines import critical_error
from brygga_simulators.woocommerce.rendering import to_json
from brygga_simulators.woocommerce.routes import Method, Route, find_route
from brygga_simulators.woocommerce.site import ApiKey, Doc, Site

_LOG = logging.getLogger(__name__)
_NO_CACHE = "no-cache, must-revalidate, max-age=0, no-store, private"
_JSON = "application/json; charset=UTF-8"
_FORM = "application/x-www-form-urlencoded"
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass
class _Progress:
    """How far a request has come: whose key it is, and which route it takes."""

    key: ApiKey | None = None
    route: Route | None = None


async def answer_rest(site: Site, request: web.Request, path: str, *, trust_basic: bool) -> web.Response:
    """Answer one REST request; `path` is the part inside the site."""
    progress = _Progress()
    try:
        call, handler = await _let_in(site, request, path, progress, trust_basic=trust_basic)
        result = handler(call)
        answer = await result if asyncio.iscoroutine(result) else result
    except RestError as error:
        answer = Answer(error.body(), error.status)
        if error.status == HTTPStatus.UNAUTHORIZED:
            progress.route = None
    except Exception:
        # Where PHP would die on an odd body, WordPress answers; the reason is for us to read.
        _LOG.exception("%s %s", request.method, path)
        died = critical_error()
        answer = Answer(died.body(), died.status)
    if request.method in _WRITES:
        site.commit()
    return _response(site, answer, progress)


def _response(site: Site, answer: Answer, progress: _Progress) -> web.Response:
    headers: CIMultiDict[str] = CIMultiDict(
        {"Content-Type": _JSON, "Link": f'<{site.url}/wp-json/>; rel="https://api.w.org/"'}
    )
    if progress.key is not None:
        headers["Cache-Control"] = _NO_CACHE
    if progress.route is not None:
        headers["Allow"] = progress.route.allow
    for name, value in answer.headers:
        headers.add(name, value)
    body = answer.body if isinstance(answer.body, bytes) else to_json(answer.body)
    return web.Response(body=body, status=answer.status, headers=headers)


async def _let_in(
    site: Site, request: web.Request, path: str, progress: _Progress, *, trust_basic: bool
) -> tuple[Call, Method]:
    """Find out who calls, what for and with what; the error of the first thing that fails."""
    raw_query = request.rel_url.raw_query_string
    pairs = auth.pairs_of(raw_query) if raw_query else []
    query = php_array(pairs) if pairs else {}
    raw = await request.read() if request.body_exists else b""
    content_type = request.content_type if raw else ""
    is_secure = request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    claim = auth.Claim(
        method=request.method,
        path=path,
        query=pairs,
        authorization=request.headers.get("Authorization", ""),
        is_secure=is_secure,
        basic_allowed=is_secure or trust_basic,
        form=_form(raw) if content_type == _FORM else (),
    )
    # Keys are only looked at below this very path: neither at the index nor with ?rest_route=.
    if request.path.startswith(f"{site.prefix}/wp-json/wc"):
        progress.key = auth.recognise(site, claim)
    trimmed = path.rstrip("/")
    found = find_route(trimmed.removeprefix("/wp-json").strip("/"))
    if found is None:
        raise no_route()
    route, ids = found
    method = request.method
    if method == "POST":
        method = str(query.get("_method") or request.headers.get("X-HTTP-Method-Override") or method).upper()
    handler = route.methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        raise no_route()
    progress.route = route
    if not route.open:
        auth.permit(progress.key, request.method)
    call = Call(site, method, trimmed, ids, query, pairs, parse_body(raw, content_type) if raw else {})
    if route.has_images and call.body and method != "DELETE":
        call.broken_images = await find_broken_images(call.body)
    return call, handler


def _form(raw: bytes) -> list[tuple[str, str]]:
    return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)


def parse_body(raw: bytes, content_type: str) -> Doc:
    """Read a body. JSON under another content type is not read at all, as in the real shop."""
    if content_type in {"application/json", "application/problem+json"}:
        try:
            value = json.loads(raw.decode())
        except UnicodeDecodeError as error:
            raise invalid_json(5) from error
        except ValueError as error:
            raise invalid_json(4) from error
        return value if isinstance(value, dict) else {}
    if content_type == _FORM:
        return php_array(_form(raw))
    return {}


def php_array(pairs: list[tuple[str, str]]) -> Doc:
    """Make of query or form pairs what PHP makes: `a[]` and `a[0]` are lists, `a[b]` an object."""
    made: Doc = {}
    for name, value in pairs:
        if "[" not in name:
            made[name] = value
            continue
        top, _, rest = name.partition("[")
        holder = made.setdefault(top, {})
        if not isinstance(holder, dict):
            continue
        keys = rest.rstrip("]").split("][")
        for key in keys[:-1]:
            inner = holder.setdefault(key or str(len(holder)), {})
            holder = inner if isinstance(inner, dict) else {}
        holder[keys[-1] or str(len(holder))] = value
    return {name: _lists(value) for name, value in made.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {k: _lists(v) for k, v in value.items()}
    return list(values.values()) if all(k.isdigit() for k in values) else values


async def find_broken_images(body: Mapping[str, Any]) -> dict[str, str]:
    """Try to fetch every picture a body names by address; returns those that can't be had."""
    sources: set[str] = set()
    items = [body, *(body.get("create") or []), *(body.get("update") or [])]
    for item in items:
        if isinstance(item, dict):
            pictures = [*(item.get("images") or []), item.get("image")]
            sources |= {
                p["src"] for p in pictures if isinstance(p, dict) and p.get("src") and not p.get("id")
            }
    if not sources:
        return {}
    broken = {}
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for source in sorted(sources):
            try:
                async with session.get(source) as response:
                    if response.status != HTTPStatus.OK:
                        broken[source] = response.reason or str(response.status)
            except (aiohttp.ClientError, ValueError, TimeoutError) as error:
                broken[source] = str(error) or type(error).__name__
    return broken
