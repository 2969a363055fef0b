import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from wiki.models import Import, ImportItem

pytestmark = pytest.mark.django_db


def run_with(*items, totals=None, **fields):
    """An import that ended so; each item as the fields of its row."""
    make.imported("가져온 글", by="도윤", with_run=True)
    run = Import.objects.latest("id")
    counted = {}
    for item in items:
        counted[item["status"]] = counted.get(item["status"], 0) + 1
    Import.objects.filter(pk=run.pk).update(totals=totals or counted, **fields)
    ImportItem.objects.bulk_create(
        ImportItem(run=run, position=position, path="devnotes.md", **item)
        for position, item in enumerate(items)
    )
    return run


def html_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def rows(html):
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


FAILED = {
    "status": "failed",
    "line": 88,
    "needs_eyes": True,
    "details": {
        "messages": [{"code": "not-utf8", "params": {"byte": "0xff", "offset": 7}}]
    },
}


def test_visitors_are_sent_to_sign_in(visitor):
    run = run_with(FAILED)

    for address in ("/imports/", f"/imports/{run.pk}/", f"/imports/{run.pk}/json/"):
        answer = visitor.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("number", [999, 10**30])
def test_unknown_import_is_404_for_members_only(visitor, as_writer, number):
    html_of(as_writer, f"/imports/{number}/", 404)
    html_of(as_writer, f"/imports/{number}/json/", 404)
    html_of(visitor, f"/imports/{number}/", 302)


def test_list_names_sources_people_and_outcomes(as_writer):
    assert "Nothing was imported yet" in html_of(as_writer, "/imports/")
    run = run_with(
        FAILED,
        {"status": "created", "title": "가"},
        totals={"created": 38, "failed": 1},
    )

    html = html_of(as_writer, "/imports/")

    assert f'href="/imports/{run.pk}/"' in html
    assert "devnotes.md" in html
    assert "도윤" in html
    assert "<b>38</b> created" in html
    assert "1 to look at" in html


def test_report_tallies_every_status(as_writer):
    totals = {
        status: number
        for number, status in enumerate(
            [
                "created",
                "updated",
                "merged",
                "same",
                "moved",
                "conflict",
                "missing",
                "deleted",
                "skipped",
                "failed",
            ],
            1,
        )
    }
    run = run_with(totals=totals)

    html = html_of(as_writer, f"/imports/{run.pk}/")

    tally = dict(re.findall(r"</svg>([^<]+)</dt><dd>(\d+)</dd>", html))
    assert tally == {k: str(v) for k, v in totals.items()} | {"to look at": "0"}
    assert "6 notes were imported" in html


def test_report_shows_first_what_needs_eyes(as_writer):
    run = run_with(
        FAILED,
        {"status": "created", "title": "가", "line": 1},
        {"status": "skipped", "title": "나", "line": 3},
    )
    address = f"/imports/{run.pk}/"

    assert len(rows(html_of(as_writer, address))) == 1
    [failed] = rows(html_of(as_writer, address))
    assert failed.startswith("failed")
    assert "This is not UTF-8" in failed
    assert failed.endswith("devnotes.md:88")
    assert len(rows(html_of(as_writer, f"{address}?show=all"))) == 3
    assert rows(html_of(as_writer, f"{address}?show=skipped")) == [
        "skipped 나 devnotes.md:3"
    ]
    assert len(rows(html_of(as_writer, f"{address}?show=%00"))) == 1


def test_nothing_to_look_at(as_writer):
    run = run_with({"status": "created", "title": "가"})

    html = html_of(as_writer, f"/imports/{run.pk}/")

    assert "Nothing needs a look" in html
    assert 'href="?show=all"' in html


def test_entries_are_linked_and_hidden_ones_not_named(as_writer, as_curator):
    seen = make.entry("보이는 글")
    secret = make.entry("비밀 글", visibility="curators")
    gone = make.deleted(make.entry("지운 글"))
    run = run_with(
        *(
            {
                "status": "created",
                "title": e.title,
                "slug": e.slug,
                "entry": e,
                "details": {
                    "messages": [{"code": "renamed", "params": {"title": e.title}}]
                },
            }
            for e in (seen, secret, gone)
        )
    )
    address = f"/imports/{run.pk}/?show=all"

    html, text = (
        html_of(as_writer, address),
        as_writer.get(f"/imports/{run.pk}/json/").content.decode(),
    )
    assert f'href="{seen.get_absolute_url()}"' in html
    assert rows(html)[1] == "created A note that is not yours to read."
    for page in (html, text):
        assert "비밀" not in page
        assert "지운" not in page
    assert "비밀 글" in html_of(as_curator, address)
    assert "지운 글" not in html_of(as_curator, address)


def test_unfinished_import_says_so(as_writer):
    run = run_with(FAILED, status="interrupted")

    assert "State of this import: interrupted" in html_of(
        as_writer, f"/imports/{run.pk}/"
    )
    assert "interrupted" in html_of(as_writer, "/imports/")


def test_text_from_files_is_escaped(as_writer):
    run = run_with(
        {
            "status": "failed",
            "title": "<b>x</b>",
            "needs_eyes": True,
            "details": {"messages": [{"code": "copy", "params": {"path": "<i>y</i>"}}]},
        },
        sources=["<u>z.md"],
    )

    for address in ("/imports/", f"/imports/{run.pk}/"):
        html = html_of(as_writer, address)
        assert not re.search("<b>x|<i>y|<u>z", html)


def test_json_is_the_report(as_writer):
    run = run_with(
        {
            "status": "created",
            "title": "배포",
            "slug": "배포",
            "source": "devnotes",
            "line": 3,
            "revision_number": 1,
            "details": {
                "title_from": "heading",
                "tags": [{"name": "ci", "rule": "hashtag"}],
                "links": {"resolved": 1, "unresolved": []},
                "encoding": "utf-8",
                "messages": [{"code": "empty-file"}],
            },
        }
    )

    answer = as_writer.get(f"/imports/{run.pk}/json/")

    assert answer["Content-Type"] == "application/json"
    assert f'filename="import-{run.pk}.json"' in answer["Content-Disposition"]
    report = json.loads(answer.content)
    assert report["schema"] == 1
    assert report["run"] == run.pk
    assert report["dry_run"] is False
    assert set(report["totals"]) == {
        "created",
        "updated",
        "merged",
        "same",
        "moved",
        "conflict",
        "missing",
        "deleted",
        "skipped",
        "failed",
    }
    [item] = report["items"]
    assert item["title"] == "배포"
    assert item["revision"] == 1
    assert item["tags"] == [{"name": "ci", "rule": "hashtag"}]
    assert item["messages"] == ["The file is blank."]
    assert list(item) == [
        "status",
        "title",
        "slug",
        "source",
        "path",
        "line",
        "revision",
        "title_from",
        "tags",
        "links",
        "attachments",
        "encoding",
        "messages",
    ]


@pytest.mark.parametrize("amount", [1, 60])
def test_number_of_queries(as_writer, amount):
    items = [
        {"status": "created", "title": entry.title, "entry": entry}
        for entry in make.entries(amount)
    ]
    run = run_with(*items)
    for _ in range(min(amount, 5)):
        run_with(FAILED)

    with CaptureQueriesContext(connection) as listing:
        html_of(as_writer, "/imports/")
    with CaptureQueriesContext(connection) as one:
        html_of(as_writer, f"/imports/{run.pk}/?show=all")

    # Two of them ask whether there is a button to import.
    assert len(listing) == 6
    assert len(one) == 6
    assert not any('"wiki_entry"."body"' in query["sql"] for query in one)
