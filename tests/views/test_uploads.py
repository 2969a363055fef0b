"""Pictures over HTTP: from the editor's script, from its form, and from others."""

import errno
import html as html_module
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.people import client_of
from tests.pictures import as_file, noise, picture
from wiki.files import path_of
from wiki.models import Entry, EntryFile, RateLimit, StoredFile, Turn, Upload
from wiki.rendering import Destination, render
from wiki.views.uploads import picture_code

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
CODE = re.compile(r"!\[(.*)\]\((/files/[0-9a-f]{64}\.png)\)")


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(client: Client, data=None, *, headers=JSON, **fields: object):
    file = data if isinstance(data, SimpleUploadedFile) else as_file(data)
    return client.post("/upload/", {"image": file, **fields}, headers=headers)


def sentence_of(answer) -> str:
    (sentence,) = answer.json()["image"]
    return sentence


def test_a_script_gets_the_markdown_of_the_picture(as_writer):
    answer = send(as_writer, alt="배포 화면")

    found = CODE.fullmatch(answer.json()["image_code"])
    assert answer.status_code == 200
    assert found[1] == "배포 화면"
    assert answer.json()["image_path"] == found[2]
    assert as_writer.get(found[2])["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "headers", [JSON, {"x-requested-with": "XMLHttpRequest"}], ids=["accept", "ajax"]
)
def test_both_ways_to_say_one_is_a_script(as_writer, headers):
    assert send(as_writer, headers=headers)["Content-Type"] == "application/json"


def test_without_a_script_the_answer_is_a_page(as_writer):
    answer = send(as_writer, headers={}, alt="화면")

    assert answer.status_code == 302
    assert answer["Location"] == "/files/mine/"
    page = as_writer.get("/files/mine/").content.decode()
    assert "화면 1.png" in page
    assert "The picture is stored" in page


def test_a_refusal_without_a_script_is_a_page_too(as_writer):
    answer = send(as_writer, b"<svg/>", headers={}, alt="화면")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert "no picture that can be shown" in page


def test_stored_bytes_are_others_than_those_that_came(as_writer):
    data = picture() + b"<script>alert(1)</script>"

    send(as_writer, as_file(data, name="x.html", kind="text/html"))

    file = StoredFile.objects.get()
    stored = path_of(file.sha256, file.extension).read_bytes()
    assert file.extension == ".png"
    assert b"script" not in stored


def test_it_is_served_boxed_in(as_writer):
    path = send(as_writer).json()["image_path"]

    answer = as_writer.get(path)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"


# ── Who ───────────────────────────────────────────────────────────────────────


def test_visitors_do_not_upload_even_where_they_write(visitor, settings):
    settings.WIKI_ANONYMOUS_EDIT = True

    answer = send(visitor)

    assert answer.status_code == 403
    assert "Sign in" in sentence_of(answer)
    assert not StoredFile.objects.exists()


def test_visitors_without_a_script_are_sent_to_sign_in(visitor):
    assert send(visitor, headers={})["Location"].startswith("/accounts/login/")


def test_in_a_closed_wiki_a_script_is_told_too(visitor, settings):
    settings.WIKI_ANONYMOUS_READ = False

    assert send(visitor).status_code == 403


def test_a_token_is_needed(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)

    assert send(client).status_code == 403
    assert not Upload.objects.exists()


def test_only_posts_are_answered(as_writer):
    assert as_writer.get("/upload/").status_code == 405


# ── What is refused ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        picture()[:50],
        b"GIF89a/*" + bytes(20),
        b"\x00" * 300,
    ],
)
def test_what_is_no_picture_is_a_400_with_a_sentence(as_writer, data, settings):
    answer = send(as_writer, data)

    assert answer.status_code == 400
    assert sentence_of(answer)
    assert not StoredFile.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_too_many_bytes_are_a_413(as_writer):
    answer = send(as_writer, bytes(5 * 2**20 + 1))

    assert answer.status_code == 413
    assert "5 MB" in sentence_of(answer)


def test_far_too_many_bytes_are_not_even_parsed(as_writer, monkeypatch):
    monkeypatch.setattr("wiki.views.uploads.receive", lambda request: 1 / 0)

    answer = send(as_writer, bytes(7 * 2**20))

    assert answer.status_code == 413


def test_without_a_file(as_writer):
    for sent in ({}, {"image": "x.png"}):
        answer = as_writer.post("/upload/", sent, headers=JSON)
        assert answer.status_code == 400
        assert "Choose one" in sentence_of(answer)


