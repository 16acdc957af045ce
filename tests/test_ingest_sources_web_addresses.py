"""Addresses: one form for each, and which machines are never connected to."""

import httpcore
import pytest

from ingest.errors import AddressRefused
from ingest.sources.web import read_web
from ingest.sources.web_addresses import normal, same_site
from ingest.sources.web_network import GuardedBackend, is_public
from tests.web_site import running, source


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://Example.org", "https://example.org/"),
        ("HTTPS://example.org:443/a/../b/#part", "https://example.org/b/"),
        ("http://example.org:80/a?utm_source=x&page=2&fbclid=9", "http://example.org/a?page=2"),
        ("http://example.org:8080/?b=1&a=2", "http://example.org:8080/?b=1&a=2"),
        ("https://example.org/a?&", "https://example.org/a"),
        ("  https://été.example/é ", "https://xn--t-9fab.example/%C3%A9"),
        ("https://example.org/a?utm=x&xtor=SEC-1&x", "https://example.org/a?utm=x&x"),
    ],
)
def test_an_address_has_one_form(written, address):
    assert normal(written) == address
    assert normal(address) == address


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("ftp://example.org/a", "expected https://"),
        ("file:///etc/passwd", "expected https://"),
        ("javascript:alert(1)", "expected https://"),
        ("https:///a", "expected https://"),
        ("https://name:secret@example.org/", "at example.org holds a name or password"),
        ("https://example.org:99999/", "expected https://"),
        ("https://example.org/a\nb", "no web address"),
        ("https://example.org/" + "a" * 2000, "2020 characters; an address has at most 2000"),
    ],
)
def test_what_is_no_public_address_is_refused_without_its_secret(written, reason):
    with pytest.raises(AddressRefused) as caught:
        normal(written)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_site_is_a_host_with_and_without_www():
    assert same_site("http://www.example.org/a", "https://example.org:8443/b")
    assert not same_site("https://example.org/", "https://example.org.evil.example/")


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1"),
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_no_private_address_is_public(ip):
    assert not is_public(ip)


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"]
)
def test_a_public_address_is_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:7f00:1]"],
)
def test_a_page_on_this_machine_is_never_asked_for_unless_allowed(host):
    with running() as site:
        site.page("/a", "A")
        port = site.url.rsplit(":", 1)[1]
        web = source(site, allow_private=False).web.model_copy(
            update={"addresses": (f"http://{host}:{port}/a",)}
        )
        failures: dict[str, str] = {}
        assert [*read_web(web, "site", failures)] == []
        (reason,) = failures.values()
        assert "which is no public address" in reason
        assert "allow_private" in reason
        assert site.served == []


def names(**hosts):
    """Return a resolver that gives, name by name, one answer after the other."""
    answers = {host.replace("_", "."): iter(ips) for host, ips in hosts.items()}
    return lambda host, _port: next(answers[host])


def read_from(site, hosts, address):
    """Read one address through made-up names; 127.0.0.1 stands for the public internet."""
    port = site.url.rsplit(":", 1)[1]
    web = source(site, allow_private=False).web.model_copy(
        update={"addresses": (address.format(port),)}
    )
    failures: dict[str, str] = {}
    resolver = names(**hosts)
    pages = read_web(
        web, "site", failures, backend=lambda: GuardedBackend("127.0.0.1".__eq__, resolver)
    )
    return [*pages], failures


def test_a_redirect_to_a_private_address_is_not_followed():
    with running() as site:
        port = site.url.rsplit(":", 1)[1]
        site.put("/a", status=302, Location=f"http://www.a.test:{port}/a")
        hosts = {"a_test": [["127.0.0.1"]] * 9, "www_a_test": [["127.0.0.2"]] * 9}
        pages, failures = read_from(site, hosts, "http://a.test:{}/a")
        assert pages == []
        (reason,) = failures.values()
        assert "www.a.test leads to 127.0.0.2" in reason
        assert site.paths() == ["/robots.txt", "/a"]


def test_a_name_that_answers_otherwise_the_second_time_is_refused_then():
    with running() as site:
        site.page("/a", "A")
        site.put("/robots.txt", "", Connection="close")
        pages, failures = read_from(
            site, {"a_test": [["127.0.0.1"], ["10.0.0.1"]]}, "http://a.test:{}/a"
        )
        assert pages == []
        assert "a.test leads to 10.0.0.1" in next(iter(failures.values()))
        assert site.paths() == ["/robots.txt"]


def test_a_private_address_among_public_ones_is_refused():
    with running() as site:
        site.page("/a", "A")
        _, failures = read_from(
            site, {"a_test": [["127.0.0.1", "10.0.0.1"]] * 9}, "http://a.test:{}/a"
        )
        assert "a.test leads to 10.0.0.1" in next(iter(failures.values()))
        assert site.served == []


def test_the_host_that_was_asked_for_is_told_to_the_server():
    with running() as site:
        site.page("/a", "A")
        (page,), failures = read_from(site, {"a_test": [["127.0.0.1"]] * 9}, "http://a.test:{}/a")
        assert failures == {}
        assert page.key.startswith("http://a.test:")
        assert site.served[-1].headers["Host"].startswith("a.test:")


def test_a_name_that_nobody_knows_is_told():
    def nobody(host, _port):
        raise OSError("Name or service not known")

    with pytest.raises(httpcore.ConnectError, match=r"the name a\.test leads to no machine"):
        GuardedBackend(resolve=nobody).connect_tcp("a.test", 80)
