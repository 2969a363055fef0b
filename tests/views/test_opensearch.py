"""What browsers are told of the search."""

from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.django_db

NAMES = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
KIND = "application/opensearchdescription+xml"


@pytest.fixture
def described(visitor, settings):
    settings.BASE_URL = "https://wiki.example.org"
    settings.WIKI_NAME = "우리 <모두의> & 아주 긴 이름의 위키"
    answer = visitor.get("/opensearch.xml", headers={"Host": "testserver"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == f"{KIND}; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def test_addresses_begin_with_that_of_the_wiki(described):
    templates = [each.get("template") for each in described.findall("o:Url", NAMES)]

    assert templates[0] == "https://wiki.example.org/search/?q={searchTerms}"
    assert all(each.startswith("https://wiki.example.org/") for each in templates)
    image = described.find("o:Image", NAMES).text
    assert image == "https://wiki.example.org/static/wiki/mark.svg"


def test_names_are_as_long_as_they_may_be(described):
    assert described.find("o:ShortName", NAMES).text == "우리 <모두의> & 아주 긴"[:16]
    assert len(described.find("o:LongName", NAMES).text) <= 48


def test_every_page_names_it(visitor, settings):
    html = visitor.get("/").content.decode()

    assert f'<link rel="search" type="{KIND}" title="{settings.WIKI_NAME}"' in html
    assert 'href="/opensearch.xml"' in html


def test_it_is_there_on_a_wiki_for_members_and_asks_no_database(
    visitor, settings, django_assert_num_queries
):
    settings.WIKI_ANONYMOUS_READ = False

    with django_assert_num_queries(0):
        assert visitor.get("/opensearch.xml").status_code == 200
