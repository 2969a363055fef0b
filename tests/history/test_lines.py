import time

import pytest

from wiki.history.lines import LineKind, outline, split_lines

TEXT = """\
# 제목 #
글
```py
# 주석
```
- ```sh
  # 주석
  ```
> ~~~
> # 주석
## 둘
밑줄
---
- 항목
---
가 | 나
--- | ---
하나 | 둘

    코드
    - 항목
###붙음
<img>
| 칸 |
"""


def test_kinds_of_lines():
    prose, code, table = LineKind.PROSE, LineKind.CODE, LineKind.TABLE
    heading = LineKind.HEADING

    assert outline(split_lines(TEXT)).kinds == [
        *[heading, prose, code, code, code, code, code, code, code, code],
        *[heading, heading, heading, prose, prose, table, table, table],
        *[LineKind.BLANK, code, prose, prose, LineKind.HTML, table],
    ]


def test_headings_stand_where_the_renderer_prints_them():
    scanned = outline(split_lines(TEXT))

    assert scanned.headings == [(0, "제목"), (10, "둘"), (11, "밑줄")]
    assert scanned.heading_at(9) == "제목"
    assert scanned.heading_at(10) == "둘"
    assert scanned.headings_between(1, 11) == [10]


def test_above_the_first_heading_there_is_none():
    assert outline(["글", "# 제목"]).heading_at(0) == ""


@pytest.mark.parametrize(
    "line, text",
    [
        ("#", ""),
        ("## a #b", "a #b"),
        ("## C#", "C#"),
        ("## C ##  ", "C"),
        ("### #", ""),
        ("  ## 둘", "둘"),
    ],
)
def test_text_of_a_heading(line, text):
    assert outline([line]).headings == [(0, text)]


@pytest.mark.parametrize("line", ["#붙음", "####### 일곱", "    # 코드", "a # b"])
def test_what_is_no_heading(line):
    assert outline([line]).headings == []


@pytest.mark.parametrize(
    "text, lines",
    [
        ("", []),
        ("\n", [""]),
        ("가", ["가"]),
        ("가\n나\n", ["가", "나"]),
        ("가\n\n", ["가", ""]),
        ("가\u2028나\x0b\x85\r\n다", ["가\u2028나\x0b\x85\r", "다"]),
    ],
)
def test_lines_end_at_newlines_only(text, lines):
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    "line",
    ["- " * 300_000, "> " * 300_000, "# a" + " " * 500_000 + "b" + " " * 500_000 + "x"]
    + ["-" * 500_000 + "x", "|" + " " * 500_000 + "-x", "`" * 500_000 + "a`"]
    + ["> " + " " * 500_000 + "x-", "# " + "#" * 500_000 + "x", "|-" * 300_000 + "x"],
)
def test_a_long_line_costs_its_length(line):
    started = time.process_time()

    outline([line])

    assert time.process_time() - started < 1
