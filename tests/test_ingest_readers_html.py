"""HTML pages: the main content with its structure, and nothing of the site around it."""

from time import perf_counter

import pytest

from ingest import readers
from ingest.cleaning import clean, lost_lead_ins
from ingest.errors import PageUnreadable
from ingest.passages import cut
from ingest.records import Page, RawPage
from ingest.settings import PassageSettings
from tests.memory import peak_of_reading


def _read(markup: str | bytes) -> Page:
    content = markup if isinstance(markup, bytes) else markup.encode()
    return readers.read(RawPage("k", "k.html", "text/html", content, "s", "https://example.org/k"))


def _blocks(page: Page) -> list[tuple[str, str]]:
    return [(b.kind, page.text[b.start : b.end]) for b in page.blocks]


def _body(inside: str) -> str:
    return f"<!doctype html><html lang='fr-FR'><title>T</title><body>{inside}</body></html>"


def test_main_is_read_without_the_site_around_it():
    page = _read(
        _body(
            "<header>Site</header><nav>Menu</nav><main><header><h1>The card</h1></header>"
            "<p>It is <b>free</b>.</p><aside>Share</aside><script>no()</script>"
            "<form><p>Search</p></form></main><footer>Contact</footer>"
        )
    )
    assert (page.title, page.text) == ("The card", "It is free.")
    assert (page.key, page.url, page.language) == ("k", "https://example.org/k", "fr")


@pytest.mark.parametrize(
    "around",
    ["<div role='main'>{}</div>", "<article>{}</article>", "<div>{}</div>", "<form>{}</form>"],
)
def test_the_content_is_found_in_many_houses(around):
    inside = around.format("<h1>A</h1><p>Text.</p>")
    page = _read(_body(f"<nav>Menu</nav><header>Site</header>{inside}<footer>F</footer>"))
    assert (page.title, page.text) == ("A", "Text.")


def test_several_articles_are_all_read():
    page = _read(_body("<article><p>One.</p></article><article><p>Two.</p></article>"))
    assert (page.title, page.text) == ("T", "One.\n\nTwo.")


def test_an_empty_main_is_passed_over():
    assert _read(_body("<main></main><p>Text.</p>")).text == "Text."


def test_headings_make_sections():
    page = _read(_body("<h1>T1</h1>a<h2>B <i>b</i></h2><p>c</p><h4>D</h4>d<h2>E</h2>e"))
    assert [(s.path, s.parent) for s in page.sections] == [
        ((), None),
        (("B b",), 0),
        (("B b", "D"), 1),
        (("E",), 0),
    ]
    assert page.text == "a\n\nB b\n\nc\n\nD\n\nd\n\nE\n\ne"


def test_an_accordion_is_a_section_and_what_follows_it_is_not_in_it():
    page = _read(
        _body("<h2>A</h2><details><summary>How?</summary>So.<h3>S</h3>x</details><p>After.</p>")
    )
    assert [(s.path, s.parent) for s in page.sections] == [
        ((), None),
        (("A",), 0),
        (("A", "How?"), 1),
        (("A", "How?", "S"), 2),
    ]
    assert [(page.text[b.start : b.end], b.section) for b in page.blocks] == [
        ("So.", 2),
        ("x", 3),
        ("After.", 1),
    ]


def test_tabs_are_sections_under_what_their_tabs_say():
    page = _read(
        _body(
            "<h2>A</h2><ul role=tablist><li><a role=tab aria-controls=p>Online</a>"
            "<li><button role=tab aria-controls=q>By post</button></ul>"
            "<div role=tabpanel id=p><p>x</p></div><div role=tabpanel id=q><p>y</p></div><p>z</p>"
        )
    )
    assert [(s.path, s.parent) for s in page.sections[1:]] == [
        (("A",), 0),
        (("A", "Online"), 1),
        (("A", "By post"), 1),
    ]
    assert [(page.text[b.start : b.end], b.section) for b in page.blocks] == [
        ("x", 2),
        ("y", 3),
        ("z", 1),
    ]


@pytest.mark.parametrize("around", ["<h3>{}</h3>", "<div>{}</div>"])
def test_what_a_button_unfolds_stands_under_its_words_once(around):
    button = around.format("<button aria-expanded=false aria-controls=p>Who can?</button>")
    page = _read(_body(f"<h2>A</h2>{button}<div id=p hidden><p>x</p></div>"))
    assert page.text == "A\n\nWho can?\n\nx"
    assert page.sections[2].path == ("A", "Who can?")


