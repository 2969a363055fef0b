"""Code blocks and diagrams."""

import pytest

from wiki.rendering import render
from wiki.rendering.code import _LEXERS, CODE_CLASSES, _lexer_for, language_of
from wiki.rendering.limits import MAX_HIGHLIGHTED_CHARS


def html(body):
    return render(body).html


def test_a_block_stands_in_a_frame_that_scrolls_with_the_keyboard():
    assert html("```python\ndef f(x):\n    return 1  # 하나\n```\n") == (
        '<div class="code" data-lang="python"><pre tabindex="0"><code>'
        '<span class="k">def</span> <span class="nf">f</span>(x):\n'
        '    <span class="k">return</span> <span class="mi">1</span>  '
        '<span class="c"># 하나</span>\n</code></pre></div>\n'
    )


def test_code_without_a_language_is_plain():
    plain = '<div class="code"><pre tabindex="0"><code>a &lt; b\n</code></pre></div>\n'

    assert html("```\na < b\n```\n") == html("    a < b\n") == plain


@pytest.mark.parametrize(
    "info, language",
    [
        ("python", "python"),
        ('python title="a.py"', "python"),
        ("{.python}", "python"),
        ("js:app.js", "js"),
        ("java {1,3}", "java"),
        ("C++", "C++"),
        ("c#", "c#"),
        ("objective-c", "objective-c"),
        ("text", ""),
        ("", ""),
        ("---", ""),
        ("한글", "한글"),
    ],
)
def test_the_language_is_read_from_the_info_string(info, language):
    assert language_of(info) == language


def test_an_unknown_language_is_named_but_not_coloured():
    assert html("```brainfog\nif x:\n```\n") == (
        '<div class="code" data-lang="brainfog"><pre tabindex="0"><code>if x:\n'
        "</code></pre></div>\n"
    )


def test_a_transcript_in_a_shell_block_has_prompts():
    written = html("```bash\n$ ls -l\n합계 0\n```\n")

    assert '<span class="gp">$ </span>' in written


@pytest.mark.parametrize("name", _LEXERS)
def test_every_language_of_the_list_has_a_lexer_that_keeps_the_text(name):
    text = 'a = "<b>&amp;</b>" # 글\n\n  $ x\n{ "a": [1, 2] }\n'

    lexed = "".join(
        part for _, _, part in _lexer_for(name).get_tokens_unprocessed(text)
    )

    assert lexed == text


def test_only_the_classes_of_the_stylesheet_are_used():
    assert " ".join(sorted(CODE_CLASSES)) == "c gd gi gp k kt mi nc nf s"


def test_long_code_is_shown_plain_and_whole():
    code = 'x = "a"\n' * (MAX_HIGHLIGHTED_CHARS // 8 + 1)

    written = html(f"```python\n{code}```\n")

    assert "<span" not in written
    assert written.count('x = "a"') == code.count("x")


def test_only_so_much_code_of_a_body_is_coloured():
    block = "```python\n" + 'x = "a"\n' * 1000 + "```\n\n"

    written = html(block * 12)

    assert 0 < written.count("<span") < 12 * 2000
    assert written.count('<div class="code"') == 12


def test_a_diagram_is_kept_as_text_for_a_script_to_draw():
    assert html("```mermaid\ngraph TD; A-->B\n```\n") == (
        '<pre class="mermaid" tabindex="0">graph TD; A--&gt;B\n</pre>\n'
    )


def test_inline_code_is_escaped():
    assert html("`<b>&amp;`") == "<p><code>&lt;b&gt;&amp;amp;</code></p>\n"
