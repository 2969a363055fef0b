"""Files that mean no good, built where they are needed: nothing big is kept.

Each case is a path in a dump, what lies there, and what has to come of it:
"kept" (an entry, whatever was wrong said) or "refused" (named with its reason).
"""

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

KEPT = ("created",)
REFUSED = ("failed", "skipped")
EITHER = KEPT + REFUSED
MIB = 1024 * 1024


@dataclass(frozen=True)
class Case:
    """One thing in a dump. `make` gives its bytes, or puts it there itself."""

    path: str
    make: Callable[[], bytes] | Callable[[Path], None]
    becomes: tuple[str, ...]
    # Whether the report must have something to say, also of what is kept.
    is_said: bool = False

    def put(self, folder: Path) -> None:
        place = folder / self.path
        place.parent.mkdir(parents=True, exist_ok=True)
        if self.make.__name__ == "place":
            self.make(place)
        else:
            place.write_bytes(self.make())


def text(content: str) -> Callable[[], bytes]:
    return lambda: content.encode()


def front_matter(block: str) -> Callable[[], bytes]:
    return text(f"---\n{block}\n---\n\n본문은 그대로 남는다.\n")


def at(put: Callable[[Path], None]) -> Callable[[Path], None]:
    """A case that is no plain file and puts itself there."""

    def place(path: Path) -> None:
        put(path)

    return place


def _socket(path: Path) -> None:
    # A path of a socket is short; a link to its folder makes ours so.
    with socket.socket(socket.AF_UNIX) as server:
        before = os.getcwd()
        os.chdir(path.parent)
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


def _laughs() -> str:
    rows = ["a: &a [웃음, 웃음]"]
    for one, other in zip("abcdefgh", "bcdefghi", strict=True):
        rows.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 9)}]")
    return "\n".join(rows)


def front_matter_cases(canary: Path) -> Iterator[Case]:
    """YAML that grows, points to itself, runs, or holds odd values."""
    run = f'!!python/object/apply:os.system ["touch {canary}"]'
    blocks = {
        "laughs": _laughs(),
        "self": "a: &a [*a]",
        "self-map": "a: &a\n  b: *a",
        "merge": "base: &b {x: 1}\nuse:\n  <<: *b",
        "runs": f"title: {run}",
        "runs-more": "x: !!python/object/new:type [z, [], {}]",
        "deep": "a: " + "[" * 10_000 + "]" * 10_000,
        "deep-map": "\n".join("  " * n + "k:" for n in range(120)),
        "unknown-tag": "title: !secret 제목",
    }
    for name, block in blocks.items():
        yield Case(f"yaml/{name}.md", front_matter(block), KEPT)
    odd = {
        "int-5000": "number: " + "9" * 5000,
        "int-in-title": "title: " + "9" * 5000,
        "infinite": "number: .inf\nother: -.Inf\nnone: .nan",
        "dates": "date: 99999-99-99\ncreated: 2024-02-31\nupdated: 0000-00-00",
        "last-date": "date: 9999-12-31T23:59:59-23:59",
        "first-date": "date: 0001-01-01T00:00:00+23:59",
        "sexagesimal": "time: 190:20:30\noctal: 0777\nhex: 0xFFFFFFFFFFFFFFFFFF",
        "null-title": "title: ~\ntags: null",
        "map-title": "title: {a: b}\ntags: {c: d}\naliases: 3",
        "duplicates": "a: 1\na: 2\na: 3",
        "surrogate": 'title: "\\uD800 반쪽"',
        "nul": 'title: "\\0 널"\ntags: ["\\0"]',
        "control": 'title: "\\e[31m 빨강"',
        "binary": "file: !!binary R0lGODlhAQABAAAAACw=",
        "long-key": f"{'k' * 3000}: v",
        "long-summary": f"description: {'길다 ' * 5000}",
        "many-keys": "\n".join(f"k{n}: {n}" for n in range(4000)),
        "too-many-keys": "\n".join(f"k{n}: {n}" for n in range(70_000)),
        "many-aliases": "aliases:\n" + "\n".join(f"- 이름 {n}" for n in range(3000)),
        "bad-url": "source_url: javascript:alert(1)\nurl: //host/\nsource: http://[",
    }
    for name, block in odd.items():
        yield Case(f"yaml/{name}.md", front_matter(block), KEPT)


def tag_cases() -> Iterator[Case]:
    names = [f"꼬리표{n}" for n in range(100_000)]
    lines = "\n".join(
        " ".join(f"#{n}" for n in names[k : k + 50]) for k in range(0, 100_000, 50)
    )
    yield Case("tags/lines.md", text(f"# 많은 꼬리표\n{lines}\n"), EITHER, is_said=True)
    yield Case("tags/one-line.md", text("#" + " #".join(names) + "\n"), EITHER)
    yield Case(
        "tags/front.md", front_matter(f"tags: [{', '.join(names)}]"), EITHER, True
    )
    some = ", ".join(names[:2000])
    yield Case("tags/two-thousand.md", front_matter(f"tags: [{some}]"), KEPT, True)
    yield Case("tags/long.md", front_matter(f"tags: [{'가' * 3000}]"), KEPT, True)
    yield Case("tags/levels.md", text("#" + "a/" * 3000 + "b\n\n글\n"), EITHER)


