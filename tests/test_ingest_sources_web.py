"""Pages from the web: exactly the right ones come in, and nothing goes because a server is ill."""

import threading
import time
from pathlib import Path

import pytest

from ingest.errors import RefreshCancelled
from ingest.purging import Purged
from ingest.refresh import Source, plan, stage
from ingest.sources.web import read_web
from ingest.visits import Unmodified
from tests.web_site import reasons, refresh, running, short, source


def build(site):
    """Fill a site of 300 listed places: 284 pages, 10 redirects and 6 that are no page."""
    pages = [f"/guide/sheet-{number}" for number in range(284)]
    for number, path in enumerate(pages):
        site.page(path, f"Sheet {number}", f"Sheet {number} explains right number {number}.")
        # A trap: a calendar that links to another month for ever.
        site.page(f"/calendar/{number}", "Calendar", f"<a href=/calendar/{number + 1}>next</a>")
    site.page(pages[0], "Sheet 0", "See the <a href=/calendar/0>calendar</a> for open days.")
    moved = [f"/old/{number}" for number in range(10)]
    for number, path in enumerate(moved):
        site.put(path, status=301, Location=f"/moved/{number}")
        site.page(f"/moved/{number}", f"Moved {number}")
    site.put("/gone-404", "no", status=404)
    site.put("/gone-410", "no", status=410)
    site.put("/ill-503", "no", status=503, Retry_After="0")
    site.acts["/slow"] = lambda _: time.sleep(3.0)
    site.page("/private/file", "Private")
    site.put("/picture", b"\x89PNG", kind="image/png")
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", kind="text/plain")
    others = ["/gone-404", "/gone-410", "/ill-503", "/slow", "/private/file", "/picture"]
    site.sitemap("/sitemap-1.xml", *pages[:150])
    site.sitemap("/sitemap-2.xml", *pages[150:], *moved, *others)
    site.sitemap("/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml", kind="sitemap")
    return pages, [f"/moved/{number}" for number in range(10)]


def test_a_site_of_300_gives_exactly_its_pages_and_then_only_what_changed(site, catalogue):
    pages, moved = build(site)
    of_site = source(site, sitemaps=["/sitemap.xml"], timeout=2)
    first = refresh(of_site, catalogue)
    assert short(site, first.added) == sorted([*pages, *moved])
    told = reasons(site, first)
    assert sorted(told) == [
        *("/gone-404", "/gone-410", "/ill-503", "/picture", "/private/file", "/slow")
    ]
    assert "not there (the server answers 404)" in told["/gone-404"]
    assert "not there (the server answers 410)" in told["/gone-410"]
    assert "the server answers 503" in told["/ill-503"]
    assert "not there within 2 s" in told["/slow"]
    assert "robots.txt does not allow" in told["/private/file"]
    assert "image/png; expected one of text/markdown" in told["/picture"]
    assert not any("calendar" in path or "private" in path for path in site.paths())

    site.served.clear()
    site.page(pages[7], "Sheet 7", "It says something else now.")
    del site.answers[pages[8]]
    site.put(pages[9], "no", status=503, Retry_After="0")
    second = refresh(of_site, catalogue)
    assert short(site, second.changed) == [pages[7]]
    assert short(site, second.removed) == [pages[8]]
    assert pages[9] in reasons(site, second)
    assert len(second.unchanged) == len(pages) + len(moved) - 3
    lists = {"/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml"}
    sent = {path: n for path, n in site.bodies().items() if path not in lists}
    bodies = {path: len(site.answers[path][2]) for path in (pages[7], "/picture")}
    assert {p: n for p, n in sent.items() if site.answers.get(p, (404,))[0] == 200} == bodies
    assert pages[9] in short(site, catalogue.known())


def test_of_a_purged_page_nothing_is_remembered_that_its_server_says(site, catalogue):
    for path in ("/a", "/b"):
        site.page(path, path, f"What page {path} says.")
    pages = source(site, "/a", "/b")
    first = refresh(pages, catalogue)
    erased = next(key for key in first.added if key.endswith("/a"))
    Purged(catalogue).erase(erased, "test")
    assert "purged" in reasons(site, refresh(pages, catalogue))["/a"]
    rows = catalogue.database.execute("select address from visits").fetchall()
    assert short(site, [address for (address,) in rows]) == ["/b"]


