"""From a heading line to a title and what else the line says.

`# gRPC (Google Remote Protocol)` names an entry and gives it another title;
`# [Coroutine](https://…) (Co + Routine)` also says where it came from.
"""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from wiki.slugs import MAX_TITLE_CHARS, clean_title, title_key

# Longer headings are no titles; their inside is left alone.
_MAX_HEADING_CHARS = 2000
_MAX_ALIAS_CHARS = 100
_MAX_SUMMARY_CHARS = 500
_MAX_URL_CHARS = 2000

_parser = MarkdownIt("commonmark", {"html": True}).enable("strikethrough")
# Addresses are kept as they are written, not in another coding.
_parser.normalizeLink = lambda url: url  # type: ignore[method-assign]

# `# # title`, where an editor set the mark a second time.
_SECOND_MARK = re.compile(r"\A\s*(?:#{1,6}[ \t]+)+(?=\S)")
_MARKUP = re.compile(r"[*_`\[<&\\!~\]]")
_WIKILINK = re.compile(r"\[\[([^\[\]|]{1,300})(?:\|([^\[\]]{1,300}))?\]\]")
_LINK_HEADING = re.compile(r" {0,3}\[#[ \t]+(?=\S)(.*)\Z", re.DOTALL)
_BEFORE_DEFINITION = re.compile(r"(.+?)\s*[:：]\s*(?=\S)", re.DOTALL)
_DASH = re.compile(r"(.+?)\s+[-–—]\s+(\S.*)\Z", re.DOTALL)
# What a heading may be dressed in. `<String>` in `List<String>` is text.
_DRESS = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|code|del|div|em|font|i|img|ins|kbd|mark|p|q|s"
    r"|samp|small|span|strike|strong|sub|sup|tt|u|var)\b|<!--",
    re.IGNORECASE,
)
_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f]")
_ADDRESS_IN_TAG = re.compile(r"\b(?:href|src)\s*=", re.IGNORECASE)
_NUMBER = re.compile(
    r"\W*(?:v|ver\.?|no\.?)?\s*\d[\d\W]*(?:년|월|일|부|편|장|화|차|회|st|nd|rd|th)?\W*",
    re.IGNORECASE,
)
_IMAGE_ALT = re.compile(r"!\[([^\[\]\n]{2,20})\]\(")
_SAME_AS = re.compile(r" {0,3}=[ \t]+([^\s=][^\n]{0,99})\Z")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_OWN_DOWNLOAD = re.compile(r" \(\d+\)(?=\.[^.]*\Z|\Z)")
# Of all languages, and of those that are no English words too.
_LANGUAGES = (
    "aa af am an ar as ay az be bg bh bi bn bo br bs ca ce co cs cv cy da de dz el en "
    "eo es et eu fa fi fj fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ie ig "
    "is it ja jp ka kg kk kl km kn ko kr ku kw ky la lb lg li ln lo lt lv mg mi mk ml "
    "mn mr ms mt my na nb ne ng nl nn no nr nv ny oc om or os pa pl ps pt qu rm ro ru "
    "rw sa sc sd se sg si sk sl sm sn sq sr ss st su sv sw ta te tg th ti tk tl tn tr "
    "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh cn zu"
)
_CLEAR_LANGUAGES = (
    "ar bg bn ca cs da de el en es et eu fa fi fr he hi hr hu id ja jp ka kk ko kr lt "
    "lv mn ms nl nb nn pl pt ro ru sk sl sr sv ta te th tr uk ur uz vi zh cn tw"
)
_REGION = r"(?:[-_](?:[A-Z]{2}|Han[st]|[a-z]{2}))?"
_README = re.compile(
    rf"(?:readme|_?index)(?:[-_. ](?P<language>(?:{'|'.join(_LANGUAGES.split())})"
    rf"{_REGION}))?\Z",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(rf"(?:{'|'.join(_CLEAR_LANGUAGES.split())}){_REGION}")
_TRANSLATED = re.compile(rf".*[^-_. ](?P<language>[-_.](?:{_LANGUAGE.pattern}))\Z")
# What a file name cannot hold, or holds in place of a blank.
_NOT_IN_FILE_NAMES = re.compile(r"[\s_\-:/\\?*\"<>|.]+")
_BUNDLE = re.compile(r"\.textbundle\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """What a heading line says. `rest` is what only the body can hold of it."""

    text: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    source_url: str = ""
    # With what became an alias, for when the short title is taken.
    full: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A heading without its markup; `bold` tells for each character."""

    text: str
    bold: tuple[bool, ...]
    leading_url: str = ""
    loses: bool = False


def read_title(heading: str, *, has_body: bool) -> Title:
    """The title in the text of a heading, markup off.

    `"Kafka - loose coupling."` without a body gives the title Kafka and the
    rest as summary; with a body the line stays whole. The text is empty when
    nothing visible is in it.
    """
    plain = _without_markup(_SECOND_MARK.sub("", heading))
    title = _cut_definition(plain, has_body=has_body)
    title = _cut_expansion(replace(title, source_url=plain.leading_url))
    title = replace(
        title,
        text=clean_title(title.text),
        full=clean_title(title.full),
        rest=heading.strip() if plain.loses else "",
    )
    return _cut_to_length(title, heading) if title_key(title.text) else Title("")


def link_heading(line: str) -> str:
    """The heading in `[# title](url)`, as `[title](url)`; "" for other lines."""
    match = _LINK_HEADING.match(line.rstrip())
    if not match or not line.rstrip().endswith(")"):
        return ""
    heading = "[" + match[1]
    return heading if whole_link(heading) else ""


def whole_link(text: str) -> str:
    """The label of a text that is one link and nothing else, as written."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith(")")) or len(text) > 4000:
        return ""
    tokens = _parser.parseInline(text)[0].children or []
    is_one = (
        len(tokens) >= 3
        and tokens[0].type == "link_open"
        and tokens[-1].type == "link_close"
        and sum(token.type == "link_open" for token in tokens) == 1
    )
    return text[1 : text.rindex("](")] if is_one and "](" in text else ""


def aliases_in_body(title: str, first_paragraph: str, body: str) -> tuple[str, ...]:
    """Other titles that the text itself gives.

    A line `= jump host` in the first paragraph, and a picture called by the
    initials of the title (MSA under Micro Service Architecture).
    """
    found = [
        match[1].strip()
        for line in first_paragraph.split("\n")
        if (match := _SAME_AS.match(line.rstrip()))
    ]
    words = _LATIN_WORD.findall(title)
    initials = "".join(word[0] for word in words).upper()
    if len(words) >= 2 and "![" in body:
        alts = (match[1] for match in _IMAGE_ALT.finditer(body))
        found += [alt for alt in alts if alt == initials][:1]
    return tuple(found)


def title_of_file(path: str, source: str) -> tuple[str, str]:
    """A title from where a file lies, and which name gave it.

    The file's name without its ending; for a README the folder it describes.
    """
    parts = PurePosixPath(path)
    stem = clean_title(_OWN_DOWNLOAD.sub("", parts.name.removesuffix(parts.suffix)))
    if _BUNDLE.search(parts.parent.name):
        return _shortened(clean_title(parts.parent.stem)), "folder name"
    if _README.match(stem) or not title_key(stem):
        folder = clean_title(parts.parent.name) or name_of_source(source)
        return _shortened(folder), "folder name"
    return _shortened(stem), "file name"


def says_more_than_file(heading: str, path: str) -> bool:
    """Whether a heading is the better title; a bare README or date is none.

    `20190604` leaves the title to `20190604_Collections.md`.
    """
    if _README.match(heading.strip()):
        return False
    if any(char.isalpha() for char in heading):
        return True
    name, own = file_name_key(PurePosixPath(path).stem), file_name_key(heading)
    return name == own or not name.startswith(own)


def file_name_key(title: str) -> str:
    """What a title and the name of its file have in common: blanks for signs."""
    return title_key(_NOT_IN_FILE_NAMES.sub(" ", title))


def language_of(path: str) -> str:
    """The language that a translation has in its name or folder; "" for others.

    `README-ko.md` → `ko`, `docs/zh-CN/a.md` → `zh-CN`; but `how-to-do-it.md` → "".
    """
    parts = PurePosixPath(path)
    if match := _language_in(parts.stem):
        return match.strip("-_. ")
    folders = (part for part in reversed(parts.parts[:-1]) if _LANGUAGE.fullmatch(part))
    return next(folders, "")


def untranslated(path: str) -> str:
    """The path of the file that this may translate: `README-ko.md` → `README.md`."""
    parts = PurePosixPath(path)
    language = _language_in(parts.stem)
    if not language:
        return path
    return path[: -len(language + parts.suffix)].rstrip("-_. ") + parts.suffix


def told_by_language(path: str, title: str) -> str:
    """The title with the language of a translation: `개요 (ko)`; "" for others."""
    language = language_of(path)
    return f"{title} ({language})" if language else ""


def _language_in(stem: str) -> str:
    match = _README.match(stem) or _TRANSLATED.match(stem)
    return (match["language"] or "") if match else ""


def name_of_source(source: str) -> str:
    """The name of a dump as a title can show it: without the ending of a file."""
    name = PurePosixPath(source)
    return clean_title(source.removesuffix(name.suffix)) or source


def without_download_number(name: str) -> str:
    """A file name without the ` (1)` that browsers put in a second copy."""
    return _OWN_DOWNLOAD.sub("", name)


def _without_markup(heading: str) -> _Plain:
    text = heading.strip()
    if not _MARKUP.search(text) or len(text) > _MAX_HEADING_CHARS:
        return _Plain(text, (False,) * len(text))
    unlinked = _WIKILINK.sub(lambda m: m[2] or m[1], text)
    tokens = _parser.parseInline(unlinked)[0].children or []
    pieces, bold_depth, links = [], 0, []
    for token in tokens:
        if token.type in ("strong_open", "strong_close"):
            bold_depth += token.nesting
        elif token.type == "link_open":
            at_start = not "".join(piece for piece, _ in pieces).strip()
            links.append((str(token.attrs.get("href", "")), at_start))
        else:
            pieces.append((_text_of(token), bold_depth > 0))
    joined = "".join(piece for piece, _ in pieces)
    bold = tuple(is_bold for piece, is_bold in pieces for _ in piece)
    url = next((url for url, at_start in links if at_start and is_web_address(url)), "")
    kept = [link for link, _ in links if link == url or link == joined.strip()]
    loses = (
        len(kept) < len(links) or unlinked != text or any(map(_holds_address, tokens))
    )
    return _Plain(joined, bold, url, loses)


def _text_of(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type == "html_inline" and not _DRESS.match(token.content):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""


def _holds_address(token: Token) -> bool:
    return token.type == "image" or (
        token.type == "html_inline" and bool(_ADDRESS_IN_TAG.search(token.content))
    )


def _cut_definition(plain: _Plain, *, has_body: bool) -> Title:
    text = plain.text
    match = _BEFORE_DEFINITION.match(text)
    if match and plain.bold[match.end()] and not any(plain.bold[: match.end(1)]):
        summary = " ".join(text[match.end() :].split())
        if len(summary) <= _MAX_SUMMARY_CHARS:
            return Title(match[1], summary=summary)
    match = None if has_body else _DASH.match(text)
    if (
        match
        and len(match[2]) <= _MAX_SUMMARY_CHARS
        and not _NUMBER.fullmatch(match[1])
    ):
        return Title(match[1], summary=" ".join(match[2].split()))
    return Title(text)


def _cut_expansion(title: Title) -> Title:
    text = title.text.rstrip()
    start = _opening_of_last_bracket(text)
    before, inside = text[:start], text[start + 1 : -1].strip()
    # `print(x)` is a call; 프로세스(Process) is a term and its translation.
    is_apart = before != before.rstrip() or "가" <= before[-1:] <= "힣"
    if (
        start <= 0
        or not is_apart
        or not title_key(before)
        or not title_key(inside)
        or len(inside) > _MAX_ALIAS_CHARS
        or _NUMBER.fullmatch(inside)
    ):
        return replace(title, full=text)
    return replace(
        title, text=before.strip(), aliases=(clean_title(inside),), full=text
    )


def _opening_of_last_bracket(text: str) -> int:
    """Where the bracket that the text ends with was opened; -1 when there is none."""
    if not text.endswith(")"):
        return -1
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == ")") - (text[position] == "(")
        if depth == 0:
            return position
    return -1


def _cut_to_length(title: Title, heading: str) -> Title:
    if len(title.text) > MAX_TITLE_CHARS:
        title = replace(title, text=_shortened(title.text), rest=heading.strip())
    if len(title.full) > MAX_TITLE_CHARS:
        title = replace(title, full=title.text)
    return title


def _shortened(title: str) -> str:
    """At most the length of a title, cut between two words where there are some."""
    if len(title) <= MAX_TITLE_CHARS:
        return title
    cut = title[: MAX_TITLE_CHARS - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > MAX_TITLE_CHARS // 2 else cut).rstrip() + "…"


def is_web_address(url: str) -> bool:
    """Whether it is a whole address of a page, that can be stored as a source."""
    if len(url) > _MAX_URL_CHARS or _NOT_IN_ADDRESS.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.netloc)
