"""The links page: who links here, who only mentions it, and where it links to."""

import pytest

from tests import make
from tests.views.acting import address, fresh, text_of
from wiki.editing import delete_entry, restore_entry, set_access
from wiki.models import Entry, Link

pytestmark = pytest.mark.django_db


def page(client, entry, query=""):
    return client.get(address(entry, f"links/{query}"))


def titles(client, entry):
    """The notes that link here, as the page and the entry's own page count them."""
    answer = page(client, entry)
    sources = [source.entry.title for source in answer.context["sources"]]
    assert answer.context["page"].paginator.count == len(sources)
    on_entry = client.get(entry.get_absolute_url()).context
    if on_entry is not None:
        assert on_entry["backlinks"].total == len(sources)
    return sources


def targets(client, entry):
    found = page(client, entry).context["targets"]
    return [(one.title, one.is_missing) for one in found]


def mentioning(client, entry):
    notes = page(client, entry).context["mentions"].notes
    return [(note.entry.title, note.mention.written) for note in notes]


def link_it(client, entry, source, /, **fields):
    data = {"note": source.pk, "base_version": fresh(source).version}
    data |= {"form_token": "t"} | fields
    return client.post(address(entry, "links/"), data)


# ── Links ─────────────────────────────────────────────────────────────────────
def test_links_stand_in_their_sentences_grouped_by_note(visitor):
    target = make.entry("Redis")
    make.entry(
        "캐시", "캐시는 [[Redis]]를 쓴다.\n\n또 [[Redis|이것]]도.\n\n[[Redis]] <b>"
    )

    text = text_of(page(visitor, target))

    assert "캐시는 <mark>Redis</mark>를 쓴다." in text
    assert "또 <mark>이것</mark>도." in text
    assert text.count(">캐시</a>") == 1
    assert titles(visitor, target) == ["캐시"]


def test_many_notes_are_paged_in_a_fixed_number_of_queries(
    visitor, django_assert_max_num_queries
):
    target = make.entry("Redis")
    make.entries(35, "[[Redis]]")

    with django_assert_max_num_queries(14):
        first = page(visitor, target)
    second = page(visitor, target, "?page=2")

    assert len(first.context["sources"]) == 30
    assert len(second.context["sources"]) == 5
    assert second.context["mentions"] is None


def test_where_it_links_to_with_what_is_not_written_yet(visitor):
    make.entry("Redis")
    entry = make.entry("캐시", "[[Redis]] [[Redis|x]] [[없는 글]] [x](./다른.md)")

    assert targets(visitor, entry) == [
        ("Redis", False),
        ("없는 글", True),
        ("다른", True),
    ]
    assert 'href="/new/?title=%EC%97%86%EB%8A%94%20%EA%B8%80"' in text_of(
        page(visitor, entry)
    )


def test_names_of_several_notes_lead_to_the_list(visitor):
    make.entry("배포 (가)", aliases=("배포",))
    make.entry("배포 (나)", aliases=("배포",))
    entry = make.entry("글", "[[배포]]")

    [one] = page(visitor, entry).context["targets"]

    assert (one.title, one.is_ambiguous) == ("배포", True)
    assert "means several notes" in text_of(page(visitor, entry))


def test_creating_moving_deleting_and_restoring_count_at_once(visitor):
    note = make.entry("글", "[[나중]]")
    assert targets(visitor, note) == [("나중", True)]

    entry = make.entry("나중")
    assert titles(visitor, entry) == ["글"]
    assert targets(visitor, note) == [("나중", False)]

    make.edit(entry, title="지금")
    assert titles(visitor, fresh(entry)) == ["글"]
    assert targets(visitor, note) == [("지금", False)]

    delete_entry(fresh(note), base_version=1, act=make.act())
    assert titles(visitor, fresh(entry)) == []
    restore_entry(fresh(note), base_version=2, act=make.act())
    assert titles(visitor, fresh(entry)) == ["글"]

    delete_entry(fresh(entry), base_version=2, act=make.act())
    assert targets(visitor, note) == [("나중", True)]


@pytest.mark.parametrize("visibility", ["members", "curators"])
def test_nothing_that_is_hidden_is_named_or_counted(visitor, as_curator, visibility):
    entry = make.entry("공개", "[[숨은 글]]")
    hidden = make.entry("숨은 글", "[[공개]]와 공개", visibility=visibility)
    make.entry("다른 숨은 글", "공개를 말한다", visibility=visibility)

    text = text_of(page(visitor, entry))

    assert "다른 숨은 글" not in text
    assert titles(visitor, entry) == []
    assert mentioning(visitor, entry) == []
    assert targets(visitor, entry) == [("숨은 글", True)]
    assert page(visitor, hidden).status_code == 404
    assert titles(as_curator, entry) == ["숨은 글"]
    assert mentioning(as_curator, entry) == [("다른 숨은 글", "공개")]


def test_what_is_hidden_later_is_gone_at_once(visitor):
    entry, other = make.entry("공개", "[[상대]]"), make.entry("상대", "[[공개]]")
    assert titles(visitor, entry) == ["상대"]

    set_access(fresh(other), visibility="members", protection="writers", base_version=1)

    assert titles(visitor, entry) == []
    assert targets(visitor, entry) == [("상대", True)]


def test_the_page_is_not_for_robots_nor_for_caches_between(visitor):
    answer = page(visitor, make.entry("글"))

    assert "noindex" in answer["X-Robots-Tag"]
    assert "private" in answer["Cache-Control"]


