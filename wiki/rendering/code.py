"""Code blocks: highlighted by class, in the few classes the stylesheet colours."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token as Kind
from pygments.token import _TokenType

from . import limits
from .markup import escape

# What a writer may call a language, and the lexer that colours it. Only these are
# used: some of the library's other lexers take minutes for a page made for it.
_LEXERS = {
    "bash": "bash sh shell zsh ksh fish env dotenv",
    "bat": "bat batch cmd",
    "c": "c h",
    "clojure": "clojure clj",
    "cmake": "cmake",
    "console": "console shell-session terminal shellsession",
    "cpp": "cpp c++ cc cxx hpp arduino",
    "csharp": "csharp c# cs",
    "css": "css less",
    "dart": "dart",
    "diff": "diff patch udiff",
    "docker": "docker dockerfile",
    "elixir": "elixir ex exs",
    "erlang": "erlang erl",
    "fsharp": "fsharp f#",
    "go": "go golang",
    "graphql": "graphql gql",
    "groovy": "groovy gradle jenkinsfile",
    "haskell": "haskell hs",
    "hcl": "hcl terraform tf",
    "html": "html xhtml vue svelte jsp thymeleaf htm",
    "html+jinja": "jinja django html+jinja html+django jinja2",
    "http": "http",
    "ini": "ini cfg conf properties editorconfig gitconfig",
    "java": "java",
    "javascript": "javascript js jsx mjs node nodejs cjs",
    "json": "json jsonc json5 jsonl",
    "julia": "julia jl",
    "kotlin": "kotlin kt kts",
    "latex": "latex tex",
    "lua": "lua",
    "make": "make makefile mk",
    "markdown": "markdown md",
    "matlab": "matlab octave",
    "nasm": "nasm asm",
    "nginx": "nginx",
    "objective-c": "objective-c objc objectivec obj-c",
    "ocaml": "ocaml",
    "perl": "perl pl",
    "php": "php",
    "postgresql": "postgresql postgres plpgsql psql",
    "powershell": "powershell ps1 pwsh",
    "protobuf": "protobuf proto",
    "pycon": "pycon",
    "python": "python py python3 ipython",
    "r": "r",
    "ruby": "ruby rb erb rails",
    "rust": "rust rs",
    "scala": "scala",
    "scheme": "scheme racket lisp",
    "scss": "scss sass",
    "solidity": "solidity sol",
    "sql": "sql sqlite oracle",
    "mysql": "mysql mariadb",
    "swift": "swift",
    "toml": "toml",
    "typescript": "typescript ts tsx",
    "vim": "vim viml",
    "xml": "xml svg xsd xslt plist pom",
    "yaml": "yaml yml docker-compose",
}
_LEXER_OF = {alias: name for name, many in _LEXERS.items() for alias in many.split()}

_CLASSES = {
    Kind.Comment: "c",
    Kind.Comment.Preproc: "k",
    Kind.Keyword: "k",
    Kind.Keyword.Type: "kt",
    Kind.Operator.Word: "k",
    Kind.Name.Tag: "k",
    Kind.Name.Builtin: "kt",
    Kind.Name.Builtin.Pseudo: "k",
    Kind.Name.Attribute: "kt",
    Kind.Name.Class: "nc",
    Kind.Name.Exception: "nc",
    Kind.Name.Function: "nf",
    Kind.Name.Decorator: "nf",
    Kind.Name.Entity: "mi",
    Kind.Literal.String: "s",
    Kind.Literal.Date: "s",
    Kind.Literal.Number: "mi",
    Kind.Generic.Prompt: "gp",
    Kind.Generic.Heading: "k",
    Kind.Generic.Subheading: "k",
    Kind.Generic.Deleted: "gd",
    Kind.Generic.Inserted: "gi",
}
CODE_CLASSES = frozenset(_CLASSES.values())

_LANGUAGE = re.compile(r"[^\w+#]*([\w+#][\w+#.\-]{0,29})")
_UNNAMED = frozenset({"text", "txt", "plain", "plaintext", "none", "nohighlight"})
_SLOW = re.compile(
    rf"[^\n]{{{limits.MAX_CODE_LINE_CHARS}}}"
    rf"|[\w\s.\[\]$<>?]{{{limits.MAX_CODE_CHARS_WITHOUT_SIGN}}}"
)
_HEREDOC = re.compile(r"<<<?[-~]?['\"]?\w+['\"]?\n")
_PROMPT = re.compile(r"\s*\$ ")


def language_of(info: str) -> str:
    """The language of a fence's info string as written, or the empty string.

    `python title="a.py"`, `{.python}` and `python:a.py` all give `python`.
    """
    match = _LANGUAGE.match(info)
    name = match[1] if match else ""
    return "" if name.lower() in _UNNAMED or name.strip("+#.-_") == "" else name


# Who edits a note colours the same blocks at every preview.
@lru_cache(maxsize=256)
def highlighted(code: str, language: str) -> str:
    """The code as HTML: escaped, with a `<span>` around what has a colour."""
    lexer = _lexer_for(_lexer_name(language, code))
    if lexer is None:
        return escape(code)
    lexed = ((kind, text) for _, kind, text in lexer.get_tokens_unprocessed(code))
    return "".join(_spans(lexed))


def can_highlight(code: str, language: str) -> bool:
    """Whether the language is known and the code short and plain enough to colour.

    Lexers take their time over what no one would have written: see `limits`.
    """
    return (
        language.lower() in _LEXER_OF
        and len(code) <= limits.MAX_HIGHLIGHTED_CHARS
        and not _SLOW.search(code)
        and len(_HEREDOC.findall(code)) <= limits.MAX_HEREDOCS
    )


def _lexer_name(language: str, code: str) -> str:
    name = _LEXER_OF.get(language.lower(), "")
    # A transcript is often called bash: its prompts are not to be copied.
    return "console" if name == "bash" and _PROMPT.match(code) else name


@lru_cache(maxsize=len(_LEXERS) + 1)
def _lexer_for(name: str) -> Lexer | None:
    # A lexer keeps nothing between two texts, so one of each will do.
    return get_lexer_by_name(name, stripnl=False, ensurenl=False) if name else None


def _spans(lexed: Iterable[tuple[_TokenType, str]]) -> Iterator[str]:
    for name, group in groupby(lexed, key=_class_of_first):
        text = escape("".join(part for _, part in group))
        yield f'<span class="{name}">{text}</span>' if name else text


@lru_cache(maxsize=512)
def _class_of(kind: _TokenType) -> str:
    while kind is not None:
        if kind in _CLASSES:
            return _CLASSES[kind]
        kind = kind.parent
    return ""


def _class_of_first(lexed: tuple[_TokenType, str]) -> str:
    return _class_of(lexed[0])
