"""What a site puts around its articles is left out and the article stays, in the markup that sites use."""

# ruff: noqa: E501 - a row of the tables is a line

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from drafting import markup
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.model.articles import Article, Entry, Location
from epubmaker.model.chapters import Draft, DraftSettings

DAY = datetime(2022, 1, 12, tzinfo=UTC)
SENTENCES = (
    "The ferry left at six, and those who had missed it stood on the pier and watched its lights grow small.",
    "Nobody had told them that the timetable had changed with the season, as it did every year about that time.",
    "A man in a yellow coat sold tea from a can on wheels; he had seen three winters of this and was not surprised.",
    "By midnight there were forty of them, and they had begun to tell each other where they came from and why.",
    "The harbor master, woken by the noise, came down with his keys and opened the hall, which was not heated.",
    "In the morning the sea was as flat as a table, and the first boat took them all without asking for tickets.",
)
TEXT = [f"<p>{one} {other}</p>" for one in SENTENCES for other in SENTENCES[:2]]


def page(top: str = "", middle: str = "", end: str = "") -> str:
    """Return the HTML of an article with something above, in the middle of, and below its text."""
    return "".join((top, *TEXT[:6], middle, *TEXT[6:], end))


def drafted(html: str, *, keep_all: bool = False, **head: Any) -> Draft:
    """Return the draft of an article whose head has a date, unless `head` says otherwise."""
    entry = Entry("a.txt", Location(""), "a.txt", 0, "a", "Title", **{"published": DAY, **head})
    return draft(Article(entry, html), DraftSettings(keep_all=keep_all))


def shown(html: str, **head: Any) -> str:
    """Return the text that a reader sees of an article."""
    return markup(drafted(html, **head))


LINKS = "".join(
    f"<li><a href='/{word}'>A story about {word} and other things</a></li>" for word in ("ice", "salt", "rope")
)
ICON = "<img src='https://cdn.example/icon.png' width=64 height=64>"

