"""A real web server on this machine: a test decides every answer, and its bytes are counted."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ingest.refresh import Source, apply, plan
from ingest.web_settings import WebSettings

HTML = "text/html; charset=utf-8"


@dataclass
class Served:
    """One request that was answered: what was asked for, and how many bytes of body were sent."""

    path: str
    status: int
    body: int
    headers: Mapping[str, str]
    at: float


@dataclass
class Site:
    """What is at each path: (status, headers, body), or a function that writes as it likes."""

    url: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    acts: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)

    def put(self, path, body="", status=200, kind=HTML, **headers):
        """Put an answer at a path; a page gets an ETag, and conditional requests are honoured."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if status == 200:
            named.setdefault("ETag", f'"{hashlib.sha256(content).hexdigest()[:12]}"')
        self.answers[path] = (status, {"Content-Type": kind, **named}, content)

    def page(self, path, title, text="", head="", **options):
        """Put an HTML page at a path."""
        body = (
            f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
            f"<body><main><h1>{title}</h1><p>{text or f'What {title} says, in a sentence.'}</p>"
            "</main></body></html>"
        )
        self.put(path, body, **options)

    def sitemap(self, path, *places, kind="url"):
        """Put a sitemap at a path, listing paths of this site or whole addresses."""
        root = "urlset" if kind == "url" else "sitemapindex"
        entries = "".join(
            f"<{kind}><loc>{place if '://' in place else self.url + place}</loc></{kind}>"
            for place in places
        )
        self.put(
            path,
            f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"{entries}</{root}>",
            kind="application/xml",
        )

    def paths(self):
        """Return the paths that were asked for, in order."""
        return [one.path for one in self.served]

    def bodies(self):
        """Return the bytes of body sent by path, where there were any."""
        total: dict[str, int] = {}
        for one in self.served:
            if one.body:
                total[one.path] = total.get(one.path, 0) + one.body
        return total


@contextmanager
def running() -> Iterator[Site]:
    """Run a site on a free loopback port."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            _answer(site, self)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass  # the client went away, as it should

    server = Server(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(site: Site, handler: BaseHTTPRequestHandler) -> None:
    path, seen = handler.path, dict(handler.headers)
    if path in site.acts:
        site.served.append(Served(path, 0, 0, seen, time.monotonic()))
        site.acts[path](handler)
        handler.close_connection = True
        return
    missing = (404, {"Content-Type": HTML}, b"<title>Not found</title>")
    status, headers, content = site.answers.get(path, missing)
    if status == 200 and seen.get("If-None-Match") == headers.get("ETag") is not None:
        status, content = 304, b""
    # Before the client has it, so that what it does next never comes first.
    site.served.append(Served(path, status, len(content), seen, time.monotonic()))
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def source(site, *addresses, sitemaps=(), **options):
    """Return a source of these paths of a site, quick and on this machine."""
    options = {"delay": 0, "timeout": 5, "allow_private": True, **options}
    web = WebSettings(
        addresses=tuple(site.url + a for a in addresses),
        sitemaps=tuple(site.url + s for s in sitemaps),
        **options,
    )
    return Source("site", web=web)


def refresh(from_source, catalogue):
    """Read a source, make what was found live, and return the change set."""
    found = plan(from_source, catalogue)
    apply(found, catalogue)
    return found.changes


def short(site, keys):
    """Return keys as paths of the site."""
    return [key.removeprefix(site.url) for key in keys]


def reasons(site, changes):
    """Return why something was not read, by path of the site."""
    return {origin.removeprefix(site.url): r for origin, r in changes.unreadable.items()}