def size_cases() -> Iterator[Case]:
    """Lines, headings and blocks in numbers that no person writes."""
    yield Case("size/line-50.md", lambda: b"x" * (50 * MIB), REFUSED)
    yield Case("size/line-15.md", lambda: b"x" * (15 * MIB), REFUSED)
    yield Case("size/line-1.md", lambda: "긴 줄 ".encode() * 100_000, KEPT)
    yield Case("size/words-15.md", lambda: "낱말 ".encode() * (2 * MIB), REFUSED)
    yield Case("size/lines.md", lambda: b"\n" * 3_000_000 + b"end", REFUSED)
    yield Case("size/headings.md", text("# h\n" * 100_000), REFUSED)
    yield Case("size/some-headings.md", text("## 제목\n" * 40_000), EITHER)
    yield Case("size/title.md", text("# " + "제목" * 20_000 + "\n\n글\n"), KEPT)
    yield Case("size/sparse.md", at(_sparse), REFUSED)
    nests = {
        "quotes": ">" * 50_000,
        "brackets": "[" * 50_000,
        "open-links": "[a](b" * 50_000,
        "stars": "*a **b " * 50_000,
        "ticks": "`" * 7 + " ".join("`" * (n % 40 + 1) for n in range(20_000)),
        "comments": "<!--" * 50_000,
        "entities": "&" * 100_000,
        "angle": "<" * 100_000,
        "list": "".join("  " * n + "- a\n" for n in range(500)),
        "table": "|a" * 20_000 + "|\n" + "|-" * 20_000 + "|\n" + "|b" * 20_000,
        "pictures": "![[" * 50_000,
        "wiki-links": "[[" * 50_000,
        "links": " ".join(f"[[없는 글 {n}]]" for n in range(30_000)),
        "same-link": "[[가]] " * 60_000,
        "footnotes": "".join(f"[^{n}]: x\n" for n in range(20_000)),
        "references": "[a]: b\n" * 50_000 + "[a]" * 50_000,
        "fence": "`" * 100_000,
        "rulers": "---\n" * 100_000,
    }
    for name, nest in nests.items():
        yield Case(f"nests/{name}.md", text(f"# {name}\n\n{nest}\n"), EITHER)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 * 1024 * MIB)


def byte_cases() -> Iterator[Case]:
    yield Case(
        "bytes/nul.md", lambda: b"# n\x00ul\n\x00text\n" + b"a" * 500, KEPT, True
    )
    yield Case("bytes/all-nul.md", lambda: b"\x00" * 5000, REFUSED)
    yield Case(
        "bytes/surrogate.md",
        lambda: "글".encode() + b"\xed\xa0\x80 \xed\xb0\x80",
        REFUSED,
    )
    yield Case(
        "bytes/utf16-half.md",
        lambda: b"\xff\xfe" + b"\x00\xd8" + "글".encode("utf-16-le"),
        REFUSED,
    )
    yield Case("bytes/utf16-odd.md", lambda: b"\xff\xfe" + b"a\x00b", REFUSED)
    yield Case(
        "bytes/utf16-bare.md",
        lambda: "plain text of some length".encode("utf-16-le"),
        REFUSED,
    )
    yield Case("bytes/overlong.md", lambda: b"a\xc0\x80b" * 20, REFUSED)
    yield Case(
        "bytes/picture.md",
        lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        REFUSED,
    )
    yield Case("bytes/only-mark.md", lambda: b"\xef\xbb\xbf", REFUSED)
    yield Case(
        "bytes/controls.md", lambda: b"# c\n" + bytes(range(1, 32)) + b"\x7f\n", KEPT
    )
    yield Case(
        "bytes/separators.md", text("# 줄\nA\u2028B\u2029C\x85D\x0bE\x0cF\n"), KEPT
    )
    yield Case("bytes/noncharacters.md", text("# 밖\n\ufdd0\uffff\U0010ffff\n"), KEPT)
    yield Case("bytes/marks.md", text("# a" + "\u0301" * 50_000 + "\n글\n"), EITHER)


def name_cases() -> Iterator[Case]:
    names = {
        "line\nbreak": KEPT,
        "esc\x1b[2J": KEPT,
        "\u202eover.gnp": KEPT,
        "-rf": KEPT,
        "--help": KEPT,
        "CON": KEPT,
        "%2e%2e%2fup": KEPT,
        "back\\slash": KEPT,
        "a" * 250: KEPT,
        "\u200b": EITHER,
        "{{ 7|add:7 }}": KEPT,
        "<img src=x onerror=alert(1)>".replace("/", ""): KEPT,
        "'; DROP TABLE wiki_entry; --": KEPT,
        "%s%n%d": KEPT,
    }
    for number, (name, becomes) in enumerate(names.items()):
        yield Case(f"names/{name}.md", text(f"이상한 이름 {number}\n"), becomes)
    deep = "/".join(["깊이"] * 70)
    yield Case(f"{deep}/deep.md", text("깊은 글\n"), REFUSED)
    yield Case("names/dir.md/inside.md", text("폴더 안의 글\n"), KEPT)


def special_cases(outside: Path) -> Iterator[Case]:
    """What is no plain file, or leads out of the dump."""
    links = {
        "link.md": outside / "secret.md",
        "link-absolute.md": Path("/etc/passwd"),
        "link-up.md": Path("../../outside/secret.md"),
        "link-zero.md": Path("/dev/zero"),
        "link-self.md": Path("link-self.md"),
        "link-nowhere.md": Path("nowhere.md"),
    }
    for name, target in links.items():
        link = at(lambda path, target=target: path.symlink_to(target))
        yield Case(f"special/{name}", link, REFUSED)
    yield Case("special/pipe.md", at(os.mkfifo), REFUSED)
    yield Case("special/socket.md", at(_socket), REFUSED)


def hostile_cases(outside: Path, canary: Path) -> list[Case]:
    """Every case of files in a folder."""
    return [
        *front_matter_cases(canary),
        *tag_cases(),
        *size_cases(),
        *byte_cases(),
        *name_cases(),
        *special_cases(outside),
    ]
