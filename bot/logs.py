"""Log lines: structured, and never with a secret in them."""

import logging
import re
import sys
from urllib.parse import unquote

import structlog

TOKEN = re.compile(r"\d{1,12}:[A-Za-z0-9_-]{6,}")
# Short parts of an address are no secrets, and stand in many other words.
SHORTEST_SECRET = 6
PARTS, SMALLER_PARTS = re.compile(r"[/?&=#]+"), re.compile(r"[/?&=#:@]+")
LIBRARIES = ("httpx", "httpcore", "aiohttp.access", "telegram", "apscheduler", "alembic")
# These write the addresses of the second channel, most of which are passwords, even when they warn.
SILENT = ("apprise", "urllib3", "requests", "paho", "slixmpp", "smtplib")
_hidden: list[str] = []


def hide(addresses: str) -> None:
    """From now on no line shows these addresses, nor any part of one but its kind."""
    found = {addresses}
    for one in re.split(r"[\s,]+", addresses):
        rest = one.partition("://")[2]
        for text in (one, rest, unquote(rest)):
            found |= {text, *PARTS.split(text), *SMALLER_PARTS.split(text)}
    words = {*_hidden, *(one for one in found if len(one) >= SHORTEST_SECRET)}
    _hidden[:] = sorted(words, key=len, reverse=True)


def _redacted(line: str) -> str:
    for word in _hidden:
        line = line.replace(word, "<secret>")
    return TOKEN.sub("<token>", line)


class _Rendered:
    """Writes the line, then takes out of it every secret."""

    def __init__(self) -> None:
        self._render = structlog.processors.KeyValueRenderer(
            key_order=["timestamp", "level", "event"]
        )

    def __call__(self, logger: object, method: str, event: structlog.types.EventDict) -> str:
        return _redacted(self._render(logger, method, event))


class _Redacting(logging.Formatter):
    """Takes secrets out of the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _redacted(super().format(record))


def set_up(level: str) -> None:
    """Log to standard error at `level`; libraries that write URLs are kept quiet."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for noisy in LIBRARIES:
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    for noisy in SILENT:
        logging.getLogger(noisy).setLevel(logging.CRITICAL + 1)
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
