import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.utils import timezone

from tests import make, people
from wiki.models import RevisionMark
from wiki.views.exporting import EXPORTS_PER_HOUR

DOWNLOAD = "/export/download/"


def content(answer):
    return b"".join(answer.streaming_content)


def names_in(answer):
    return zipfile.ZipFile(io.BytesIO(content(answer))).namelist()


@pytest.mark.parametrize("path", ["/export/", DOWNLOAD])
def test_visitors_are_sent_to_sign_in(visitor, db, path):
    answer = visitor.get(f"{path}?tag=a")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/export/")


def test_an_account_that_was_closed_exports_nothing(writer):
    client = people.client_of(writer)
    writer.is_active = False
    writer.save()

    assert client.get("/export/").status_code == 302


def test_the_form_holds_what_the_address_says(as_writer):
    answer = as_writer.get("/export/?tag=배포&tag=ci&q=가%00나&format=json")

    text = answer.content.decode()
    assert 'value="배포, ci"' in text
    assert 'value="가나"' in text
    assert '<option value="json" selected>' in text
    assert "private" in answer["Cache-Control"]


def test_a_zip_holds_what_this_person_may_read(as_writer, as_curator):
    make.entry("모두", "[[관리]]")
    make.entry("회원", visibility="members")
    make.entry("관리", visibility="curators")
    make.deleted(make.entry("지운 글"))

    answer = as_writer.get(DOWNLOAD, {"format": "zip"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="notes.zip"'
    assert "private" in answer["Cache-Control"]
    assert names_in(answer) == ["모두.md", "회원.md", "notewiki.json"]
    mine = as_curator.get(DOWNLOAD, {"format": "zip"})
    assert len(names_in(mine)) == 4


def test_tags_words_and_days_narrow_it(as_writer):
    make.entry("가", "쿠버네티스에서", tags=["배포"])
    make.entry("나", "쿠버네티스", tags=["기타"])

    answer = as_writer.get(
        DOWNLOAD,
        {"format": "json", "tag": "배포", "q": "쿠버네티스", "since": "2001-01-01"},
    )

    assert [record["title"] for record in json.loads(content(answer))] == ["가"]
    assert (
        "filename*=utf-8''notes%20%EB%B0%B0%ED%8F%AC.json"
        in (answer["Content-Disposition"])
    )


def test_a_history_comes_without_hidden_revisions(as_curator, curator):
    entry = make.edit(make.entry("가", "비밀이던 글"), "공개")
    RevisionMark.objects.create(
        revision=make.revision(entry, 1), kind="hidden", created_at=timezone.now()
    )

    stream = content(as_curator.get(DOWNLOAD, {"format": "git"})).decode()

    assert stream.startswith("feature done\n")
    assert stream.endswith("done\n")
    assert "공개" in stream
    assert "비밀이던 글" not in stream


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"format": "exe"}, 400),
        ({"format": "zip", "since": "gestern"}, 400),
        ({"format": "zip", "q": "a\x00"}, 400),
        ({"format": "zip", "tag": "a\x00"}, 400),
        ({"format": "zip", "tag": "!"}, 404),
        ({"format": "zip", "tag": "\u200b"}, 400),
        ({"format": "zip", "tag": ",".join("abcdefghijkl")}, 400),
        ({"format": "zip", "tag": "없는-태그"}, 404),
        ({"format": "zip", "q": "x" * 201}, 400),
    ],
)
def test_what_cannot_be_given_is_said_on_the_form(as_writer, asked, status):
    make.entry("가")

    answer = as_writer.get(DOWNLOAD, asked)

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()


def test_a_tag_of_hidden_entries_is_like_none(as_writer):
    make.entry("관리", tags=["비밀"], visibility="curators")

    answer = as_writer.get(DOWNLOAD, {"format": "zip", "tag": "비밀"})

    assert answer.status_code == 404


def test_only_so_many_in_an_hour(as_writer):
    make.entry("가")
    for _ in range(EXPORTS_PER_HOUR):
        assert as_writer.get(DOWNLOAD, {"format": "json"}).status_code == 200

    answer = as_writer.get(DOWNLOAD, {"format": "json"})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_asking_for_the_head_makes_nothing(as_writer):
    make.entry("가")

    answer = as_writer.head(DOWNLOAD, {"format": "zip"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"


def test_queries_grow_with_chunks_only(as_writer, django_assert_max_num_queries):
    make.entries(100, "[[글 00001]]")

    with django_assert_max_num_queries(30):
        content(as_writer.get(DOWNLOAD, {"format": "zip"}))


@pytest.mark.django_db(transaction=True)
def test_it_streams_under_asgi():
    make.entries(120, "본문 " * 200)
    client = AsyncClient()
    person = people.writer()

    async def fetch():
        await client.aforce_login(person, backend=people.BACKEND)
        answer = await client.get(DOWNLOAD, {"format": "json"})
        assert answer.is_async
        return [piece async for piece in answer.streaming_content]

    def run():
        try:
            return async_to_sync(fetch)()
        finally:
            connection.close()

    # In a thread of its own: this one may drive a browser, which has a loop.
    with ThreadPoolExecutor(1) as pool:
        pieces = pool.submit(run).result()

    assert len(pieces) > 1
    assert len(json.loads(b"".join(pieces))) == 120
