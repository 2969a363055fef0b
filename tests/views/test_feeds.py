import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki import editing
from wiki.models import Entry, Revision

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _base_url(settings):
    settings.BASE_URL = "https://wiki.example.org"
    settings.ALLOWED_HOSTS = ["*"]


def feed(client, **extra):
    answer = client.get("/recent/feed/", **extra)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def texts(root, name):
    return [item.findtext(ATOM + name) for item in root.findall(ATOM + "entry")]


def test_feed_lists_edits_with_plain_titles(visitor):
    entry = make.entry("a < b & “가”", "하나", by="민수", comment="<b>새로</b>")
    make.edit(entry, "하나 둘", by="지현")

    root = feed(visitor)

    assert texts(root, "title") == ["a < b & “가”"] * 2
    assert [a.findtext(ATOM + "name") for a in root.iter(ATOM + "author")] == [
        "지현",
        "민수",
    ]
    assert "&lt;b&gt;새로&lt;/b&gt;" in texts(root, "summary")[1]
    assert root.find(f"{ATOM}entry/{ATOM}summary").get("type") == "html"


def test_feed_is_complete_atom(visitor):
    make.entry("가")

    root = feed(visitor)

    for name in ("title", "id", "updated"):
        assert root.findtext(ATOM + name)
    entry = root.find(ATOM + "entry")
    for name in ("title", "id", "updated", "published"):
        assert entry.findtext(ATOM + name)
    assert len(set(texts(root, "id"))) == 1


def test_addresses_are_absolute_and_never_the_hosts(visitor):
    make.entry("배포 절차")
    make.imported("나", "다")

    answer = visitor.get(
        "/recent/feed/",
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )

    assert b"evil" not in answer.content
    root = ElementTree.fromstring(answer.content)
    addresses = [link.get("href") for link in root.iter(ATOM + "link")]
    addresses += [element.text for element in root.iter(ATOM + "id")]
    assert all(a.startswith("https://wiki.example.org/") for a in addresses)
    assert any("/history/1/" in address for address in addresses)


def test_ids_stay_when_an_entry_is_renamed(visitor):
    entry = make.entry("가")
    before = texts(feed(visitor), "id")
    make.edit(entry, title="새 이름")

    assert texts(feed(visitor), "id")[1:] == before


def test_import_is_one_item_without_file_names(visitor):
    make.imported("가", "나", with_run=True)

    root = feed(visitor)

    assert texts(root, "title") == ["2 notes (import)"]
    assert "devnotes.md" not in ElementTree.tostring(root, "unicode")


def test_what_xml_cannot_hold_is_left_out(visitor):
    entry = make.entry("가")
    odd = "a\x01\x0b\x1f\ufffe\uffffb]]>&<😀"
    Entry.objects.filter(pk=entry.pk).update(title=odd)
    Revision.objects.update(comment=odd, author_label=odd)

    root = feed(visitor)

    assert texts(root, "title") == ["ab]]>&<😀"]
    assert "ab]]&gt;&amp;&lt;😀" in texts(root, "summary")[0]


def test_hidden_and_deleted_entries_are_left_out(visitor, as_writer):
    make.entry("비밀", visibility="members")
    make.deleted(make.entry("지움"))
    make.imported("비밀 수입", visibility="members")

    assert texts(feed(visitor), "title") == []
    assert texts(feed(as_writer), "title") == ["1 note (import)", "비밀"]


def test_feed_of_a_wiki_for_members_asks_to_sign_in(visitor, as_writer, settings):
    settings.WIKI_ANONYMOUS_READ = False
    make.entry("가")

    assert visitor.get("/recent/feed/").status_code == 302
    assert texts(feed(as_writer), "title") == ["가"]


def test_empty_feed_is_well_formed(visitor):
    assert re.match("Recent changes", feed(visitor).findtext(ATOM + "title"))


@pytest.mark.parametrize("amount", [1, 40])
def test_number_of_queries(visitor, amount):
    make.entries(amount)
    make.imported("가", "나", with_run=True)

    with CaptureQueriesContext(connection) as queries:
        feed(visitor)

    assert len(queries) == 3


