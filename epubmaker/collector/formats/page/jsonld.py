"""The JSON-LD of a page: its article, as https://schema.org/Article describes one.

Pages embed whole graphs, lists of other articles, and broken JSON; whatever cannot be read is passed over. Bounded in
size and depth, since a page may say anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

__all__ = ["Node", "article_in", "names_in", "nodes_in", "text_of"]

Node: TypeAlias = Mapping[str, Any]

_MOST_CHARACTERS = 2_000_000  # of all scripts of a page
_MOST_NODES = 5_000
_DEEPEST = 60
_ARTICLES = frozenset(
    [
        "Article",
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "DiscussionForumPosting",
        "HowTo",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Recipe",
        "Report",
        "ReportageNewsArticle",
        "Review",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
        "MedicalScholarlyArticle",
    ]
)
_PAGES = frozenset(["AboutPage", "FAQPage", "ItemPage", "MedicalWebPage", "QAPage", "WebPage"])
_LISTS = frozenset(
    {"itemListElement", "hasPart", "comment", "mentions", "citation", "relatedLink", "associatedArticle"}
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?)\s*$"
)


def nodes_in(scripts: Iterable[str]) -> list[tuple[Node, bool]]:
    """Return the objects in JSON-LD scripts in order, and whether each is the item of a list."""
    found: list[tuple[Node, bool]] = []
    left = _MOST_CHARACTERS
    for script in scripts:
        left -= len(script)
        if left < 0:
            break
        try:
            value = json.loads(_WRAPPING.sub("", script), strict=False)
        except (ValueError, RecursionError):
            continue
        stack: list[tuple[Any, bool, int]] = [(value, False, 0)]
        while stack and len(found) < _MOST_NODES:
            each, listed, depth = stack.pop()
            if depth > _DEEPEST:
                continue
            if isinstance(each, list):
                stack.extend((item, listed, depth + 1) for item in reversed(each))
            elif isinstance(each, dict):
                found.append((each, listed))
                stack.extend(
                    (inner, listed or key in _LISTS, depth + 1)
                    for key, inner in reversed(each.items())
                    if isinstance(inner, (dict, list))
                )
    return found


def article_in(nodes: list[tuple[Node, bool]], addresses: frozenset[str]) -> Node:
    """Return the object that describes the page's article; an empty one where none does.

    It is the article with one of the page's addresses, else the first that is no item of a list, else the page itself.
    """
    articles = [(node, listed) for node, listed in nodes if _types(node) & _ARTICLES]
    for node, _ in articles:
        if addresses & set(_addresses(node)):
            return node
    for node, listed in articles:
        if not listed:
            return node
    return next((node for node, listed in nodes if _types(node) & _PAGES and not listed), {})


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    found = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rpartition("/")[2] for kind in found if isinstance(kind, str)}


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def text_of(value: object) -> str:
    """Return a text value, or the first of several; "" for anything else."""
    if isinstance(value, list):
        return next(filter(None, map(text_of, value)), "")
    if isinstance(value, dict):
        return text_of(value.get("@value") or value.get("name") or value.get("@id"))
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def names_in(value: object, nodes: list[tuple[Node, bool]]) -> list[str]:
    """Return the names of persons or organizations: given as texts, as objects, or by the `@id` of another object."""
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            name = each.get("name")
            if not name and isinstance(key := each.get("@id"), str):
                name = next((node["name"] for node, _ in nodes if node.get("@id") == key and node.get("name")), None)
            found += [text for text in (name if isinstance(name, list) else [name]) if isinstance(text, str)]
        elif isinstance(each, str):
            found.append(each)
    return found
