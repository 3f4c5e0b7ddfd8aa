"""How old workbooks keep texts: bytes of a code page, or Unicode with its upper halves cut off."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_CODEPAGES = {936: "gb18030", 54936: "gb18030", 950: "big5", 1200: "utf-16-le", 1252: "cp1252"}
_WIDE, _PHONETIC, _RICH = 1, 4, 8


@dataclass
class Labels:
    """Texts that stand alone; `unicode` since Excel 97, before it in the book's code page."""

    unicode: bool
    codepage: int = 936

    def long(self, content: bytes) -> str:
        """A text whose length has two bytes."""
        return self._text(struct.unpack_from("<H", content)[0], content[2:])

    def short(self, content: bytes) -> str:
        """A text whose length has one byte: a sheet's name."""
        return self._text(content[0], content[1:])

    def format_code(self, content: bytes) -> str:
        """A number format."""
        return self.long(content) if self.unicode else self.short(content)

    def _text(self, length: int, content: bytes) -> str:
        if not self.unicode:
            return content[:length].decode(_CODEPAGES.get(self.codepage, "gb18030"), "replace")
        wide = content[:1] != b"" and content[0] & _WIDE
        return _decoded(content[1 : 1 + length * (2 if wide else 1)], bool(wide))


def shared_texts(segments: list[bytes]) -> list[str]:
    """The texts that cells share: one record and those that continue it."""
    if not segments:
        return []
    cursor, texts = _Cursor(segments), []
    count = struct.unpack("<4xI", cursor.take(8))[0]
    while len(texts) < count and not cursor.done:
        texts.append(_shared(cursor))
    return texts


def _shared(cursor: _Cursor) -> str:
    length, flags = struct.unpack("<HB", cursor.take(3))
    runs = struct.unpack("<H", cursor.take(2))[0] if flags & _RICH else 0
    more = struct.unpack("<I", cursor.take(4))[0] if flags & _PHONETIC else 0
    text = cursor.text(length, bool(flags & _WIDE))
    cursor.skip(4 * runs + more)
    return text


class _Cursor:
    """A place in a content that is cut into records."""

    def __init__(self, segments: list[bytes]) -> None:
        self._segments, self._segment, self._place = segments, 0, 0

    @property
    def done(self) -> bool:
        return self._segment >= len(self._segments) or (
            self._segment == len(self._segments) - 1
            and self._place >= len(self._segments[self._segment])
        )

    def take(self, count: int) -> bytes:
        """So many bytes; struct.error follows from fewer."""
        pieces = b""
        while len(pieces) < count and not self.done:
            piece = self._rest()[: count - len(pieces)]
            self._move(len(piece))
            pieces += piece
        return pieces

    def skip(self, count: int) -> None:
        while count > 0 and not self.done:
            step = min(count, len(self._rest()))
            self._move(step)
            count -= step

    def text(self, length: int, wide: bool) -> str:
        """So many characters; behind a cut, a byte says anew how wide they are."""
        found: list[str] = []
        while True:
            size = 2 if wide else 1
            piece = self._rest()[: length * size] if not self.done else b""
            piece = piece[: len(piece) // size * size]
            found.append(_decoded(piece, wide))
            length -= len(piece) // size
            self._place += len(piece)
            if length <= 0 or self._segment + 1 >= len(self._segments):
                break
            self._segment, self._place = self._segment + 1, 1
            wide = bool(self._segments[self._segment][:1] and self._segments[self._segment][0] & 1)
        self._move(0)
        return "".join(found)

    def _rest(self) -> bytes:
        return self._segments[self._segment][self._place :]

    def _move(self, count: int) -> None:
        self._place += count
        while self._segment < len(self._segments) - 1 and self._place >= len(
            self._segments[self._segment]
        ):
            self._segment, self._place = self._segment + 1, 0


def _decoded(raw: bytes, wide: bool) -> str:
    return raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1")
