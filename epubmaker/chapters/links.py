"""Every kind of link: made absolute, kept inside the article where it leads there, or unwrapped."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from bs4.element import Tag

from epubmaker.addresses import resolve
from epubmaker.chapters.trees import in_order

__all__ = ["resolve_links"]

_MAIL = re.compile(r"mailto:[^\s@<>\"]+@[^\s@<>\"?]+(?:\?[^\s<>\"]*)?", re.ASCII | re.IGNORECASE)
_TELEPHONE = re.compile(r"tel:\+?[0-9().*#;=a-z-]+", re.ASCII | re.IGNORECASE)
_SAFE = "!$&'()*+,;=:@/?%-._~"


def resolve_links(root: Tag, base: str | None, own: str | None = None) -> None:
    """Give each `a` an `href` that may stand in a book, or none; and each element the id that a link needs, or none.

    `base` is the address that relative links start from, `own` the article's address: a link to a place in the article
    may be written with it.  Ids that a link leads to become "s1", "s2", ... in document order; all others go.
    """
    named: dict[str, Tag] = {}
    links: list[tuple[Tag, str]] = []
    marked = []
    for tag in in_order(root):
        if not isinstance(tag, Tag) or not tag.attrs:
            continue
        if "id" in tag.attrs or (tag.name == "a" and "name" in tag.attrs):
            marked.append(tag)
            for key in ("id", "name") if tag.name == "a" else ("id",):
                named.setdefault(str(tag.attrs.get(key) or ""), tag)
        if "href" in tag.attrs:
            links.append((tag, str(tag.attrs["href"])))
    targets = _keep_ids(marked, named, _set_links(links, named, base, own))
    for tag, name in targets:
        tag.attrs["href"] = f"#{named[name].attrs['id']}"


def _set_links(
    links: list[tuple[Tag, str]], named: dict[str, Tag], base: str | None, own: str | None
) -> list[tuple[Tag, str]]:
    """Set or take away each `href`; return the links that stay inside the article, with the name of their target."""
    inside = []
    here = own.partition("#")[0] if own else None
    for tag, written in links:
        href = written.strip()
        if href.startswith("#"):
            fragment: str | None = href[1:]
        else:
            href = _outside(href, base) or ""
            address, _, fragment = href.partition("#")
            fragment = fragment if fragment and address == here else None
        name = next((name for name in (fragment, unquote(fragment)) if name in named), "") if fragment else ""
        if name and named[name] is not tag:
            inside.append((tag, name))
        elif href and not href.startswith("#"):
            tag.attrs["href"] = href
        else:
            del tag.attrs["href"]
    return inside


def _outside(href: str, base: str | None) -> str | None:
    if _MAIL.fullmatch(href) or _TELEPHONE.fullmatch(href):
        scheme, _, rest = href.partition(":")
        return f"{scheme.lower()}:{quote(rest, safe=_SAFE)}"
    return resolve(base, href) if href else None


def _keep_ids(marked: list[Tag], named: dict[str, Tag], inside: list[tuple[Tag, str]]) -> list[tuple[Tag, str]]:
    wanted = {id(named[name]) for _, name in inside}
    number = 0
    for tag in marked:
        tag.attrs.pop("id", None)
        tag.attrs.pop("name", None)
        if id(tag) in wanted:
            number += 1
            tag.attrs["id"] = f"s{number}"
    return inside