def test_an_unchanged_page_of_a_server_without_validators_is_unchanged(site, catalogue):
    site.page("/a", "A", ETag="")
    of_site = source(site, "/a")
    refresh(of_site, catalogue)
    again = refresh(of_site, catalogue)
    assert short(site, again.unchanged) == ["/a"]
    assert "If-None-Match" not in site.served[-1].headers


def test_last_modified_is_given_back_as_it_was_sent(site, catalogue):
    moment = "Wed, 21 Oct 2026 07:28:00 GMT"
    site.page("/a", "A", Last_Modified=moment)
    of_site = source(site, "/a")
    refresh(of_site, catalogue)
    refresh(of_site, catalogue)
    assert site.served[-1].headers["If-Modified-Since"] == moment
    assert (site.served[-1].status, site.served[-1].body) == (304, 0)


def test_what_was_read_under_other_terms_is_read_again(site, catalogue):
    site.page("/a", "A")
    refresh(source(site, "/a"), catalogue)
    named = source(site, "/a")
    changes = refresh(Source("site", publisher="Office", web=named.web), catalogue)
    assert short(site, changes.changed) == ["/a"]
    assert catalogue.live(site.url + "/a").publisher == "Office"


def test_another_licence_in_the_settings_arrives_for_the_web_too(site, catalogue):
    site.page("/a", "A")
    refresh(source(site, "/a"), catalogue)
    licensed = Source("site", licence="CC0", web=source(site, "/a").web)
    assert short(site, refresh(licensed, catalogue).changed) == ["/a"]
    assert catalogue.live(site.url + "/a").licence == "CC0"
    assert short(site, refresh(licensed, catalogue).unchanged) == ["/a"]
    assert site.served[-1].status == 304


def test_a_renamed_source_on_the_web_takes_over_its_pages(site, catalogue):
    site.page("/a", "A")
    refresh(source(site, "/a"), catalogue)
    web = source(site, "/a").web
    renamed = Source("other", web=web, named=frozenset({"other"}))
    assert short(site, refresh(renamed, catalogue).unchanged) == ["/a"]
    assert catalogue.source_of(site.url + "/a") == "other"
    assert short(site, refresh(renamed, catalogue).unchanged) == ["/a"]


def test_validators_of_a_refresh_that_was_undone_are_not_believed(site, catalogue):
    site.page("/a", "A")
    of_site = source(site, "/a")
    refresh(of_site, catalogue)
    site.page("/a", "A", "Changed.")
    stage([plan(of_site, catalogue)], catalogue)
    catalogue.discard()
    assert short(site, refresh(of_site, catalogue).changed) == ["/a"]


def test_a_page_behind_redirects_is_one_page_and_asks_for_changes_there(site, catalogue):
    site.put("/old", status=302, Location="/older")
    site.put("/older", status=308, Location="new#part")
    site.page("/new", "New")
    of_site = source(site, "/old")
    assert short(site, refresh(of_site, catalogue).added) == ["/new"]
    page = catalogue.live(site.url + "/new")
    assert page.url == site.url + "/new"
    site.served.clear()
    assert short(site, refresh(of_site, catalogue).unchanged) == ["/new"]
    assert [(s.path, s.status) for s in site.served][1:] == [
        ("/old", 302),
        ("/older", 308),
        ("/new", 304),
    ]
    assert "If-None-Match" not in site.served[1].headers


def test_a_page_listed_twice_is_read_once(site, catalogue):
    site.put("/a-old", status=301, Location="/a?utm_source=letter")
    site.page("/a", "A")
    of_site = source(site, "/a-old", "/a", "/a#part", "/a?utm_medium=x&fbclid=1")
    assert short(site, refresh(of_site, catalogue).added) == ["/a"]
    assert site.paths().count("/a") == 1