# ── The history of one entry ──────────────────────────────────────────────────
def entry_feed(client, entry):
    answer = client.get(f"{entry.get_absolute_url()}feed/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def test_feed_of_an_entry_lists_its_revisions(visitor):
    entry = make.entry("배포 & <b>", "하나\n", by="민수", comment="처음")
    make.edit(entry, "하나 둘\n", by="지현", title="릴리스")
    make.entry("다른 글")

    root = entry_feed(visitor, Entry.objects.get(pk=entry.pk))

    assert texts(root, "title") == ["릴리스 r2 (edit)", "배포 & <b> r1 (new)"]
    assert "처음" in texts(root, "summary")[1]
    names = [author.findtext(ATOM + "name") for author in root.iter(ATOM + "author")]
    assert names == ["지현", "민수"]
    addresses = [link.get("href") for link in root.iter(ATOM + "link")]
    addresses += [element.text for element in root.iter(ATOM + "id")]
    assert all(a.startswith("https://wiki.example.org/") for a in addresses)
    assert len({element.text for element in root.iter(ATOM + "id")}) == 3


def test_history_names_its_feed(visitor):
    entry = make.entry("배포")

    page = visitor.get(f"{entry.get_absolute_url()}history/").content.decode()

    assert page.count('href="/wiki/%EB%B0%B0%ED%8F%AC/feed/"') == 2


def test_feed_of_an_entry_is_for_its_readers(visitor, as_writer):
    members_only = make.entry("모임", visibility="members")
    gone = make.deleted(make.entry("지움"))

    assert visitor.get("/wiki/none/feed/").status_code == 404
    assert visitor.get(f"{members_only.get_absolute_url()}feed/").status_code == 404
    assert visitor.get(f"{gone.get_absolute_url()}feed/").status_code == 404
    assert texts(entry_feed(as_writer, members_only), "title") == ["모임 r1 (new)"]


@pytest.mark.parametrize("amount", [1, 40])
def test_number_of_queries_of_the_feed_of_an_entry(visitor, amount):
    entry = make.entry("가")
    for number in range(amount):
        entry = make.edit(entry, f"{number}\n", by=f"사람 {number}")

    with CaptureQueriesContext(connection) as queries:
        entry_feed(visitor, entry)

    assert len(queries) == 2


def test_feed_at_a_former_address_leads_on(visitor):
    entry = make.entry("배포")
    make.edit(entry, title="릴리스")

    answer = visitor.get(f"{entry.get_absolute_url()}feed/")

    assert answer.status_code == 302
    assert visitor.get(answer.url).status_code == 200


# ── What Atom asks of every feed ──────────────────────────────────────────────
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def problems_of(root, self_address):
    """What RFC 4287 would say against a feed; nothing, when all is well."""
    found = []

    def asked(what, is_there):
        if not is_there:
            found.append(what)

    def once(element, name):
        texts = [child.text for child in element.findall(ATOM + name)]
        asked(f"one {name}", len(texts) == 1 and bool(texts[0]))
        return texts[0] if texts and texts[0] else ""

    def links(element, rel):
        every = element.findall(ATOM + "link")
        return [e.get("href") for e in every if e.get("rel", "alternate") == rel]

    asked("feed", root.tag == ATOM + "feed")
    asked("language", root.get(XML_LANG))
    asked("self", links(root, "self") == [self_address])
    ids = [once(root, "id")]
    for element in (root, *root.findall(ATOM + "entry")):
        once(element, "title")
        asked("date", RFC3339.fullmatch(once(element, "updated")))
        asked("alternate", len(links(element, "alternate")) == 1)
        for address in (*links(element, "alternate"), *links(element, "self")):
            asked(
                "absolute ASCII", address.startswith("https://") and address.isascii()
            )
    for entry in root.findall(ATOM + "entry"):
        ids.append(once(entry, "id"))
        asked("date of publishing", RFC3339.fullmatch(once(entry, "published")))
        names = [a.findtext(ATOM + "name") for a in entry.findall(ATOM + "author")]
        asked("author", names and all(names))
        asked("summary", entry.find(ATOM + "summary").get("type") == "html")
    asked("ids of their own", len(set(ids)) == len(ids))
    asked("absolute ids", all(i.startswith("https://") and i.isascii() for i in ids))
    dates = [e.findtext(ATOM + "updated") for e in root.findall(ATOM + "entry")]
    newest = root.findtext(ATOM + "updated")
    asked("date of the newest", not dates or newest == max(dates))
    return found


def test_feeds_are_as_atom_wants_them(visitor, writer):
    base = "https://wiki.example.org"
    assert problems_of(feed(visitor), f"{base}/recent/feed/") == []
    entry = make.entry("배포 <절차> 🚀", "하나\n", by="")
    make.edit(entry, "하나\r\n둘\n", by=writer, comment="둘 & 셋")
    make.imported("가", "나", with_run=True)

    assert problems_of(feed(visitor), f"{base}/recent/feed/") == []
    url = f"{entry.get_absolute_url()}feed/"
    assert problems_of(entry_feed(visitor, entry), base + url) == []


def test_feed_says_what_became_much_shorter(visitor):
    make.edit(make.entry("가", "글" * 2000), "짧게")

    newest, first = texts(feed(visitor), "summary")

    assert newest.endswith("▼ much shorter")
    assert "shorter" not in first


# ── Asking again ──────────────────────────────────────────────────────────────
@pytest.fixture(params=["/recent/feed/", "/wiki/가/feed/"])
def feed_path(request, db):
    make.entry("가", "하나\n")
    return request.param


def test_who_has_the_feed_is_not_sent_it_again(visitor, feed_path):
    first = visitor.get(feed_path)

    conditions = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    for name, header in conditions.items():
        again = visitor.get(feed_path, headers={header: first[name]})
        assert again.status_code == 304
        assert not again.content
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"]


def test_a_feed_is_another_after_each_change(visitor, feed_path, curator):
    entry = Entry.objects.get()
    etags = [visitor.get(feed_path)["ETag"]]
    make.edit(entry, "둘\n")
    etags.append(visitor.get(feed_path)["ETag"])
    make.edit(entry, "셋\n")
    editing.hide_revision(
        make.revision(entry, 2), reason="욕", author=editing.Author(user=curator)
    )
    etags.append(visitor.get(feed_path)["ETag"])

    assert len(set(etags)) == 3
    again = visitor.get(feed_path, headers={"If-None-Match": etags[0]})
    assert again.status_code == 200


def test_an_empty_feed_stays_the_same(visitor):
    etag = visitor.get("/recent/feed/")["ETag"]

    again = visitor.get("/recent/feed/", headers={"If-None-Match": etag})

    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/", "/recent/"])
def test_pages_name_the_feed_of_the_wiki(visitor, path):
    make.entry("가")

    page = visitor.get(path).content.decode()

    assert re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]*>', page)


def test_an_entry_names_its_own_feed(visitor):
    entry = make.entry("배포")

    page = visitor.get(entry.get_absolute_url()).content.decode()

    assert re.search(r'<link rel="alternate"[^>]*/%EB%B0%B0%ED%8F%AC/feed/"', page)
