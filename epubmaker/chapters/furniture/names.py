"""The names by which sites call the furniture of their pages: in classes, ids, roles and the like.

To add a name, put it into the table of its kind. Names are written as their words, in lower case, with "-" between them;
a page may write them in any way: `shareBar`, `share_bar`, `c-share-bar--small`, `Share_bar__x1Y2z`. Words that say where
something stands or how it looks (`_LAYOUT`) may surround a name, any other word may not: `share-of-market`,
`no-comments` and `tag-newsletter` are no furniture.

The names are those that web sites, content managers and their plugins use, and that readers' modes of browsers know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from epubmaker.chapters.xhtml.content import names

__all__ = ["Kind", "Sign", "is_author", "is_date", "is_of_thread", "sign_of"]

Kind: TypeAlias = Literal[
    "ad", "breadcrumbs", "byline", "comments", "copyright", "heading", "navigation", "newsletter", "paywall", "player",
    "related", "share", "tags", "teaser",
]  # fmt: skip


class Sign(NamedTuple):
    """What the names of an element say it is.

    `strength` is 2 for a name that has no other meaning, 1 for one that has, 0 for an id, which may be made of the words of
    a heading.
    """

    kind: Kind
    strength: int


# --- one word that may mean something else, where it stands alone or among words of layout ---
_WORDS: Mapping[Kind, frozenset[str]] = {
    "ad": names(
        "ad ads advert adverts advertisement advertisements advertising advertisment anzeige publicidad publicidade"
    ),
    "breadcrumbs": names("breadcrumb breadcrumbs breadcrump"),
    "byline": names("author authors byline bylines dateline datestamp meta metadata submitted timestamp writer"),
    "comments": names(
        "comment comments commentary commenti comentarios comentários commentaires kommentare discussion"
    ),
    "copyright": names("copyright footer colophon"),
    "navigation": names("nav navbar navigation menu pagination pager paging sidebar toolbar"),
    "newsletter": names("newsletter newsletters signup subscribe subscription abonnement suscripcion"),
    "paywall": names("paywall"),
    "related": names(
        "related recommended recommendation recommendations recommend popular trending suggested correlati "
        "relacionadas relacionados relacionado relacionada verwandt"
    ),
    "share": names(
        "share sharing shares social socials likes sns partage partager compartir compartilhar condividi teilen"
    ),
    "tags": names("tags tagged etiquetas schlagworte keywords"),
}

# --- names that mean nothing else ---
_NAMES: Mapping[Kind, frozenset[str]] = {
    "ad": names(
        "ad-slot ad-unit ad-zone ad-banner ad-label ad-placeholder ad-break ads-by-google adsbygoogle adsense dfp-ad "
        "google-ad google-ads googlead gpt-ad banner-ad in-article-ad native-ad self-promo selfpromo adthrive "
        "ezoic-ad teads sponsored-links sponsor-box quads-location code-block-ad advads mid-article-ad werbung "
        "reklama ad-feedback adspot adspot-title a-rec ads-text ad-text ad-notice ad-disclaimer ads-wrapper adbox "
        "ad-box "
        "ad-space adspace adslot advert-label ad-choices adchoices outbrain taboola trc-related zergnet mgid revcontent "
        "cookie-notice cookie-banner cookie-consent cookie-bar cookie-message consent-banner gdpr-notice"
    ),
    "breadcrumbs": names("fil-ariane brotkrumen migas-de-pan rank-math-breadcrumb yoast-breadcrumb"),
    "byline": names(
        "meta-date meta-reading-time authorline authorsign creator-names pub-date publication-date publish-info "
        "author-card topic-authors "
        "entry-meta post-meta postmeta postmetadata article-meta story-meta page-meta blog-meta node-meta item-meta "
        "meta-info post-info article-info entry-info story-info posted-on posted-by published-on site-posted-on "
        "post-byline article-byline entry-byline story-byline by-author author-wrap author-wrapper entry-author "
        "entry-author-wrapper post-author article-author story-author author-info author-name author-date author-line "
        "author-meta news-info publish-info article-details post-details entry-details field-name-author field-name-uid "
        "field-name-created "
        "rich-media-meta-list cat-links category-links entry-categories post-categories word-count reading-time "
        "read-time time-to-read est-reading-time view-count views-count post-views post-date-author byline-block "
        "column-link autorzeile entry-footer post-footer article-footer story-footer entry-utility "
        "wp-block-post-author wp-block-post-date wp-block-post-terms "
        "article-timestamps article-timestamp post-date entry-date article-date publish-date "
        "published-date artikel-datum autorenzeile "
        "entry-category post-category article-category story-category content-item-time aentry-head "
        "publishing-details content-publication-data byline-names "
        "byline-name headline-footer display-date article-bar article-bar-top article-subinfo author-date-line "
        "date-line date-header post-header-meta article-header-meta blog-item-meta content-meta author-time-line"
    ),
    "comments": names(
        "comment-intro article-comments jcomments-links reacties komentarze comments-bar comments-counter "
        "comment-box story-comments "
        "comment-list commentlist comments-list comment-respond comment-form comments-area comment-wrapper "
        "comments-wrapper comment-add comment-reply comment-section comments-section comment-thread comment-area "
        "comment-count comments-link comments-count leave-comment leave-a-comment post-comments post-comment disqus "
        "disqus-thread fb-comments facebook-comments livefyre hypercomments isso utterances giscus waline valine "
        "cusdis wp-block-comments respond comment-forbidden comments-teaser commentcount comment-teaser "
        "comment-button "
        "comments-button view-comments show-comments comments-cta comments-placeholder"
    ),
    "copyright": names(
        "printfooter post-copyright article-copyright entry-copyright copyright-notice copyright-info copyright-box "
        "post-statement site-statement article-statement content-statement article-disclaimer legal-notice"
    ),
    "navigation": names(
        "post-navigation posts-navigation nav-links nav-previous nav-next post-nav blog-pager post-pagination "
        "next-post previous-post prev-post prev-next book-navigation skip-link skip-to-content skip-nav site-nav "
        "main-nav main-menu navbox sphinxsidebar sphinx-sidebar back-to-top scroll-to-top backtotop gotop to-top "
        "site-header masthead site-branding site-title site-description prevnext prevnext-post prev-next-container "
        "post-next-prev next-prev next-prev-posts paginav post-nav-item pagination-post item-pagination older-post "
        "newer-post "
        "older-posts newer-posts article-nav article-navigation entry-navigation story-navigation single-navigation "
        "post-pager article-pager series-nav back-link backlink edit-link page-nav channel-path"
    ),
    "newsletter": names(
        "marketing-block digital-subscriber-only inline-cta email-newsletter supplemental-slot "
        "newsletter-signup newsletter-form newsletter-box newsletter-promo newsletter-cta email-signup mailing-list "
        "mc4wp-form mc-embed-signup mailchimp subscription-widget subscription-widget-wrap subscribe-widget "
        "subscribe-box subscribe-form subscribe-footer wp-block-jetpack-subscriptions jetpack-subscription "
        "kg-signup-card gh-subscribe newsletter-embed captioned-button-wrap footer-cta "
        "subscribe-widget-to-dom newsletter-teaser promo-box newsletter-inline newsletter-module newsletter-block "
        "newsletter-card "
        "newsletter-widget email-capture email-optin optin-form optin-box inline-newsletter sign-up-form signup-form "
        "donation-box donate-box donation-cta donate-cta support-box donation-form donate-form support-us "
        "signup-box followme app-promo app-download download-app appendqr appendqr-wrap"
    ),
    "paywall": names(
        "premium-paywall premium-mobile regwall access-wall paywall-infos "
        "paywall-card paywall-box paywall-cta paywall-title paywall-message paywall-prompt paywall-overlay "
        "cx-paywall-placeholder nykpaywall barrier-failsafe piano-offer tp-container subscribe-wall subscription-wall "
        "regwall metering-prompt subscriber-only-message gh-post-upgrade-cta piano-inline premium-box offer-wall "
        "paywall-jump"
    ),
    "player": names("media-player-message vjs-modal-dialog vjs-no-js no-js-message player-error"),
    "related": names(
        "similar-items similar related-inline inline-topic also-news also-link read-too see-also morelinks "
        "more-links link-more further-reading next-story next-article linklist more-report recommendations "
        "related-posts relatedposts related-post related-articles relatedarticles related-article related-stories "
        "related-story related-links related-news related-content related-topics related-items related-reading "
        "related-entries jp-relatedposts yarpp yarpp-related more-article more-articles more-stories more-news "
        "more-posts more-from more-on read-more read-also also-read read-next up-next insert-group you-may-like "
        "you-might-like you-may-also-like most-read mostread most-popular most-viewed popular-posts top-stories "
        "latest-news latest-posts recent-posts recirculation recirc "
        "onward-journey lire-aussi a-lire-aussi mehr-zum-thema verwandte-artikel leggi-anche leia-mais leia-tambem "
        "saiba-mais te-puede-interesar lea-tambien noticias-relacionadas chitajte-takzhe czytaj-tez ilgili-haberler "
        "xiangguan articles-lies article-relation wp-block-latest-posts contextly post-suggestions next-read "
        "recent-entries recent-comments widget-area links-block catcher rich-link richlink inset-story related-list "
        "related-internet-links "
        "recommended-stories recommended-posts recommended-articles recommended-reading recommend-box recommend-list "
        "recommend-item post-recommends post-recommend topicbox next-up rock-list most-recirc recirc-most-popular "
        "article-teaser-list related-teaser related-box related-block related-items-list more-like-this more-in "
        "more-coverage more-to-read also-on also-like also-interesting story-promo article-promo promo-link "
        "inline-related related-inline internal-link-box see-more-stories trending-stories trending-posts "
        "elementor-posts-container similar-posts similar-articles more-reading inline-recirc inline-story-link "
        "article-inline-item story-list"
    ),
    "share": names(
        "sociable feedflare social-likes-wrap viewmore article-sharing story-tool article-functions social-kit "
        "tweetmeme-button votos share-with voting sharing-tools "
        "share-buttons share-bar share-links share-tools share-this sharethis share-icons sharedaddy sharer "
        "social-share social-sharing social-links social-icons social-media social-buttons social-bar social-widget "
        "share-post share-article sd-sharing sd-like sd-social jetpack-likes-widget jetpack-likes-widget-wrapper "
        "like-button post-ufi fb-like twitter-share-button addtoany addtoany-content a2a-kit addthis addthis-toolbox "
        "service-links simple-social simplesocialbuttons ssba heateor-sss heateor-sss-sharing-container shariff essb "
        "essb-links mashsb swp-social-panel follow-us follow-buttons social-follow bdsharebuttonbox bdshare bshare "
        "jiathis jiathis-style social-likes ya-share pluso uptolike podelitsya paylas udostepnij fenxiang "
        "article-tools post-tools story-tools print-link print-button email-link copy-link post-ratings kksr "
        "reaction-buttons post-actions article-actions entry-actions content-item-actions rich-media-tool reward-area "
        "qr-code-pc text-resizer font-resizer wp-block-social-links sharing-buttons zoomattribute sharelist "
        "share-list "
        "sharetools share-box sharebox share-menu sharemenu share-widget share-panel share-container share-wrap "
        "share-module "
        "share-story share-page share-row share-block social-bookmarks social-sharing-button social-shares "
        "social-list "
        "social-follow-buttons like-count like-button-container like-buttons likes-count sns-share sns-buttons "
        "sns-utility-area clap-button multi-vote-icon multi-vote-count vote-button vote-buttons votes-count kudos "
        "statistics-counter statisticscounter print-html print-page print-mail print-pdf forward-link article-oper "
        "read-num backsohu jubao post-jubao reward reward-container post-reward donate-button qrcode share-qrcode "
        "reader-reactions audio-play-button listen-button article-reactions save-button bookmark-button save-article "
        "gift-article"
    ),
    "tags": names(
        "storytags tags-rubrics news-tags intext-tags article-keyword content-keyword keyword-tag tag-group area-tag "
        "tag-list taglist tag-links tags-links tag-cloud tagcloud tags-list post-tags article-tags entry-tags "
        "story-tags topic-list article-topics story-topics post-labels field-tags field-name-field-tags keyword-list "
        "article-keywords catlinks normal-catlinks tags-with-title topic-list-block tag-cloud-wrapper submeta "
        "storytype-label tag-share "
        "cat-tags-links "
        "category-menu filed-under filed-to posted-in article-labels topics-list article-topic-list tags-container"
    ),
}

_PROPERTIES: Mapping[str, Sign] = {  # of schema.org, in `itemprop`
    "breadcrumb": Sign("breadcrumbs", 2),
    "comment": Sign("comments", 1),
    "interactionStatistic": Sign("share", 1),
    "keywords": Sign("tags", 2),
}
_ROLES: Mapping[str, Sign] = {
    "contentinfo": Sign("copyright", 2),
    "complementary": Sign("related", 1),
    "navigation": Sign("navigation", 2),
    "doc-toc": Sign("navigation", 0),
    "search": Sign("navigation", 2),
}

# Words beside a name that only say where it stands, what it is made of, how large it is.
_LAYOUT = names(
    "above after area aside bar before below block blocks body bottom box boxes btn btns button buttons card cards "
    "center collection column component container content count cta default desktop div end entry extra field "
    "footer form full group head header heading holder horizontal icon icons inline inner item items label large "
    "left line link links list lists lower main md medium mini mobile module modules name new news node number "
    "outer page panel part placement placeholder post posts primary rail region right row rows secondary section "
    "sections single site sm small sticky story strip text theme title toggle tool tools top type ui under unit "
    "upper vertical view views widget widgets wp wrap wrapped wrapper article articles blog amp a c l m o u s e x "
    "js ds sc css jsx core art src react vue bem xl lg xs td tdb et elementor sqs gh kg jetpack drupal "
    "artikel beitrag menu nav social toolbar jeg jnews td tdi a2a rrssb pw col grid span zone slot stat stats info "
    "inset floating float fixed "
    "dropdown popup popover style compressed themed visible action actions prompt promo stories videos internet "
    "teaser"
)
_NEGATIONS = names("no not non un anti open self my co re pre")
# A word that begins with one of these tells a state, a class of articles or a style, whatever follows.
_STATES = names(
    "has no not is with without hide hidden show tag category cat type format status lang post-type hentry term "
    "taxonomy color bg page-template single-format wp-image align size attachment version mod"
)
_READ = {
    "class": 1,
    "id": 0,
    "data-testid": 1,
    "data-component": 1,
    "data-e2e": 1,
    "data-qa": 1,
    "data-module": 1,
    "data-component-name": 1,
    "data-area": 1,
    "data-spacefinder-role": 1,
}
_THREAD = re.compile(
    r"(?:^|\s)(?:comment-?(?:author|body|content|meta|metadata|reply|reply-link|text|time|permalink|submitted)|"
    r"commenter(?:-name)?|says|children)(?:\s|$)|^(?:comment|li-comment|div-comment|c|dsq-comment)-?\d+$",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|bylines|writer|username|uid|reporter|vcard|fn)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:^|[\s_-])(?:date|time|timestamp|datetime|created|pubdate|published|updated|modified|posted-on)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NUMBERED_ADS = re.compile(
    r"code-block code-block-\d+|.*(?<![\w-])div-gpt-ad.*|atatags-[\w-]+|.*(?<![\w-])dfp-ad-.*|(?:taboola|outbrain)-[\w-]+",
    re.DOTALL,
)
# What a program has made up: letters with digits among them, letters of both cases by turns, a number.
_HASH = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).{5,}|(?:[A-Z]*[a-z]+[A-Z]+){3,}\w*|\d+")
_SEPARATORS = re.compile(r"[-_:./]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # between words: "relatedPosts", "HTMLBox"
_LONGEST = 400  # characters of an attribute that are looked at
_MOST_PARTS = 12  # of one name
_SITE = 4  # letters of the prefix that a site writes before its names

_TABLE: Mapping[str, Sign] = {
    **{word: Sign(kind, 1) for kind, listed in _WORDS.items() for word in listed},
    **{name: Sign(kind, 2) for kind, listed in _NAMES.items() for name in listed},
}
_KNOWN = names(
    "share sharing social related comment comments newsletter tags article articles post posts story bar box block button "
    "buttons links link list icons tools tool wrap wrapper container widget items info author date keyword keywords count "
    "recommend recommended similar reading meta"
)
_OF_PICTURES = names("caption figure gallery image media photo picture")  # whose parts belong to them: `image__meta`
_LONGEST_NAME = max(name.count("-") + 1 for name in _TABLE)


def sign_of(attributes: Mapping[str, object]) -> Sign | None:
    """Return what the attributes of an element say it is, by the clearest name among them; None where they say nothing."""
    if "data-attrs" in attributes and attributes.get("class") == "button-wrapper":
        return Sign("share", 2)  # Substack's buttons: share, subscribe, comment
    found: Sign | None = None
    for name, value in attributes.items():
        if name in _READ:
            sign = _of_words(str(value)[:_LONGEST], _READ[name])
        elif name == "role":
            sign = _ROLES.get(str(value))
        elif name == "itemprop":
            sign = _PROPERTIES.get(str(value))
        elif name.startswith(("data-selfpromo", "data-ad-", "data-google-query")):
            sign = Sign("ad", 2)
        else:
            continue
        if sign is not None and (found is None or sign.strength > found.strength):
            found = sign
    return found


def is_of_thread(attributes: Mapping[str, object]) -> bool:
    """Return True for a part of what a reader wrote below an article."""
    return any(name in attributes and _THREAD.search(str(attributes[name])[:_LONGEST]) for name in ("class", "id"))


def is_author(attributes: Mapping[str, object]) -> bool:
    """Return True for an element whose class says that it holds the name of an author."""
    return "class" in attributes and bool(_AUTHOR.search(str(attributes["class"])[:_LONGEST]))


def is_date(attributes: Mapping[str, object]) -> bool:
    """Return True for an element that holds a date."""
    return "class" in attributes and bool(_DATE.search(str(attributes["class"])[:_LONGEST]))


@lru_cache(maxsize=8192)
def _of_words(value: str, most: int) -> Sign | None:
    """Return the clearest sign among the words of an attribute; an id's is one step weaker."""
    if _NUMBERED_ADS.fullmatch(value):
        return Sign("ad", 2)
    found = [sign for sign in map(_of_word, value.split()) if sign is not None]
    sign = max(found, key=lambda each: each.strength, default=None)
    return sign if sign is None or most else Sign(sign.kind, sign.strength - 1)


