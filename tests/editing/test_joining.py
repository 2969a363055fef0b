"""Two contents joined by choices: what was typed always stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.editing import Content, TagUse
from wiki.editing.joining import MAX_QUESTIONS, Answer, join

BASE = Content(title="배포", body="처음\n가운데\n끝\n", summary="짧게")
MINE = Content(title="배포", body="나의 처음\n가운데\n나의 끝", summary="나의 요약")
LATEST = Content(title="배포", body="남의 처음\n가운데\n남의 끝\n", summary="남의 요약")


def names(joining) -> list[str]:
    return [question.name for question in joining.questions]


def test_each_clash_is_a_question_and_none_is_answered():
    joining = join(BASE, MINE, LATEST)

    assert names(joining) == ["summary", "1", "2"]
    assert joining.left == joining.questions


def test_an_open_place_holds_both_and_an_open_field_mine():
    values = join(BASE, MINE, LATEST).values()

    assert values == {
        "summary": "나의 요약",
        "body": "나의 처음\n남의 처음\n가운데\n나의 끝\n남의 끝\n",
    }


@pytest.mark.parametrize(
    ("answer", "choice", "text"),
    [
        (Answer(), "", "나의 처음\n남의 처음\n"),
        (Answer("", "나의 처음\r\n남의 처음\r\n"), "", "나의 처음\n남의 처음\n"),
        (Answer("latest"), "latest", "남의 처음\n"),
        (Answer("mine", "나의 처음\n남의 처음\n"), "mine", "나의 처음\n"),
        (Answer("mine", "남의 처음\n"), "mine", "나의 처음\n"),
        (Answer("both", "남의 처음"), "both", "나의 처음\n남의 처음\n"),
        (Answer("own", "남의 처음\r\n"), "own", "남의 처음\n"),
        (Answer("latest", "우리 처음\n"), "own", "우리 처음\n"),
        (Answer("", "우리 처음"), "own", "우리 처음"),
        (Answer("", "남의 처음\n"), "own", "남의 처음\n"),
        (Answer("own", ""), "own", ""),
        (Answer("latest", ""), "own", ""),
        (Answer("own"), "", "나의 처음\n남의 처음\n"),
        (Answer("무엇"), "", "나의 처음\n남의 처음\n"),
    ],
)
def test_what_an_answer_means(answer, choice, text):
    question = join(BASE, MINE, LATEST, {"1": answer}).questions[1]

    assert (question.choice, question.text) == (choice, text)


def test_a_field_cannot_be_both():
    answers = {"summary": Answer("both")}

    assert join(BASE, MINE, LATEST, answers).questions[0].is_open


def test_answers_make_the_text():
    answers = {"summary": Answer("latest"), "1": Answer("mine"), "2": Answer("latest")}

    joining = join(BASE, MINE, LATEST, answers)

    assert joining.left == ()
    assert joining.values() == {
        "summary": "남의 요약",
        "body": "나의 처음\n가운데\n남의 끝\n",
    }


def test_what_does_not_clash_is_no_question():
    mine = Content(title="새 제목", body=BASE.body, tags=(TagUse("가"),))
    latest = Content(title="배포", body=BASE.body + "더\n", tags=(TagUse("나"),))

    joining = join(Content(title="배포", body=BASE.body), mine, latest)

    assert joining.questions == ()
    assert joining.values() == {"body": latest.body}
    assert joining.merged.content.title == "새 제목"


def test_beyond_the_most_that_is_asked_one_place_holds_the_rest():
    def text(whose: str) -> str:
        return "".join(f"{whose} {n}\n함께 {n}\n" for n in range(MAX_QUESTIONS * 2))

    base, mine, latest = (
        Content(title="글", body=text(whose)) for whose in ("전", "내", "남")
    )

    joining = join(base, mine, latest)
    answers = {name: Answer("mine") for name in names(joining)}

    assert len(joining.questions) == MAX_QUESTIONS
    assert join(base, mine, latest, answers).values()["body"] == mine.body
    answers = {name: Answer("latest") for name in names(joining)}
    assert join(base, mine, latest, answers).values()["body"] == latest.body


_TEXTS = st.lists(
    st.sampled_from(["가", "나 다", "", "# 라", "🙂", "| 표 |", "마\u1100\u1161"]),
    max_size=8,
).map("\n".join)


@given(_TEXTS, _TEXTS, _TEXTS)
def test_an_open_joining_drops_no_line_of_either_side(base, mine, latest):
    sides = [Content(title="글", body=body) for body in (base, mine, latest)]

    joined = join(*sides).values()["body"].split("\n")

    for question in join(*sides).questions:
        for line in (question.mine + "\n" + question.latest).split("\n"):
            assert line in joined or not line


@given(_TEXTS, _TEXTS, _TEXTS, st.text(min_size=1, max_size=20))
def test_what_was_typed_is_in_the_text(base, mine, latest, typed):
    sides = [Content(title="글", body=body) for body in (base, mine, latest)]
    questions = join(*sides).questions
    answers = {question.name: Answer("latest", typed) for question in questions}

    joining = join(*sides, answers)

    assert joining.left == ()
    for question in joining.questions:
        if question.choice == "own":
            assert question.text in joining.values()["body"]


@given(_TEXTS, _TEXTS, _TEXTS)
def test_one_side_everywhere_is_that_side_where_they_clash(base, mine, latest):
    sides = [Content(title="글", body=body) for body in (base, mine, latest)]
    open_joining = join(*sides)

    answers = {question.name: Answer("mine") for question in open_joining.questions}

    chosen = join(*sides, answers).values()["body"]
    assert chosen.rstrip("\n") == open_joining.merged.body.text.rstrip("\n")
