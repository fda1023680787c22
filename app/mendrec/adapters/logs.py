"""The log: one JSON object a line, on standard error, whoever writes it.

What comes from outside is never a key of it and can never break its line: JSON escapes every control character. The
text of an exception is left out, for it may hold an address with a token, a path or a value; its kind and the places in
the code are kept.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_QUIET = ("urllib3", "requests", "web3", "werkzeug", "ipfshttpclient", "asyncio", "sqlalchemy", "alembic")
"""Their messages may hold addresses with tokens, or query strings; only what is badly wrong is let through."""
_VALUE_MAX_CHARS = 512
_FRAMES_MAX = 12


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Sends every log record of this process, from whatever library, as JSON lines to ``stream`` (standard error).

    Args:
        level: debug, info, warning or error.
        stream: where to; for tests.
    """
    before: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.ExtraAdder(allow=("request_id",)),
        _without_exception_text,
        _bounded,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        foreign_pre_chain=before,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Returns a logger whose lines have fields: ``logger(__name__).info("what", field=value)``."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def _without_exception_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    event.pop("exception", None)
    event.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
        frames = traceback.extract_tb(info[2])[-_FRAMES_MAX:]
        event["where"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _bounded(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and len(value) > _VALUE_MAX_CHARS:
            event[key] = value[:_VALUE_MAX_CHARS] + "…"
    return event
