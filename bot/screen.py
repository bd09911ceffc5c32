"""The shape of one message as a person sees it: text, buttons, and perhaps a picture or a file."""

from dataclasses import dataclass

from markupsafe import Markup

from care.visit_files import Kind

MOST_DATA = 64


@dataclass(frozen=True)
class Button:
    """A tap: `data` comes back to us (at most 64 bytes), or `url` is opened."""

    label: str
    data: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        """Labels are plain text; Telegram shows no entities on a button.

        Raises:
            ValueError: the data is longer than Telegram takes.
        """
        if len(self.data.encode()) > MOST_DATA:
            raise ValueError(f"a button carries at most {MOST_DATA} bytes: {self.data}")
        if isinstance(self.label, Markup):
            object.__setattr__(self, "label", self.label.unescape())


@dataclass(frozen=True)
class Stored:
    """A picture or voice message that Telegram keeps, under the id it gave the bot."""

    kind: Kind
    id: str


@dataclass(frozen=True)
class Screen:
    """What one message shows.

    Attributes:
        text: HTML, already escaped; the caption when there is a picture or file.
        rows: buttons under the message, row by row.
        photo: PNG bytes.
        drawing: a picture as SVG; painted when no transaction is open any more. A message that
            shows one can turn into another drawing in place.
        document: file name and bytes.
        stored: what somebody sent before; it goes out again without passing through here.
        ask_contact: label of a keyboard button that shares the phone number.
        protect: may not be forwarded or saved.
        stays: what stands in the chat is still right, and an edit of it leaves it alone.
    """

    text: Markup
    rows: tuple[tuple[Button, ...], ...] = ()
    photo: bytes | None = None
    drawing: str = ""
    document: tuple[str, bytes] | None = None
    stored: Stored | None = None
    ask_contact: str | None = None
    protect: bool = False
    stays: bool = False
