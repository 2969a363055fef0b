"""The editor of a note that links already lead to."""

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def page(client, title):
    answer = client.get("/new/", {"title": title})
    assert answer.status_code == 200
    return answer


def test_it_has_the_title_and_names_who_links_there_with_the_sentence(as_writer):
    make.entry("운영", "처음에 [[서비스 메시]]에 맡긴다.")
    make.entry("비밀", "[[서비스 메시]]는 비밀이다.", visibility="curators")

    answer = page(as_writer, "서비스 메시")

    text = answer.content.decode()
    assert 'value="서비스 메시"' in text
    assert "<q>처음에 <mark>서비스 메시</mark>에 맡긴다.</q>" in text
    assert 'href="#w-from"' in text
    assert "비밀" not in text


def test_titles_much_like_it_are_offered(as_writer):
    near = make.entry("배포 절차")

    answer = page(as_writer, "배포 절치")

    assert answer.context["near"] == [near]
    assert 'href="#w-near"' in answer.content.decode()


@pytest.mark.parametrize("name", ["쿠버네티스", "K8S"])
def test_a_name_that_is_there_is_said_with_the_way_to_edit_it(as_writer, name):
    entry = make.entry("쿠버네티스", aliases=("k8s",))

    answer = page(as_writer, name)

    text = answer.content.decode()
    assert answer.context["there"] == [entry]
    assert answer.context["near"] == []
    assert f'href="{entry.get_absolute_url()}edit/"' in text


def test_a_name_in_a_note_one_may_not_read_is_not_told(as_writer):
    make.entry("비밀 계획", visibility="curators")

    answer = page(as_writer, "비밀 계획")

    assert answer.context["there"] == answer.context["near"] == []


def test_a_plain_new_note_has_none_of_it(as_writer):
    text = as_writer.get("/new/").content.decode()

    assert "w-from" not in text
    assert "w-near" not in text


def test_the_number_of_queries_is_constant(as_writer, django_assert_max_num_queries):
    for number in range(5):
        make.entry(
            f"배포 절차 {number}", "[[배포 절차]]를 본다", aliases=(f"ㄱ{number}",)
        )
    page(as_writer, "배포 절차")

    # Session, account, drafts; names, titles alike, their entries, links.
    with django_assert_max_num_queries(10):
        page(as_writer, "배포 절차")
