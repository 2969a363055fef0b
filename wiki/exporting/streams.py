"""Small pieces of a stream sent together."""

from collections.abc import Iterable, Iterator

_SENT_BYTES = 64 * 1024


def in_larger_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of some 64 KB, none of them empty."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _SENT_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)
