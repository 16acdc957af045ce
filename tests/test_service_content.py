"""What stands around an answer is read whole or refused with the file's name."""

import shutil

import pytest

from ingest.errors import ContentInvalid
from ingest.settings import Settings
from service.content import KINDS, LANGUAGES, load_content

CORPUS = Settings().content


def test_the_corpus_has_notices_in_every_language_and_contacts_for_every_danger():
    content = load_content(CORPUS)
    assert set(content.notices) == set(LANGUAGES)
    assert content.support
    assert all(content.danger.values())


def test_a_language_we_lack_falls_back_on_english():
    content = load_content(CORPUS)
    assert content.notice("xx") == content.notice("en") == content.notice(None)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CORPUS / "notices", tmp_path / "notices")
    shutil.copy(CORPUS / "contacts.toml", tmp_path)
    return tmp_path


def test_a_missing_file_is_named(folder):
    (folder / "contacts.toml").unlink()
    with pytest.raises(ContentInvalid, match=r"contacts\.toml: No such file"):
        load_content(folder)


def test_broken_toml_is_named(folder):
    (folder / "notices" / "fr.toml").write_text("x = ", "utf-8")
    with pytest.raises(ContentInvalid, match=r"fr\.toml is not valid TOML"):
        load_content(folder)


def test_an_unknown_contact_is_named(folder):
    file = folder / "contacts.toml"
    text = file.read_text("utf-8")
    file.write_text(text + '\n[[danger]]\nkind = "x"\ncontacts = ["nobody"]\n', "utf-8")
    with pytest.raises(ContentInvalid, match="'nobody' is missing or unknown"):
        load_content(folder)


def test_english_cannot_be_missing(folder):
    (folder / "notices" / "en.toml").unlink()
    with pytest.raises(ContentInvalid, match=r"en\.toml is missing"):
        load_content(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_danger_needs_whom_to_call(folder, kind):
    file = folder / "contacts.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f'kind = "{kind}"', 'kind = "another"'), "utf-8")
    with pytest.raises(ContentInvalid, match=rf"contacts\.toml: .* nobody for kind '{kind}'"):
        load_content(folder)


def test_a_contact_without_an_english_purpose_is_named(folder):
    file = folder / "contacts.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('\nen = "You are attacked', '\nxx = "You are attacked'), "utf-8")
    with pytest.raises(ContentInvalid, match="contact 'police' lacks en"):
        load_content(folder)


def drop(folder, language, key):
    file = folder / "notices" / f"{language}.toml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(f"{key} =")), "utf-8")


def test_no_language_may_lack_the_notice_that_every_answer_is_shown_under(folder):
    drop(folder, "fr", "not_legal_advice")
    with pytest.raises(ContentInvalid, match=r"fr\.toml: not_legal_advice is missing"):
        load_content(folder)


def test_any_other_notice_that_a_language_lacks_is_in_english(folder):
    drop(folder, "fr", "service_down")
    content = load_content(folder)
    assert content.notice("fr")["service_down"] == content.notice("en")["service_down"]
    assert content.notice("fr")["partial"] != content.notice("en")["partial"]


GLOSSARY = """
[[terms]]
id = "carte-vitale"
term = "carte Vitale"
expansions = ["carte d'assurance maladie"]
explanation = { en = "The green card." }
also_said = { fr = ["carte verte", "kart vital"] }

[[terms]]
id = "cpam"
term = "CPAM"
explanation = { en = "The local fund." }
also_said = { fr = ["caisse"] }
"""


def test_a_term_of_the_glossary_carries_its_other_french_words_if_it_has_any(folder):
    (folder / "glossary.toml").write_text(GLOSSARY, "utf-8")
    card, fund = load_content(folder).glossary
    assert card.expansions == ("carte d'assurance maladie",)
    assert card.also_said == {"fr": ("carte verte", "kart vital")}
    assert fund.expansions == ()


def test_a_term_without_its_explanation_is_refused_with_the_files_name(folder):
    (folder / "glossary.toml").write_text(GLOSSARY.replace("explanation", "meaning"), "utf-8")
    with pytest.raises(ContentInvalid, match=r"glossary\.toml: 'explanation' is missing"):
        load_content(folder)
