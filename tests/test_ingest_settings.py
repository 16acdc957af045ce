"""Settings: one file and variables; whatever is wrong is named with the way out."""

from pathlib import Path

import pytest

from ingest.errors import SettingsInvalid
from ingest.settings import EncoderSettings, Settings, load_settings


def _file(folder: Path, text: str) -> Path:
    file = folder / "passerelle.toml"
    file.write_text(text, "utf-8")
    return file


def _reason(file: Path | None = None, **environ: str) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(file, environ=environ)
    return str(caught.value)


def test_without_file_and_variables_everything_has_its_default():
    settings = load_settings(environ={})
    assert settings == Settings()
    assert (settings.service.host, settings.service.port) == ("127.0.0.1", 8000)
    assert settings.models == settings.data / "models"


def test_variables_win_over_the_file_and_the_data_argument_over_both(tmp_path):
    file = _file(tmp_path, 'data = "one"\n[service]\nport = 1\nui_port = 2\n')
    settings = load_settings(
        file,
        data=tmp_path / "three",
        environ={"PASSERELLE_SERVICE_PORT": "9", "PASSERELLE_DATA": "/two", "HOME": "/x"},
    )
    assert (settings.service.port, settings.service.ui_port) == (9, 2)
    assert settings.data == tmp_path / "three"
    assert load_settings(file, environ={"PASSERELLE_DATA": "/two"}).data == Path("/two")


def test_a_variable_names_the_file(tmp_path):
    file = _file(tmp_path, "[answers]\nlimit = 5\n")
    assert load_settings(environ={"PASSERELLE_SETTINGS": str(file)}).answers.limit == 5


def test_paths_in_the_file_start_where_the_file_is(tmp_path):
    file = _file(tmp_path, 'data = "d"\ncontent = "/abs"\n[sources.ours]\npath = "pages"\n')
    settings = load_settings(file, environ={})
    assert settings.data == tmp_path / "d"
    assert settings.content == Path("/abs")
    assert settings.sources["ours"].path == tmp_path / "pages"


def test_an_empty_variable_counts_as_not_set():
    assert load_settings(environ={"PASSERELLE_DATA": "", "PASSERELLE_SETTINGS": ""}) == Settings()


def test_variables_that_are_no_settings_are_left_alone():
    environ = {"PASSERELLE_API": "http://127.0.0.1:1", "PASSERELLE_TEST_MODELS": "/m"}
    assert load_settings(environ=environ) == Settings()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[service]\nprot = 1", "service.prot is not a setting in {}; did you mean service.port?"),
        ("sevice = 1", "sevice is not a setting in {}; did you mean service?"),
        (
            "[sources.ours]\npath = 'p'\nlicense = 'x'",
            "sources.ours.license is not a setting in {}; did you mean sources.ours.licence?",
        ),
        (
            "[sources.ours]\nlicence = 'x'",
            "sources.ours in {}: a source has a path, or else addresses or sitemaps; "
            "this one has none",
        ),
        (
            "[sources.ours]\npath = 'p'\nsitemaps = ['https://example.org/sitemap.xml']",
            "sources.ours in {}: a source has a path, or else addresses or sitemaps; "
            "this one has both",
        ),
        (
            "[sources.ours]\nsitemaps = 'https://example.org/s.xml'",
            "sources.ours.sitemaps in {}: one address is a list as well; "
            'write ["https://example.org/s.xml"]',
        ),
        (
            "[sources.ours]\naddresses = ['https://me:secret@example.org/']",
            "sources.ours.addresses in {}: the address at example.org holds a name or password; "
            "only public pages are read, so take it out",
        ),
        (
            "[answers]\nthreshold = 1.5",
            "answers.threshold in {}: Input should be less than or equal to 1, not 1.5",
        ),
        (
            "[search]\nlexical_weight = inf",
            "search.lexical_weight in {}: Input should be a finite number, not inf",
        ),
        (
            "[passages]\nmin_words = 300",
            "passages in {}: min_words is 300 and max_words 200; "
            "the first cannot be more than the second",
        ),
        ("sources = 3", "sources in {}: Input should be a valid dictionary, not 3"),
    ],
)
def test_a_wrong_setting_is_named_with_the_nearest_or_the_range(tmp_path, text, reason):
    file = _file(tmp_path, text)
    assert _reason(file) == reason.format(file)


def test_a_wrong_variable_is_named_with_the_nearest():
    assert _reason(PASSERELLE_SERVICE_PROT="1") == (
        "PASSERELLE_SERVICE_PROT is not a setting; did you mean PASSERELLE_SERVICE_PORT?"
    )
    assert _reason(PASSERELLE_SERVICE_PORT="high").startswith("service.port: Input should be")


def test_a_variable_inside_what_the_file_makes_no_table_is_refused(tmp_path):
    file = _file(tmp_path, "service = 3\n")
    reason = "service must be a table of settings, not 3"
    assert _reason(file, PASSERELLE_SERVICE_PORT="1") == reason


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path):
    gone = tmp_path / "gone.toml"
    assert _reason(gone) == (
        f"settings file {gone}: No such file or directory; name another with --settings"
    )
    assert _reason(tmp_path).startswith(f"settings file {tmp_path}: Is a directory; ")


@pytest.mark.parametrize("content", [b"port = ", b"\xff", b"[a]\n[a]"])
def test_a_broken_file_is_named_with_its_reason(tmp_path, content):
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    assert _reason(file).startswith(f"settings file {file} is not valid TOML: ")


def test_settings_cannot_be_changed_after_loading():
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environ={}).service.port = 1


def test_a_source_on_the_web_is_named_by_addresses_and_sitemaps(tmp_path):
    file = _file(
        tmp_path,
        "[sources.office]\naddresses = ['HTTPS://Example.org/a#top', 'https://example.org/a']\n"
        "sitemaps = ['https://example.org/sitemap.xml']\ndelay = 2\n",
    )
    office = load_settings(file, environ={}).sources["office"]
    assert office.addresses == ("https://example.org/a",)
    assert (office.path, office.delay, office.allow_private) == (None, 2.0, False)
    assert office.place == "https://example.org/a and 1 more"


@pytest.mark.parametrize(
    ("chosen", "read"),
    [
        ({}, 160),
        ({"second": "none"}, None),
        ({"passage_tokens": 512}, 512),
        ({"second": "none", "passage_tokens": 64}, 64),
    ],
)
def test_a_passage_is_read_whole_unless_another_model_reads_the_rest(chosen, read):
    assert EncoderSettings(**chosen).read_of_passage == read
