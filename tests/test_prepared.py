"""Queries that are made into SQL once: they answer as their querysets do."""

import pytest
from django.db.models import Count

from tests import make
from wiki.models import Entry, Revision
from wiki.prepared import Prepared

pytestmark = pytest.mark.django_db


def test_rows_are_those_of_the_queryset(django_assert_num_queries):
    make.entry("하나", "본문", tags=["배포"], aliases=("별명",))
    make.entry("둘 100% %s", "본문")
    fields = ("title", "alias_names", "deleted_at", "updated_at", "head__tags")
    query = Prepared(lambda slug: Entry.objects.filter(slug=slug).values_list(*fields))

    for slug in ("하나", "둘-100-s", "없는 글"):
        expected = list(Entry.objects.filter(slug=slug).values_list(*fields))
        with django_assert_num_queries(1):
            assert query.rows(slug) == expected


def test_each_value_goes_to_its_place():
    entries = make.entries(3)

    query = Prepared(
        lambda low, high: (
            Entry.objects.filter(pk__gte=low, pk__lt=high)
            .exclude(pk=low)
            .values_list("pk")
        )
    )

    first, second, third = (entry.pk for entry in entries)
    assert query.rows(first, third) == [(second,)]
    assert query.rows(second, third + 1) == [(third,)]


def test_each_variant_has_sql_of_its_own():
    make.entry(visibility="public")
    make.entry(visibility="members")

    query = Prepared(
        lambda least, visibilities: Entry.objects.filter(
            pk__gte=least, visibility__in=visibilities
        ).values_list("visibility")
    )

    assert query.rows(0, variant=["public"]) == [("public",)]
    assert len(query.rows(0, variant=["public", "members"])) == 2
    assert query.rows(0, variant=[]) == []


def test_lists_of_any_length_share_few_statements():
    entries = make.entries(9)
    ids, slugs = [entry.pk for entry in entries], [entry.slug for entry in entries]
    made = []

    def build(pks, slugs):
        made.append(len(pks))
        found = Entry.objects.filter(pk__in=pks, slug__in=slugs)
        return found.order_by("pk").values_list("pk")

    query = Prepared(build)
    for count in range(1, 10):
        found = query.rows(ids[:count], slugs[1:])
        assert found == [(pk,) for pk in ids[1:count]]

    assert made == [4, 8, 16]


def test_aggregates_are_converted_too():
    entry = make.edit(make.entry(), "neu")

    query = Prepared(
        lambda pk: (
            Revision.objects.filter(entry=pk)
            .values("entry_id")
            .annotate(count=Count("pk"))
            .values_list("entry_id", "count")
        )
    )

    assert query.rows(entry.pk) == [(entry.pk, 2)]


def test_sql_is_made_once():
    made = []

    def build(slug):
        made.append(slug)
        return Entry.objects.filter(slug=slug).values_list("pk")

    query = Prepared(build)
    for slug in ("가", "나", "다"):
        query.rows(slug)

    assert len(made) == 1
    assert made[0] not in ("가", "나", "다")
