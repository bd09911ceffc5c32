"""A Telegram without a network: people with phones on one side, the Bot API on the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground import changing, chatting, sending
from bot.playground.faults import Dropped, Faults
from bot.playground.limits import Limits
from bot.playground.params import Params, Upload
from bot.playground.phones import Phones
from bot.playground.records import Chat, Group, Person
from bot.playground.refusals import Refusal, too_many_requests
from bot.playground.world import World

Answer = tuple[int, dict[str, Any]]
_METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getme": chatting.get_me,
    "getchat": chatting.get_chat,
    "getchatmember": chatting.get_chat_member,
    "leavechat": chatting.leave_chat,
    "sendchataction": chatting.send_chat_action,
    "answercallbackquery": chatting.answer_callback_query,
    "getfile": chatting.get_file,
    "setmycommands": chatting.set_my_commands,
    "getmycommands": chatting.get_my_commands,
    "deletemycommands": chatting.delete_my_commands,
    "setchatmenubutton": chatting.set_chat_menu_button,
    "setmyname": chatting.accept,
    "setmydescription": chatting.accept,
    "setmyshortdescription": chatting.accept,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendvoice": sending.send_voice,
    "sendlocation": sending.send_location,
    "sendcontact": sending.send_contact,
    "editmessagetext": changing.edit_message_text,
    "editmessagecaption": changing.edit_message_caption,
    "editmessagereplymarkup": changing.edit_message_reply_markup,
    "editmessagemedia": changing.edit_message_media,
    "deletemessage": changing.delete_message,
    "deletemessages": changing.delete_messages,
    "pinchatmessage": changing.pin_chat_message,
    "unpinchatmessage": changing.unpin_chat_message,
}
_BEFORE = {
    "server_error": Refusal(500, "Internal Server Error"),
    "bad_gateway": Refusal(502, "Bad Gateway"),
    "too_many_requests": too_many_requests(1),
}


@dataclass(frozen=True)
class Call:
    """One call of the Bot API and its answer.

    Attributes:
        status: the HTTP status that was answered; 0 when the client got no answer.
        done: whether it had its effect, whatever the client was told.
    """

    at: datetime
    method: str
    params: dict[str, Any]
    status: int
    answer: dict[str, Any]
    done: bool


class LocalTelegram:
    """One bot's Telegram, in memory.

    Attributes:
        phones: what people do.
        world: the state itself.
        log: every call, in order.
    """

    def __init__(
        self,
        *,
        token: str = "1:playground",  # noqa: S107 - it opens nothing but this playground
        clock: Callable[[], datetime] | None = None,
        username: str = "nuanlin_bot",
        name: str = "暖邻",
        limits: Limits | None = None,
        faults: Faults | None = None,
        seed: int | None = None,
    ) -> None:
        self.token = token
        number = token.partition(":")[0]
        bot = Person(int(number) if number.isdigit() else 1, name, username=username)
        self.world = World(
            bot=bot,
            now=clock or _real_clock,
            limits=limits or Limits(),
            faults=faults or Faults(),
            seed=seed,
        )
        self.phones = Phones(self.world)
        self.log: list[Call] = []

    @property
    def faults(self) -> Faults:
        """The trouble that can be switched on."""
        return self.world.faults

    @property
    def people(self) -> dict[int, Person]:
        """Everybody, by id."""
        return self.world.people

    @property
    def chats(self) -> dict[int, Chat]:
        """Every chat, by id."""
        return self.world.chats

    def add_person(
        self,
        name: str,
        *,
        language_code: str = "zh-hans",
        phone: str = "",
        label: str = "",
        label_en: str = "",
        username: str | None = None,
        id: int | None = None,  # noqa: A002 - Telegram's own word for it
    ) -> Person:
        """Somebody with a phone who has not met the bot yet."""
        person = Person(id or 0, name, language_code, phone, label, label_en, username)
        return self.world.add_person(person)

    def add_group(self, title: str, people: Sequence[Person]) -> Group:
        """A group of people, the first of whom made it; the bot is not in it yet."""
        return self.world.add_group(title, people)

    async def call(
        self,
        token: str,
        method: str,
        params: Mapping[str, Any],
        files: Mapping[str, Upload] | None = None,
    ) -> Answer:
        """One call of the Bot API: the HTTP status and the JSON body.

        Raises:
            Dropped: a fault that was switched on leaves the client without an answer.
        """
        if token != self.token:
            return Refusal(401, "Unauthorized").answer()
        faults = self.faults
        before = self._fault_before(method, params)
        if before:
            return self._note(method, params, before.answer(), done=False)
        status, answer = await self._answered(method, params, files or {})
        done = status == 200  # noqa: PLR2004 - the only good answer there is
        if faults.strikes("bad_gateway_after", method):
            failed = Refusal(502, "Bad Gateway").answer()
            return self._note(method, params, failed, done=done)
        for how in ("drop_after", "timeout_after"):
            if faults.strikes(how, method):
                self._note(method, params, (0, answer), done=done)
                raise Dropped(how)
        return self._note(method, params, (status, answer), done=done)

    def late(self, method: str) -> float:
        """Seconds by which the answer to this call is held back."""
        return self.faults.late if self.faults.strikes("delay", method) else 0.0

    async def close(self) -> None:
        """End what still runs: the webhook's posts and the waiting poll."""
        await self.world.webhook.stop()
        self.world.updates.wake()
        self.world.live.wake()

    def _fault_before(self, method: str, params: Mapping[str, Any]) -> Refusal | None:
        for how in ("connect_error", "drop_before"):
            if self.faults.strikes(how, method):
                self._note(method, params, (0, {}), done=False)
                raise Dropped(how)
        return next((no for how, no in _BEFORE.items() if self.faults.strikes(how, method)), None)

    async def _answered(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload]
    ) -> Answer:
        try:
            result = await self._result(method.lower(), Params(params, files))
        except Refusal as refusal:
            return refusal.answer()
        return 200, {"ok": True, "result": result}

    async def _result(self, method: str, params: Params) -> Any:
        if method in _METHODS:
            return _METHODS[method](self.world, params)
        if method == "getupdates":
            return await self._get_updates(params)
        if method == "setwebhook" and params.text("url"):
            self._allow(params)
            await self.world.webhook.set(params.text("url"), params.text("secret_token"))
            return self._drop_pending(params)
        if method in {"setwebhook", "deletewebhook"}:
            await self.world.webhook.delete()
            return self._drop_pending(params)
        if method == "getwebhookinfo":
            return self.world.webhook.info()
        raise Refusal(404, "Not Found")

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        self._allow(params)
        limit, timeout = params.integer("limit", 100), params.number("timeout") or 0
        return await self.world.updates.poll(params.integer("offset"), limit, timeout)

    def _allow(self, params: Params) -> None:
        kinds = params.json("allowed_updates")
        if isinstance(kinds, list):
            self.world.updates.allow(kinds)

    def _drop_pending(self, params: Params) -> bool:
        if params.flag("drop_pending_updates"):
            self.world.updates.pending.clear()
        return True

    def _note(
        self, method: str, params: Mapping[str, Any], answer: Answer, *, done: bool
    ) -> Answer:
        try:
            given = Params(params, {}).values
        except Refusal:
            given = dict(params)
        call = Call(self.world.now(), method, given, answer[0], answer[1], done)
        self.log.append(call)
        return answer


def _real_clock() -> datetime:
    return datetime.now(UTC)