TOP = [
    (
        "byline",
        "<div class='entry-meta'><span class=cat-links><a href=/c>World</a></span> <time>12 Jan 2022</time> 3 Minutes</div>",
    ),
    ("share", "<p>This article is more than 2 years old</p>"),
    ("share", "<p>点击上方蓝字关注「海港夜话」</p>"),
    ("share", "<p class='c-timer'>Reading time: 4 minutes</p>"),
    ("share", "<p>阅读时间：约 4 分钟</p>"),
    ("navigation", "<p><a href='#main'>Skip to main content</a></p>"),
    ("byline", "<p class='submitted'><span>Monday, 01/12/2022 - 08:02</span></p>"),
    ("byline", "<div class='article__meta'><span class='reading-time'>4 min read</span></div>"),
    (
        "byline",
        "<p><span class=posted-on><a href=/d>12 January 2022</a></span> | <span class='view-count'>310</span></p>",
    ),
    ("byline", "<div class=rich_media_meta_list><em>2022-01-12 08:00</em> 作者</div>"),
    ("byline", "<div data-testid='byline-block'><time>12 January</time></div>"),
    ("breadcrumbs", "<ul class='breadcrumbs'><li><a href=/>Home</a></li><li><a href=/w>World</a></li></ul>"),
    ("breadcrumbs", "<div itemprop='breadcrumb'><a href=/>Home</a> › <a href=/w>World</a></div>"),
    ("breadcrumbs", "<div class='fil-ariane'><a href=/>Accueil</a> &gt; Monde</div>"),
    ("navigation", "<nav><a href=/>Home</a> <a href=/w>World</a></nav>"),
    ("navigation", "<div role=navigation><a href=/>Home</a> <a href=/w>World</a></div>"),
    ("navigation", "<a class='skip-link' href='#main'>Skip to content</a>"),
    ("comments", "<span class='comments-link'><a href='#c'>5 Comments</a></span>"),
    # First lines that say what the header says, in whatever element.
    (
        "byline",
        "<p class='title_foot'>기사입력 <span>2022-01-12 08:02:00</span> 기사수정 <span>2022-01-12 09:10:00</span></p>",
    ),
    ("share", "<div class='float'><h4>Share this story</h4></div>"),
    ("byline", "<div class='css-1'>January 12, 2022 at 8:02 am</div><div class='pc-flex'>Updated: 13 janv. 2022</div>"),
    ("byline", "<div><span>2022年1月12日 08:02</span> 来源：</div>"),
    ("breadcrumbs", "<div class='way'><a href=/>新闻首页</a>&gt;<a href=/w>港口</a></div>"),
    ("share", "<div class='w_rs'><button>Compartir en WhatsApp</button><button>Copiar enlace</button></div>"),
    ("share", "<p class='p1'>3 min read · 12 likes</p>"),
    ("share", "<div><button>128</button></div><div><button>Listen</button></div>"),
]
ANYWHERE = [
    (
        "share",
        f"<div class='sharedaddy sd-sharing-enabled'><h3>Share this:</h3><ul><li><a href=/x>{ICON}Twitter</a></li></ul></div>",
    ),
    ("share", "<div class='c-share-bar--small'><a href=/x>Tweet</a><a href=/y>Pin</a></div>"),
    ("share", "<div class='Share_container__x1Y2z'><a href=/x>Tweet</a></div>"),
    ("share", "<div class='shareButtons'><button>Copy link</button></div>"),
    ("share", "<div class='addtoany_content'><a href=/x>Share</a></div>"),
    ("share", f"<div class='service-links'><a href=/x>{ICON}</a></div>"),
    (
        "share",
        "<div class='sd-block sd-like jetpack-likes-widget-wrapper'><h3>Like this:</h3><span>Loading...</span></div>",
    ),
    ("share", "<div data-component='share-tools'><a href=/x>Share</a></div>"),
    ("share", "<p><a href='/share'>Share this article</a></p>"),
    ("share", "<div class='sns-btn'><a href=/x>Twitter</a></div>"),
    ("share", "<ul class='compartir'><li><a href=/x>Twitter</a></li></ul>"),
    ("share", "<p><a href='https://x.example/intent'>Click to tweet</a></p>"),
    (
        "ad",
        "<div id='taboola-below-article-thumbnails'><span>Promoted Links</span><a href='https://x.example'>Ten tricks</a></div>",
    ),
    ("ad", "<div class='OUTBRAIN' data-widget-id='AR_1'><div>Recommended by</div></div>"),
    ("ad", "<div class='cookie-notice'>We use cookies to improve your visit. <a href=/c>Accept</a></div>"),
    ("ad", "<p class='x1'>Advertisement</p><p>Continue reading the main story</p>"),
    ("player", "<p>Please enable JavaScript to view the comments powered by Disqus.</p>"),
    ("ad", "<div class='ads_KbHEVhh8Rw'>Advertisement</div>"),
    ("ad", "<div class='code-block code-block-2'><a href=/x><img src='https://cdn.example/b.png'></a></div>"),
    ("ad", "<div id='div-gpt-ad-1234-0'>Advertisement</div>"),
    ("ad", "<div class='dfp-ad-inline'>Advertisement</div>"),
    ("ad", "<div class='adContainer'><p>Advertisement</p></div>"),
    ("ad", "<div data-selfpromo-slot=3><a href=/x>Our new podcast</a></div>"),
    (
        "newsletter",
        "<div class='newsletter-signup'><p>Get the best of the week by mail.</p><form><input type=email></form></div>",
    ),
    ("newsletter", "<div class='subscription-widget-wrap'><p>Thanks for reading! Subscribe for free.</p></div>"),
    ("newsletter", "<div class=mc4wp-form><p>Sign up.</p></div>"),
    ("newsletter", "<p class='button-wrapper'><a href='/sub'><span>Subscribe now</span></a></p>"),
    ("paywall", f"<div class='nykpaywall'><h2>You have hit the wall</h2>{ICON}<a href=/s>Subscribe</a></div>"),
    ("paywall", "<div class='cx_paywall_placeholder'><p>This text is for subscribers.</p><a href=/s>Log in</a></div>"),
    ("related", "<div class='insertGroup'><a href='/n'><span>The other ferry</span></a></div>"),
    ("related", f"<div class='related-posts'><h3>Related</h3><ul>{LINKS}</ul></div>"),
    ("player", "<div data-e2e='media-player'><p>Your device cannot play this</p></div>"),
    ("related", "<p>Lire aussi : <a href=/1>Un autre bateau</a></p>"),
    (
        "related",
        "<div role=complementary class=infobox><b>Related articles</b><ul><li><a href=/1>Ice</a></li></ul></div>",
    ),
    (
        "related",
        "<section data-area='related_articles'><h3>Mehr zum Thema</h3><a href=/1>Das andere Schiff</a></section>",
    ),
    ("ad", "<p>- Advertisement -</p>"),
    ("share", "<div class='tm-article-card__share'><a href=/x>Tweet</a></div>"),
    ("share", "<div class='hh-sharebar'><a href=/x>Tweet</a></div>"),
    ("share", "<div><button>Kudos</button></div>"),
    ("player", "<p>您的设备不支持播放</p>"),
    ("player", "<p class='print'><a href='https://cdn.example/a.jpg'><b>View this image ›</b></a></p>"),
    (
        "newsletter",
        "<div data-testid='promo-box'><span>The briefing has all the news. Sign up <a href=/n>here.</a></span></div>",
    ),
    ("player", "<div><strong>Your browser does not support the video tag.</strong></div>"),
]
END = [
    ("related", f"<div class='block block-views related'><h2>You may like</h2><ul>{LINKS}</ul></div>"),
    ("related", f"<div class='yarpp yarpp-related'><h3>Related posts:</h3><ol>{LINKS}</ol></div>"),
    ("related", "<div class='paragraph moreArticle'><div class='moreArticle-title'>More</div><a href=/1>One story</a><a href=/2>Two</a></div>"),
    ("related", f"<section class='jsx-1 collection'><header><span>Related</span></header><ul>{LINKS}</ul></section>"),
    ("related", f"<h3>Читайте также</h3><ul>{LINKS}</ul>"),
    ("related", f"<p><strong>相关文章：</strong></p><ul>{LINKS}</ul>"),
    ("related", f"<div class='noticias-relacionadas'><ul>{LINKS}</ul></div>"),
    ("related", f"<div data-component='related-content'><ul>{LINKS}</ul></div>"),
    ("comments", "<div class='comment-wrapper' id=comments><h2>Comments</h2><div class=comment id='comment-5'><p class='commenter-name'>Ann</p><div class='comment-text'><p>I was there, and it was colder than that.</p></div></div></div>"),
    ("comments", "<ol class=commentlist><li id='comment-7' class='comment'><p class=comment-author>Bo</p><p>Cheap pills here</p></li></ol>"),
    ("related", f"<div class='crp_related'><h3>You might also enjoy</h3><ul>{LINKS}</ul></div>"),
    ("related", "<p><strong>Läs också</strong>: <a href=/1>En annan båt</a></p>"),
    ("related", "<p>Czytaj także: <a href=/1>Inny statek</a></p>"),
    ("comments", "<div id='disqus_thread'><noscript>Please enable JavaScript to view the <a href=/c>comments</a>.</noscript></div>"),
    ("comments", "<p><a href=#r>Leave a comment</a></p><form><p>Your email address will not be published. Required fields are marked *</p></form>"),
    ("tags", "<div class='cat-tags-links'><span>Filed Under: <a href=/c>News</a></span><span>Tagged With: <a href=/t>Sea</a></span></div>"),
    ("tags", "<p>Tags: <a href=/t>Sea</a>, <a href=/u>Ice</a></p>"),
    ("navigation", "<p><a rel=prev href=/0>« Older post</a> | <a rel=next href=/2>Newer post »</a></p>"),
    ("newsletter", "<div class='donation-box'><h3>Support our work</h3><p>Your gift makes this possible.</p><a href=/d>Donate now</a></div>"),
    ("newsletter", "<p>点击“阅读原文”查看更多</p>"),
    ("newsletter", "<p>觉得好看，请点个“在看”</p>"),
    ("paywall", "<div>本文为付费内容，<a href=/pay>开通会员</a>阅读全文</div>"),
    ("newsletter", "<p>Thanks for reading Slow Letters! This post is public so feel free to share it.</p>"),
    ("copyright", "<p>本文由江边读书会原创，转载请联系后台授权</p>"),
    ("teaser", "<p><a href=/ann>View all posts by Ann Lee</a></p>"),
    ("comments", "<div id='disqus_thread'>Please enable JavaScript to view the comments.</div>"),
    ("comments", "<div class='comment-respond'><h3>Leave a Reply</h3><p>Your address will not be published.</p></div>"),
    ("comments", "<ul class='links inline'><li class='comment-add first'><a href=/c>Add a comment</a></li></ul>"),
    ("tags", "<ul class='post-tags'><li>Tagged</li><li><a href=/t rel=tag>ferry</a></li><li><a href=/u rel=tag>sea</a></li></ul>"),
    ("tags", "<div class='field--name-field-tags'><a href=/t>ferry</a> <a href=/u>sea</a></div>"),
    ("tags", "<p>Tags: <span class='tags-links'><a href=/t>ferry</a>, <a href=/u>sea</a></span></p>"),
    ("tags", "<p><b>标签：</b><a href=/t>渡轮</a> <a href=/u>大海</a></p>"),
    ("byline", "<div class='entry-author-wrapper'><div class=site-posted-on><strong>Published</strong> <time>12 Jan</time></div></div>"),
    ("byline", "<footer class='entry-footer'><a href=/t>World</a></footer>"),
    ("navigation", "<div class='post-navigation'><a href=/p>Older story</a><a href=/n>Newer story</a></div>"),
    ("copyright", "<div role=contentinfo>© 2022 The Harbor Herald. Made with love.</div>"),
    ("copyright", "<p><em>©2022 The Harbor Herald. All rights reserved.</em></p>"),
    ("copyright", "<p>版权声明：本报版权所有，未经授权不得转载。</p>"),
    ("copyright", "<strong>無断転載を禁じます</strong><p>Copyright 2022 The Harbor Herald</p>"),
    ("copyright", "<p>Alle Rechte vorbehalten.</p>"),
    ("newsletter", "<br><hr><div>获取更多RSS：<br><a href='https://feeds.example'>https://feeds.example</a></div>"),
    ("newsletter", "<p>———</p><p>微信搜索“<strong>海港书评</strong>”：重塑文字</p>"),
    ("newsletter", "<p>Follow us on <a href=/t>Twitter</a> and <a href=/f>Facebook</a>.</p>"),
    ("newsletter", "<p>Подписывайтесь на наш <a href=/t>канал</a></p>"),
    ("newsletter", "<hr><p>Suivez-nous sur les réseaux</p>"),
    ("newsletter", "<p>現在用APP看新聞 <a href=/app>點我下載APP</a></p>"),
    ("newsletter", "<p>長按二維碼關注我們</p><p><img src='https://cdn.example/code.png'></p>"),
    ("related", "<div role=complementary><ul><li><a href=/1>Older story</a></li></ul></div>"),
    ("share", "<p class='button-wrapper' data-attrs='{}'><a href='/s'>Share Harbor</a></p>"),
    ("teaser", "<p><a href=/m>Continue reading on Medium »</a></p>"),
    ("teaser", "<p><a href=/m>Weiterlesen …</a></p>"),
    ("teaser", "<hr><p><a href=/m>Ferry</a> was originally published in <a href=/h>Harbor</a> on Medium, where people are responding.</p>"),
    ("teaser", "<p>The post <a href=/m>Ferry</a> appeared first on <a href=/h>Harbor</a>.</p>"),
    ("teaser", "<p>Der Beitrag <a href=/m>Fähre</a> erschien zuerst auf <a href=/h>Hafen</a>.</p>"),
    ("share", "<p>12 likes</p>"),
    ("tags", "<div><a href='https://e.example/tag/sea'>Sea</a><a href='https://e.example/tag/ice'>Ice</a></div>"),
    ("share", "<ul><li><a href=/p>Printer-friendly version</a></li><li>1210 reads</li></ul>"),
    ("share", "<p>阅读(123) 评论(0) <a href=/e>编辑</a> <a href=/f>收藏</a></p>"),
    ("navigation", "<ul><li><a href=/p>Предыдущая запись</a></li><li><a href=/n>Следующая запись</a></li></ul>"),
    ("comments", "<div><a href=/c>Log in or register to post comments</a></div>"),
    ("byline", "<div class='when'>发布于 2022-01-12 08:02</div>"),
    ("copyright", "<p>［有料会員限定］ この記事は会員限定です。登録すると続きをお読みいただけます。</p>"),
    ("related", "<p><b>Read more:</b></p>"),
    ("newsletter", "<p><b>Subscribe:</b></p>"),
    ("newsletter", "<p>Follow The Harbor: <a href=/t>Twitter</a> | <a href=/f>Facebook</a></p>"),
    ("newsletter", "<span class='get-it'>Get Harbor News on <a href=/t>Twitter</a> and <a href=/f>Facebook</a>!</span>"),
    ("newsletter", "<p>更多故事！欢迎扫描左方二维码关注海港书评官方微信</p>"),
    ("copyright", "<p>特别声明</p><p>本文为作者上传并发布，仅代表该作者观点，不代表本站的观点或立场。</p>"),
    ("copyright", "<p><em>Some of the links above are affiliate links: if you buy a rope, we may earn a small commission.</em></p>"),
    ("copyright", "<p>If you buy something from a link, The Harbor may earn a commission.</p>"),
    ("copyright", "<p>特别声明：以上内容为用户上传并发布，本平台仅提供信息存储服务。</p>"),
    ("copyright", "<p>A version of this article appears in print on Jan. 12, 2022, Section A.</p>"),
    ("heading", "<h3>Related</h3>"),
    ("heading", "<h2>Comments</h2><div></div>"),
    ("heading", "<h2>说点什么吧！</h2>"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "place", "html"),
    [
        *((kind, "top", html) for kind, html in TOP + ANYWHERE),
        *((kind, "middle", html) for kind, html in ANYWHERE),
        *((kind, "end", html) for kind, html in ANYWHERE + END),
    ],
)
def test_furniture_is_left_out_and_counted_unless_all_is_kept(kind: str, place: str, html: str) -> None:
    with_it = page(**{place: html})
    made = drafted(with_it)

    assert markup(made) == shown(page())
    assert kind in dict(made.left_out.counts)
    assert len(shown(with_it, keep_all=True)) > len(shown(page()))
    assert dict(drafted(with_it, keep_all=True).left_out.counts).keys() <= {"control"}
    if kind not in {"byline", "copyright", "breadcrumbs", "navigation", "comments", "heading"}:
        assert made.left_out.characters or "<img" in html


