"""Sets up the log: one JSON object a line, with tenant, flow, lane and work, and masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from brygga.app.vault.masks import mask, mask_text

# Written by us alone, never from outside: masking them would only spoil the reading.
_PLAIN = frozenset(
    {"event", "level", "logger", "timestamp", "tenant", "flow", "lane", "work", "connection", "job"}
)


def mask_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ARG001
    """Structlog processor: mask every field of a line."""
    for name, value in event.items():
        if name == "event":
            event[name] = mask_text(str(value))
        elif name not in _PLAIN:
            event[name] = mask(value, name)
    return event


def set_up(level: str = "info", *, plain: bool = False) -> None:
    """Send our log, Django's and the engine's through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("dbos").setLevel(logging.WARNING)
