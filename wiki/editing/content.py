"""What someone wants an entry to be, checked before anything is written."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser

from wiki.editing.problems import InvalidContent, Problem
from wiki.models import Entry, Revision
from wiki.models.revisions import MAX_COMMENT_CHARS, MAX_LABEL_CHARS
from wiki.slugs import (
    MAX_TAG_CHARS,
    MAX_TITLE_CHARS,
    clean_tag,
    clean_title,
    tag_key,
    title_key,
)

# Of UTF-8, after line ends are LF.
MAX_BODY_BYTES = 1024 * 1024
MAX_SUMMARY_CHARS = 500
MAX_URL_CHARS = 2000
MAX_TAGS = 100
MAX_ALIASES = 100
# No address may bring a script or a local file along.
SOURCE_SCHEMES = ("http", "https", "mailto")

Properties = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Author:
    """Who does something: an account, or a label where there is none."""

    user: AbstractBaseUser | None = None
    label: str = ""
    # A keyed hash, never the address itself.
    address_hash: str = ""

    @property
    def user_id(self) -> int | None:
        return None if self.user is None else self.user.pk

    @property
    def name(self) -> str:
        """The name to keep beside the account, for when that is gone."""
        if self.user is not None:
            full = self.user.get_full_name() or self.user.get_username()
            return full[:MAX_LABEL_CHARS]
        return self.label[:MAX_LABEL_CHARS]


@dataclass(frozen=True)
class TagUse:
    """A tag as someone wrote it, and the rule that gave it ("" when by hand)."""

    name: str
    rule: str = ""

    @property
    def key(self) -> str:
        return tag_key(self.name)


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything of an entry that a revision keeps."""

    title: str
    body: str = ""
    tags: tuple[TagUse, ...] = ()
    summary: str = ""
    source_url: str = ""
    aliases: tuple[str, ...] = ()
    properties: Properties = ()

    @classmethod
    def of(cls, record: Entry | Revision) -> "Content":
        """The content of a revision, or of an entry as of its newest revision.

        An entry needs its `head`; without it selected that is one query.
        """
        tags = (record.head.tags if isinstance(record, Entry) else record.tags) or []
        return cls(
            title=record.title,
            body=record.body,
            tags=tuple(TagUse(tag["name"], tag.get("rule", "")) for tag in tags),
            summary=record.summary,
            source_url=record.source_url,
            aliases=tuple(record.alias_names),
            properties=_as_pairs(record.properties),
        )

    def digest(self) -> str:
        """A hash that is equal when two contents are; which rule gave a tag aside."""
        parts = [
            self.title,
            self.body,
            [tag.name for tag in self.tags],
            self.summary,
            self.source_url,
            self.aliases,
            self.properties,
        ]
        text = json.dumps(parts, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def has_same_text_as(self, other: "Content") -> bool:
        """Whether a revision made of it would show no difference."""
        return self == replace(other, tags=self.tags) and [
            tag.name for tag in self.tags
        ] == [tag.name for tag in other.tags]


def clean_content(content: Content) -> Content:
    """The content as it will be stored. Raises InvalidContent, all problems at once.

    Line ends become LF; the title, tags and other titles are brought to their
    normal form; the body is otherwise left as it is.
    """
    cleaned = replace(
        content,
        title=clean_title(content.title),
        body=with_unix_newlines(content.body),
        tags=_clean_tags(content.tags),
        summary=" ".join(content.summary.split()),
        source_url=content.source_url.strip(),
        aliases=_clean_aliases(content.aliases, content.title),
        properties=_as_pairs(content.properties),
    )
    problems = [*_text_problems(content, cleaned), *_name_problems(content, cleaned)]
    if problems:
        raise InvalidContent(problems)
    return cleaned


def clean_comment(comment: str) -> str:
    """One line of at most 200 characters. Raises InvalidContent."""
    comment = " ".join(comment.split())
    if "\x00" in comment:
        raise InvalidContent([Problem("comment", "nul")])
    if len(comment) > MAX_COMMENT_CHARS:
        raise InvalidContent(
            [Problem("comment", "comment_too_long", {"limit": MAX_COMMENT_CHARS})]
        )
    return comment


def with_unix_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def body_problem(body: str) -> Problem | None:
    """What is wrong with the size of a text whose line ends are LF, if anything."""
    size = len(body.encode("utf-8", "surrogatepass"))
    if size <= MAX_BODY_BYTES:
        return None
    # Rounded up: one byte over the limit must not read as the limit itself.
    kib = {"size_kib": -(-size // 1024), "limit_kib": MAX_BODY_BYTES // 1024}
    return Problem("body", "body_too_large", kib)


def _text_problems(given: Content, cleaned: Content) -> Iterable[Problem]:
    texts = {
        "title": given.title,
        "body": given.body,
        "summary": given.summary,
        "source_url": given.source_url,
        "tags": "".join(tag.name for tag in given.tags),
        "aliases": "".join(given.aliases),
    }
    for field, text in texts.items():
        if "\x00" in text:
            yield Problem(field, "nul")
        elif _has_lone_surrogate(text):
            yield Problem(field, "not_unicode")
    too_large = body_problem(cleaned.body)
    if too_large:
        yield too_large
    if len(cleaned.summary) > MAX_SUMMARY_CHARS:
        yield Problem("summary", "summary_too_long", {"limit": MAX_SUMMARY_CHARS})
    if cleaned.source_url and not _is_web_address(cleaned.source_url):
        yield Problem("source_url", "source_url_invalid")


def _name_problems(given: Content, cleaned: Content) -> Iterable[Problem]:
    if not title_key(cleaned.title):
        yield Problem("title", "title_empty")
    elif len(cleaned.title) > MAX_TITLE_CHARS:
        yield Problem(
            "title",
            "title_too_long",
            {"length": len(cleaned.title), "limit": MAX_TITLE_CHARS},
        )
    for tag in cleaned.tags:
        problem = tag_problem(tag.name)
        if problem:
            yield problem
    if len(cleaned.tags) > MAX_TAGS:
        yield Problem(
            "tags", "too_many_tags", {"count": len(given.tags), "limit": MAX_TAGS}
        )
    if len(cleaned.aliases) > MAX_ALIASES:
        yield Problem("aliases", "too_many_aliases", {"limit": MAX_ALIASES})
    for alias in cleaned.aliases:
        if len(alias) > MAX_TITLE_CHARS:
            yield Problem(
                "aliases", "alias_too_long", {"alias": alias, "limit": MAX_TITLE_CHARS}
            )


def tag_problem(name: str) -> Problem | None:
    """What is wrong with a cleaned tag name, if anything."""
    if len(name) > MAX_TAG_CHARS:
        return Problem("tags", "tag_too_long", {"tag": name, "limit": MAX_TAG_CHARS})
    if "," in name or not tag_key(name) or _has_dot_level(name):
        return Problem("tags", "tag_invalid", {"tag": name})
    return None


def _has_dot_level(name: str) -> bool:
    # A browser would resolve "." and ".." as steps in the tag's address.
    return any(part in (".", "..") for part in tag_key(name).split("/"))


def _clean_tags(tags: Iterable[TagUse]) -> tuple[TagUse, ...]:
    """The tags, without doubles; of too many no more than tell that they are."""
    as_written: dict[str, TagUse] = {}
    for tag in tags:
        as_written.setdefault(tag.name, tag)
    seen: dict[str, TagUse] = {}
    for tag in as_written.values():
        name = clean_tag(tag.name)
        if name:
            seen.setdefault(tag_key(name), TagUse(name, tag.rule[:100]))
        if len(seen) > MAX_TAGS:
            break
    return tuple(seen.values())


def _clean_aliases(aliases: Iterable[str], title: str) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for alias in map(clean_title, aliases):
        if alias and alias != clean_title(title):
            seen.setdefault(title_key(alias), alias)
    seen.pop("", None)
    return tuple(seen.values())


def _as_pairs(properties: Iterable[Iterable[object]]) -> Properties:
    return tuple((str(name), value) for name, value in properties)


def _is_web_address(url: str) -> bool:
    if len(url) > MAX_URL_CHARS or re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in SOURCE_SCHEMES and bool(parts.netloc or parts.path)


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
