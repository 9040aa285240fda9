"""Which options curl has, and what becomes of each."""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SHORT = {
    "A": "user-agent",
    "b": "cookie",
    "d": "data",
    "e": "referer",
    "E": "cert",
    "F": "form",
    "G": "get",
    "H": "header",
    "I": "head",
    "k": "insecure",
    "K": "config",
    "m": "max-time",
    "n": "netrc",
    "r": "range",
    "T": "upload-file",
    "u": "user",
    "U": "proxy-user",
    "x": "proxy",
    "X": "request",
    "z": "time-cond",
    "C": "continue-at",
    "V": "version",
    "h": "help",
}
"""Short options that mean something here, and the long ones that they stand for."""

WITH_VALUE = _names("""
    cacert cert connect-timeout cookie data data-ascii data-binary data-raw data-urlencode header
    json key max-time noproxy oauth2-bearer proxy proxy-user referer request retry socks4 socks4a
    socks5 socks5-hostname unix-socket url url-query user user-agent
""")
WITHOUT = _names("compressed get insecure")

REFUSED_WITH_VALUE = _names("""
    abstract-unix-socket aws-sigv4 cert-type config connect-to continue-at form form-string
    key-type netrc-file pass preproxy proxy-cert proxy-key proxy-header proxy1.0 range
    request-target resolve time-cond upload-file etag-compare
""")
REFUSED = _names("""
    anyauth digest form-escape head help manual negotiate netrc netrc-optional next ntlm ntlm-wb
    proxy-anyauth proxy-digest proxy-negotiate proxy-ntlm version
""")

SILENT_SHORT = "sSNfvLig#046jq1Z"
SILENT = _names("""
    silent show-error no-buffer fail fail-with-body fail-early verbose location include globoff
    progress-bar progress-meter http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only http0.9
    ipv4 ipv6 junk-session-cookies disable basic tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 alpn npn
    keepalive tcp-nodelay path-as-is post301 post302 post303 raw buffer styled-output sessionid
    ssl-no-revoke ssl-revoke-best-effort ssl-reqd retry-all-errors retry-connrefused parallel
    show-headers proxy-basic proxytunnel trace-time no-progress-meter disallow-username-in-url
    remove-on-error create-dirs
""")
SILENT_WITH_VALUE = _names("retry-delay retry-max-time keepalive-time expect100-timeout")

LEFT_OUT_SHORT = "D:P:Q:Y:c:o:t:w:y:aBJlMORp23"
LEFT_OUT_WITH_VALUE = _names("""
    alt-svc capath ciphers cookie-jar create-file-mode crlfile curves delegation dns-interface
    dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header egd-file engine etag-save
    happy-eyeballs-timeout-ms hsts interface krb libcurl limit-rate local-port login-options
    max-filesize max-redirs output output-dir parallel-max pinnedpubkey proto proto-default
    proto-redir proxy-cacert proxy-capath proxy-cert-type proxy-ciphers proxy-crlfile
    proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers
    proxy-tlsauthtype proxy-tlspassword proxy-tlsuser random-file rate sasl-authzid service-name
    socks5-gssapi-service speed-limit speed-time stderr tls-max tls13-ciphers tlsauthtype
    tlspassword tlsuser trace trace-ascii trace-config variable write-out ip-tos vlan-priority
    haproxy-clientip ech dns-server keepalive-cnt
""")
LEFT_OUT = _names("""
    location-trusted tr-encoding proxy-insecure remote-name remote-header-name xattr
""")


def _short_spec() -> str:
    takes_value = {*WITH_VALUE, *REFUSED_WITH_VALUE}
    own = "".join(short + (":" if name in takes_value else "") for short, name in SHORT.items())
    return own + SILENT_SHORT + LEFT_OUT_SHORT


def _long_spec() -> list[str]:
    with_value = (*WITH_VALUE, *REFUSED_WITH_VALUE, *SILENT_WITH_VALUE, *LEFT_OUT_WITH_VALUE)
    without = (*WITHOUT, *REFUSED, *SILENT, *LEFT_OUT)
    negated = [f"no-{name}" for name in (*WITHOUT, *SILENT) if not name.startswith("no-")]
    return [f"{name}=" for name in with_value] + [*without, *negated]


SHORT_SPEC = _short_spec()
LONG_SPEC = _long_spec()
