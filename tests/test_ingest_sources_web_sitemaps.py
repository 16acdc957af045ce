"""Sitemaps and robots.txt: what is listed and allowed is read, and nothing else is asked for."""

import gzip
import tracemalloc

import pytest

from ingest.sources.web import read_web
from ingest.sources.web_sitemaps import MOST_BYTES, Lister
from tests.memory import peak_of_listing
from tests.web_site import reasons, refresh, short, source


def test_nested_and_gzipped_sitemaps_are_read(site, catalogue):
    for path in ("/a", "/b", "/c"):
        site.page(path, path)
    site.sitemap("/deep.xml", "/c")
    site.sitemap("/pages.xml", "/a", "/b")
    content = site.answers["/pages.xml"][2]
    site.put("/pages.xml.gz", gzip.compress(content), kind="application/gzip")
    site.put("/deep.xml", gzip.compress(site.answers["/deep.xml"][2]), Content_Encoding="gzip")
    site.sitemap("/inner.xml", "/deep.xml", kind="sitemap")
    site.sitemap("/sitemap.xml", "/pages.xml.gz", "/inner.xml", kind="sitemap")
    changes = refresh(source(site, sitemaps=["/sitemap.xml"]), catalogue)
    assert (short(site, changes.added), changes.unreadable) == (["/a", "/b", "/c"], {})


def test_sitemaps_that_list_one_another_end_with_a_reason(site, catalogue):
    site.page("/a", "A")
    site.sitemap("/pages.xml", "/a")
    site.sitemap("/sitemap.xml", "/sitemap.xml", "/pages.xml", kind="sitemap")
    changes = refresh(source(site, sitemaps=["/sitemap.xml"]), catalogue)
    assert short(site, changes.added) == ["/a"]
    assert "it lists " in reasons(site, changes)["/sitemap.xml"]
    assert "which was read before" in reasons(site, changes)["/sitemap.xml"]
    assert site.paths().count("/sitemap.xml") == 1


def test_a_hundred_thousand_addresses_are_cut_at_max_pages_and_it_is_said():
    failures: dict[str, str] = {}
    entries = "".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(100_000))
    lister = Lister(lambda _: f"<urlset>{entries}</urlset>".encode(), 1_000, failures)
    tracemalloc.start()
    try:
        lister.add_sitemap("https://a.example/sitemap.xml")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert list(lister.found.addresses)[-1] == "https://a.example/999"
    assert len(lister.found.addresses) == 1_000
    assert not lister.found.whole
    assert failures == {
        "https://a.example/sitemap.xml": "more than 1000 addresses are listed and the first 1000 "
        "are read; raise max_pages, or list fewer"
    }
    assert peak < 20_000_000, f"{peak / 1e6:.1f} MB"


def test_a_sitemap_with_more_entries_than_the_protocol_allows_ends_there(monkeypatch):
    monkeypatch.setattr("ingest.sources.web_sitemaps.MOST_ENTRIES", 5)
    failures: dict[str, str] = {}
    entries = "<url><loc>https://a.example/a</loc></url>" * 6
    lister = Lister(lambda _: f"<urlset>{entries}</urlset>".encode(), 1_000, failures)
    lister.add_sitemap("https://a.example/sitemap.xml")
    assert list(lister.found.addresses) == ["https://a.example/a"]
    assert not lister.found.whole
    assert "more than 5 entries" in failures["https://a.example/sitemap.xml"]


def test_a_sitemap_that_cannot_be_read_takes_no_page_away(site, catalogue):
    for path in ("/a", "/b"):
        site.page(path, path)
    site.sitemap("/sitemap.xml", "/a", "/b")
    of_site = source(site, sitemaps=["/sitemap.xml"])
    refresh(of_site, catalogue)
    for answer in ({"body": "down", "status": 503, "Retry_After": "0"}, {"body": "<urlset><url>"}):
        site.put("/sitemap.xml", **answer)
        changes = refresh(of_site, catalogue)
        assert changes.removed == ()
        assert sorted(reasons(site, changes)) == ["/a", "/b", "/sitemap.xml"]
        assert "the sitemap cannot be read: " in reasons(site, changes)["/sitemap.xml"]
    assert short(site, catalogue.known()) == ["/a", "/b"]


def test_a_page_that_is_listed_no_more_goes(site, catalogue):
    for path in ("/a", "/b"):
        site.page(path, path)
    site.sitemap("/sitemap.xml", "/a", "/b")
    refresh(source(site, sitemaps=["/sitemap.xml"]), catalogue)
    site.sitemap("/sitemap.xml", "/a")
    changes = refresh(source(site, sitemaps=["/sitemap.xml"]), catalogue)
    assert short(site, changes.removed) == ["/b"]


def test_a_sitemap_does_not_speak_for_other_sites(site, catalogue):
    site.page("/a", "A")
    site.sitemap("/sitemap.xml", "/a", "https://elsewhere.example/x", "ftp://127.0.0.1/y")
    changes = refresh(source(site, sitemaps=["/sitemap.xml"]), catalogue)
    assert short(site, changes.added) == ["/a"]
    told = reasons(site, changes)["/sitemap.xml"]
    assert (
        "1 of its addresses are on other sites (https://elsewhere.example/x) and 1 are none" in told
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><body>Not found</body></html>", "it is no sitemap"),
        (b"", "no well-formed XML"),
        (b"\x1f\x8b damaged", "damaged"),
        (
            b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
            b"<urlset><url><loc>https://a.example/&x;</loc></url></urlset>",
            None,
        ),
    ],
)
def test_what_is_no_sitemap_is_told_and_nothing_outside_is_opened(content, reason):
    failures: dict[str, str] = {}
    lister = Lister(lambda _: content, 10, failures)
    lister.add_sitemap("https://a.example/s.xml")
    if reason:
        assert reason in failures["https://a.example/s.xml"]
    assert set(lister.found.addresses) <= {"https://a.example/"}