@pytest.mark.parametrize(
    ("place", "html"),
    [
        # Words that are part of another word's meaning.
        ("end", "<div class='share-of-market'>A third of them stayed.</div>"),
        ("end", "<div class='content-header'>And then it rained.</div>"),
        ("end", "<div class='post-content has-sidebar no-comments tag-newsletter category-related'>And then it rained.</div>"),
        ("end", "<div class='comments-open share-enabled'>And then it rained.</div>"),
        ("end", "<div class='loads of-adverse-effects'>And then it rained.</div>"),
        ("end", "<p class='shared'>And then it rained.</p>"),
        ("end", "<p class='no-related'>And then it rained.</p>"),
        ("end", "<div class='market__shares-held'>A third of them stayed.</div>"),
        # Names with another meaning, by shape or place.
        ("end", f"<div class='related'><p>{SENTENCES[0]} {SENTENCES[1]}</p></div>"),
        ("middle", f"<div class='related'><p>{SENTENCES[0]}</p><ul>{LINKS}</ul></div>"),
        ("middle", "<div class='author'>Anna, on the pier:</div>"),
        ("middle", "<div class='tags'>red, green, blue</div>"),
        ("end", f"<div class='meta'><p>{SENTENCES[2]} {SENTENCES[3]}</p></div>"),
        ("end", f"<section id='comments'><h2>Comments on the text</h2><p>{SENTENCES[2]} {SENTENCES[3]}</p></section>"),
        ("end", "<h2 id='share'>Share</h2><p>Each got a third.</p>"),
        ("end", f"<div class='paywall'><p>{SENTENCES[2]} {SENTENCES[3]}</p><p>{SENTENCES[4]} {SENTENCES[5]}</p></div>"),
        ("end", f"<p class='paywall'>{SENTENCES[0]} <a href=/x>More of it</a> {SENTENCES[1]}</p><p class='paywall'>So it was.</p>"),
        ("middle", "<p class='social'>They kept their distance.</p>"),
        ("middle", f"<p class='newsletter'>{SENTENCES[0]}</p>"),
        ("top", "<p>As <span class='author'>Kafka</span> wrote to his sister, the sea is a wall.</p>"),
        ("end", "<p>It was <time class='published'>in May</time> that the ferry came back.</p>"),
        ("end", "<pre><span class='comment'># share the load</span></pre>"),
        ("end", "<div class='code-block code-block-1'><pre>x = 1</pre></div>"),
        ("end", "<table><tr><td class='comments'>none</td><td class='tags'>red</td></tr><tr><td>a</td><td>b</td></tr></table>"),
        ("end", "<nav><a href='#a'>One</a> <a href='#b'>Two</a> <a href='#c'>Three</a></nav>"),
        ("end", "<blockquote><p>Come in, he said.</p><footer class='footer'>The harbor master</footer></blockquote>"),
        ("top", "<p>1</p>"),
        ("top", "<p>Beijing, 12 January 2022</p>"),
        ("top", "<p>Paris 12/01/2022</p>"),
        ("top", "<p>3 May 2019</p>"),
        ("top", "<p>By Ann Lee</p>"),
        ("middle", "<p>12 January 2022</p>"),
        ("middle", "<p>Related: <a href='#n1'>a note</a></p>"),
        ("middle", "<p>Related: <a href=/1>one</a> is larger than the other.</p>"),
        ("middle", "<p>Tags: <a href=/t>Sea</a>, <a href=/u>Ice</a></p>"),
        ("end", "<p>Tags: red, green, blue</p>"),
        ("end", "<p>我十点还在看书。</p>"),
        ("end", "<p>他建议大家阅读原文。</p>"),
        ("top", "<p>点击下方链接下载地图</p>"),
        ("end", "<p>Thanks for reading this far, she wrote, and burned the letter.</p>"),
        ("top", "<p>This article is more than a letter: it is a will.</p>"),
        ("end", "<p>付费会员都在加入之后才开始阅读。</p>"),
        ("end", "<p>Reading time is what he lacked: 4 minutes a day.</p>"),
        ("end", "<div class='image'><img src='https://cdn.example/a.jpg'><div class='image__metadata'><div class='image__caption'>The pier at night</div></div></div>"),
        ("end", "<p>12 people liked it.</p>"),
        ("end", "<p>Print</p>"),
        ("end", "<p>See <a href='https://e.example/tag/sea'>all that was said of the sea</a> in those days.</p>"),
        ("top", "<p>Listen</p>"),
        ("end", "<p>Published by the sea, it had no readers.</p>"),
        ("end", "<p>他发表声明：船不会再来。</p>"),
        ("top", "<p><b>Code:</b> <a href='/f'>lib/inspector.js</a></p>"),
        ("top", "<p><a href='/f'>C/C++ addons</a></p>"),
        ("top", "<ul><li><a href='/f'>Extending/Embedding FAQ</a></li></ul>"),
        # Each entry of a reference has its own.
        ("end", "".join(f"<h3>sail({n})</h3><div class='api-meta'>Since: 1.2.{n}</div><p>It sails.</p>" for n in range(5))),
        ("top", "".join(f"<h3>Boat {n}</h3><p class='byline'>Built 19{n}4</p><p>It sails.</p>" for n in range(4))),
        # What authors themselves write.
        ("end", f"<h3>Further reading</h3><ul>{LINKS}</ul>"),
        ("end", f"<h4>延伸閱讀</h4><ul>{LINKS}</ul>"),
        ("middle", f"<p>Related</p><ul>{LINKS}</ul>"),
        ("end", f"<h2>Comments</h2><p><b>Ann Lee</b>: {SENTENCES[3]}</p>"),
        ("end", "<p>责任编辑：高山</p>"),
        ("end", "<p>(With reports of the Associated Press.)</p>"),
        ("end", "<p>Copyright law will change next year.</p>"),
        ("end", "<p>Follow me on to the pier, she said, and he did so without a word, as he had done each day for a year.</p>"),
        ("end", "<p>未经授权的访问越来越多。</p>"),
        ("end", "<p>“Read more,” she said.</p>"),
        ("end", "<p>He went in and scanned the QR code: 他扫描了墙上的二维码。</p>"),
        ("end", "<p>The dealers say that they earn a commission on each rope, and that affiliate programs pay too little.</p>"),
        ("end", "<p>Follow the river: <a href='https://wharf.example/map'>the map</a> shows each pier.</p>"),
        ("top", "<h2>Share</h2>"),
        ("top", "<p>The disclaimer</p>"),
        ("end", "<h3>And that was all.</h3>"),
        ("end", "<h3>One line</h3><h3>and another</h3><h3>of a poem</h3>"),
        ("end", "<h3>of a poem</h3><div class='share-bar'><a href=/x></a></div>"),
        ("end", "<h4>By Ann Lee, in Hong Kong</h4><div class='share-bar'><a href=/x>Tweet</a></div>"),
        ("end", "<p><img src='https://cdn.example/a.jpg'></p><p>© Ann Lee</p>"),
        ("end", "<figure><img src='https://cdn.example/a.jpg'><figcaption class='meta'>The pier <span class='author'>Ann Lee</span></figcaption></figure>"),
    ],
)  # fmt: skip
def test_text_that_only_looks_like_furniture_stays(place: str, html: str) -> None:
    with_it = page(**{place: html})
    without_share = with_it.replace("<a href=/x>Tweet</a>", "")

    assert shown(with_it) == shown(without_share, keep_all=True)


