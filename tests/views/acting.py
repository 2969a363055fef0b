"""Acts on an entry as tests do them: where they are asked for, and what came of it."""

from django.http import HttpResponse

from wiki.models import Entry


def address(entry: Entry, act: str) -> str:
    return f"{entry.get_absolute_url()}{act}"


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def fresh(entry: Entry) -> Entry:
    """The entry as it is now, with its newest revision."""
    return Entry.objects.with_head().get(pk=entry.pk)