def test_a_request_that_is_no_form(as_writer):
    answer = as_writer.post(
        "/upload/",
        b"--x\r\nnonsense",
        content_type="multipart/form-data; boundary=x",
        headers=JSON,
    )

    assert answer.status_code == 400


def test_nul_and_marks_in_names_are_no_matter(as_writer):
    answer = send(as_writer, as_file(name="가\x00‮나.png"), alt="가\x00나\r\n다")

    assert answer.status_code == 200
    assert answer.json()["image_code"].startswith("![가 나 다](")
    assert "\x00" not in Upload.objects.get().name


def test_the_quota_is_a_413_that_says_where_to_free_some(as_writer, settings):
    settings.WIKI_UPLOAD_QUOTA_MB = 1

    assert send(as_writer, noise(800)).status_code == 200
    answer = send(as_writer, noise(500))

    assert answer.status_code == 413
    assert "My pictures" in sentence_of(answer)


def test_too_many_in_an_hour_wait(as_writer, writer, monkeypatch):
    monkeypatch.setattr("wiki.views.uploads.UPLOADS_PER_HOUR", 2)
    colors = ("red", "green", "blue")

    answers = [send(as_writer, picture(color)) for color in colors]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert RateLimit.objects.filter(name__startswith=f"upload:{writer.pk}:").exists()


def test_one_at_a_time_of_each(as_writer, as_other_writer, writer):
    Turn.objects.take(f"upload:{writer.pk}", seconds=60)

    answer = send(as_writer)

    assert answer.status_code == 429
    assert answer["Retry-After"] == "2"
    assert send(as_other_writer).status_code == 200


def test_the_turn_is_given_back(as_writer):
    assert send(as_writer, b"<svg/>").status_code == 400
    assert send(as_writer, picture("red")).status_code == 200
    assert send(as_writer, picture("blue")).status_code == 200


def test_a_full_disk_is_told(as_writer, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("wiki.files.keep", full)

    answer = send(as_writer)

    assert answer.status_code == 507
    assert "no room" in sentence_of(answer)
    assert not StoredFile.objects.exists()
    monkeypatch.undo()
    assert send(as_writer).status_code == 200


# ── What it is called ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("alt", ["", "  ", "\u2028\t"])
def test_an_empty_description_must_be_meant(as_writer, alt):
    answer = send(as_writer, alt=alt)

    assert answer.status_code == 400
    assert "decoration" in sentence_of(answer)
    meant = send(as_writer, alt=alt, decorative="1")
    assert meant.json()["image_code"].startswith("![](")


def test_a_script_that_knows_no_descriptions_gets_the_name(as_writer):
    assert send(as_writer).json()["image_code"].startswith("![화면 1](")


def test_a_description_has_an_end(as_writer):
    assert send(as_writer, alt="가" * 500).status_code == 200
    assert send(as_writer, alt="가" * 501).status_code == 400


@pytest.mark.parametrize(
    "alt",
    [
        "배포 화면",
        "a ] b [ c",
        "끝 \\",
        "`코드` *굵게* **더** _기울임_ ~~지움~~",
        "<b>태그</b> & &amp; &lt;",
        "[[글]] [x](y) ![z](w)",
        "#태그 ((a-b)) $x$ {{x}} {% x %}",
        "50%",
        "200x100",
        "a \"b\" 'c'",
        "https://a.kr/b www.a.kr a@b.kr",
        "🙂 각",
    ],
)
def test_every_description_reads_as_it_was_written(alt):
    address = f"/files/{'a' * 64}.png"
    code = picture_code(address, alt)

    for text in (code, f"| 가 | 나 |\n| --- | --- |\n| {code} | 다 |\n", f"- {code}"):
        drawn = render(text, lambda names: {address: Destination("file", address)})
        shown = re.search(r'<img src="([^"]*)" alt="([^"]*)"', drawn.html)
        assert shown[1] == address
        assert html_module.unescape(shown[2]) == alt


# ── In the editor, without a script ───────────────────────────────────────────


def edit(client: Client, entry: Entry, **fields: object):
    form = {
        "title": entry.title,
        "body": entry.body,
        "base_version": entry.version,
        "entry_id": entry.pk,
        **fields,
    }
    return client.post(f"/wiki/{entry.slug}/edit/", form)


def body_of(answer) -> str:
    page = answer.content.decode()
    found = re.search(
        r'<textarea name="body"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL
    )
    return html_module.unescape(found[1])


def test_the_editor_puts_it_at_the_end_of_the_text(as_writer):
    entry = make.entry("가", "첫 줄\n\n둘째 줄\n")

    answer = edit(
        as_writer,
        entry,
        do="picture",
        image=as_file(),
        alt="화면",
        body="첫 줄\r\n\r\n고친 줄 😀\r\n",
        comment="왜",
    )

    assert answer.status_code == 200
    text, code = body_of(answer).rstrip("\n").rsplit("\n\n", 1)
    assert text == "첫 줄\n\n고친 줄 😀"
    assert CODE.fullmatch(code)[1] == "화면"
    assert 'value="왜"' in answer.content.decode()
    assert Entry.objects.get().version == 1
    # What comes back is saved as it stands, and shows the picture to all.
    saved = edit(as_writer, entry, body=body_of(answer))
    assert saved.status_code == 302
    assert EntryFile.objects.get().file is not None


def test_a_new_note_can_begin_with_one(as_writer):
    sent = {"title": "", "body": "", "do": "picture", "image": as_file(), "alt": "화면"}

    answer = as_writer.post("/new/", sent)

    assert answer.status_code == 200
    assert CODE.fullmatch(body_of(answer).strip())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alt": "화면"}, "Choose one first"),
        ({"image": as_file(), "alt": ""}, "Say in a few words"),
        ({"image": as_file(b"<svg/>"), "alt": "화면"}, "no picture that can be shown"),
    ],
)
def test_what_was_typed_stays_when_a_picture_is_refused(as_writer, fields, sentence):
    entry = make.entry("가", "본문")

    answer = edit(as_writer, entry, do="picture", body="고친 본문", **fields)

    assert answer.status_code == 400
    assert body_of(answer) == "고친 본문"
    assert sentence in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_picture_that_was_chosen_and_left_is_not_forgotten(as_writer):
    entry = make.entry("가", "본문")

    answer = edit(as_writer, entry, body="고친 본문", image="화면.png")

    assert answer.status_code == 400
    assert "화면.png" in answer.content.decode()
    assert body_of(answer) == "고친 본문"
    assert Entry.objects.get().version == 1
    assert edit(as_writer, entry, body="고친 본문", image="").status_code == 302