def test_a_sitemap_that_lists_itself_10_000_times_is_read_once_in_bounded_memory(site):
    site.sitemap("/sitemap.xml", *["/sitemap.xml"] * 10_000, kind="sitemap")
    peak, found, failures = peak_of_listing(site.url + "/sitemap.xml", 10)
    assert (found, site.paths()) == (0, ["/robots.txt", "/sitemap.xml"])
    assert "which was read before" in failures[site.url + "/sitemap.xml"]
    assert peak < 60_000_000, f"{peak / 1e6:.1f} MB"


def test_sitemaps_that_list_more_and_more_of_them_wait_in_bounded_memory(monkeypatch):
    monkeypatch.setattr("ingest.sources.web_sitemaps.MOST_SITEMAPS", 20)
    asked = []

    def endless(address):
        asked.append(address)
        more = (f"{address}/{number}" for number in range(300))
        entries = "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in more)
        return f"<sitemapindex>{entries}</sitemapindex>".encode()

    failures: dict[str, str] = {}
    lister = Lister(endless, 10, failures)
    tracemalloc.start()
    try:
        lister.add_sitemap("https://a.example/s")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(asked), lister.found.whole) == (20, False)
    assert "it leads to more than 20 sitemaps; list fewer" in failures["https://a.example/s"]
    assert peak < 300_000, f"{peak / 1e6:.2f} MB"


def test_100_000_addresses_of_a_server_are_listed_in_bounded_memory(site):
    site.sitemap("/one.xml", *(f"/{number}" for number in range(50_000)))
    site.sitemap("/two.xml", *(f"/{number}" for number in range(50_000, 100_000)))
    site.sitemap("/sitemap.xml", "/one.xml", "/two.xml", kind="sitemap")
    peak, found, failures = peak_of_listing(site.url + "/sitemap.xml", 10_000)
    assert found == 10_000
    assert "more than 10000 addresses" in failures[site.url + "/one.xml"]
    assert peak < 60_000_000, f"{peak / 1e6:.1f} MB"


COMMENTS = b"<urlset>" + b"<!---->" * (MOST_BYTES // 7 - 3) + b"</urlset>"


@pytest.mark.parametrize(
    ("content", "times", "reason", "most"),
    [
        (b"<urlset>" + b" " * MOST_BYTES, 1, "more than the 52.4288 MB", 120_000_000),
        (b"<urlset>" + b" " * MOST_BYTES, 2, "more than the 52.4288 MB", 120_000_000),
        (COMMENTS, 1, "made of more than 1000000 elements", 180_000_000),
        (COMMENTS, 2, "made of more than 1000000 elements", 180_000_000),
    ],
    ids=["larger", "larger-twice", "comments", "comments-twice"],
)
def test_a_gzip_bomb_of_a_sitemap_is_cut_off_in_bounded_memory(site, content, times, reason, most):
    packed = gzip.compress(content, 1)
    headers = {"Content_Encoding": "gzip"} if times == 2 else {}
    site.put("/s.xml.gz", gzip.compress(packed) if times == 2 else packed, **headers)
    peak, found, failures = peak_of_listing(site.url + "/s.xml.gz", 10)
    assert found == 0
    assert reason in failures[site.url + "/s.xml.gz"]
    assert peak < most, f"{peak / 1e6:.1f} MB"


def test_the_longest_rule_of_robots_txt_counts(site, catalogue):
    for path in ("/aid/a", "/aid/open/b", "/aid/open/c.txt", "/other"):
        site.page(path, path)
    site.put(
        "/robots.txt",
        "User-agent: *\nDisallow: /\n\nUser-agent: passerelle\n"
        "Disallow: /aid/\nAllow: /aid/open/\nDisallow: /aid/open/*.txt$\n",
        kind="text/plain",
    )
    of_site = source(site, "/aid/a", "/aid/open/b", "/aid/open/c.txt", "/other")
    changes = refresh(of_site, catalogue)
    assert short(site, changes.added) == ["/aid/open/b", "/other"]
    assert sorted(reasons(site, changes)) == ["/aid/a", "/aid/open/c.txt"]
    assert site.paths().count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "is_read"), [(404, True), (403, True), (500, False)])
def test_without_robots_txt_all_is_allowed_and_with_an_ill_one_nothing(
    site, catalogue, status, is_read
):
    site.page("/a", "A")
    site.put("/robots.txt", "no", status=status)
    changes = refresh(source(site, "/a"), catalogue)
    assert bool(changes.added) is is_read
    if not is_read:
        assert "robots.txt answers 500, so nothing there is read" in reasons(site, changes)["/a"]


def test_a_crawl_delay_of_an_hour_is_told_and_not_waited_for(site):
    site.page("/a", "A")
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", kind="text/plain")
    failures: dict[str, str] = {}
    assert [*read_web(source(site, "/a").web, "site", failures)] == []
    assert "asks for 3600 s between two pages" in failures[site.url + "/a"]