@pytest.mark.parametrize(
    ("html", "head", "kept"),
    [
        ("<p class=byline>By <a rel=author href=/a>Ann Lee</a></p>", {}, "<p>Ann Lee</p>"),
        ("<p class=byline>By <a rel=author href=/a>Ann Lee</a></p>", {"author": "Ann Lee"}, ""),
        ("<p class=byline>By <a rel=author href=/a>Ann Lee</a></p>", {"author": "Harbor Herald"}, "<p>Ann Lee</p>"),
        ("<p>Soumis par Ann Lee le mer, 12/01/2022 - 10:12</p>", {"author": "Ann Lee"}, ""),
        ("<p class=byline>By Harbor Herald</p>", {"source": "Harbor Herald"}, ""),
        ("<div class=post-meta>By Ann Lee | 3 comments</div>", {}, "<p>Ann Lee | 3 comments</p>"),
        ("<div class=post-meta><span class=author>Ann Lee</span> <time>12 May</time></div>", {"published": None}, "<p>Ann Lee · 12 May</p>"),
        ("<div class=post-meta><span class=author>Ann Lee</span> <time>12 May</time></div>", {}, "<p>Ann Lee</p>"),
        ("<div class=rich_media_meta_list><span>阿云</span> <a>海港书评</a> <em>2022-01-12 08:00</em></div>", {}, "<p>阿云 · 海港书评</p>"),
        ("<div class=rich_media_meta_list><span>阿云</span> <em>2022-01-12 08:00</em></div>", {"published": None}, "<p>阿云 · 2022-01-12 08:00</p>"),
        ("<div class=entry-meta><span class=cat-links>World</span> Jan. 12, 2022 <b>4 min read</b></div>", {"published": None}, "<p>Jan. 12, 2022</p>"),
        ("<div class='author-wrap'><a href=/a>曾云</a><div class=time>7-20</div></div>", {"author": "曾云"}, ""),
        ("<div class=submitted><a class=username>阿云</a> 提交</div><p class='field-name-author'>文/<a>阿云</a></p>", {}, "<p>阿云</p>"),
        ("<p>By Ann Lee, Harbor Herald</p><p>Ann Lee on January 12, 2022</p>", {"author": "Ann Lee", "source": "Harbor Herald"}, ""),
        ("<p class=post-meta>Posted on 12 января 2022 by Ann Lee | <a href=#c>No Comments</a></p>", {"author": "Ann Lee"}, ""),
        ("<p class=byline>Ann Lee ann@herald.example</p>", {"author": "Ann Lee"}, ""),
        ("<p>Publié le 12 janvier 2022 • Mis à jour le 12 janvier 2022</p>", {}, ""),
        ("<dl class=article-info><dt>Details</dt><dd class=author>Ann Lee</dd><dd>12 January 2022</dd></dl>", {"author": "Ann Lee"}, ""),
        ("Title<span class='field field--name-uid'><b>Ann Lee</b></span> <span class='field field--name-created'>January 12, 2022</span>", {"author": "Ann Lee"}, ""),
        ("<span class=field--name-title>Title</span> <span class='field field--name-uid'>Ann Lee</span> <span class='field field--name-created'>12/01/2022 - 8:02</span>", {}, "<p>Ann Lee</p>"),
        ("<p>By Ann Lee and Bo Wu</p>", {"author": "Ann Lee"}, "<p>By Ann Lee and Bo Wu</p>"),
        ("<p>By</p><p>Ann Lee</p>", {"author": "Ann Lee"}, ""),
        ("<p>By</p><p>Ann Lee</p>", {}, "<p>By</p><p>Ann Lee</p>"),
        ("<p>January 12, 2022</p>", {"published": None}, "<p>January 12, 2022</p>"),
        ("<div class='field-name-author'><div class=label>文/</div><a class=username>阿云</a></div>", {}, "<p>阿云</p>"),
    ],
)  # fmt: skip
def test_a_byline_keeps_what_the_header_does_not_say(html: str, head: dict[str, Any], kept: str) -> None:
    assert shown(page(top=html), **head) == kept + shown(page())