def test_a_button_that_unfolds_nothing_of_the_page_is_no_heading():
    page = _read(_body("<button aria-expanded=false aria-controls=menu>Menu</button><p>x</p>"))
    assert page.text == "x"


def test_lists_have_depth_and_one_group():
    page = _read(
        _body(
            "<p>Bring:</p><ul><li>a<ol><li><p>b</p></li></ol></li><li>c<br>d</li></ul><ul><li>e</ul>"
        )
    )
    assert [(page.text[b.start : b.end], b.kind, b.group, b.level) for b in page.blocks] == [
        ("Bring:", "paragraph", 0, 0),
        ("a", "item", 1, 0),
        ("1. b", "item", 1, 1),
        ("c\nd", "item", 1, 0),
        ("e", "item", 2, 0),
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ol><li>a<li><p>b</p><p>c</p><li>d</ol>", "1. a\n2. b\nc\n3. d"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ("<ol reversed><li>a<li>b<li>c</ol>", "3. a\n2. b\n1. c"),
        ("<ol reversed start=2><li>a<li>b<li>c</ol>", "2. a\n1. b\n0. c"),
        ("<ol><li>a<li value=7>b<li>c<li value=x>d</ol>", "1. a\n7. b\n8. c\n9. d"),
        ("<ol start=-1><li>a<li><li>c</ol>", "-1. a\n1. c"),
        ("<ol><li>a<ol><li>b<li>c</ol><li>d</ol>", "1. a\n1. b\n2. c\n2. d"),
        ("<ol><li>a<ul><li>b</ul>c<li>d</ol><ol><li>e</ol>", "1. a\nb\nc\n2. d\n\n1. e"),
        ("<ul><li>a<ol type=a start=26><li>b<li>c</ol></ul>", "a\nz) b\naa) c"),
        ("<ol type=I start=4><li>a</ol><ol type=i><li value=0>b</ol>", "IV) a\n\n0. b"),
        ("<ol style='margin: 0; list-style: none'><li>a<li>b</ol>", "a\nb"),
        ("<ol><li>1. a<li>(2) b<li>3 rue Dante</ol>", "1. a\n(2) b\n3. 3 rue Dante"),
        ("<ol><li>1.50 € a copy<li>3. b</ol>", "1. 1.50 € a copy\n2. 3. b"),
        ("<ol><li><h3>a</h3><p>b</p><li><h3>c</h3>d</ol>", "1. a\n\nb\n\n2. c\n\nd"),
        ("<table><tr><td><ol><li>a<li>b</ol><td>c</table>", "1. a 2. b | c"),
        ("<div class=notice>a<ol><li>b</ol></div>", "a\n\n1. b"),
    ],
)
def test_items_of_an_ordered_list_have_the_numbers_that_a_browser_writes(markup, text):
    page = _read(_body(markup))
    assert page.text == text
    assert all(page.text[b.start : b.end].strip() for b in page.blocks)


def test_numbered_steps_are_cut_and_quoted_with_their_numbers():
    steps = [f"Step with {'many ' * 12}words, the {n}th of them." for n in range(1, 13)]
    page = _read(_body(f"<p>Do this:</p><ol>{''.join(f'<li>{step}' for step in steps)}</ol>"))
    passages = cut(page, PassageSettings())
    assert len(passages) > 1
    quoted = "\n".join(page.text[p.start : p.end] for p in passages)
    assert all(f"{n}. {step}" in quoted for n, step in enumerate(steps, start=1))
    assert lost_lead_ins(clean(page)) == {}


def test_a_definition_stands_below_its_term():
    page = _read(_body("<dl><dt>CSS</dt><dd>Help with <a href='x'>costs</a>.</dd></dl>"))
    assert [(page.text[b.start : b.end], b.level, b.group) for b in page.blocks] == [
        ("CSS", 0, 1),
        ("Help with costs.", 1, 1),
    ]


def test_a_table_is_its_caption_its_header_and_its_rows():
    page = _read(
        _body(
            "<table><caption>Delays</caption><thead><tr><th>Way<th>Delay</thead>"
            "<tbody><tr><th>Online<td><p>Two</p><p>weeks</p><tr><td></td></tr></table>"
        )
    )
    assert _blocks(page) == [
        ("paragraph", "Delays"),
        ("header", "Way | Delay"),
        ("row", "Online | Two weeks"),
    ]


def test_a_table_that_only_lays_out_is_read_through():
    page = _read(_body("<table><tr><td><h2>A</h2><p>x</p></td><td><p>y</p></td></tr></table>"))
    assert _blocks(page) == [("paragraph", "x"), ("paragraph", "y")]
    assert page.sections[1].path == ("A",)


