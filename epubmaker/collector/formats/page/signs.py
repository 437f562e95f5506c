"""What the names of elements say of them: that they stand around an article, and not in it. A table of data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from epubmaker.text.html import names

__all__ = ["is_around", "is_beside", "is_byline", "is_caption", "is_hidden", "is_kicker", "is_note", "is_standfirst"]


_AROUND = names(
    "ad ads advert adverts advertisement advertising adsense sponsor sponsored promo promos promotion outbrain "
    "taboola newsletter newsletters signup subscribe subscription paywall regwall donate donation cta related "
    "relatedposts recommended recommend recommendation recommendations recirc recirculation popular trending "
    "mostread mostpopular readmore readnext upnext more-stories more-news more-from related-posts most-read "
    "most-popular read-more read-next share sharing sharebar sharetools social socials follow sns addthis addtoany "
    "sharedaddy shareaholic twitter-share comment comments commentlist disqus livefyre respond replies discussion "
    "breadcrumb breadcrumbs nav navbar navigation menu toolbar pagination pager paging masthead skip footer "
    "colophon copyright cookie cookies consent gdpr banner modal popup overlay lightbox login tags taglist tagged "
    "keywords post-tags entry-tags article-tags rating ratings poll survey hidden sr-only visually-hidden "
    "screen-reader-text print-only printfriendly feedback report correction qrcode ewm author-bio authorbio "
    "author-box about-author author-info teaser teasers promoted"
)
# Names of a place: boxes of an article have them, too.
_BESIDE = names("sidebar aside widget widgets tools statement disclaimer")
_BYLINE = names(
    "byline bylines author authors dateline date dates datetime time timestamp published pubdate posted updated "
    "meta metadata postmeta entry-meta post-meta article-meta article-info source credits-line writer reporter "
    "publish pub info"
)
_STANDFIRST = names(
    "standfirst dek deck lead lede subtitle subhead subheadline sub-title summary intro introduction excerpt "
    "abstract teaser kicker strapline subheading chapo chapeau entradilla vorspann"
)
_KICKER = names("kicker eyebrow overline rubric rubrique topline dachzeile spitzmarke surtitre volanta occhiello")
_CAPTION = names("caption captions figcaption figure figures mediaobject credit photo-credit image-credit")
_NOTE = names("footnote footnotes endnote endnotes notes references reflist doc-endnotes doc-footnote fn")
_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[^\W\da-zA-Z_]+")
_LONGEST = 300
_HIDDEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _has(value: str, table: frozenset[str]) -> bool:
    for each in value.split():
        words = [word.lower() for word in _WORDS.findall(each)]
        pairs = ("-".join(pair) for pair in pairwise(words))
        if not table.isdisjoint(words) or any(pair in table for pair in pairs):
            return True
    return False


def _named(attributes: Mapping[str, str | None], table: frozenset[str]) -> bool:
    for key in ("class", "id", "role", "itemprop"):
        value = attributes.get(key)
        if value and _has(value[:_LONGEST], table):
            return True
    return False


def is_around(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is, by its name, furniture of a site."""
    return tag in {"nav", "footer", "dialog"} or _named(attributes, _AROUND)


def is_beside(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element stands, by its name, beside the text: a column of the site, or a box of the article."""
    return tag == "aside" or _named(attributes, _BESIDE)


def is_byline(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element says, by its name, who wrote an article and when."""
    return _named(attributes, _BYLINE)


def is_standfirst(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is, by its name, the summary above an article."""
    return _named(attributes, _STANDFIRST)


def is_kicker(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is, by its name, the line above an article's title."""
    return _named(attributes, _KICKER)


def is_caption(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is, by its name, the caption of a picture."""
    return _named(attributes, _CAPTION)


def is_note(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element holds, by its name, notes."""
    return _named(attributes, _NOTE)


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is not shown."""
    return "hidden" in attributes or _HIDDEN.search((attributes.get("style") or "")[:_LONGEST]) is not None
