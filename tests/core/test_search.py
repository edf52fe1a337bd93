"""Finding by words, codes, Chinese and phone numbers; and no question breaks the database (SEC8, B52)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.search import cut, fold, matches, phone_endings, search_vector

LAMP = ("AB-12/3", "Müller Straße desk lamp", "落地灯 北欧风格", "Smith's “best” lamp")
PHONE = "+44 (0)113 496-0001"

WORDS = ["lamp", "LAMP", "lam", "desk lamp", "lamp desk", "muller", "MÜLLER", "strasse", "smith", "Smith's", "ｌａｍｐ"]
CODES = ["ab-12/3", "AB12", "ab123", "12"]
CHINESE = ["落地灯", "落地", "北欧", "风格", "灯", "落", "lamp 落地 ab-12"]
ENDINGS = ["0001", "60001", "4960001", "496-0001"]
NUMBERS = ["0113 496 0001", "01134960001", "+44 113 496 0001", "+44 (0)113 496-0001", "0044 113 4960001", "441134960001"]
SIGNS = ["", "   ", "'", '"', "\\", "%", "_", "***", "&", "|", "!", ":*", "<->", "()", "' OR 1=1--", "\x00", "\ud800", "😀", "'); DROP TABLE x;--"]
ALIKE = [("Ångström", "angstrom"), ("ＡＢＣ", "abc"), ("Straße", "strasse"), ("ﬁlm", "film"), ("İstanbul", "istanbul"), ("灯", "灯")]


@pytest.mark.parametrize("question", [*WORDS, *CODES, *CHINESE, *ENDINGS, *NUMBERS])
def test_what_people_type_finds_the_row(session: Session, question: str) -> None:
    assert _finds(session, question)


@pytest.mark.parametrize("question", ["lampshade", "lamp chair", "地落", "amp", "114", "99", "苹果", "müllerin", "0114 496 0001", "+44 113 496 0002"])
def test_what_is_not_there_is_not_found(session: Session, question: str) -> None:
    assert not _finds(session, question)


@pytest.mark.parametrize("question", SIGNS)
def test_signs_are_no_operators_and_break_nothing(session: Session, question: str) -> None:
    assert not _finds(session, question)


def test_signs_beside_a_word_do_not_hide_it(session: Session) -> None:
    for question in ("'lamp'", "lamp!", "(lamp)", "lamp:*", "lamp & desk", "lamp\\", "%lamp%"):
        assert _finds(session, question), question


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(question=st.text(max_size=60))
def test_no_question_breaks_the_database(session: Session, question: str) -> None:
    _finds(session, question)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_every_word_of_a_text_finds_it(session: Session, text: str) -> None:
    for word in text.split()[:3]:
        if cut(word) and len(word) < 20:
            assert session.scalar(select(matches(search_vector(text), word))), (text, word)


def test_a_long_question_is_cut_to_a_few_terms(session: Session) -> None:
    assert not _finds(session, "word " * 10_000)
    assert session.scalar(select(matches(search_vector("x" * 500), "x" * 500)))


def test_nothing_to_search_for_makes_an_empty_column(session: Session) -> None:
    assert session.scalar(select(search_vector(None, "", phones=(None, "")))) == ""


@pytest.mark.parametrize(("text", "folded"), ALIKE)
def test_what_looks_alike_is_made_one(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_phone_is_found_by_its_last_four_digits_and_more() -> None:
    assert phone_endings("+86 10-1234") == {"86101234", "6101234", "101234", "01234", "1234"}
    assert phone_endings("123") == set()


def _finds(session: Session, question: str) -> bool:
    return bool(session.scalar(select(matches(search_vector(*LAMP, phones=(PHONE,)), question))))
