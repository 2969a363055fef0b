"""Texts for the history tests: the lines a wiki has, and those that break things."""

import unicodedata

from hypothesis import strategies as st

LINES = [
    "",
    "",
    "## 데이터 전송",
    "gRPC는 데이터 전송에 HTTP/2를 쓴다.",
    "gRPC는 데이터 전송에 [[HTTP/2]]를 사용함.",
    "- 하나의 연결로 여러 요청을 보낸다",
    "- 하나의 연결로 요청 여러 개를 보낸다",
    "the same words in another order",
    "another order of the same words",
    "| 기준 | gRPC |",
    "```python",
    "```",
    "    code = 1",
    "가족 👨‍👩‍👧 과 국기 🇰🇷🇯🇵",
    "가족 👨‍👩‍👦 과 국기 🇰🇷🇺🇸",
    unicodedata.normalize("NFD", "각자의 서버"),
    "각자의 서버",
    "cafe\u0301 ☕\ufe0f",
    "줄 가름\u2028아래",
    "끝에 CR\r",
    "\f",
    "}",
]

# Made of few lines, so that equal ones repeat; joined with and without an end.
line_lists = st.lists(st.sampled_from(LINES) | st.text(max_size=8), max_size=12)
texts = st.builds(
    lambda lines, end: "\n".join(lines) + end, line_lists, st.sampled_from(["", "\n"])
)


def joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)
