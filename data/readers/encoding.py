"""Which encoding a text file is in: UTF-8 with or without BOM, UTF-16 with BOM, or GB18030."""

from __future__ import annotations

import codecs

from data.readers.raw import REPLACEMENT, ReadError

SAMPLE = 1 << 16
TOLERATED = 0.01  # share of damaged characters among non-ASCII ones that is still this encoding


def decode(content: bytes) -> tuple[str, str]:
    """The file's text and the encoding found.

    A damaged character becomes U+FFFD (its row is quarantined later); a character cut off at
    the very end is dropped. Raises ReadError for what is no text at all.
    """
    if content.startswith(codecs.BOM_UTF8):
        return _lenient(content[3:], "utf-8"), "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in content[:SAMPLE]:
        raise _no_text()
    for encoding in ("utf-8", "gb18030"):
        text = _strict(content, encoding)
        if text is None and _damage(content[:SAMPLE], encoding) <= TOLERATED:
            text = _lenient(content, encoding)
            text = text if _share_damaged(text) <= TOLERATED else None
        if text is not None:
            return text, encoding
    raise _no_text()


def _damage(sample: bytes, encoding: str) -> float:
    return _share_damaged(_lenient(sample, encoding))


def _share_damaged(text: str) -> float:
    """Share of characters beyond ASCII that did not decode, 0 for clean text."""
    beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    return text.count(REPLACEMENT) / beyond if beyond else 0.0


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(content, False)
    except UnicodeDecodeError:
        return None


def _lenient(content: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(content, False)


def _no_text() -> ReadError:
    return ReadError(
        "unreadable",
        "无法识别文件内容：应为 CSV（UTF-8 或 GB18030）或 Excel",
        "the content is no text: expected CSV in UTF-8 or GB18030, or Excel",
    )