@pytest.mark.parametrize("box", ["class='fr-alert'", "class='box notice-info'", "role=alert"])
def test_a_warning_box_is_one_note(box):
    page = _read(_body(f"<p>a</p><div {box}><h3>Attention</h3><p>b</p></div><p>c</p>"))
    assert _blocks(page) == [
        ("paragraph", "a"),
        ("note", "Attention"),
        ("note", "b"),
        ("paragraph", "c"),
    ]
    assert [b.group for b in page.blocks] == [0, 1, 1, 0]


def test_what_is_embedded_is_said_to_be_lost_unless_nobody_sees_it():
    page = _read(_body("<p>a</p><iframe src=x></iframe><video></video><iframe width=1></iframe>"))
    assert page.lost == (
        "an embedded page is left out; if words stand there, write them in the text",
        "a video is left out; if words stand there, write them in the text",
    )


def test_struck_out_words_are_never_read_and_are_said_to_be_lost():
    page = _read(
        _body(
            "<h1>A <s>bad</s> card</h1><p>It costs <del>10</del> <ins>12</ins> euros.</p>"
            "<ul><li><strike>Come on Monday.</strike></li><li>Come.</li></ul>"
            "<del><p>An old rule.</p></del><table><tr><th>a<th><s>b</s>c</table>"
        )
    )
    assert page.title == "A card"
    assert page.text == "It costs 12 euros.\n\nCome.\n\na | c"
    assert page.lost == (
        "5 struck-out stretches are left out, as they hold no more; "
        "take what is still valid out of the strike",
    )


@pytest.mark.parametrize(
    "box",
    [
        "<div id='cookie-notice'>We use them</div>",
        "<div class='siteCookieBanner'><p>We use them</p></div>",
        "<div id=tarteaucitronRoot><h1>Panneau de gestion des cookies</h1><p>x</p></div>",
        "<section class='fr-consent-banner'><h2>Votre vie privée</h2><p>x</p></section>",
        "<div class='didomi-host'>x</div>",
    ],
)
def test_a_cookie_box_is_no_content(box):
    page = _read(_body(f"<h1>T</h1>{box}<p>a</p>"))
    assert (page.text, page.lost) == ("a", ())


@pytest.mark.parametrize(
    "content",
    [
        "<section id='consentement-aux-soins'><h2>b</h2><p>c</p></section>",
        "<h2 id='consent-of-minors'>b</h2><p>c</p>",
        "<h2 class='cookie-banner'>b</h2><p>c</p>",
        "<div id='cookies'><h2>b</h2><p>c</p></div>",
        "<div class='cookie-banner-open'><h2>b</h2><p>c</p></div>",
        "<div class='didomi-ready'><main><h2>b</h2><p>c</p></main></div>",
    ],
)
def test_content_about_consent_is_no_cookie_box(content):
    page = _read(_body(f"<p>a</p>{content}"))
    assert page.text.endswith("b\n\nc")
    assert page.lost == ()


def test_what_holds_the_title_of_the_page_is_no_cookie_box():
    page = _read(_body("<div class='cookie-banner-open'><h1>Privacy</h1><p>a</p></div>"))
    assert (page.title, page.text) == ("Privacy", "a")


def test_a_cookie_box_of_more_than_a_few_words_is_said_to_be_lost():
    box = "<div class='cookie-bar'>We keep a few of them to count who comes by.</div>"
    assert _read(_body(f"{box}<p>a</p>")).lost == (
        "a box that looks like a cookie banner is left out (We keep a few of them...); if it is "
        "content, give it a class and an id that do not say so",
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>b</p>",
        "<div style='color: red;DISPLAY : none'>b</div>",
        "<p style='visibility:hidden'>b</p>",
        "<div hidden><p>b <b hidden>c</b></p></div>",
        "<p><span style='display:none'>b</span></p>",
        "<ul><li hidden>b</li></ul>",
    ],
)
def test_what_nobody_sees_is_not_read_and_is_said_to_be_lost(hidden):
    page = _read(_body(f"<p>a</p>{hidden}<p>z</p>"))
    assert page.text == "a\n\nz"
    assert len(page.lost) == 1
    assert "left out, as nobody sees" in page.lost[0]


def test_hidden_words_are_in_no_heading_cell_or_number_of_a_list():
    page = _read(
        _body(
            "<h1>The card<a aria-hidden=true href=#x>#</a></h1>"
            "<h2>A <i hidden>x</i></h2><ol><li hidden>b<li>c</ol>"
            "<table><tr><td><span style=display:none>007</span>7<td>d</table>"
        )
    )
    assert (page.title, page.text) == ("The card", "A\n\n1. c\n\n7 | d")
    assert page.lost[0].startswith("3 hidden stretches are left out")


