import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.layouts import letters, typed_in_hangul, typed_in_latin

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("qovh", "배포"),
        ("tjqj", "서버"),
        ("znqjspxltm", "쿠버네티스"),
        ("ehzj", "도커"),
        ("rkqtdl", "값이"),
        ("dhkd", "왕"),
        ("RhR", "꼮"),
        ("ekfr", "닭"),
        ("ekfrl", "달기"),
        ("Qovh", "빼포"),
        ("GkS", "한"),
        ("qv", "ㅂㅍ"),
        ("k8s", "ㅏ8ㄴ"),
        ("", ""),
    ],
)
def test_latin_letters_typed_for_hangul(keys, word):
    assert typed_in_hangul(keys) == word


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("ㅎㄱㅔㅊ", "grpc"),
        ("햣ㅗㅕㅠ", "github"),
        ("애찯ㄱ", "docker"),
        ("배포", "qovh"),
        ("값", "rkqt"),
        ("ㅘㄺ", "hkfr"),
        ("gRPC 배포!", "gRPC qovh!"),
    ],
)
def test_hangul_typed_for_latin_letters(word, keys):
    assert typed_in_latin(word) == keys


@given(SYLLABLES)
def test_hangul_comes_back_from_its_keys(text):
    assert typed_in_hangul(typed_in_latin(text)) == text


def test_decomposed_hangul_has_the_same_letters():
    assert letters(unicodedata.normalize("NFD", "값 배포")) == "ㄱㅏㅂㅅ ㅂㅐㅍㅗ"


@given(st.text(max_size=50))
def test_any_text_has_letters(text):
    for function in (letters, typed_in_hangul, typed_in_latin):
        assert isinstance(function(text), str)