def test_a_former_address_leads_to_the_page(visitor):
    entry = make.entry("옛 이름")
    now = make.edit(entry, title="새 이름")

    assert page(visitor, entry).url == address(now, "links/")


def test_a_note_without_any_says_so(visitor):
    text = text_of(page(visitor, make.entry("외딴 글", "")))

    assert "No note links here yet." in text
    assert "It links to no other note." in text


# ── Mentions ──────────────────────────────────────────────────────────────────
def test_mentions_are_notes_that_name_it_without_a_link(visitor):
    entry = make.entry("Redis", aliases=("레디스",))
    make.entry("가", "Redis를 쓴다")
    make.entry("나", "레디스가 빠르다")
    make.entry("다", "[[Redis]] 그리고 Redis")
    make.entry("라", "`Redis` redis-cli")

    assert sorted(mentioning(visitor, entry)) == [("가", "Redis"), ("나", "레디스")]
    text = text_of(page(visitor, entry))
    assert "Redis appears in 2 notes that do not link it." in text
    assert "<mark>Redis</mark>를 쓴다" in text
    assert "Link it" not in text


def test_public_notes_are_not_offered_to_link_what_members_read(as_writer):
    entry = make.entry("비밀 계획", visibility="members")
    public = make.entry("공개", "비밀 계획이 있다")
    make.entry("우리끼리", "비밀 계획이 있다", visibility="members")

    assert mentioning(as_writer, entry) == [("우리끼리", "비밀 계획")]
    link_it(as_writer, entry, public)
    assert fresh(public).version == 1


def test_very_long_texts_are_not_looked_through(visitor):
    entry = make.entry("Redis")
    make.entry("긴 글", "가나다 " * 30_000 + "Redis")
    make.entry("짧은 글", "Redis")

    assert mentioning(visitor, entry) == [("짧은 글", "Redis")]
    assert page(visitor, entry).context["mentions"].is_cut


def test_names_of_one_letter_are_not_looked_for(visitor):
    entry = make.entry("C")
    make.entry("가", "C 언어")

    assert mentioning(visitor, entry) == []


def test_one_click_makes_a_revision_with_the_link(as_writer, writer):
    entry = make.entry("Redis")
    note = make.entry("가", "우리는 redis를 쓴다.\n\n`redis`", tags=["캐시"])

    answer = link_it(as_writer, entry, note)

    now = fresh(note)
    assert answer.url == address(entry, "links/")
    assert now.body == "우리는 [[Redis|redis]]를 쓴다.\n\n`redis`"
    assert (now.version, now.head.author, now.head.is_minor) == (2, writer, True)
    assert list(now.head.tag_names()) == ["캐시"]
    assert Link.objects.get(source=note).target == entry
    assert titles(as_writer, entry) == ["가"]
    assert mentioning(as_writer, entry) == []


def test_the_same_click_twice_is_one_revision(as_writer):
    entry, note = make.entry("Redis"), make.entry("가", "Redis, Redis")
    link_it(as_writer, entry, note)

    link_it(as_writer, entry, note, base_version=1)

    assert fresh(note).body == "[[Redis]], Redis"
    assert fresh(note).version == 2


def test_a_click_on_an_older_version_is_merged(as_writer):
    entry, note = make.entry("Redis"), make.entry("가", "Redis를\n\n둘\n\n셋")
    make.edit(note, "Redis를\n\n둘\n\n셋 더")

    link_it(as_writer, entry, note, base_version=1)

    assert fresh(note).body == "[[Redis]]를\n\n둘\n\n셋 더"


def test_a_click_on_a_place_that_changed_does_nothing(as_writer):
    entry, note = make.entry("Redis"), make.entry("가", "Redis를 쓴다")
    make.edit(note, "Redis는 안 쓴다")

    answer = link_it(as_writer, entry, note, base_version=1)

    assert answer.status_code == 409
    assert "was changed while the page was open" in text_of(answer)
    assert fresh(note).body == "Redis는 안 쓴다"


def test_a_mention_that_is_gone_is_nothing_to_link(as_writer):
    entry, note = make.entry("Redis"), make.entry("가", "캐시")

    answer = link_it(as_writer, entry, note)

    assert answer.status_code == 302
    assert fresh(note).version == 1


def test_who_may_not_change_the_note_cannot_link(visitor, as_writer):
    entry = make.entry("Redis")
    guarded = make.entry("가", "Redis", protection="curators")
    hidden = make.entry("나", "Redis", visibility="curators")
    note = make.entry("다", "Redis")

    assert link_it(as_writer, entry, guarded).status_code == 403
    assert link_it(as_writer, entry, hidden).status_code == 404
    assert "/accounts/login/" in link_it(visitor, entry, note).url
    assert text_of(page(as_writer, entry)).count("Link it<span") == 1
    assert Entry.objects.filter(version__gt=1).count() == 0


@pytest.mark.parametrize(
    "fields",
    [{"note": "x"}, {"note": "99999"}, {"base_version": "0"}, {"note": "9" * 30}],
)
def test_forms_that_name_nothing_are_not_found(as_writer, fields):
    entry, note = make.entry("Redis"), make.entry("가", "Redis")

    assert link_it(as_writer, entry, note, **fields).status_code == 404
    assert fresh(note).version == 1


def test_an_unknown_version_changes_nothing(as_writer):
    entry, note = make.entry("Redis"), make.entry("가", "Redis")

    link_it(as_writer, entry, note, base_version=7)

    assert fresh(note).version == 1
