"""Runs a simulator's application: address, ready line on stdout, graceful stop."""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import ssl
import sys
import threading
from pathlib import Path

from aiohttp import web

from brygga_simulators.common.faults import FaultPlan, fault_from

MAX_BODY_BYTES = 64 * 1024 * 1024


def add_server_arguments(parser: argparse.ArgumentParser, default_port: int) -> None:
    """Add the options every simulator takes on the command line."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=default_port, help="port to listen on; 0 takes any free one"
    )
    parser.add_argument(
        "--data-dir", type=Path, help="folder for the SQLite file; without it nothing is kept"
    )
    parser.add_argument(
        "--latency-ms", type=float, default=0.0, help="time added to every call, as a network does"
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="preset fault; repeatable"
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="stop when standard input is closed")


def plan_from(arguments: argparse.Namespace) -> FaultPlan:
    """Make the fault plan that the command line asks for; exits with the reason if it can't."""
    plan = FaultPlan()
    plan.latency_ms = arguments.latency_ms
    for name in arguments.fault:
        try:
            plan.add(fault_from({"name": name}))
        except ValueError as error:
            raise SystemExit(str(error)) from error
    return plan


def store_path(arguments: argparse.Namespace, name: str) -> Path | str:
    """Return where the simulator's SQLite file lives, making the folder if needed."""
    folder: Path | None = arguments.data_dir
    if folder is None:
        return ":memory:"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.sqlite3"


def serve(app: web.Application, arguments: argparse.Namespace, tls: ssl.SSLContext | None = None) -> None:
    """Serve until SIGTERM, SIGINT or, if asked for, the end of standard input."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(app, arguments, tls))


async def _serve(app: web.Application, arguments: argparse.Namespace, tls: ssl.SSLContext | None) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=False)
    await runner.setup()
    site = web.TCPSite(runner, arguments.host, arguments.port, backlog=512, ssl_context=tls)
    await site.start()
    host, port = runner.addresses[0][:2]
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if tls else "http"

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    if arguments.exit_with_stdin:
        _stop_at_end_of_stdin(loop, stop)

    # What was loaded at start stays for good; no need to look at it in every collection.
    gc.collect()
    gc.freeze()
    print(json.dumps({"ready": True, "url": f"{scheme}://{shown}:{port}"}), flush=True)
    await stop.wait()
    await runner.cleanup()


def _stop_at_end_of_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, name="stdin", daemon=True).start()
