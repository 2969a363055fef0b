"""Notes for searches: words as often as in real texts, and a share of plain ones.

A few words stand everywhere, most in a handful of notes (Zipf's law); Korean ones take
particles and grow together, English ones stand among them, code has names of its own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.notes import ENDINGS, ENGLISH, KOREAN

# Every fourth note is made of few words, so that each of them is in nearly all.
_PLAIN_SHARE = 0.25
_KOREAN_WORDS, _ENGLISH_WORDS, _NAMES = 12_000, 6_000, 4_000
_TAGS = 80
_PART_BYTES = 300
_PARTICLES = (
    *("은", "는", "이", "가", "을", "를", "의", "에", "에서", "으로", "로", "와", "과"),
    *(
        "도",
        "만",
        "까지",
        "부터",
        "에게",
        "한다",
        "했다",
        "하는",
        "된다",
        "이다.",
        "다.",
        "",
    ),
    *("", "", "", "", ""),
)
_SYLLABLES = (
    "가각간갈감갑강개객거건검격견결경계고공과관광교구국군권규그극근글금급기길나난날"
    "남내년노논눈능다단달담당대데도독돌동두드등디라락란람량러력련령로록론료류리림마"
    "막만말망매맥면명모목무문물미민바박반발방배백버범법벽변별병보복본봉부북분불비빈"
    "사산삼상색생서석선설성세소속손송수순술스습시식신실심쌍아악안알암압액야약양어언"
    "업에여역연열염영예오온완외요용우운원월위유육율은음응의이익인일임입자작잔장재저"
    "적전절점정제조족존종좌주준중즉지직진질집차착참창채처척천철첩청체초총최추축출충"
    "취측층치친칠침쾌타탁탄탈태택터토통투특파판패편평폐포폭표품풍프필하학한할함합항"
    "해핵행향허험혁현혈협형호혼홍화확환활황회획효후훈휴흐희"
)
_LATIN = "ba be bi bo ca ce co da de di do fa fe ga ge ha in ka la le li lo ma me mi mo na ne no op pa pe pi po qu ra re ri ro sa se si so ta te ti to tr ul un ve vi xa ze".split()  # noqa: E501, SIM905


@dataclass(frozen=True)
class Text:
    title: str
    body: str
    tags: tuple[str, ...]


class Words:
    """Words by their rank: the first ones stand in most notes."""

    def __init__(self, seed: int = 7) -> None:
        dice = random.Random(seed)
        self.korean = _distinct(KOREAN, _KOREAN_WORDS, lambda: _hangul(dice))
        self.english = _distinct(ENGLISH, _ENGLISH_WORDS, lambda: _latin(dice))
        self.names = _distinct([], _NAMES, lambda: _name(dice, self.english))
        self.tags = [*self.korean[:_TAGS:2], *self.english[:_TAGS:2]]
        self._weights = {
            id(words): list(accumulate(1 / (rank + 3) for rank in range(len(words))))
            for words in (self.korean, self.english, self.names)
        }

    def pick(self, dice: random.Random, words: list[str], count: int) -> list[str]:
        return dice.choices(words, cum_weights=self._weights[id(words)], k=count)


def make_texts(count: int, body_bytes: int, *, seed: int = 7) -> Iterator[Text]:
    """Notes of about so many bytes."""
    words, dice = Words(seed), random.Random(seed + 1)
    for number in range(count):
        title = f"{' '.join(_prose(dice, words, 3))} {number}"
        is_plain = dice.random() < _PLAIN_SHARE
        parts, size = [], 0
        # Half a part less: the last one goes beyond.
        while size < body_bytes - _PART_BYTES / 2:
            part = _plain(dice) if is_plain else _part(dice, words)
            parts.append(part)
            size += len(part.encode())
        tags = tuple(dict.fromkeys(dice.choices(words.tags, k=dice.randrange(4))))
        yield Text(title, "\n\n".join(parts), tags)


def _part(dice: random.Random, words: Words) -> str:
    kind = dice.random()
    if kind < 0.12:
        return f"## {' '.join(_prose(dice, words, 3))}"
    if kind < 0.24:
        a, b, c, d = words.pick(dice, words.names, 4)
        return (
            f"```python\ndef {a}({b}, {c}={dice.randrange(99)}):\n    return {d}\n```"
        )
    if kind < 0.36:
        return "\n".join(f"- {' '.join(_prose(dice, words, 6))}" for _ in range(4))
    return " ".join(_prose(dice, words, 25))


def _prose(dice: random.Random, words: Words, count: int) -> list[str]:
    made = []
    for _ in range(count):
        kind = dice.random()
        if kind < 0.16:
            made += words.pick(dice, words.english, 1)
        elif kind < 0.20:
            made += words.pick(dice, words.names, 1)
        elif kind < 0.22:
            made.append(f"{dice.randrange(1, 9)}.{dice.randrange(20)}")
        else:
            parts = words.pick(dice, words.korean, 2 if dice.random() < 0.15 else 1)
            made.append("".join(parts) + dice.choice(_PARTICLES))
    return made


def _plain(dice: random.Random) -> str:
    return " ".join(
        dice.choice(ENGLISH)
        if dice.random() < 0.2
        else dice.choice(KOREAN) + dice.choice(ENDINGS)
        for _ in range(30)
    )


def _distinct(first: list[str], count: int, make) -> list[str]:
    found = dict.fromkeys(first)
    while len(found) < count:
        found[make()] = None
    return list(found)


def _hangul(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=dice.choice((2, 2, 2, 2, 3, 3, 4))))


def _latin(dice: random.Random) -> str:
    return "".join(dice.choices(_LATIN, k=dice.choice((2, 3, 3, 4))))


def _name(dice: random.Random, english: list[str]) -> str:
    parts = dice.choices(english, k=dice.choice((2, 2, 3)))
    if dice.random() < 0.5:
        return "_".join(parts)
    return parts[0] + "".join(part.capitalize() for part in parts[1:])
