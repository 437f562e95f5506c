"""Web addresses: from the text in an article to a valid URI for the book, and to a key that identifies the article.

Pure functions. They read addresses as browsers do, by the URL Standard (https://url.spec.whatwg.org/). They write URIs as
EPUBCheck wants them, by RFC 3986: ASCII only, other characters percent-encoded, host names in their ASCII form (RFC 5891,
Unicode Technical Standard 46).
"""

from __future__ import annotations

import hashlib
import re
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple
from urllib.parse import quote, unquote

__all__ = [
    "article_key",
    "ascii_host",
    "identity",
    "is_article_key",
    "known_page",
    "names_article",
    "page_key",
    "resolve",
    "site",
    "without_form",
]

_KEY_LENGTH = 12  # letters: enough that two of a million articles share a key in one of 560 archives
_HEX_DIGITS = frozenset("0123456789abcdef")

# Most addresses are valid as they are and match this. A host of digits and dots does not, since the URL Standard reads
# any host whose last label is a number as an IPv4 address.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,9}[a-z]{2,24}"
    r"(?:/(?:[A-Za-z0-9_~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}|(?<![/.])\.(?![/.]|$))*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)
_PLAIN_SITE = re.compile(r"https?://(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,24})(?:[/?#]|$)")
_PUNYCODE = "xn--"  # an address with it anywhere goes the long way: a host with it may be none
_SHORT = 250  # an address below this length has no host beyond the limit of 253 characters
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)
_UNRESERVED = re.compile(r"%(4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9AaEe]|3[0-9]|2[DdEe]|5[Ff])")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_TWICE = re.compile(r"%(?:25)+(?=[0-9A-Fa-f]{2})")
# Parameters that tell how a reader came to the article. They do not identify it.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|twclid|yclid|ttclid|wbraid|gbraid|li_fat_id|igshid|igsh|_hsenc|_hsmi|mkt_tok|"
    r"mc_[ce]id|spm|isappinstalled|ncid|cmpid|smid|ref_src|ref_url|at_(?:medium|campaign)\w*|ns_\w+|xtor|__twitter_impression",
    re.ASCII | re.IGNORECASE,
)
# What tells a machine or a form of a page, for small screens or for AMP, from others: in the host, the path, the query.
_FORM_HOST = re.compile(r"(?:(?<=\.)|^)(?:www|m|mobile|amp)\.(?=[^/?]*\.)")
_FORM_PATH = re.compile(r"/amp(?=\?|$)|\.amp(?=(?:\.html?)?(?:\?|$))|/amp(?=/)")
_FORM_QUERY = re.compile(
    r"(?<=[?&])(?:amp|m|(?:output_?type|view|format)=(?:amp|mobile))(?:=1?)?(?:&|$)", re.IGNORECASE
)
_CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
_BREAKS = str.maketrans("", "", "\t\n\r")
_SUB_DELIMITERS = "!$&'()*+,;="


class _Parts(NamedTuple):
    scheme: str
    host: str  # with the port, where one is given
    path: str  # begins with "/"
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{self.host}{self.path}{query}{fragment}"


def resolve(base: str | None, address: str) -> str | None:
    """Return the absolute http(s) URI of an address, or None when it has none.

    `base` is the absolute address that relative ones start from; without a usable one, only absolute and `//host`
    addresses can be resolved (the latter with https). `address` is as the author wrote it, character references already
    decoded. The result is ASCII and valid by RFC 3986 and for EPUBCheck. User names and passwords are dropped.
    Does not raise.
    """
    if _is_plain(address):
        return address
    parts = _parse(address, base)
    return None if parts is None else str(parts)


def _is_plain(address: str) -> bool:
    return _PUNYCODE not in address and _PLAIN.fullmatch(address) is not None


def article_key(name: str) -> str:
    """Return an article's key: hexadecimal digits of the hash of its identity, or of another name."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_LENGTH]


def is_article_key(value: object) -> bool:
    """Return whether a value can be the key of an article, of which its documents' names are made."""
    return isinstance(value, str) and len(value) == _KEY_LENGTH and _HEX_DIGITS.issuperset(value)


