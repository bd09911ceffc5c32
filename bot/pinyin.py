"""Pinyin of names, without the dictionary of phrases.

The phrases are of no use for names, and cost every start a third of a second and 44 MB.
"""

import os

# Read by pypinyin when it is imported, so it must stand before that import.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, lazy_pinyin, pinyin

__all__ = ["Style", "lazy_pinyin", "pinyin"]
