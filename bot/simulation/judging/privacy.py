"""5 and 10: what an elder's door and phone are is read by those who need it, and by no log."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.simulation.judging.bench import Invariant, Records, Verdicts, moment_of
from bot.simulation.judging.mail import Letter, Mail
from bot.simulation.town import Town
from care.access import Role

PHONE = re.compile(r"1\d\d ?\d{4} ?\d{4}")
ADDRESS = re.compile(r"\d+号楼 \d单元 \d+")
# A message is drawn a moment before it is sent, and what was true then may be over; and the
# program's clock may be wrong by hours.
SLACK = timedelta(hours=3, minutes=2)
# Steps after which an errand is still in the same hand.
STILL_IN_HAND = frozenset({"set_out", "buy", "keep", "edit"})


class Privacy:
    """Who read what, and whether they were entitled to it then."""

    def __init__(
        self, records: Records, mail: Mail, verdicts: Verdicts, town: Town, token: str
    ) -> None:
        self._records = records
        self._mail = mail
        self._verdicts = verdicts
        self._town = town
        self._secrets = sorted(town.canaries | {token} | _written(town))
        self._by_phone = {
            one.phone.removeprefix("+86"): one.id for one in town.neighbours.values() if one.phone
        }
        self._by_address = {one.address: one.id for one in town.neighbours.values()}
        self._names = re.compile("|".join(one.name for one in town.neighbours.values()))
        self._staff_was_gone = False
        self._last_update = 0

    def judge(self) -> None:
        """5: every message that arrived since the last look."""
        self._note_staff()
        for letter in self._mail.letters:
            self._verdicts.looked(Invariant.RIGHT_PERSON)
            shown = self._shown(letter.text)
            if letter.chat < 0:
                if shown or self._names.search(letter.text):
                    self._broken(letter, "a group was told who or where somebody is")
                continue
            for elder in shown:
                if not self._entitled(letter, elder):
                    self._broken(letter, f"elder {elder} is not for them")
                elif self._is_volunteer(letter.chat) and not letter.protected:
                    self._broken(letter, f"where elder {elder} lives can be passed on")

    def judge_logs(self, lines: Sequence[str]) -> None:
        """10: no line of a log says who, where, or how to call."""
        new = "\n".join(lines)
        self._verdicts.looked(Invariant.PRIVATE_AT_REST, len(lines))
        found = [one for one in self._secrets if one in new]
        if found:
            self._verdicts.broken(Invariant.PRIVATE_AT_REST, f"a log line says {found[0]!r}")

    def _broken(self, letter: Letter, why: str) -> None:
        self._verdicts.broken(
            Invariant.RIGHT_PERSON,
            f"message {letter.message} in chat {letter.chat} at {letter.at}: {why}",
        )

    def _shown(self, text: str) -> set[int]:
        """The elders whose phone or address a text has."""
        phones = (self._by_phone.get(one.replace(" ", "")) for one in PHONE.findall(text))
        doors = (self._by_address.get(one) for one in ADDRESS.findall(text))
        return {one for one in (*phones, *doors) if one is not None}

    def _entitled(self, letter: Letter, elder: int) -> bool:
        actor = self._town.actors.get(letter.chat)
        if actor is None:
            return False
        match actor.role:
            case Role.SUPERVISOR:
                return True
            case Role.SOCIAL_WORKER:
                return self._leads(actor.member, elder, letter.at)
            case Role.VOLUNTEER:
                return self._on_duty(actor.member, elder, letter.at)
            case _:
                return actor.role is Role.ELDER and actor.elder == elder

    def _is_volunteer(self, chat: int) -> bool:
        actor = self._town.actors.get(chat)
        return actor is not None and actor.role is Role.VOLUNTEER

    def _leads(self, member: int, elder: int, at: datetime) -> bool:
        """Their pairing's elder; in no pairing; or they stand in for who cannot be asked."""
        leaders = {
            worker
            for (worker,) in self._records.rows(
                "SELECT p.worker_id FROM pairing p JOIN pairing_elder e ON e.pairing_id=p.id"
                " WHERE e.elder_id=? AND p.ended_at IS NULL",
                elder,
            )
        }
        if not leaders or member in leaders or self._staff_was_gone:
            return True
        day = at.astimezone(self._town.zone).date()
        return any(self._away(one, day) for one in leaders)

    def _away(self, member: int, day: date) -> bool:
        found = self._records.one(
            "SELECT COUNT(*) FROM leave WHERE member_id=? AND first_day<=? AND last_day>=?",
            member,
            str(day + timedelta(days=1)),
            str(day - timedelta(days=1)),
        )
        return bool(found)

    def _note_staff(self) -> None:
        """While chat does not reach some of the staff, others look after their elders."""
        staff = {one.person.id for one in self._town.of(Role.SUPERVISOR, Role.SOCIAL_WORKER)}
        blocked = self._records.one(
            "SELECT COUNT(*) FROM member m JOIN member_role r ON r.member_id=m.id"
            " WHERE r.role IN ('supervisor', 'social_worker') AND m.blocked_at IS NOT NULL"
        )
        news = {chat for _, chat in self._mail.refused}
        for row, chat in self._records.rows(
            "SELECT id, chat FROM inbox WHERE id>? AND payload LIKE '%\"my_chat_member\"%'",
            self._last_update,
        ):
            self._last_update = row
            news.add(chat)
        away = {one for one in staff if self._town.actors[one].person.blocked}
        self._staff_was_gone = bool(blocked or away or news & staff)

    def _on_duty(self, member: int, elder: int, at: datetime) -> bool:
        """On the day of their visit, with an errand in hand, or handling an alert."""
        days = {(at + slack).astimezone(self._town.zone).date() for slack in (-SLACK, SLACK)}
        for (day,) in self._records.rows(
            "SELECT day FROM assignment WHERE volunteer_id=? AND elder_id=?", member, elder
        ):
            if date.fromisoformat(day) in days:
                return True
        handling = self._records.one(
            "SELECT COUNT(*) FROM alert a JOIN member m ON m.id=? WHERE a.elder_id=?"
            " AND (a.owner_id=m.id AND a.taken_at IS NOT NULL"
            # Or it was theirs, until it was asked about anew.
            " OR a.asked_times>0 AND EXISTS (SELECT 1 FROM inbox WHERE chat=m.account"
            " AND payload LIKE '%\"data\":\"alert_take:' || a.id || '\"%'))",
            member,
            elder,
        )
        return bool(handling) or self._has_errand(member, elder, at)

    def _has_errand(self, member: int, elder: int, at: datetime) -> bool:
        """Between the claim and whatever ended it."""
        steps: defaultdict[int, list[tuple[str, int, datetime]]] = defaultdict(list)
        for errand, step, by, when in self._records.rows(
            "SELECT s.errand_id, s.step, s.by_id, s.at FROM errand_step s JOIN errand e"
            " ON e.id=s.errand_id WHERE e.elder_id=? ORDER BY s.id",
            elder,
        ):
            steps[errand].append((step, by, moment_of(when)))
        for taken in steps.values():
            begun: datetime | None = None
            for step, by, when in taken:
                if step == "claim" and by == member:
                    begun = when
                elif step not in {"claim", *STILL_IN_HAND} and begun is not None:
                    if begun - SLACK <= at <= when + SLACK:
                        return True
                    begun = None
            if begun is not None and at >= begun - SLACK:
                return True
        return False


def _written(town: Town) -> set[str]:
    """Numbers as people write them, in groups."""
    found = set()
    for one in town.neighbours.values():
        if one.phone:
            bare = one.phone.removeprefix("+86")
            found |= {bare, f"{bare[:3]} {bare[3:7]} {bare[7:]}"}
    return found
