import pytest
from django.core.management import call_command

from tests import make
from wiki.models import Entry, EntryTag, Revision

EXCLUDED = ("contenttypes", "auth.permission", "sessions")


@pytest.mark.django_db(transaction=True)
def test_a_dump_loads_into_an_empty_database(tmp_path, writer, curator):
    entry = make.entry("배포", "[[도커]]", tags=["CI", "k8s"], by=writer)
    make.edit(entry, "CRLF\r\n😀", by=curator)
    make.deleted(make.entry("지움"))
    dump = str(tmp_path / "all.json")

    call_command("dumpdata", natural_foreign=True, exclude=EXCLUDED, output=dump)
    call_command("flush", interactive=False)
    call_command("loaddata", dump, verbosity=0)

    loaded = Entry.objects.get(title="배포")
    assert loaded.body == "CRLF\n😀"
    assert loaded.head.author.username == "curator"
    assert list(loaded.tags.names()) == ["CI", "k8s"]
    assert (Revision.objects.count(), EntryTag.objects.count()) == (4, 2)
    assert make.entry("도커").pk > loaded.pk
