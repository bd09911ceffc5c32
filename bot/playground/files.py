"""Files that went up, by id; what they are is read from their first bytes."""

import random
import re
import struct
from mimetypes import guess_type

from bot.playground.records import StoredFile
from bot.playground.refusals import WRONG_FILE, bad_request

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
_LONGEST_SIDES = 10_000
_NARROWEST = 20
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(....)", re.DOTALL)


class Files:
    """Every file that anybody sent."""

    def __init__(self, ids: random.Random) -> None:
        self._ids = ids
        self._by_id: dict[str, StoredFile] = {}

    def find(self, file_id: str) -> StoredFile | None:
        """The file with this id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file that the Bot API serves at this path."""
        return next((file for file in self._by_id.values() if file.path == path), None)

    def known(self, file_id: str, *, photo: bool) -> StoredFile:
        """A file that is sent again by its id.

        Raises:
            Refusal: nobody sent such a file, or it was the other kind.
        """
        file = self.find(file_id)
        if file is None or bool(file.width) != photo:
            raise bad_request(WRONG_FILE)
        return file

    def keep_document(self, name: str, data: bytes) -> StoredFile:
        """A file as it is.

        Raises:
            Refusal: it is empty or too big.
        """
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > LARGEST_DOCUMENT:
            raise bad_request("file is too big")
        return self._keep(name, data, 0, 0)

    def keep_photo(self, name: str, data: bytes) -> StoredFile:
        """A picture.

        Raises:
            Refusal: it is no picture, or not of a size that Telegram takes.
        """
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > LARGEST_PHOTO:
            raise bad_request("file is too big")
        width, height = picture_size(data)
        if not width or not height:
            raise bad_request("IMAGE_PROCESS_FAILED")
        narrow = max(width, height) > _NARROWEST * min(width, height)
        if width + height > _LONGEST_SIDES or narrow:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self._keep(name, data, width, height)

    def _keep(self, name: str, data: bytes, width: int, height: int) -> StoredFile:
        unique = f"AQAD{self._ids.getrandbits(64):016x}"
        file_id = f"{'AgAC' if width else 'BQAC'}{self._ids.getrandbits(256):064x}"
        mime = guess_type(name)[0] or "application/octet-stream"
        file = StoredFile(file_id, unique, name, mime, data, width, height)
        self._by_id[file_id] = file
        return file


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG; zeros for anything else."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR":
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    frame = _FRAME.search(data) if data.startswith(_JPEG) else None
    if frame:
        height, width = struct.unpack(">HH", frame[1])
        return width, height
    return 0, 0
