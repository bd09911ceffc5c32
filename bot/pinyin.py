"""Pinyin of names, without the dictionary of phrases.

The phrases are of no use for names and would cost 44 MB; the rest is read when somebody first looks
for a name, so that the start does not wait for it.
"""

import os
from collections.abc import Sequence


def initials(name: str) -> Sequence[Sequence[str]]:
    """The first letters each character may have; surnames are read in several ways."""
    _without_phrases()
    from pypinyin import Style, pinyin  # noqa: PLC0415 - see above

    return pinyin(name, style=Style.FIRST_LETTER, heteronym=True)


def shortened(name: str) -> str:
    """What stands for a name where it may not be read: "WGF" for 王桂芳, "JS" for John Smith."""
    letters = [one for word in name.split() for readings in initials(word) for one in readings[:1]]
    return "".join(one[:1].upper() for one in letters)


def spelled(name: str) -> list[str]:
    """The syllables of a name, to sort by."""
    _without_phrases()
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see above

    return lazy_pinyin(name)


def _without_phrases() -> None:
    """Read by pypinyin when it is imported."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
