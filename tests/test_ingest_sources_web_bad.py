"""Bad servers: each ends in one reason, the rest goes on, and memory and time stay bounded."""

import gzip
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from functools import cache
from importlib import import_module

import pytest

from ingest.refresh import apply, plan
from ingest.sources.folder import MAX_BYTES
from ingest.sources.web import read_web
from tests.web_site import reasons, refresh, short, source

# One page unpacked, once more while its parts are joined, and what a test server holds.
MOST_MEMORY = 4 * MAX_BYTES


def begin(handler, **headers):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def huge(handler):
    begin(handler, Content_Length="200000000")
    for _ in range(200_000_000 // 65_536):
        handler.wfile.write(b"x" * 65_536)


def endless(handler):
    begin(handler, Connection="close")
    while True:
        handler.wfile.write(b"x" * 65_536)


@cache
def packed_200_mb():
    packer = zlib.compressobj(wbits=31)
    mega = b"x" * 1_000_000
    return b"".join(packer.compress(mega) for _ in range(200)) + packer.flush()


def bomb(handler):
    begin(handler, Content_Encoding="gzip", Content_Length=str(len(packed_200_mb())))
    handler.wfile.write(packed_200_mb())


def drip(handler):
    begin(handler, Connection="close")
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: y\r\n")
        handler.wfile.flush()
        time.sleep(0.05)


def silence(handler):
    time.sleep(3)


def cut_short(handler):
    begin(handler, Content_Length="1000")
    handler.wfile.write(b"<h1>Half")


def cut_packed(handler):
    packed = gzip.compress(b"<h1>A page</h1><p>Words." * 200)[:-30]
    begin(handler, Content_Encoding="gzip", Content_Length=str(len(packed)))
    handler.wfile.write(packed)


def not_packed(handler):
    begin(handler, Content_Encoding="gzip", Content_Length="5")
    handler.wfile.write(b"plain")


def nonsense(handler):
    handler.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (huge, "more than the 5 MB"),
        (endless, "more than the 5 MB"),
        (bomb, "more than the 5 MB"),
        (drip, "not there within 1.5 s"),
        (drip_headers, "not there within 1.5 s"),
        (silence, "not there within 1.5 s"),
        (cut_short, "no connection, or a broken one"),
        (cut_packed, "ends before its end"),
        (not_packed, "packed is damaged"),
        (nonsense, "no connection, or a broken one"),
    ],
)
def test_a_bad_page_is_told_and_the_rest_goes_on_in_bounded_time_and_memory(site, act, reason):
    assert len(packed_200_mb()) < 1_000_000
    site.acts["/bad"] = act
    site.page("/good", "Good")
    failures: dict[str, str] = {}
    timeout = 1.5 if "1.5 s" in reason else 30
    web = source(site, "/bad", "/good", timeout=timeout).web
    began = time.monotonic()
    tracemalloc.start()
    try:
        pages = [*read_web(web, "site", failures)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [page.key for page in pages] == [site.url + "/good"], failures
    assert list(failures) == [site.url + "/bad"]
    assert reason in failures[site.url + "/bad"]
    assert time.monotonic() - began < 15
    assert peak < MOST_MEMORY, f"{peak / 1e6:.1f} MB"


def farewell(handler):
    handler.connection.recv(1, socket.MSG_PEEK)


def reset(handler):
    farewell(handler)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.close(handler.connection.detach())


@pytest.mark.parametrize("leave", [farewell, reset])
def test_a_connection_that_the_server_leaves_while_it_is_asked_costs_no_page(
    site, catalogue, leave
):
    def whole_and_left(handler):
        page = b"<title>Rent</title><p>What it says of rent."
        begin(handler, Content_Length=str(len(page)))
        handler.wfile.write(page)
        leave(handler)

    site.acts["/left"] = whole_and_left
    site.page("/good", "Good")
    changes = refresh(source(site, "/left", "/good"), catalogue)
    assert (short(site, changes.added), changes.unreadable) == (["/good", "/left"], {})
    assert site.paths() == ["/robots.txt", "/left", "/good"]


def test_a_server_that_leaves_each_time_is_asked_twice_and_no_more(site, catalogue):
    site.page("/good", "Good")
    site.acts["/mute"] = lambda _: None
    changes = refresh(source(site, "/good", "/mute"), catalogue)
    assert "no connection, or a broken one" in reasons(site, changes)["/mute"]
    assert site.paths() == ["/robots.txt", "/good", "/mute", "/mute"]


def test_html_nested_10_000_deep_is_told_and_the_rest_goes_on(site, catalogue):
    site.put("/deep", "<title>Deep</title>" + "<div>" * 10_000 + "words")
    site.page("/good", "Good")
    changes = refresh(source(site, "/deep", "/good"), catalogue)
    assert short(site, changes.added) == ["/good"]
    assert "nested too deeply" in reasons(site, changes)["/deep"]


@pytest.mark.parametrize(
    ("hops", "reason"),
    [
        ({"/a": "/b", "/b": "/a"}, "in a circle: {0}/a -> {0}/b -> {0}/a"),
        ({"/a": "/a"}, "in a circle"),
        ({f"/{n}": f"/{n + 1}" for n in range(50)} | {"/a": "/0"}, "more than 8 times"),
        ({"/a": "https://elsewhere.example/a"}, "to another site"),
        ({"/a": "http://169.254.169.254/latest/meta-data"}, "to another site"),
        ({"/a": "file:///etc/passwd"}, "no web address"),
        ({"/a": "//user:secret@127.0.0.1/"}, "holds a name or password"),
    ],
)
def test_a_redirect_that_leads_nowhere_good_is_not_followed(site, catalogue, hops, reason):
    for path, target in hops.items():
        site.put(path, status=302, Location=target)
    changes = refresh(source(site, "/a"), catalogue)
    assert reason.format(site.url) in reasons(site, changes)["/a"]
    assert "secret" not in reasons(site, changes)["/a"]


def test_an_error_page_with_status_200_for_everything_replaces_nothing(site, catalogue):
    paths = [f"/{name}" for name in ("rent", "health", "school", "work")]
    for path in paths:
        site.page(path, path.title())
    of_site = source(site, *paths)
    refresh(of_site, catalogue)
    before = catalogue.corpus_digest()
    for path in paths:
        site.page(path, "Our new site", "Welcome! We are moving in.")
    changes = refresh(of_site, catalogue)
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())
    assert sorted(reasons(site, changes)) == sorted(paths)
    assert (
        "4 addresses of this source hold one and the same page" in reasons(site, changes)["/rent"]
    )
    assert catalogue.corpus_digest() == before


