"""Personal data is left out of a question before anything is searched."""

import pytest

from ui.asked import look_at

LONGEST = 4000


@pytest.mark.parametrize(
    ("text", "searched", "shown", "kinds"),
    [
        ("How do I get a card?", "How do I get a card?", "How do I get a card?", ()),
        (
            " call me on 06 12 34 56 78 about my card ",
            "call me on about my card",
            "call me on … about my card",
            ("phone",),
        ),
        ("me@example.org, you@example.org", "", "…, …", ("email",)),
        ("06 12 34 56 78", "", "…", ("phone",)),
    ],
)
def test_a_number_that_nobody_needs_goes_no_further(text, searched, shown, kinds):
    asked = look_at(text, LONGEST)
    assert (asked.searched, asked.shown, asked.kinds) == (searched, shown, kinds)


def test_it_is_searched_all_the_same_when_she_wants_it():
    asked = look_at("call 06 12 34 56 78", LONGEST, keep=True)
    assert asked.searched == asked.shown == "call 06 12 34 56 78"
    assert asked.kinds == ()


def test_a_text_that_will_be_refused_is_not_searched_through():
    assert look_at("06 12 34 56 78 " * 400, LONGEST).kinds == ()


def test_an_amount_a_date_and_a_sheet_stay():
    text = "F265: 1 234,56 € since 31/05/2023, article L. 111-1"
    assert look_at(text, LONGEST).searched == text


IN_DANGER = [
    ("J'habite 12 rue Voltaire mon mari me frappe", "J'habite mon mari me frappe"),
    ("au 5 avenue Foch je veux mourir", "au je veux mourir"),
    ("au 12 rue victor hugo ma fille a disparu", "au ma fille a disparu"),
    ("12 RUE VOLTAIRE MON MARI ME FRAPPE", "MON MARI ME FRAPPE"),
    ("12 place Bellecour mon mari me frappe", "mon mari me frappe"),
    ("tengo miedo en la calle Mayor 15 mi marido me pega", "tengo miedo en la mi marido me pega"),
]


@pytest.mark.parametrize(("text", "searched"), IN_DANGER)
def test_an_address_ends_where_the_sentence_goes_on(text, searched):
    asked = look_at(text, LONGEST)
    assert (asked.searched, asked.kinds) == (searched, ("address",))


@pytest.mark.parametrize(
    "text",
    [
        "Vivo en la calle con mis hijos desde hace 2 dias",
        "vivo en la calle hace 3 dias",
        "durmo na rua com os meus filhos faz 2 noites",
        "сплю на улице с детьми 3 ночи",
        "на улице с ребенком уже 3 дня",
        "با بچه‌هایم در خیابان می‌خوابم از ۲ شب پیش",
        "Can I apply via my account for 2 children?",
        "je peux me connecter via FranceConnect 2 fois ?",
        "je suis au foyer mon mari me frappe, j'habite 75011 Paris",
        "12 place en crèche mon mari me frappe et je pars, 75011 Paris",
    ],
)
def test_a_sentence_with_a_street_and_a_number_is_no_address(text):
    assert look_at(text, LONGEST).searched == text


@pytest.mark.parametrize(
    "text",
    [
        "12 bis rue de l'Église",
        "7 rue du Général de Gaulle 59000 Lille",
        "résidence les tilleuls bâtiment c appartement 42 69100 villeurbanne",
        "rua das flores 21",
        "calle mayor, 15",
        "خیابان آزادی ۲۵",
        "via Garibaldi 12",
    ],
)
def test_an_address_by_itself_is_left_out_whole(text):
    assert look_at(text, LONGEST).searched == ""
