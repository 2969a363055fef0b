"""Korean text in Markdown: emphasis beside particles, particles behind addresses."""

import re
from unicodedata import category

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Scanned, StateInline

from .markup import words

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303c"
    "\u3041-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00020000-\U0003ffff]"
)
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
# Signs after which a path goes on: Hangul behind them is part of the address,
# unless it is nothing but a particle.
_PATH_SIGNS = frozenset("/=-_#&?+:%@~")
# What stands behind a name without being part of it.
PARTICLES = words(
    "가 과 까지 께 께서 나 는 다 도 라 라고 라는 랑 로 로부터 로서 로써 를 만 밖에 "
    "보다 부터 뿐 아 야 에 에게 에는 에도 에만 에서 에서는 에서도 와 으로 으로는 "
    "으로도 은 을 의 이 이고 이나 이다 이라고 이라는 이며 인데 입니다 입니다만 조차 "
    "처럼 하고 한테"
)


class KoreanStateInline(StateInline):
    """Inline state in which emphasis may end between a sign and a Hangul letter.

    CommonMark leaves the stars of `**"강조"**는` and `**중요(important)**은` standing:
    a closing star after punctuation needs a blank behind it, and Korean puts the
    particle there. Here a CJK letter beside `*` or `~` counts as punctuation.
    `_` keeps CommonMark's rule, or `변수_이름_값` would turn slanted.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        """The run of markers at `start`: may it open, may it close, its length."""
        if not canSplitWord or self.src.isascii():
            return super().scanDelims(start, canSplitWord)
        marker, end, stop = self.src[start], start, self.posMax
        while end < stop and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < stop else " "
        blank_before = isWhiteSpace(ord(before))
        blank_after = isWhiteSpace(ord(after))
        sign_before, sign_after = _counts_as_sign(before), _counts_as_sign(after)
        can_open = not blank_after and (not sign_after or blank_before or sign_before)
        can_close = not blank_before and (not sign_before or blank_after or sign_after)
        return Scanned(can_open, can_close, end - start)


def _counts_as_sign(char: str) -> bool:
    return (
        isMdAsciiPunct(ord(char)) or isPunctChar(char) or _CJK.match(char) is not None
    )


def without_particle(address: str) -> str:
    """A bare address as found in running text, less the Korean text behind it.

    `https://x.kr/path에서` gives `https://x.kr/path`, and `https://x.kr/wiki/배포`
    stays: behind a `/` and the like only a bare particle is cut.
    """
    end = len(address)
    while end and _HANGUL.match(address, end - 1):
        end -= 1
    head, tail = address[:end], address[end:]
    if not head or not tail:
        return address
    sign = head[-1]
    if not sign.isascii():
        # A closing quote or bracket of its own script ends an address too.
        return head if category(sign)[0] == "P" else address
    if sign == "." and "/" not in head.partition("://")[2]:
        return address
    if sign in _PATH_SIGNS and tail not in PARTICLES:
        return address
    return head
