"""A Bot API server that others wrote (the npm package telegram-test-api), and the people on it.

Our playground and our bot could share one misunderstanding of the Bot API and still agree with each
other. This server does not know either of them.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

VARIABLE = "NUANLIN_TEST_PEER"
MISSING = (
    f"{VARIABLE} must name the folder in which `npm install telegram-test-api` was run; "
    ".ci/run does both."
)
PATIENCE = 20.0
# A port given as the text "0" is the only way to let the system choose: it takes 0 for "not given".
# It ends with its standard input, so it cannot outlive tests that are killed.
_START = """
const Server = require(process.argv[1]);
const server = new Server({port: "0", host: "127.0.0.1", storeTimeout: 86400});
server.start().then(() => console.log(server.server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
"""


@contextmanager
def peer_running() -> Iterator[str]:
    """Lend the URL of a fresh server."""
    package = Path(os.environ.get(VARIABLE) or "?", "node_modules", "telegram-test-api").resolve()
    if not package.is_dir():
        raise RuntimeError(MISSING)
    node = subprocess.Popen(
        ["node", "-e", _START, str(package)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with node:
        assert node.stdout is not None
        port = node.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"The server in {package} did not start")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            node.terminate()


@dataclass
class Shown:
    """One message of the bot as a person has it on the screen now, edits included."""

    number: int
    text: str
    buttons: dict[str, str] = field(default_factory=dict)


@dataclass
class Person:
    """Somebody with Telegram: writes, presses, and waits for what the bot shows.

    Attributes:
        server: the URL of the server, never that of the adapter.
        token: of the bot they talk to.
        number: their Telegram id, which is also that of the private chat.
    """

    server: str
    token: str
    number: int
    first_name: str = "Li"

    async def write(self, text: str) -> None:
        """Send a text; a `/command` goes out as one."""
        message = {**self._message(), "text": text}
        if not text.startswith("/"):
            await self._post("sendMessage", message)
            return
        length = len(text.split(maxsplit=1)[0])
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        await self._post("sendCommand", message)

    async def press(self, label: str) -> Shown:
        """Press a button by what stands on it, in the newest message that has it."""
        shown = await self.sees(button=label)
        # The whole of the message must be given: this server passes on what the person's side says.
        bot = {"id": 666, "is_bot": True, "first_name": "Test First name"}
        message = {
            **self._message(),
            "from": bot,
            "message_id": shown.number,
            "text": shown.text,
        }
        press = {
            "botToken": self.token,
            "from": self._who(),
            "message": message,
            "data": shown.buttons[label],
        }
        await self._post("sendCallback", press)
        return shown

    async def screen(self) -> list[Shown]:
        """Everything the bot shows in this chat, oldest first."""
        history = await self._post("getUpdatesHistory", {"token": self.token})
        return [
            Shown(entry["messageId"], entry["message"]["text"], _buttons(entry["message"]))
            for entry in history
            if str(entry.get("message", {}).get("chat_id")) == str(self.number)
        ]

    async def sees(self, text: str = "", button: str = "", patience: float = PATIENCE) -> Shown:
        """Wait for a message with this text and this button in it; the newest counts."""
        last_moment = time.monotonic() + patience
        while True:
            screen = await self.screen()
            for shown in reversed(screen):
                if text in shown.text and (not button or button in shown.buttons):
                    return shown
            if time.monotonic() > last_moment:
                raise AssertionError(f"{text!r} [{button}] is not on the screen: {screen}")
            await asyncio.sleep(0.05)

    def _who(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": False, "first_name": self.first_name}

    def _message(self) -> dict[str, Any]:
        return {
            "botToken": self.token,
            "date": int(time.time()),
            "from": self._who(),
            "chat": {"id": self.number, "type": "private", "first_name": self.first_name},
        }

    async def _post(self, what: str, body: dict[str, Any]) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.server}/{what}", json=body) as answer,
        ):
            return (await answer.json())["result"]


def _buttons(message: dict[str, Any]) -> dict[str, str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return {button["text"]: button.get("callback_data", "") for row in rows for button in row}
