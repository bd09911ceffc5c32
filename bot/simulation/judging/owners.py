"""2: one owner, and nobody is told "yours" who was not."""

import json
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from bot.simulation.judging.bench import Invariant, Records, Verdicts
from bot.simulation.judging.mail import Letter, Mail
from bot.texts import Texts

ENDS = frozenset({"return", "finish", "fail", "cancel"})
IN_HAND = ("claimed", "on_the_way", "bought")
# Buttons that only the owner has.
OWNERS_BUTTON = {"errand_step": "errand", "door_return": "door"}
GIVEN_UP = ("declined", "dropped", "not_possible")


class Owners:
    """Follows every claim, and everybody who was told that something is theirs."""

    def __init__(self, records: Records, mail: Mail, verdicts: Verdicts) -> None:
        self._records = records
        self._mail = mail
        self._verdicts = verdicts
        self._last_step = 0
        self._has: dict[int, int] = {}
        self._had: defaultdict[int, set[int]] = defaultdict(set)
        self._told: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        self._newest: dict[tuple[str, int], int] = {}
        tr = Texts("zh_CN", ZoneInfo("UTC"))
        self._yours = {
            str(tr("It is yours. The address is in your private chat.")): "errand",
            str(tr("You are handling it. Thank you.")): "alert",
        }

    def judge(self) -> None:
        """What is new since the last look."""
        heard = self._hear()
        self._follow_errands()
        self._judge_unique()
        for kind, number in heard:
            self._verdicts.looked(Invariant.ONE_OWNER)
            accounts = self._told[kind, number]
            match kind:
                case "errand":
                    self._judge_errand(number, accounts)
                case "door":
                    self._judge_door(number, accounts)
                case _:
                    self._judge_alert(number, accounts)

    def _hear(self) -> list[tuple[str, int]]:
        """Who was told "yours" of what."""
        heard: dict[tuple[str, int], None] = {}
        for letter in self._mail.letters:
            for kind, number in _owned(letter):
                self._told[kind, number].add(letter.chat)
                heard[kind, number] = None
        for toast in self._mail.toasts:
            if toast.text in self._yours:
                account, number = self._pressed(toast.press)
                kind = self._yours[toast.text]
                self._told[kind, number].add(account)
                self._newest[kind, number] = account
                heard[kind, number] = None
        return list(heard)

    def _pressed(self, press: str) -> tuple[int, int]:
        """Who pressed, and the number on the button."""
        payload = self._records.one("SELECT payload FROM inbox WHERE event=?", f"press:{press}")
        query = json.loads(payload)["callback_query"]
        return int(query["from"]["id"]), int(query["data"].split(":")[1])

    def _follow_errands(self) -> None:
        """The steps of every errand: it is only claimed while it is nobody's."""
        touched = set()
        for row, errand, step, by in self._records.rows(
            "SELECT id, errand_id, step, by_id FROM errand_step WHERE id>? ORDER BY id",
            self._last_step,
        ):
            self._last_step = row
            touched.add(errand)
            if step == "claim":
                owner = self._has.get(errand)
                self._verdicts.check(
                    Invariant.ONE_OWNER,
                    owner is None,
                    f"errand {errand} was claimed by member {by} while member {owner} had it",
                )
                self._has[errand] = by
                self._had[errand].add(by)
            elif step in ENDS:
                self._has.pop(errand, None)
        for errand in touched:
            state, owner = self._records.rows(
                "SELECT state, claimed_by FROM errand WHERE id=?", errand
            )[0]
            known = self._has.get(errand)
            self._verdicts.check(
                Invariant.ONE_OWNER,
                owner == known if state in IN_HAND else known is None,
                f"errand {errand} is {state} and belongs to {owner}, its steps say {known}",
            )

    def _judge_unique(self) -> None:
        """Of each there is at most one that counts."""
        for what, sql in _DOUBLES.items():
            found = self._records.rows(sql)
            self._verdicts.check(Invariant.ONE_OWNER, not found, f"more than one {what}: {found}")

    def _judge_errand(self, errand: int, accounts: set[int]) -> None:
        strangers = accounts - self._accounts(self._had[errand])
        if strangers:
            self._verdicts.broken(
                Invariant.ONE_OWNER, f"errand {errand}: {strangers} were told it is theirs"
            )

    def _judge_door(self, door: int, accounts: set[int]) -> None:
        """Whoever was told to go has it, or has given it back."""
        [(elder, day, claimed_by)] = self._records.rows(
            "SELECT elder_id, day, claimed_by FROM door_visit WHERE id=?", door
        )
        holders = Counter[int]()
        for account in accounts:
            member = self._member(account)
            if member == claimed_by:
                holders[account] += 1
                continue
            found = self._records.rows(
                "SELECT state FROM assignment WHERE elder_id=? AND day=? AND volunteer_id=?",
                elder,
                day,
                member,
            )
            volunteer = self._records.one(
                "SELECT 1 FROM member_role WHERE member_id=? AND role='volunteer'", member
            )
            if volunteer and not found:
                self._verdicts.broken(
                    Invariant.ONE_OWNER, f"door {door}: {account} was told to go, but never had it"
                )
            if any(state not in GIVEN_UP for (state,) in found):
                holders[account] += 1
        if len(holders) > 1:
            self._verdicts.broken(
                Invariant.ONE_OWNER, f"door {door}: {sorted(holders)} were both told to go"
            )

    def _judge_alert(self, alert: int, accounts: set[int]) -> None:
        """One was told so; or, if it was asked about anew, whoever was told last, or nobody now."""
        [(owner, asked, taken)] = self._records.rows(
            "SELECT owner_id, asked_times, taken_at FROM alert WHERE id=?", alert
        )
        told = {self._newest["alert", alert]} if asked else accounts
        if told != self._accounts({owner}) and not (asked and taken is None):
            self._verdicts.broken(
                Invariant.ONE_OWNER,
                f"alert {alert} belongs to member {owner}, but {sorted(accounts)} were told so",
            )

    def _member(self, account: int) -> int | None:
        found = self._records.one("SELECT id FROM member WHERE account=?", account)
        return None if found is None else int(found)

    def _accounts(self, members: set[int]) -> set[int]:
        return {self._records.one("SELECT account FROM member WHERE id=?", one) for one in members}


def _owned(letter: Letter) -> list[tuple[str, int]]:
    """What a message says is the reader's, by the buttons that nobody else has."""
    found = []
    for data in letter.taps:
        name, _, rest = data.partition(":")
        if name in OWNERS_BUTTON and (name != "errand_step" or ":finish:" in data):
            found.append((OWNERS_BUTTON[name], int(rest.partition(":")[0])))
    return found


_DOUBLES = {
    "live visit to an elder on a day": (
        "SELECT elder_id, day FROM assignment"
        " WHERE state NOT IN ('declined', 'dropped', 'not_possible')"
        " GROUP BY elder_id, day HAVING COUNT(*)>1"
    ),
    "door visit to an elder on a day": (
        "SELECT elder_id, day FROM door_visit GROUP BY elder_id, day HAVING COUNT(*)>1"
    ),
    "open alert of a kind": (
        "SELECT elder_id, kind FROM alert WHERE closed_at IS NULL"
        " GROUP BY elder_id, kind HAVING COUNT(*)>1"
    ),
}
