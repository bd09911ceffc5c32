"""The playground on a port of this machine: Bot API, phones, and the page."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground import botapi
from bot.playground.client import Client, ClockBar
from bot.playground.telegram import LocalTelegram

_PAGE = Path(__file__).parent / "page"
_HERE = ["127.0.0.1", "localhost"]
_PATIENCE = 2


class _Server(uvicorn.Server):
    """One server among others in a program that looks after signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def application(
    telegram: LocalTelegram,
    *,
    clock: ClockBar | None = None,
    stopping: asyncio.Event | None = None,
    more: Sequence[Route] = (),
) -> Starlette:
    """All routes and `more`; `stopping` ends the streams that would otherwise stay open."""
    stopping = stopping or asyncio.Event()
    page = StaticFiles(directory=_PAGE, html=True, check_dir=False)
    return Starlette(
        routes=[
            *botapi.routes(telegram, stopping),
            *Client(telegram, clock, stopping).routes(),
            *more,
            Mount("/", page),
        ],
        # A foreign site whose name leads to this machine gets nothing.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HERE)],
    )


@asynccontextmanager
async def serving(
    telegram: LocalTelegram,
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    clock: ClockBar | None = None,
    more: Sequence[Route] = (),
) -> AsyncIterator[str]:
    """Serve in this loop for as long as the block lasts; gives the address. `more` are routes.

    Raises:
        ValueError: the host is not this machine.
        OSError: the port is taken.
    """
    if host not in _HERE:
        raise ValueError("the playground is for this machine only")
    listening = socket.create_server((host, port))
    stopping = asyncio.Event()
    config = uvicorn.Config(
        application(telegram, clock=clock, stopping=stopping, more=more),
        access_log=False,
        lifespan="off",
        log_config=None,
        log_level="critical",
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        stopping.set()
        await telegram.close()
        server.should_exit = True
        await task
        listening.close()
