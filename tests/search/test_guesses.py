import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from wiki.search import guesses
from wiki.search.guesses import MAX_OFFERED, Vocabulary, forget_vocabularies, guess
from wiki.search.narrowing import Narrowing
from wiki.search.query import parse_query

VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _unread() -> None:
    forget_vocabularies()


def guessed(text, user=VISITOR, **rest):
    return [one.text for one in guess(user, parse_query(text), **rest)]


# ── Words ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("쿠버네티즈", "쿠버네티스"),
        ("쿠버네트스", "쿠버네티스"),
        ("구버네티스", "쿠버네티스"),
        ("배퍼", "배포"),
        ("kuberntes", "Kubernetes"),
        ("kubrenetes", "Kubernetes"),
        ("KUBERNETE", "Kubernetes"),
        ("dokcer", "Docker"),
    ],
)
def test_a_slip_is_mended(typed, meant):
    known = Vocabulary(["쿠버네티스로 배포하기", "배포", "Kubernetes와 Docker"])

    assert known.nearest(typed)[:1] == [meant]


@pytest.mark.parametrize(
    "typed", ["쿠버네티스", "KUBERNETES", "ab", "가", "x" * 300, ""]
)
def test_what_is_known_or_short_or_far_away_is_left(typed):
    known = Vocabulary(["쿠버네티스", "Kubernetes", "ac", "나"])

    assert known.nearest(typed) == []


def test_the_nearest_word_comes_first():
    known = Vocabulary(["오케스트라단", "오케스트레이션"])

    assert known.nearest("오케스트레이셔") == ["오케스트레이션"]
    assert known.nearest("오케스트라당")[0] == "오케스트라단"


def test_names_are_taken_apart_at_signs_and_where_the_script_changes():
    known = Vocabulary(["gRPC로 C++/(배포)", "node.js"])

    assert all(word in known for word in ("grpc", "로", "c++", "배포", "node.js"))


def test_a_word_is_parted_into_two_that_are_known():
    known = Vocabulary(["배포 자동화", "hash map"])

    assert known.parted("배포자동화") == ("배포", "자동화")
    assert known.parted("HashMap") == ("Hash", "Map")
    assert known.parted("배포절차") is None
    assert known.parted("배") is None


# ── Searches ──────────────────────────────────────────────────────────────────
@pytest.mark.django_db
class TestGuess:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("qovh", "배포"),
            ("QOVH", "배포"),
            ("qovh wjfck", "배포 절차"),
            ("ㅎㄱㅔㅊ", "grpc"),
            ("hash map", "hashmap"),
            ("파이쏜", "파이썬"),
            ("파이쏜에서는", "파이썬"),
            ("그림말", "그림말뭉치"),
            ("qovh title:절차", "배포 title:절차"),
        ],
    )
    def test_it_is_another_search_that_finds_something(self, typed, meant):
        make.entry("gRPC 배포 절차", tags=["Python"])
        make.entry("hashmap")
        make.entry("다른 글", "그림 말뭉치", aliases=("파이썬",))
        make.entry("그림말뭉치")

        found = guessed(typed)

        assert meant in found or (typed == "그림말" and found == [])

    def test_a_word_from_another_title_or_tag(self):
        make.entry("글", aliases=("오케스트레이션",), tags=["쿠버네티스"])

        assert guessed("오케스트레이셩") == ["오케스트레이션"]
        assert guessed("쿠버네티즈") == ["쿠버네티스"]

    def test_one_word_is_mended_and_the_others_stay(self):
        make.entry("쿠버네티스", "긴 이야기")

        assert guessed("쿠버네티즈 이야기") == ["쿠버네티스 이야기"]

    def test_nothing_is_offered_that_finds_no_more(self):
        make.entry("배포")

        assert guessed("qovh", more_than=1) == []
        assert guessed("qovh", narrowed=Narrowing(tags=("없음",))) == []

    def test_what_may_not_be_read_is_never_offered(self, writer):
        make.entry("쿠버네티스", visibility="members")
        make.deleted(make.entry("오케스트레이션"))

        assert guessed("쿠버네티즈") == []
        assert guessed("오케스트레이셩") == []
        assert guessed("쿠버네티즈", writer) == ["쿠버네티스"]
        # What was read for one group is not known to another.
        assert guessed("쿠버네티즈") == []

    def test_what_is_hidden_later_is_not_offered_any_more(self):
        entry = make.entry("쿠버네티스")
        assert guessed("쿠버네티즈") == ["쿠버네티스"]

        make.deleted(entry)

        assert guessed("쿠버네티즈") == []

    def test_new_words_are_known_after_a_while(self, monkeypatch):
        make.entry("배포")
        assert guessed("쿠버네티즈") == []
        monkeypatch.setattr(guesses, "FRESH_SECONDS", -1)

        make.entry("쿠버네티스", tags=["Kubernetes"])

        assert guessed("쿠버네티즈") == ["쿠버네티스"]
        assert guessed("kubernets") == ["Kubernetes"]

    @pytest.mark.parametrize(
        "text",
        ["", '"배포"', "#qovh", "-qovh", "a b c d e f g h", "x" * 200, "\u202eqovh"]
        + ["😀", "ㅋㅋㅋㅋ", "\ud800", "e\u0301" * 30, "%", "' OR 1=1", "*", "q" * 41],
    )
    def test_anything_can_be_asked(self, text):
        make.entry("배포", "e\u0301")

        assert len(guess(VISITOR, parse_query(text))) <= MAX_OFFERED

    def test_number_of_searches_is_bounded(self, django_assert_max_num_queries):
        for number in range(20):
            make.entry(f"단어{number} 낱말{number} kubernetes{number}")

        with django_assert_max_num_queries(60):
            guessed("단오1 낱만2 kubernets3 qovh")
