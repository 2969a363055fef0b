import time

import pytest

from wiki.history.pictures import pictures_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("글 ![구조](그림/구조.png) 끝", ("그림/구조.png",)),
        ('![](a.png "제목") ![b](<b c.png>)', ("a.png", "b c.png")),
        ("![[구조.png|300]] 그리고 ![[a b.png]]", ("구조.png", "a b.png")),
        ("<img alt='x' src=\"a.png\"> <IMG src=b.png>", ("a.png", "b.png")),
        ("![a](a.png) ![b](a.png)", ("a.png",)),
        ("[글](a.md) [[노트]] a!b", ()),
        ("![a \\[b\\] c](https://example.com/a.png)", ("https://example.com/a.png",)),
    ],
)
def test_pictures_are_found_by_their_signs(text, found):
    assert pictures_of(text) == found


@pytest.mark.parametrize("sign", ["![", "![](", "![[", "<img ", "<img src=", "![](<"])
def test_a_megabyte_of_signs_ends_soon(sign):
    started = time.process_time()
    pictures_of(sign * (1_000_000 // len(sign)))

    assert time.process_time() - started < 3
