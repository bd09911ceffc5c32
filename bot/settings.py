"""Settings of the program, read in one place from the environment or `.env`."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.clock import Clock, ClockInvalid, SystemClock, parse_clock
from storage.engine import DatabaseUrlInvalid, parse_url

REAL_TELEGRAM = "https://api.telegram.org"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LAST_PORT = 65_535


class SettingWrong(Exception):
    """A setting is missing or wrong; the text is one sentence for whoever starts the program."""


def _database(text: str) -> str:
    try:
        parse_url(text)
    except DatabaseUrlInvalid as error:
        raise ValueError(str(error)) from None
    return text


def _address(text: str) -> str:
    text = text.rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise ValueError("Telegram takes letters, digits, _ and - only, at most 256")
    return secret


def _listen(text: str) -> str:
    port = text.rpartition(":")[2] if ":" in text else ""
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise ValueError("write a host and a port, like 127.0.0.1:8081")
    return text


def _level(text: str) -> str:
    if text.upper() not in LEVELS:
        raise ValueError(f"use one of {', '.join(LEVELS)}")
    return text.upper()


def _clock(text: str) -> str:
    if text:
        try:
            parse_clock(text)
        except ClockInvalid as error:
            raise ValueError(str(error)) from None
    return text


class Settings(BaseSettings):
    """Every field is the environment variable of the same name with NUANLIN_ before it."""

    model_config = SettingsConfigDict(env_prefix="NUANLIN_", env_file=".env", extra="ignore")

    token: SecretStr = Field(
        default=SecretStr(""), description="The bot's token from BotFather. Needed by `serve`."
    )
    telegram_url: Annotated[str, AfterValidator(_address), AfterValidator(_needed)] = Field(
        default=REAL_TELEGRAM, description="The Bot API server."
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite:///data/nuanlin.db",
        repr=False,
        description="Where the records are: a SQLite file or `postgresql://…`.",
    )
    webhook_url: Annotated[str, AfterValidator(_address)] = Field(
        default="",
        description="Public https address at which Telegram delivers; empty means long polling.",
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_secret)] = Field(
        default=SecretStr(""),
        description="Secret that Telegram sends along; made anew at each start when empty.",
    )
    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1:8081",
        description="Host and port at which the webhook and the calendars listen.",
    )
    calendar_url: Annotated[str, AfterValidator(_address)] = Field(
        default="",
        description=(
            "Public https address at which calendars read volunteers' visits; empty means that "
            "there is only the file in the chat."
        ),
    )
    second_channel: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "Addresses as Apprise takes them, with spaces or commas between: whom to tell outside "
            "of Telegram when chat reaches nobody of the station."
        ),
    )
    clock: Annotated[str, AfterValidator(_clock)] = Field(
        default="",
        description=(
            "A clock of its own for trying, `2026-01-05T07:59:50+08:00 x60`: where it starts and "
            "how fast it runs. Refused together with the real Telegram."
        ),
    )
    log_level: Annotated[str, AfterValidator(_level)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, or ERROR."
    )

    def needed_token(self) -> str:
        """The token.

        Raises:
            SettingWrong: there is none.
        """
        token = self.token.get_secret_value().strip()
        if not token:
            raise SettingWrong(
                "NUANLIN_TOKEN is missing: put the token that BotFather gave you into the "
                "environment or into .env; to try without one, run `nuanlin demo`."
            )
        return token

    def make_clock(self) -> Clock:
        """The clock to run on.

        Raises:
            SettingWrong: a clock of its own, together with the real Telegram.
        """
        if not self.clock:
            return SystemClock()
        if urlsplit(self.telegram_url).hostname == urlsplit(REAL_TELEGRAM).hostname:
            raise SettingWrong(
                "NUANLIN_CLOCK is for trying only and is refused together with the real Telegram: "
                "unset it, or set NUANLIN_TELEGRAM_URL to a local server."
            )
        return parse_clock(self.clock)


def read_settings() -> Settings:
    """Settings from the environment and `.env`.

    Raises:
        SettingWrong: the first one that is wrong, by name.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "NUANLIN_" + str(first["loc"][0]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingWrong(f"{name} is wrong: {reason}.") from None