def boxed(top: str = "", end: str = "") -> str:
    """Return the HTML of a page whose text is in a box, with something before and after that."""
    return f"<article>{top}<div class='css-1'>{''.join(TEXT)}</div>{end}</article>"


@pytest.mark.parametrize(
    ("top", "end"),
    [
        ("<div class='css-2'><a href=/w>World</a> <a href=/s>Sea</a></div>", ""),
        ("", f"<div class='css-3'><h3>Picked for you</h3><ul>{LINKS}</ul></div>"),
        ("", "<div class='css-3'><a href=/1><img src=/1.jpg width=300>Another boat</a></div>"),
        ("", "<div><a href=/o>Rate it</a> or report a mistake</div>"),
        ("", "<p><a href=/f>All about ferries</a></p>"),
    ],
)
def test_lines_of_links_beside_the_box_of_the_text_are_left_out(top: str, end: str) -> None:
    assert shown(boxed(top, end), author="Ann Lee") == shown(boxed())
    assert len(shown(boxed(top, end), keep_all=True)) > len(shown(boxed()))


@pytest.mark.parametrize(
    ("top", "end"),
    [
        ("<h2>A winter on the pier</h2><p>What they said of it.</p>", ""),
        ("<figure><img src=/a.jpg><figcaption>The pier</figcaption></figure>", ""),
        ("<div>They came back in spring.</div>", ""),
        ("", "<div>00:28 The first boat</div><div>03:59 The last</div><div>(Ferry Images)</div>"),
        ("<div>(Ferry Images)</div>", ""),
        ("<div><img src=/a.jpg></div><div><a href='https://photos.example/1'>Photo: Ferry Images</a></div>", ""),
        ("", "<div>They came back in spring.</div><div><p>So did we.</p></div>"),
        ("", f"<section><h2>Afterwards</h2><p>{SENTENCES[0]} {SENTENCES[1]}</p></section>"),
        ("", "<section><h2>Notes</h2><ol><li><a href='#a'>One</a></li><li><a href='#b'>Two</a></li><li><a href='#c'>3</a></li></ol></section>"),
        ("", "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"),
    ],
)  # fmt: skip
def test_text_beside_the_box_of_most_text_stays(top: str, end: str) -> None:
    assert shown(boxed(top, end)) == shown(boxed(top, end), keep_all=True)


