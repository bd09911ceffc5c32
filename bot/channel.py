"""The second channel: one-way messages to services outside of Telegram, through Apprise."""

import asyncio
import re
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.settings import Settings, SettingWrong

if TYPE_CHECKING:
    from apprise.plugins import NotifyBase

log = structlog.get_logger()
PATIENCE = 60.0
# A comma may also stand within an address.
BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")


class ChannelFailed(Exception):
    """No service took the message, or it is not known whether one did."""


class Channel(Protocol):
    """Where a message goes that chat carries to nobody."""

    async def send(self, text: str) -> None:
        """Hand over plain text.

        Raises:
            ChannelFailed: nobody is known to have it.
        """


class SecondChannel:
    """Every service of the setting is told; it is enough that one of them took it."""

    def __init__(self, services: list["NotifyBase"]) -> None:
        self._services = services

    def __repr__(self) -> str:
        return f"SecondChannel({len(self._services)} services)"

    @classmethod
    def from_settings(cls, settings: Settings) -> "SecondChannel | None":
        """The services that the settings name, None for none.

        Raises:
            SettingWrong: Apprise does not know an address; which one, by its place.
        """
        addresses = settings.second_channel.get_secret_value()
        if not addresses.strip():
            return None
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - no other command pays for it

        asset = AppriseAsset(app_id="Nuanlin", app_desc="Nuanlin", secure_logging=True)
        services = []
        for place, url in enumerate(BETWEEN.split(addresses.strip()), 1):
            service = Apprise.instantiate(url, asset=asset)
            if service is None:
                raise SettingWrong(
                    f"NUANLIN_SECOND_CHANNEL is wrong: address {place} is none that Apprise knows."
                )
            services.append(service)
        return cls(services)

    async def send(self, text: str) -> None:
        """Hand plain text to all services at once.

        Raises:
            ChannelFailed: none of them took it within a minute.
        """
        took = await asyncio.gather(*(self._tell(one, text) for one in self._services))
        if not all(took):
            # Which one cannot be said: every part of its address may be a secret.
            log.warning("second_channel_failed", services=len(took), failed=took.count(False))
        if not any(took):
            raise ChannelFailed

    async def _tell(self, service: "NotifyBase", text: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return bool(await service.async_notify(body=text))
        except Exception as error:  # noqa: BLE001 - one service's failure is not the others'
            log.warning("second_channel_service_failed", error=type(error).__name__)
            return False
