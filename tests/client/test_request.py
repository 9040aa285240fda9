from __future__ import annotations

import pytest

from sse_tui.client.dialects.requests import with_more_query
from sse_tui.client.request import (
    HttpRequest,
    basic_authorization,
    checked_headers,
    checked_url,
    last_event_id_header,
    origin,
    split_credentials,
)
from sse_tui.errors import UsageError


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000",
        "HTTPS://example.org/a?b=c#d",
        "http://[::1]:80/x",
        "http://user:pw@bücher.example/",
    ],
)
def test_a_good_url_is_left_as_it_is(url: str) -> None:
    assert checked_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("localhost:3000", "scheme"),
        ("example.org/x", "no scheme"),
        ("ftp://example.org", "'ftp'"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://a:99999/", "Port"),
        ("http://a:x/", "Port"),
        ("http://a b/", "blank"),
        ("http://a/\r\nX: y", "control"),
        ("", "no scheme"),
        ("http://[::1", "IPv6"),
    ],
)
def test_a_bad_url_is_told_with_its_reason(url: str, word: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_url(url)
    assert word in str(caught.value)
    assert "http://localhost:3000" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", "a\nb"),
        ("X", "a\r\nY: b"),
        ("X", "a\0"),
        ("X", "a\udce9"),
        ("X Y", "a"),
        ("", "a"),
        ("X:", "a"),
        ("Ü", "a"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(name: str, value: str) -> None:
    with pytest.raises(UsageError):
        checked_headers([(name, value)])


def test_headers_keep_their_order_and_lose_blanks_at_their_ends() -> None:
    pairs = [("A", " 1\t"), ("B", "ü 2"), ("A", "3")]
    assert checked_headers(pairs) == (("A", "1"), ("B", "ü 2"), ("A", "3"))


def test_a_users_header_wins_over_ours_whatever_its_case() -> None:
    request = HttpRequest("GET", "http://a", (("Accept", "x"), ("B", "y")), (("accept", "z"),))
    assert request.merged_headers() == [("B", "y"), ("accept", "z")]


def test_credentials_leave_the_url_and_become_a_header() -> None:
    url, headers = split_credentials("https://us%40er:p%3Aw@example.org:8443/x?y=z")
    assert url == "https://example.org:8443/x?y=z"
    assert headers == (("Authorization", "Basic dXNAZXI6cDp3"),)
    assert split_credentials("https://example.org/@x") == ("https://example.org/@x", ())


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("http://a.example/x") == origin("http://A.example:80/y")
    different = {"http://a", "https://a", "http://a:81", "http://b", "http://b.a"}
    assert len({origin(url) for url in different}) == len(different)


@pytest.mark.parametrize(
    ("last_event_id", "sent"),
    [
        ("k1", "k1"),
        ("", None),
        (" k1\t", "k1"),
        (" \t", None),
        ("é…😀", "é…😀"),
        ("a b", "a b"),
        ("a\tb", "a\tb"),
        ("\x0bk1", None),
        ("k\x7f1", None),
        ("k\x1b[31m", None),
    ],
)
def test_a_last_event_id_is_sent_whole_or_not_at_all(last_event_id: str, sent: str | None) -> None:
    assert last_event_id_header(last_event_id) == sent


def test_a_basic_login_is_in_utf_8() -> None:
    assert basic_authorization("m\u00eb", "p:w") == "Basic bcOrOnA6dw=="


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://a/x", "http://a/x?q=a%20b%2F&q=%C3%BC&e="),
        ("http://a/x?y=%2F+1#part", "http://a/x?y=%2F+1&q=a%20b%2F&q=%C3%BC&e=#part"),
    ],
)
def test_parameters_are_added_to_those_of_the_url(url: str, more: str) -> None:
    pairs = [("q", "a b/"), ("q", "\u00fc"), ("e", "")]
    assert with_more_query(url, pairs) == more
    assert with_more_query(url, ()) == url
