"""What a file really is, by its first bytes, whatever it is called."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from care.roster import Reason

ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BEGINNINGS = (
    (b"%PDF", Reason.PDF),
    (b"\x89PNG", Reason.PICTURE),
    (b"\xff\xd8\xff", Reason.PICTURE),
    (b"GIF8", Reason.PICTURE),
    (b"BM", Reason.PICTURE),
    (b"II*\0", Reason.PICTURE),
    (b"MM\0*", Reason.PICTURE),
    (b"{\\rtf", Reason.RICH_TEXT),
    (b"Rar!", Reason.ARCHIVE),
    (b"7z\xbc\xaf", Reason.ARCHIVE),
    (b"\x1f\x8b", Reason.ARCHIVE),
)
OLE_STREAMS = (
    ("EncryptedPackage", Reason.ENCRYPTED),
    ("WordDocument", Reason.OLD_OFFICE),
    ("PowerPoint Document", Reason.OLD_OFFICE),
    ("Workbook", Reason.OLD_EXCEL),
    ("Book", Reason.OLD_EXCEL),
)
ZIP_PARTS = (
    ("xl/workbook.bin", Reason.BINARY_EXCEL),
    ("word/document.xml", Reason.WORD),
    ("ppt/presentation.xml", Reason.SLIDES),
    ("Index/Document.iwa", Reason.NUMBERS),
    ("Index.zip", Reason.NUMBERS),
)
WEB_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|meta|div|style|script)\b", re.IGNORECASE
)
XML_EXCEL = b"urn:schemas-microsoft-com:office:spreadsheet"
# a BMP tells its own size, a text that begins with "BM" does not
BMP_SIZE = slice(2, 6)
MOST_PARTS = 2_000
MOST_UNPACKED = 60 * 1024 * 1024


def kind_of(content: bytes) -> Reason | str:
    """Either "xlsx" or "csv", or why it can be neither."""
    if content.startswith(ZIP):
        return _zip_kind(content)
    if content.startswith(OLE):
        return _ole_kind(content)
    if content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return Reason.PICTURE
    for beginning, reason in BEGINNINGS:
        if content.startswith(beginning) and (beginning != b"BM" or _is_bitmap(content)):
            return reason
    start = content[:4096]
    if XML_EXCEL in start:
        return Reason.XML_EXCEL
    return Reason.WEB_PAGE if WEB_PAGE.search(_narrow(start)) else "csv"


def _is_bitmap(content: bytes) -> bool:
    return int.from_bytes(content[BMP_SIZE], "little") == len(content) or b"\0\0" in content[:64]


def _narrow(start: bytes) -> bytes:
    """UTF-16 as if it were ASCII, for looking for tags only."""
    return start.replace(b"\0", b"") if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else start


def _ole_kind(content: bytes) -> Reason:
    for stream, reason in OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            return reason
    return Reason.OLD_OFFICE


def _zip_kind(content: bytes) -> Reason | str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            kind = _kind_of_parts(names, archive)
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return Reason.TRUNCATED
    if kind != "xlsx":
        return kind
    if len(parts) > MOST_PARTS:
        return Reason.TOO_MANY_PARTS
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        return Reason.UNPACKS_TOO_BIG
    return Reason.ENCRYPTED if any(part.flag_bits & 1 for part in parts) else kind


def _kind_of_parts(names: set[str], archive: ZipFile) -> Reason | str:
    for part, reason in ZIP_PARTS:
        if part in names:
            return reason
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            kind = file.read(100)
        if kind.startswith(b"application/vnd.oasis.opendocument"):
            return Reason.OPEN_DOCUMENT
    return "xlsx" if "xl/workbook.xml" in names else Reason.ARCHIVE