def test_a_page_that_is_listed_elsewhere_now_and_ill_there_stays(site, catalogue):
    site.put("/old", status=301, Location="/new")
    site.page("/new", "New")
    refresh(source(site, "/old"), catalogue)
    site.put("/new", "no", status=500)
    for listed in (["/old", "/new"], ["/new"]):
        changes = refresh(source(site, *listed), catalogue)
        assert (changes.added, changes.removed) == ((), ())
        assert "/new" in reasons(site, changes)
    site.put("/new", "no", status=410)
    gone = plan(source(site, "/new"), catalogue).changes
    assert (short(site, gone.removed), gone.unreadable) == (["/new"], {})
    site.page("/new", "New")
    assert short(site, refresh(source(site, "/new"), catalogue).unchanged) == ["/new"]
    assert catalogue.known()[site.url + "/new"].origin == site.url + "/new"


def test_a_canonical_link_names_the_page(site, catalogue):
    site.page("/a?view=print", "A", head='<link rel="canonical" href="/a">')
    changes = refresh(source(site, "/a?view=print"), catalogue)
    assert short(site, changes.added) == ["/a"]
    assert changes.unreadable == {}


def test_a_canonical_link_to_another_site_is_not_believed(site, catalogue):
    site.page("/a", "A", head='<link rel="canonical" href="https://elsewhere.example/a">')
    assert short(site, refresh(source(site, "/a"), catalogue).added) == ["/a"]


@pytest.mark.parametrize("listed", [("/a", "/b"), ("/b", "/a")])
def test_a_copy_is_passed_over_and_another_page_under_one_address_is_told(site, catalogue, listed):
    canonical = f'<link rel="canonical" href="{site.url}/a">'
    site.page("/a", "A", head=canonical)
    site.page("/b", "A", head=canonical + "<meta name=generator content=other>")
    changes = refresh(source(site, *listed), catalogue)
    assert (short(site, changes.added), changes.unreadable) == (["/a"], {})
    site.page("/b", "Another", head=canonical)
    again = refresh(source(site, *listed), catalogue)
    assert short(site, again.unchanged) == ["/a"]
    (reason,) = again.unreadable.values()
    assert f"{site.url}/b and {site.url}/a say that their address is {site.url}/a" in reason


def test_plain_text_and_markdown_are_read_too(site, catalogue):
    site.put("/notes.md", "# Aid\n\nWords of it.", kind="text/plain; charset=utf-8")
    site.put("/letter", "A letter.", kind="text/plain")
    site.put("/page.html", "<h1>Bare</h1><p>Words.", kind="application/octet-stream")
    assert len(refresh(source(site, "/notes.md", "/letter", "/page.html"), catalogue).added) == 3
    assert catalogue.live(site.url + "/notes.md").title == "Aid"
    assert catalogue.live(site.url + "/page.html").title == "Bare"


def test_documents_are_read_by_what_the_server_calls_them_and_may_be_larger(site, catalogue):
    document = (Path(__file__).parent / "documents" / "everything.pdf").read_bytes()
    site.put("/form", document, kind="application/pdf")
    site.put("/letter.pdf", document + b"\n%" + b"x" * 6_000_000, kind="binary/octet-stream")
    web = source(site, "/form", "/letter.pdf").web
    pages = {page.key: page for page in read_web(web, "site", {})}
    assert {page.media_type for page in pages.values()} == {"application/pdf"}
    assert pages[site.url + "/form"].content == document
    assert len(pages[site.url + "/letter.pdf"].content) > 6_000_000
    assert short(site, refresh(source(site, "/form"), catalogue).added) == ["/form"]