@pytest.mark.parametrize(
    "page",
    [
        {"title": "Page introuvable - Office"},
        {"title": "404 Not Found"},
        {"title": "Erreur 503 | Service indisponible"},
        {"title": "Office", "head": "<meta name=robots content='noindex, follow'>"},
        {"title": "Office", "X_Robots_Tag": "noindex"},
    ],
)
def test_one_error_page_with_status_200_replaces_nothing(site, catalogue, page):
    site.page("/a", "Rent: 404 euros a month, and errors in a bill")
    refresh(source(site, "/a"), catalogue)
    assert short(site, catalogue.known()) == ["/a"]
    site.page("/a", **page)
    changes = refresh(source(site, "/a"), catalogue)
    assert (changes.changed, changes.removed) == ((), ())
    assert list(reasons(site, changes)) == ["/a"]


@pytest.mark.parametrize("is_listed", [True, False])
def test_pages_that_all_lead_to_the_front_page_are_kept(site, catalogue, is_listed):
    paths = ["/rent", "/health", "/school"]
    for path in paths:
        site.page(path, path.title())
    site.page("/", "Welcome")
    of_site = source(site, *paths, *(["/"] if is_listed else []))
    refresh(of_site, catalogue)
    before = catalogue.corpus_digest()
    for path in paths:
        site.put(path, status=302, Location="/")
    changes = refresh(of_site, catalogue)
    assert sorted(reasons(site, changes)) == sorted(paths)
    assert "3 pages of this source now lead to" in reasons(site, changes)["/rent"]
    assert catalogue.corpus_digest() == before


def test_a_host_that_fails_again_and_again_is_left_alone(site, catalogue):
    paths = [f"/{number}" for number in range(30)]
    for path in paths:
        site.put(path, "no", status=500)
    changes = refresh(source(site, *paths), catalogue)
    assert len(changes.unreadable) == 30
    assert "failed 10 times in a row" in reasons(site, changes)["/29"]
    assert len(site.served) == 11


@pytest.mark.parametrize("status", [401, 403, 451])
def test_what_is_not_public_is_told_as_such(site, catalogue, status):
    site.put("/a", "no", status=status)
    (reason,) = refresh(source(site, "/a"), catalogue).unreadable.values()
    assert f"does not give it to us ({status})" in reason


def test_a_crawl_starts_no_thread_that_outlives_it(site, catalogue):
    site.acts["/slow"] = silence
    before = set(threading.enumerate())
    apply(plan(source(site, "/slow", timeout=0.2), catalogue), catalogue)
    assert not [t for t in set(threading.enumerate()) - before if t.name.startswith("lane")]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"kind": "text/markdown; charset=utf-8", "body": b"# T\n\n\xff"}, "not valid UTF-8"),
        ({"kind": "text/html; charset*0=a; charset*=b"}, None),
        ({"status": 503, "Retry_After": f"Wed, 21 Oct 2026 07:28:00 +{'9' * 17}"}, "answers 503"),
        ({"ETag": '"\xe9t\xe9"'}, None),
    ],
)
def test_an_odd_page_is_one_pages_failure_or_none(site, catalogue, answer, reason):
    answer = {"body": "<title>Odd</title><p>A sentence.", **answer}
    site.put("/odd", answer.pop("body"), **answer)
    site.page("/good", "Good")
    of_site = source(site, "/odd", "/good")
    assert "/good" in short(site, refresh(of_site, catalogue).added)
    again = refresh(of_site, catalogue)
    assert "/good" in short(site, again.unchanged)
    told = reasons(site, again)
    assert reason in told["/odd"] if reason else told == {}


@pytest.mark.parametrize("step", ["ingest.sources.web.claims", "ingest.sources.web_fetch._fetched"])
def test_what_nobody_foresaw_in_one_page_is_its_failure(site, catalogue, monkeypatch, step):
    site.page("/odd", "Odd")
    site.put("/good.txt", "A sentence that is long enough.", kind="text/plain")
    module, name = step.rsplit(".", 1)
    before = getattr(import_module(module), name)

    def broken(first, *rest):
        if "odd" in str(first).lower():
            raise TypeError("no such thing")
        return before(first, *rest)

    monkeypatch.setattr(step, broken)
    changes = refresh(source(site, "/odd", "/good.txt"), catalogue)
    assert short(site, changes.added) == ["/good.txt"]
    assert "not foreseen (TypeError: no such thing)" in reasons(site, changes)["/odd"]