def page_key(address: str) -> str | None:
    """Return the key of the page at an address, whichever machine or form of it that names; None for no article's.

    For a page that has but one form, it is the article's key.
    """
    name = identity(address)
    return article_key(without_form(name)) if names_article(name) else None


def known_page(key: str) -> str:
    """Return what stands for a page's key among those of articles, where the page has several forms."""
    return f"p{key}"


def names_article(name: str) -> bool:
    """Return whether an identity can be that of an article, and not of a site's front page.

    Archives write the address of the front page when they have nothing better.
    """
    return "/" in name or "?" in name


def identity(address: str) -> str:
    """Return one string for all spellings of the same article's address.

    Scheme, user name, default port, letter case of the host, fragment, tracking parameters, needless or double
    percent-encoding and trailing slashes make no difference. An address that is no http(s) address stands for itself,
    spaces trimmed. The result is a key to compare, not an address to go to.
    """
    if "%" not in address and len(address) < _SHORT and _is_plain(address):
        # Most addresses have nothing to decode. This takes a tenth of the time.
        name, _, query = address.partition("#")[0].partition("://")[2].partition("?")
    else:
        parts = _parse(address, None)
        if parts is None:
            return address.strip()
        name, query = re.sub(r":(?:80|443)$", "", parts.host) + parts.path, parts.query or ""
    name = _normal_escapes(name).rstrip("/")
    kept = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])]
    return f"{name}?{_normal_escapes('&'.join(kept))}" if kept else name


def without_form(name: str) -> str:
    """Return an identity without what names a machine or a form of the page: "www.", "m.", "/amp", "?amp=1"."""
    host, slash, path = name.partition("/")
    host = _FORM_HOST.sub("", host)
    if "amp" in path or "?" in path:
        path = _FORM_QUERY.sub("", _FORM_PATH.sub("", f"/{path}").removeprefix("/")).rstrip("?&/")
    return f"{host}{slash}{path}"


def site(address: str | None) -> str | None:
    """Return the host of an absolute http(s) address as people know it, None for none and for any other address.

    Without "www." and the port, in its own script where that is not Latin; an IP address whole, as an address has it.
    """
    if not address:
        return None
    if _PUNYCODE not in address and (plain := _PLAIN_SITE.match(address)):
        return plain[1]
    parts = _parse(address, None) if _SCHEME.match(address) else None
    if parts is None:
        return None
    name = re.sub(r":[0-9]+$", "", parts.host).removeprefix("www.")
    return ".".join([_in_own_script(label) or label for label in name.split(".")])


def _parse(address: str, base: str | None) -> _Parts | None:
    address = address.strip(_CONTROLS_AND_SPACE).translate(_BREAKS)
    scheme_match = _SCHEME.match(address)
    scheme = scheme_match[1].lower() if scheme_match else None
    if scheme_match:
        if scheme not in {"http", "https"}:
            return None
        return _absolute(scheme, address[scheme_match.end() :])
    start = _parse(base, None) if base else None
    if address[:2].replace("\\", "/") == "//":
        return _absolute(start.scheme if start else "https", address)
    return None if start is None else _relative(start, address)


def _absolute(scheme: str, rest: str) -> _Parts | None:
    """Parse what follows `http:`, with any number of slashes, as browsers do."""
    rest = rest.lstrip("/\\")
    end = next((index for index, character in enumerate(rest) if character in "/\\?#"), len(rest))
    host = _host(rest[:end])
    if host is None:
        return None
    path, query, fragment = _split(rest[end:])
    return _Parts(scheme, host, _without_dots(path), query, fragment)


def _relative(start: _Parts, address: str) -> _Parts:
    """Resolve a reference without scheme and host: RFC 3986, section 5.2."""
    path, query, fragment = _split(address)
    if not path:
        return start._replace(query=start.query if query is None else query, fragment=fragment)
    if not path.startswith("/"):
        path = start.path[: start.path.rindex("/") + 1] + path
    return start._replace(path=_without_dots(path), query=query, fragment=fragment)


