"""The small language for wordings of danger: what each of its signs finds, and what it refuses."""

import pytest

from service.wordings import Wordings, words_of


def found(wording: str, text: str, **named: str) -> list[str]:
    """The stretches of a text that a wording finds, as words."""
    wordings: Wordings[str] = Wordings()
    wordings.add(named, [("it", wording)])
    words = words_of(text)
    return sorted({" ".join(words[start:end]) for _, start, end in wordings.find(words)})


def test_a_word_is_a_whole_word_and_a_star_any_ending():
    assert found("bat", "le batiment") == []
    assert found("bat", "il bat sa femme") == ["bat"]
    assert found("menac*", "menacée, menaces") == ["menace", "menaces"]


def test_a_star_in_front_finds_arabic_words_behind_what_is_joined_to_them():
    assert found("*ضرب*", "وبيضربني كل يوم") == ["وبيضربني"]
    assert found("*شارع", "ننام بالشارع") == ["بالشارع"]
    assert found("*شارع", "شارعنا") == []


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("he hits", "he hits"),
        ("he .. hits", "he always then hits"),
        ("he ... hits", "he comes home every single evening after ten and hits"),
        ("(he|my dad) hits", "my dad hits"),
        ("he (often|all day)? hits", "he all day hits"),
        ("he (often|all day)? hits", "he hits"),
        ("he (really (often|hard)) hits", "he really hard hits"),
        ("<man> hits", "my brother hits"),
    ],
)
def test_each_sign_finds_what_it_stands_for(wording, text):
    assert found(wording, text, man="he|my brother")


def test_a_gap_is_no_wider_than_it_says():
    assert found("he .. hits", "he one two three four hits")
    assert not found("he .. hits", "he one two three four five hits")
    assert not found("he hits", "he never hits")


def test_the_gap_before_a_missing_piece_stays_open():
    assert found("he ... (me)? hits", "he one two three four five six hits")


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("battue", "BATUE"),
        ("étranglée", "etranglee"),
        ("can't breathe", "cant breathe"),
        ("can't breathe", "can’t breathe"),
        ("б'є", "бє"),
        ("їжа", "іжа"),
        ("kızım", "kizim"),
        ("می‌زند", "می زند"),
        ("می‌زند", "میزند"),
        ("أخي", "اخي"),
        ("شقة", "شقه"),
        ("کتک", "كتك"),
        ("115", "١١٥"),
        ("115", "۱۱۵"),
    ],
)
def test_slips_accents_and_forms_of_letters_make_no_difference(wording, text):
    assert found(wording, text)


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "he (hits",
        "(he)? hits",
        "he hits (me)?",
        "<nobody> hits",
        "(he .. she) hits",
        "he(hits)",
    ],
)
def test_a_wording_that_cannot_be_read_is_refused_by_name(wording):
    with pytest.raises(ValueError, match=r"."):
        found(wording, "he hits me")


def test_a_long_word_is_looked_up_once_a_letter_for_each_length_of_a_wording():
    class Counted(dict):
        looked_up = 0

        def get(self, key, default=None):
            self.looked_up += 1
            return super().get(key, default)

    wordings: Wordings[str] = Wordings()
    wordings.add({}, [("it", "*ضرب*"), ("it", "*شارع"), ("it", "مطعم*")])
    wordings._by_middle = counted = Counted(wordings._by_middle)
    word = "ت" + "تبش" * 700
    assert not [*wordings.find([word])]
    assert counted.looked_up <= 5 * len(word)
    assert [*wordings.find([word + "ضرب" + word])] == [("it", 0, 1)]
    assert [*wordings.find([word + "شارع"])] == [("it", 0, 1)]
    assert [*wordings.find(["مطعم" + word])] == [("it", 0, 1)]
