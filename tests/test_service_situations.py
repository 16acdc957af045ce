"""Cases of a page are offered where there is a choice, and what was chosen comes first."""

from dataclasses import replace

import pytest

from index.records import Hit
from ingest.passages import cut
from ingest.settings import PassageSettings
from service.situations import situations, steer
from tests.test_ingest_readers_service_public import case, p, page_of, titled


def cases(**inner: str) -> str:
    return f"<BlocCas>{''.join(case(title, words) for title, words in inner.items())}</BlocCas>"


def hits(body: str) -> dict[str, Hit]:
    """The passages of a page, in order, by their first words."""
    passages = cut(page_of(f"<Texte>{titled('Chapitre', 'Cost', body)}</Texte>"), PassageSettings())
    return {found.text.split(".")[0]: Hit(found, 1.0) for found in passages}


FLAT = cases(Adult=p("Ten euros."), Child=p("Free."))
NESTED = cases(
    Adult=cases(Student=p("Five euros."), Worker=p("Ten euros.")),
    Child=cases(Baby=p("Nothing."), Pupil=p("One euro.")),
)
INNER_ALONE = cases(Adult=cases(Student=p("Five euros."), Worker=p("Ten euros.")))


def labels(found, chosen=None):
    return [situation.label for situation in situations([*found], chosen)]


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        (FLAT, ["Adult", "Child"]),
        (NESTED, ["Adult", "Child"]),
        (INNER_ALONE, ["Student", "Worker"]),
        (p("Ten euros.") + FLAT, ["Adult", "Child"]),
        (cases(Adult=p("Ten euros.")), []),
        (p("Ten euros."), []),
    ],
)
def test_cases_are_offered_where_there_is_a_choice(body, offered):
    assert labels(hits(body).values()) == offered


def test_the_cases_of_another_page_are_no_choice():
    first, second = hits(FLAT).values()
    elsewhere = replace(second, passage=replace(second.passage, page_key="fr/F2"))
    assert labels([first, elsewhere]) == []


def test_what_was_chosen_comes_first_and_what_is_inside_it_is_offered_beside_its_siblings():
    found = hits(NESTED)
    assert labels(found.values()) == ["Adult", "Child"]
    _, child = situations([*found.values()])
    steered = steer([*found.values()], child.id)
    assert [hit.passage.text for hit in steered[:2]] == ["Nothing.", "One euro."]
    assert labels(steered, child.id) == ["Child", "Adult", "Baby", "Pupil"]
    pupil = situations(steered, child.id)[-1]
    assert pupil.section == ("Cost", "Child", "Pupil")
    again = steer([*found.values()], pupil.id)
    assert again[0].passage.text == "One euro."
    assert labels(again, pupil.id) == ["Child", "Adult", "Pupil", "Baby"]


def test_a_case_inside_a_case_may_bear_its_name():
    found = hits(cases(Adult=cases(Adult=p("Ten euros."), Worker=p("Five.")), Child=p("Free.")))
    adult = situations([*found.values()])[0]
    steered = steer([*found.values()], adult.id)
    assert labels(steered, adult.id) == ["Adult", "Child", "Adult", "Worker"]


def test_the_siblings_of_a_choice_of_many_passages_are_offered_still():
    adult, child = hits(FLAT).values()
    many = [replace(adult, score=1.0 - n / 100) for n in range(12)]
    chosen = situations([adult, child])[0].id
    assert labels(steer([*many, child], chosen), chosen) == ["Adult", "Child"]


def test_an_unknown_choice_changes_nothing():
    found = [*hits(NESTED).values()]
    assert steer(found, "0123456789abcdef") == found
    assert labels(found, "0123456789abcdef") == ["Adult", "Child"]
