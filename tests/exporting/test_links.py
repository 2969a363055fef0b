import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.exporting.links import MAX_PAIRS, Leads, rewrite_links
from wiki.importing.manifest import MAX_LINKS, restore_links

BLOCK = "((64b4c1f0-0000-4000-8000-000000000000))"
LEADS = {
    "A": Leads("A.md"),
    "배포 절차": Leads("배포 절차.md"),
    "C#": Leads("C＃.md"),
    "../db/redis.md": Leads("Redis.md"),
    "redis": Leads("Redis.md"),
    "img/그림 1.png": Leads("files/그림 1.png"),
    "그림.png": Leads("files/그림.png"),
    "a(b).pdf": Leads("files/a(b).pdf"),
    BLOCK: Leads("A.md", "제목 [A]"),
}


@pytest.mark.parametrize(
    ("written", "exported"),
    [
        ("[[A]]", "[A](A.md)"),
        ("[[배포 절차|절차]]를", "[절차](배포%20절차.md)를"),
        ("[[배포 절차#점검 목록]]", "[배포 절차#점검 목록](배포%20절차.md#점검-목록)"),
        ("[[C#]]", "[C#](C＃.md)"),
        ("[[보이는 글|A]]", "[보이는 글](A.md)"),
        ("| [[A\\|b]] | x |", "| [b](A.md) | x |"),
        ("[[A|*별* [x]]]", "[\\*별\\* \\[x\\]](A.md)"),
        ("![[그림.png]]", "![그림.png](files/그림.png)"),
        ("![[그림.png|200]]", "![그림.png|200](files/그림.png)"),
        ("[x](../db/redis.md)", "[x](Redis.md)"),
        ('[x](../db/redis.md#a-b "t")', '[x](Redis.md#a-b "t")'),
        ("[x](<../db/redis.md>)", "[x](Redis.md)"),
        ("![](img/%EA%B7%B8%EB%A6%BC%201.png)", "![](files/그림%201.png)"),
        ("![](<img/그림 1.png>)", "![](files/그림%201.png)"),
        ("[x](a(b).pdf)", "[x](files/a%28b%29.pdf)"),
        ("[x]\n\n[x]: ../db/redis.md", "[x]\n\n[x]: Redis.md"),
        ('<img src="그림.png" width=3>', '<img src="files/그림.png" width=3>'),
        ('[x]({{< ref "redis" >}})', "[x](Redis.md)"),
        (f"본문 {BLOCK}", "본문 [제목 \\[A\\]](A.md)"),
    ],
)
def test_links_lead_to_files_and_back(written, exported):
    rewritten = rewrite_links(written, LEADS)

    assert rewritten.text == exported
    assert restore_links(rewritten.text, rewritten.pairs) == written


@pytest.mark.parametrize(
    "text",
    [
        "[[없는 글]]",
        "`[[A]]`",
        "```\n[[A]]\n```",
        "> ~~~\n> [[A]]\n> ~~~",
        "- ```sh\n  [[A]]\n  ```",
        "```\n[[A]]",
        "``a ` [[A]]``",
        "\\[[A]]",
        "[x](https://example.com/A)",
        'src="그림.png"',
        "{{embed [[A]]}}",
    ],
)
def test_code_and_what_leads_elsewhere_stays(text):
    assert rewrite_links(text, LEADS).text == text


def test_a_link_below_a_code_block_is_found():
    text = "```\n[[A]]\n```\n[[A]] `x` [[A]]"

    assert rewrite_links(text, LEADS).text == "```\n[[A]]\n```\n[A](A.md) `x` [A](A.md)"


def test_what_looks_rewritten_and_was_written_so_stays():
    text = "`[A](A.md)` [[A]] [A](A.md) [[A]] [A](A.md)"

    rewritten = rewrite_links(text, LEADS)

    assert restore_links(rewritten.text, rewritten.pairs) == text


def test_an_edited_file_gets_back_what_is_still_there():
    rewritten = rewrite_links("[[A]] 하나\n[[redis]] 둘\n[[A]] 셋", LEADS)
    edited = rewritten.text.replace("[redis](Redis.md) 둘", "새 줄")

    assert restore_links(edited, rewritten.pairs) == "[[A]] 하나\n새 줄\n[[A]] 셋"


def test_no_more_links_are_changed_than_can_be_changed_back():
    assert MAX_PAIRS == MAX_LINKS
    text = "[[A]]" * (MAX_PAIRS + 1)

    assert rewrite_links(text, LEADS).text == text
    assert rewrite_links(text[5:], LEADS).text == "[A](A.md)" * MAX_PAIRS


PARTS = st.sampled_from(
    [
        "[[A]]",
        "[A](A.md)",
        "](A.md)",
        "[[redis|A]]",
        "![[그림.png|20]]",
        "![x](그림.png)",
        "](files/그림.png",
        "[x]: ../db/redis.md\n",
        "`",
        "```",
        "\n",
        "\n\n",
        "[",
        "]",
        "\\",
        "가 ",
        "<img src='그림.png'>",
        BLOCK,
    ]
)


@given(st.lists(PARTS | st.text(max_size=4), max_size=30).map("".join))
def test_every_text_comes_back(text):
    rewritten = rewrite_links(text, LEADS)

    assert restore_links(rewritten.text, rewritten.pairs) == text


@pytest.mark.parametrize(
    "text",
    [
        "[[A]] " * 20_000,
        "[[" * 100_000,
        "](" * 100_000,
        "`" + "``".join(["x"] * 50_000),
        " ".join("`" * n for n in range(600)),
        "src=" * 100_000,
        "((" * 100_000,
        "[A](A.md)" * 20_000 + "[[A]]",
        "> " * 200_000,
        "```\n" * 50_000,
    ],
)
def test_time_grows_with_the_text_only(text):
    started = time.process_time()

    rewritten = rewrite_links(text, LEADS)
    restored = restore_links(rewritten.text, rewritten.pairs)

    assert restored == text
    assert time.process_time() - started < 5