@pytest.mark.parametrize(
    "html",
    [
        "<div class='css-4'><h3>The other pier</h3><a href=/1>Another boat</a></div>",
        "<aside><a href='https://www.herald.example/1'><img src=/1.jpg>Another boat</a></aside>",
        "<div><button>Hide</button><button>Zoom in</button></div>",
        "<p><strong><a href=/1>» LIRE AUSSI - Un autre bateau</a></strong></p>",
        "<p><a href=/1>【関連】別の船</a></p>",
        "<p><strong>Read more:</strong> <a href='https://www.herald.example/1'>Another boat</a></p>",
        "<p><a href=https://wharf.example/m>Read more</a></p>",
        "<p><a href='https://chat.example/c'>Siga o canal no mensageiro</a></p>",
    ],
)
def test_boxes_of_links_to_the_site_and_buttons_between_paragraphs_are_left_out(html: str) -> None:
    head = {"link": "https://herald.example/0"}
    assert shown(page(middle=html), **head) == shown(page(), **head)


def test_they_are_left_out_where_each_paragraph_is_in_a_box_too() -> None:
    box = "<div class='css-4'><p>{}</p></div>"
    text = [box.format(f"{one} {other}") for one in SENTENCES for other in SENTENCES[:2]]
    links = f"<div class='css-5'><ul>{LINKS}</ul></div>"
    own = box.format("<a href=/1>Ferry: a history</a>")
    pages = ["".join((*text[:6], inset, *text[6:])) for inset in ("", links, own)]
    without, with_links, with_own = (shown(html, link="https://herald.example/0") for html in pages)

    assert with_links == without
    assert "a history" in with_own