@lru_cache(maxsize=8192)
def _of_word(word: str) -> Sign | None:
    written = _SEPARATORS.sub("-", word.lower())
    if written in _TABLE:
        return _TABLE[written]
    parts = list(_parts(word))
    if not parts or len(parts) > _MOST_PARTS:
        return None
    whole = "-".join(parts)
    if whole in _TABLE:
        return _TABLE[whole]
    if parts[0] in _STATES:
        return None
    sign = _of_parts(parts)
    if sign is None and len(parts) > 1 and len(parts[0]) <= _SITE and parts[0] not in _NEGATIONS:
        sign = _of_parts(parts[1:])
    block, _, element = word.rpartition("__")
    if sign is None and block and (parts := list(_parts(element))) and parts[0] not in _STATES:
        sign = _of_parts(parts) if _OF_PICTURES.isdisjoint(_parts(block)) else None
    return sign


def _of_parts(parts: list[str]) -> Sign | None:
    """Return the sign of the longest name in some words, if the others are of layout."""
    for length in range(min(len(parts), _LONGEST_NAME), 0, -1):
        for start in range(len(parts) - length + 1):
            sign = _TABLE.get("-".join(parts[start : start + length]))
            if sign is not None and _LAYOUT.issuperset((*parts[:start], *parts[start + length :])):
                return sign
    return None


def _parts(word: str) -> Iterator[str]:
    """Yield the words that a name is made of, in lower case, without numbers and the hashes of build tools."""
    for piece in _SEPARATORS.split(word):
        if piece and not _HASH.fullmatch(piece):
            for part in _CAMEL.split(piece):
                if not part.isdigit():
                    yield from _words_of(part.lower())


def _words_of(part: str) -> tuple[str, ...]:
    """Return the words that run together in a part of a name: "sharebar", "storytags"; the part where there are not two."""
    if part not in _KNOWN:
        for place in range(3, len(part) - 2):
            if part[:place] in _KNOWN and part[place:] in _KNOWN:
                return part[:place], part[place:]
    return (part,)