def _split(text: str) -> tuple[str, str | None, str | None]:
    """Cut into path, query and fragment, each percent-encoded."""
    rest, has_fragment, fragment = text.partition("#")
    path, has_query, query = rest.partition("?")
    return (
        _encoded(path.replace("\\", "/"), f"{_SUB_DELIMITERS}:@/"),
        _encoded(query, f"{_SUB_DELIMITERS}:@/?") if has_query else None,
        _encoded(fragment, f"{_SUB_DELIMITERS}:@/?") if has_fragment and fragment else None,
    )


def _encoded(text: str, safe: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe=f"{safe}%", errors="replace")


def _without_dots(path: str) -> str:
    """Remove `.` and `..` segments (RFC 3986, section 5.2.4); the result begins with a slash."""
    done: list[str] = []
    segments = (
        path.lstrip("/").split("/") if path.startswith("/") and not path.startswith("//") else path.split("/")[1:]
    )
    for segment in segments:
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del done[-1:]
        elif dots != ".":
            done.append(segment)
    if segments and segments[-1].lower().replace("%2e", ".") in {".", ".."}:
        done.append("")
    return "/" + "/".join(done)


def _host(authority: str) -> str | None:
    """Return the host and port in their ASCII form, or None when they are not valid."""
    name, _, port = authority.rpartition("@")[2].partition(":")
    if authority.rpartition("@")[2].startswith("["):
        name, bracket, port = authority.rpartition("@")[2].partition("]")
        try:
            name = f"[{IPv6Address(name[1:]).compressed}]" if bracket and "%" not in name else ""
        except AddressValueError:
            return None
        if port and not port.startswith(":"):
            return None
        port = port[1:]
    else:
        name = ascii_host(name)
    if not name or (port and not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536)):
        return None
    return f"{name}:{int(port)}" if port else name


def ascii_host(name: str) -> str:
    """Return a host name in lower-case ASCII, or "" when it is not one."""
    name = unquote(name).rstrip(".").lower()
    if not name.isascii():
        name = _punycode(name)
    if len(name) > 253 or not _HOST.fullmatch(name) or any(len(label) > 63 for label in name.split(".")):
        return ""
    if "xn--" in name and any(label.startswith("xn--") and not _in_own_script(label) for label in name.split(".")):
        return ""
    last_label = name.rpartition(".")[2]
    if (last_label.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last_label)) and not _IPV4.fullmatch(name):
        return ""
    return name


def _punycode(name: str) -> str:
    import idna  # noqa: PLC0415 - its tables take longer to load than most articles to build; few addresses need them

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        return name.encode("idna").decode("ascii").lower()  # the older rules know names such as ☃.net, as browsers do
    except UnicodeError:
        return ""


def _in_own_script(label: str) -> str:
    """Decode a label in its ASCII form (`xn--...`), by UTS 46, section 4.1; "" where it is not valid."""
    if not label.startswith("xn--"):
        return ""
    import idna  # noqa: PLC0415 - as above

    try:
        name = label[4:].encode("ascii").decode("punycode")
        if name.isascii() or f"xn--{name.encode('punycode').decode('ascii')}" != label:
            return ""
        idna.check_initial_combiner(name)
        idna.check_bidi(name)
        return name if idna.uts46_remap(name, std3_rules=False) == name else ""
    except (idna.IDNAError, UnicodeError):
        return ""


def _normal_escapes(text: str) -> str:
    """Decode needless escapes, and write the others in capitals: RFC 3986, section 6.2.2.

    What was encoded twice, as mirrors do, counts as encoded once: "%25E8" for "%E8".
    """
    if "%" not in text:
        return text
    text = _TWICE.sub("%", text)
    return _ESCAPE.sub(lambda match: match[0].upper(), _UNRESERVED.sub(lambda match: unquote(match[0]), text))