@pytest.mark.parametrize(
    "html",
    [
        "<div class='css-4'><h3>The other pier</h3><a href='https://wharf.example/1'>Their own page</a></div>",
        "<div class='css-4'>It was told <a href=/1>in another story</a>, and told well, by those who had been on the pier that night.</div>",
        f"<ul class='css-4'>{LINKS}</ul>",
        "<div class='css-4'><a href='#a'>Note</a></div>",
        "<h3><button aria-expanded=false>Who came back?</button></h3>",
        "<p>Press <button>Start</button> to begin.</p>",
        "<p><a href=/1>Ferry: a history</a></p>",
        "<p><strong>Read more:</strong> <a href='https://wharf.example/1'>Their own page</a></p>",
    ],
)  # fmt: skip
def test_an_author_s_own_links_between_paragraphs_stay(html: str) -> None:
    head = {"link": "https://herald.example/0"}
    assert shown(page(middle=html), **head) == shown(page(middle=html), keep_all=True, **head)


def test_sections_of_one_article_stay_however_long_one_of_them_is() -> None:
    html = f"<div><ul>{LINKS}</ul><div class=sect1><h2>One</h2>{''.join(TEXT)}</div><div><a href=/2>Two</a></div></div>"

    assert shown(html) == shown(html, keep_all=True)


# --- how much is left out --------------------------------------------------------------------------------------------------


def letters(html: str, **head: Any) -> str:
    """Return the letters that a reader sees of an article."""
    return "".join(re.findall(r"\w", re.sub("<[^>]*>", "", shown(html, **head))))


