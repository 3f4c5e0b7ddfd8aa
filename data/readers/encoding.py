"""Which encoding a text is in, and its content as UTF-8 in blocks of whole lines.

UTF-8 with or without a byte-order mark, UTF-16 with or without one, or GB18030.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from data.readers.raw import REPLACEMENT, ReadError

SAMPLE = 1 << 16
BLOCK = 1 << 24  # bytes; some 200,000 rows
LONGEST_LINE = 1 << 24  # bytes; beyond it, there are no line ends and this is no table
TOLERATED = 0.01  # share of damaged characters among non-ASCII ones that is still this encoding
MOST_NULS = 0.02  # share of zero bytes that is still a text
_BOM = "\ufeff".encode()
_DAMAGED = REPLACEMENT.encode()


def decode(content: bytes) -> tuple[str, str]:
    """The text of a whole file and the encoding found; see `find_encoding`.

    A character cut off at the very end is dropped.
    """
    encoding = find_encoding(content[:SAMPLE], content)
    text = _decoder(encoding).decode(content, False)
    if encoding in ("utf-8", "gb18030") and _share_damaged(text) > TOLERATED:
        raise _no_text()
    return text.removeprefix("\ufeff"), encoding


def read_sample(file: BinaryIO) -> bytes:
    """The file's beginning, up to where there is something beyond ASCII; then back to the start."""
    sample = file.read(SAMPLE)
    while sample.isascii() and b"\x00" not in sample and (more := file.read(BLOCK)):
        sample = more
    file.seek(0)
    return sample


def find_encoding(sample: bytes, more: bytes = b"") -> str:
    """The encoding of a file that begins with `sample`; `more` may hold it whole.

    A few damaged characters do not change what is found. Raises ReadError for what is no text.
    """
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _wide(sample):
        return wide
    if sample.count(0) > MOST_NULS * len(sample):
        raise _no_text()
    for encoding in ("utf-8", "gb18030"):
        if _strict(more or sample, encoding):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if _share_damaged(_decoder(encoding).decode(sample, False)) <= TOLERATED:
            return encoding
    raise _no_text()


class TextBlocks:
    """A file as UTF-8 in blocks that end with a line end, but for the last.

    Line ends become `\\n`. A damaged character and a zero byte become U+FFFD. Once exhausted:
    `damaged`, `mixed_ends` (of more than one kind), `cut_character` (the file ends inside one).
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._decoder = file, _decoder(encoding)
        self._plain = encoding in ("utf-8", "utf-8-sig")
        self._tail = b""
        self.damaged = self.mixed_ends = self.cut_character = False
        self._ends: set[bytes] = set()

    def __iter__(self) -> Iterator[bytes]:
        left, first = b"", True
        while read := self._file.read(BLOCK):
            text = self._utf8(read)
            if first:
                text, first = text.removeprefix(_BOM), False
            block = left + text if left else text
            cut = _last_end(block)
            if cut == 0 and len(block) > LONGEST_LINE:
                raise _no_lines()
            left = block[cut:]
            if cut:
                yield self._with_plain_ends(block[:cut])
        self.cut_character = bool(self._tail or self._decoder.getstate()[0])
        if self.cut_character:
            self.damaged = True
            left += _DAMAGED
        if left:
            yield self._with_plain_ends(left)

    def _utf8(self, read: bytes) -> bytes:
        """These bytes as UTF-8; the rest of an unfinished character waits for the next ones."""
        if self._plain:
            whole = self._tail + read
            cut = _unfinished(whole)
            text, self._tail = whole[:cut], whole[cut:]
            if not _is_utf8(text):
                self.damaged = True
                text = text.decode("utf-8", "replace").encode()
        else:
            decoded = self._decoder.decode(read, False)
            self.damaged |= REPLACEMENT in decoded
            text = decoded.encode("utf-8", "replace")
        return text.replace(b"\x00", _DAMAGED) if self._has_nul(text) else text

    def _has_nul(self, block: bytes) -> bool:
        found = b"\x00" in block
        self.damaged |= found
        return found

    def _with_plain_ends(self, block: bytes) -> bytes:
        if b"\r\r\n" in block:  # a text converted twice
            block = block.replace(b"\r\r\n", b"\n")
        returns = block.count(b"\r")
        both = block.count(b"\r\n") if returns else 0
        feeds = block.count(b"\n") - both
        alone = returns - both
        self._ends |= {e for e, n in ((b"\r\n", both), (b"\n", feeds), (b"\r", alone)) if n}
        self.mixed_ends = len(self._ends) > 1
        if returns:
            block = block.replace(b"\r\n", b"\n")
        return block.replace(b"\r", b"\n") if alone else block


def _last_end(block: bytes) -> int:
    """Where the last whole line ends; a `\\r` at the very end may be half of a `\\r\\n`."""
    feed = block.rfind(b"\n") + 1
    return feed or block.rfind(b"\r", 0, max(len(block) - 1, 0)) + 1


def _unfinished(text: bytes) -> int:
    """Where a character begins that the text does not hold whole; its length when there is none."""
    for back in range(1, min(4, len(text) + 1)):
        byte = text[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(text) - back if needed > back else len(text)
        if byte < 0x80:
            break
    return len(text)


def _is_utf8(text: bytes) -> bool:
    """Whether the bytes are valid UTF-8, told without holding the interpreter's lock."""
    offsets = pa.py_buffer(bytes(8) + len(text).to_bytes(8, "little"))
    cell = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(text)])
    try:
        cell.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a byte-order mark: line ends and commas have a zero byte beside them."""
    if b"\x00" not in sample:
        return None
    whole = sample[: len(sample) // 2 * 2]
    for encoding, end in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n")):
        if end in whole:
            text = _decoder(encoding).decode(whole, False)
            odd = sum(c < " " and c not in "\r\n\t" for c in text) + text.count(REPLACEMENT)
            if text.count("\n") > 1 and odd == 0:
                return encoding
    return None


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("replace")


def _share_damaged(text: str) -> float:
    """Share of characters beyond ASCII that did not decode, 0 for clean text."""
    beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    return text.count(REPLACEMENT) / beyond if beyond else 0.0


def _strict(content: bytes, encoding: str) -> bool:
    """Whether every character decodes; one cut off at the end does no harm."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(content, False)
    except UnicodeDecodeError:
        return False
    return True


def _no_text() -> ReadError:
    return ReadError(
        "unreadable",
        "无法识别文件内容：应为 CSV（UTF-8 或 GB18030）或 Excel",
        "the content is no text: expected CSV in UTF-8 or GB18030, or Excel",
    )


def _no_lines() -> ReadError:
    return ReadError(
        "unreadable",
        "文件没有换行，不是一行一条记录的表格",
        "the file has no line ends: it is not a table with one record a line",
    )