def test_visitors_who_write_see_no_field_for_pictures(visitor, settings, as_writer):
    settings.WIKI_ANONYMOUS_EDIT = True

    assert 'name="image"' not in visitor.get("/new/").content.decode()
    assert 'name="image"' in as_writer.get("/new/").content.decode()
    sent = {
        "title": "가",
        "body": "나",
        "do": "picture",
        "image": as_file(),
        "alt": "다",
    }
    answer = visitor.post("/new/", sent)
    assert answer.status_code == 403
    assert body_of(answer) == "나"


# ── Who sees it, and when ─────────────────────────────────────────────────────


def test_the_preview_shows_ones_own_and_nobody_elses(as_writer, as_other_writer):
    code = send(as_writer, alt="화면").json()["image_code"]

    mine = as_writer.post("/preview/", {"content": code}).content.decode()
    theirs = as_other_writer.post("/preview/", {"content": code}).content.decode()

    assert '<img src="/files/' in mine
    assert "/files/" not in theirs


def test_the_preview_of_a_form_shows_it_too(as_writer):
    entry = make.entry("가", "본문")
    code = send(as_writer, alt="화면").json()["image_code"]

    answer = edit(as_writer, entry, do="preview", body=code)

    assert '<img src="/files/' in answer.content.decode()


def test_no_way_leads_to_the_picture_of_another(as_writer, other_writer, visitor):
    """Save, preview, edit and revert by someone who knows nothing but the address."""
    sent = send(as_writer, alt="화면").json()
    thief = client_of(other_writer)
    entry = make.entry("가", "본문", by=other_writer)

    edit(thief, entry, body=sent["image_code"])
    entry.refresh_from_db()
    edit(thief, entry, body="없음")
    thief.post(f"/wiki/{entry.slug}/revert/2/", {"base_version": 3, "comment": ""})
    for content in (sent["image_code"], f"<img src='{sent['image_path']}'>"):
        thief.post("/preview/", {"content": content, "entry_id": entry.pk})
    thief.post("/new/", {"title": "나", "body": sent["image_code"]})

    for client in (thief, visitor):
        assert client.get(sent["image_path"]).status_code == 404
    assert not EntryFile.objects.exclude(file=None).exists()


def test_sending_the_same_picture_tells_nothing_of_who_has_it(
    as_writer, as_other_writer
):
    mine = send(as_writer, alt="화면")
    theirs = send(as_other_writer, alt="화면")

    assert json.loads(mine.content) == json.loads(theirs.content)
    assert StoredFile.objects.count() == 1