@pytest.mark.parametrize(
    ("html", "stays"),
    [
        (f"<div class=comments>{''.join(TEXT)}</div><p>A few words.</p>", True),
        (f"<p>What do you think?</p><ol class=commentlist><li class=comment id=comment-1>{TEXT[0]}</li></ol>", True),
        (f"<div class=related><ul>{LINKS}</ul></div><p>A few words.</p>", True),
        ("<p>© 2022 The Harbor Herald. All rights reserved.</p>", True),
        ("<h2>Related</h2>", True),
        (
            f"{''.join(TEXT)}<ol class=commentlist>{'<li class=comment id=comment-1><p class=comment-author>Bo</p>' + TEXT[0]}{''.join(TEXT)}</ol>",
            False,
        ),
    ],
)
def test_at_most_half_of_a_page_is_left_out_except_comments_below_a_long_text(html: str, *, stays: bool) -> None:
    assert (shown(html) == shown(html, keep_all=True)) == stays


def test_a_zoom_button_in_a_figure_is_no_picture() -> None:
    button = "<div id='zoomattribute'><a href='#'><img src='/glass.jpg'></a></div>"
    made = drafted(page(middle=f"<figure><img src='/a.jpg'><figcaption>The harbor</figcaption>{button}</figure>"))

    assert [ref.sources for ref in made.pictures] == [("/a.jpg",)]
    assert "<figcaption>The harbor</figcaption>" in markup(made)


def test_the_message_of_a_player_in_a_figure_is_dropped_and_its_caption_stays() -> None:
    message = "<div data-e2e='media-player'><p>Your device cannot play this</p></div>"
    made = drafted(page(middle=f"<figure>{message}<figcaption>The harbor at dawn</figcaption></figure>"))

    assert "The harbor at dawn" in markup(made)
    assert "cannot play" not in markup(made)
    assert dict(made.left_out.counts) == {"player": 1}


def test_a_row_of_icons_beside_a_labeled_list_of_articles_is_dropped() -> None:
    icons = "".join(f'<a href="https://e.org/share?{name}"><img src="/{name}.png"></a>' for name in ("a", "b"))
    links = "".join(f'<li><a href="/{number}">Another story, number {number}</a></li>' for number in range(4))
    made = drafted(page(end=f'<div class="service-links">{icons}</div><h2>You may like</h2><ul>{links}</ul>'))

    assert made.pictures == ()
    assert {"share", "related"} == dict(made.left_out.counts).keys()


def test_a_button_on_a_picture_goes_and_its_caption_is_found() -> None:
    picture = "<a href='#'>[+] Enlarge<img src='https://cdn.example/a.jpg' width=300 height=200></a>"
    made = shown(page(middle=f"<div><div>{picture}<div><cite>Ann Lee</cite> The pier at night.</div></div></div>"))

    assert "The pier at night.</figcaption>" in made
    assert "Enlarge" not in made


def test_a_button_between_a_picture_and_its_caption_is_neither_of_them() -> None:
    picture = "<div><div><img src='https://cdn.example/pier.jpg'></div><div class=label>View Photos</div></div>"
    made = drafted(page(middle=f"{picture}<p class='caption'>The pier at night.</p>"))

    assert "The pier at night.</figcaption>" in markup(made)
    assert "View Photos" not in markup(made)


def test_the_pictures_of_furniture_are_not_asked_for_and_those_of_the_text_keep_their_captions() -> None:
    figure = "<figure><img src='https://cdn.example/pier.jpg'><figcaption>The pier <span class=credit>Ann</span></figcaption></figure>"
    related = "<div class='related-posts'><a href=/a><img src='https://cdn.example/a.jpg'>One</a></div>"
    made = drafted(page(middle=figure, end=related))

    assert [picture.sources[0] for picture in made.pictures] == ["https://cdn.example/pier.jpg"]
    assert "<figcaption>The pier" in markup(made)


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([html for _, html in TOP + ANYWHERE + END]), max_size=8),
    st.lists(st.sampled_from(TEXT), min_size=0, max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=effort(200), deadline=None)
def test_text_between_furniture_is_never_lost_and_half_of_the_page_stays(
    furniture: list[str], text: list[str], chance: Any
) -> None:
    parts = [*furniture, *text]
    chance.shuffle(parts)
    html = "".join(f"<div class='{chance.choice(['related', 'post', 'share', ''])}'>{part}</div>" for part in parts)
    with_all, found = letters(html, keep_all=True), letters(html)

    assert 2 * len(found) >= len(with_all) - 40
    for part in text:
        assert letters(part, keep_all=True) in found


@pytest.mark.slow
@given(st.text("<>/= abcdivp'\"©相关", max_size=400), st.sampled_from([html for _, html in TOP + ANYWHERE + END]))
@settings(max_examples=300, deadline=None)
def test_any_markup_loses_at_most_half_of_its_letters(html: str, furniture: str) -> None:
    for given_html in (html + furniture, furniture + html, f"<div class='related share'>{furniture}{html}</div>"):
        assert 2 * len(letters(given_html)) >= len(letters(given_html, keep_all=True)) - 40