def test_hidden_signs_and_hidden_parts_of_the_site_are_no_loss():
    page = _read(_body("<nav><p hidden>b</p></nav><form hidden>c</form><p>a <i hidden>→</i></p>"))
    assert (page.text, page.lost) == ("a", ())


@pytest.mark.parametrize(
    "shown",
    [
        "<button aria-controls='q p'>+</button><div id=p hidden>x</div>",
        "<a href='#p'>+</a><div id=p style='display:none'>x</div>",
        "<button data-bs-target='#p'>+</button><div id=p hidden>x</div>",
        "<h3 id=l><button>+</button></h3><div aria-labelledby=l hidden>x</div>",
        "<p hidden=until-found>x</p>",
        "<p style='display:block'>x</p>",
        "<p aria-hidden=false>x</p>",
        "<p>Price: <span aria-hidden=true>12,50 for x</span></p>",
    ],
)
def test_what_somebody_can_open_is_read(shown):
    page = _read(_body(shown))
    assert page.text.endswith("x")
    assert page.lost == ()


def test_a_hidden_window_is_not_opened_by_its_own_heading():
    window = "<div hidden aria-labelledby=t><h2 id=t>Share</h2>x</div>"
    assert _read(_body(f"<p>a</p>{window}")).text == "a"


def test_a_page_that_a_script_shows_once_it_is_there_is_read():
    page = _read(_body("<div style='visibility: hidden'><h1>A</h1><p>x</p></div>"))
    assert (page.title, page.text) == ("A", "x")


def test_many_hidden_elements_deep_down_are_taken_out_in_bounded_time():
    deep = "<div>" * 200 + "<i hidden>x</i>" * 200_000
    started = perf_counter()
    assert _read(_body(f"<p>a</p>{deep}")).text == "a"
    assert perf_counter() - started < 15


def test_white_space_is_layout_but_for_no_break_spaces():
    page = _read(_body("<p>\n  Prix\xa0:\n  10\xa0€ <br>\n net </p>"))
    assert page.text == "Prix\xa0: 10\xa0€\nnet"


def test_words_of_neighbouring_blocks_never_run_together():
    assert _read(_body("<div>a<div>b</div>c</div><section>d</section>")).text == "a\n\nb\n\nc\n\nd"


@pytest.mark.parametrize(
    ("charset", "codec"), [("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("utf-8", "utf-8")]
)
def test_the_declared_character_set_is_honoured(charset, codec):
    markup = f"<meta charset='{charset}'><title>É</title><p>L’été à 10 €.</p>"
    page = _read(markup.encode(codec))
    assert (page.title, page.text) == ("É", "L’été à 10 €.")


def test_elements_nested_without_end_are_refused_at_once_and_in_bounded_memory():
    deep = b"<title>T</title>" + b"<div>" * 1_000_000 + b"x"
    with pytest.raises(PageUnreadable, match="nested too deeply"):
        _read(deep)
    assert peak_of_reading(deep, "text/html") < 300_000_000


def test_elements_that_nobody_closed_are_no_depth():
    assert _read("<title>T</title>" + "<p>a<br>" * 10_000).text.count("a") == 10_000


def test_the_largest_page_is_read_in_bounded_memory():
    row = "<tr><td>1</td><td><p>Online, <b>free</b></p></td></tr>"
    large = _body(f"<table>{row * (5_000_000 // len(row) - 10)}</table>")
    assert peak_of_reading(large.encode(), "text/html") < 600_000_000


def test_a_missing_language_is_detected():
    assert _read("<title>T</title><p>Where can I apply for the card?</p>").language == "en"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the page has no title; give it an <h1> or a <title>"),
        (b"<p>words</p>", "the page has no title; give it an <h1> or a <title>"),
        (b"<h1>T</h1>", "the page is empty; give it some text, or remove it"),
        (b"<p>\xff", "byte 3 (0xff) is not valid UTF-8; save the file as UTF-8"),
        (
            b"<meta charset=klingon><p>x",
            "the page declares the character set 'klingon', which is not known; "
            "save the file as UTF-8",
        ),
        (
            b"<title>T</title>" + b"<div>" * 10_000 + b"x",
            "its elements are nested too deeply; simplify the page",
        ),
    ],
)
def test_an_unreadable_page_says_why(content, reason):
    with pytest.raises(PageUnreadable) as caught:
        _read(content)
    assert str(caught.value) == reason