@pytest.mark.parametrize(
    ("header", "meta", "written"),
    [
        ("text/html; charset=iso-8859-1", "", "cp1252"),
        ("text/html; charset=utf-8", "<meta charset=iso-8859-1>", "utf-8"),
        ("text/html; charset=iso-8859-1", "<meta charset=utf-8>", "utf-8"),
        ("text/html", "<meta charset=windows-1252>", "cp1252"),
        ("text/html", "<meta charset=iso-8859-1>", "utf-8"),
    ],
)
def test_a_character_set_is_taken_from_whoever_tells_the_truth(
    site, catalogue, header, meta, written
):
    body = f"<title>Aide</title>{meta}<h1>Été à Besançon</h1><p>L’aide coûte 5 €.".encode(written)
    site.put("/a", body, kind=header)
    refresh(source(site, "/a"), catalogue)
    page = catalogue.live(site.url + "/a")
    assert (page.title, page.text.strip()) == ("Été à Besançon", "L’aide coûte 5 €.")


def test_a_character_set_that_lies_is_told_and_the_page_stays(site, catalogue):
    site.page("/a", "A")
    refresh(source(site, "/a"), catalogue)
    site.put("/a", "<h1>Été</h1><p>Mot.".encode("cp1252"), kind="text/html; charset=utf-8")
    changes = refresh(source(site, "/a"), catalogue)
    assert "is not valid UTF-8" in reasons(site, changes)["/a"]
    assert changes.removed == ()


def test_a_server_that_is_down_takes_nothing_away(catalogue):
    with running() as site:
        site.page("/a", "A")
        of_site = source(site, "/a")
        refresh(of_site, catalogue)
    changes = refresh(of_site, catalogue)
    assert (changes.removed, changes.unchanged) == ((), ())
    (reason,) = changes.unreadable.values()
    assert "robots.txt cannot be read" in reason
    assert "Connection refused" in reason
    assert short(site, catalogue.known()) == ["/a"]


def test_a_busy_server_is_asked_again_when_it_says(site, catalogue):
    site.page("/a", "A")
    page = site.answers.pop("/a")
    asked = []

    def busy(handler):
        asked.append(time.monotonic())
        if len(asked) == 1:
            site.answers["/a"] = page
            del site.acts["/a"]
        handler.send_response(429)
        handler.send_header("Retry-After", "1")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.acts["/a"] = busy
    assert short(site, refresh(source(site, "/a"), catalogue).added) == ["/a"]
    assert 1.0 <= site.served[-1].at - asked[0] < 15


@pytest.mark.parametrize("wait", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_server_that_asks_for_an_hour_is_left_for_the_next_refresh(site, catalogue, wait):
    site.put("/a", "busy", status=503, Retry_After=wait)
    changes = refresh(source(site, "/a"), catalogue)
    assert "asks to come back in" in reasons(site, changes)["/a"]
    assert site.paths().count("/a") == 1


def test_between_two_requests_to_one_host_a_pause_is_made(site, catalogue):
    for path in ("/a", "/b"):
        site.page(path, path)
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain")
    refresh(source(site, "/a", "/b", delay=0.1), catalogue)
    _, first, second = (one.at for one in site.served)
    assert second - first >= 0.29


def test_a_lane_that_is_left_before_its_end_stops(site):
    for number in range(50):
        site.page(f"/{number}", str(number))
    web = source(site, *(f"/{number}" for number in range(50)), delay=0.02).web
    pages = read_web(web, "site", {})
    next(pages)
    pages.close()
    asked = len(site.served)
    time.sleep(0.1)
    assert len(site.served) == asked < 20


def test_a_refresh_that_is_cancelled_asks_for_nothing_more(site, catalogue):
    for number in range(50):
        site.page(f"/{number}", str(number))

    def progress(step, done, total):
        raise RefreshCancelled("enough")

    try:
        plan(source(site, *(f"/{number}" for number in range(50))), catalogue, progress)
    except RefreshCancelled:
        # While the exception is still held, as by whoever handles it.
        asked = len(site.served)
        assert not [t for t in threading.enumerate() if t.name.startswith("lane")]
    assert asked < 20


def test_the_words_of_a_304_are_the_known_page(site):
    site.page("/a", "A")
    web, visits = source(site, "/a").web, {}
    (raw,) = read_web(web, "site", {}, visits=visits)
    assert raw.url == raw.key == raw.origin == site.url + "/a"
    assert [*read_web(web, "site", {}, known=visits)] == [Unmodified(site.url + "/a")]
