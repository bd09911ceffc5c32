"""Log lines: structured, and never with a token in them."""

import logging
import re
import sys

import structlog

TOKEN = re.compile(r"\d{1,12}:[A-Za-z0-9_-]{6,}")


class _Rendered:
    """Writes the line, then takes out of it anything that looks like a bot's token."""

    def __init__(self) -> None:
        self._render = structlog.processors.KeyValueRenderer(
            key_order=["timestamp", "level", "event"]
        )

    def __call__(self, logger: object, method: str, event: structlog.types.EventDict) -> str:
        return TOKEN.sub("<token>", self._render(logger, method, event))


class _Redacting(logging.Formatter):
    """Takes tokens out of the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub("<token>", super().format(record))


def set_up(level: str) -> None:
    """Log to standard error at `level`; libraries that write URLs are kept quiet."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "aiohttp.access", "telegram", "apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Rendered(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
