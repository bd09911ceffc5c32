"""The conversation as lines of a terminal: who says what, which button is pressed."""

from collections.abc import Callable

from rich.text import Text

from bot.demo.theatre import Theatre
from bot.playground.records import Chat, Message, Person

Write = Callable[[str], None]
BOT, PERSON, SCENE, FAINT = "bold dark_orange", "bold cyan", "bold reverse", "dim"


class Line(str):
    """A line for everybody, and with colours for a terminal that rich writes to."""

    __slots__ = ("styled",)
    styled: Text

    @classmethod
    def of(cls, *parts: str | tuple[str, str]) -> "Line":
        """A line of words, some of them with a style."""
        styled = Text.assemble(*parts)
        line = cls(styled.plain)
        line.styled = styled
        return line

    def __rich__(self) -> Text:
        """What rich shows instead."""
        return self.styled


class Telling:
    """Writes down what is new on the phones since it last looked."""

    def __init__(self, theatre: Theatre, write: Write) -> None:
        self.theatre = theatre
        self.write = write
        self._seen: dict[tuple[int, int], list[tuple[str, str]]] = {}
        self._places: list[tuple[Person, Chat | None, str]] = []

    def follow(self, person: Person, chat: Chat | None = None) -> None:
        """Tell what the bot writes to somebody, or into a group they are in."""
        self._places.append((person, chat, chat.title if chat else person.name))

    def scene(self, title: str) -> None:
        """A new part of the day."""
        self.write("")
        self.write(Line.of((f" {title} ", SCENE)))

    def said(self, person: Person, text: str) -> None:
        """Somebody wrote, or sent something."""
        self.write(Line.of((f"{person.name} ▸ ", PERSON), text))

    def pressed(self, person: Person, label: str, answer: str | None) -> None:
        """Somebody pressed a button, and what popped up over the chat."""
        self.write(Line.of((f"{person.name} ▸ ", PERSON), (f"[{label}]", "reverse")))
        if answer:
            self.write(Line.of(("    ⤷ ", FAINT), (answer, "italic")))

    def look(self) -> None:
        """Tell what is new or has changed, phone by phone."""
        for person, chat, name in self._places:
            for message in self.theatre.heard(person, chat):
                self._tell(message, name)

    def _tell(self, message: Message, name: str) -> None:
        place = (message.chat, message.id)
        now = [(line, "") for line in message.text.split("\n") if line]
        now += [(" ".join(f"[{one.label}]" for one in row), FAINT) for row in message.rows]
        before = self._seen.get(place)
        if before == now:
            return
        self._seen[place] = now
        mark = "✎" if before else "→"
        self.write(Line.of((self.theatre.telegram.world.bot.name, BOT), f" {mark} {name}"))
        if message.document:
            self.write(Line.of(("  │ ", FAINT), f"📎 {message.document.name}"))
        # Of a message that changed in place, only what is new.
        for line in now:
            if line not in (before or ()):
                self.write(Line.of(("  │ ", FAINT), line))
