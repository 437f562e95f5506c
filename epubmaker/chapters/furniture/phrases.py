"""The words by which furniture is known that has no name in the markup, in the languages that articles come in.

Three kinds of words are known: labels, which stand alone above a list of links or above nothing; buttons and messages of
players, which are a whole line; and the beginnings of last lines. A label is furniture only where what it stands above is,
and a last line only at the end of an article.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from epubmaker.chapters.furniture.names import Kind

__all__ = ["LONGEST", "LONGEST_WITHOUT_LINK", "is_rule", "kind_of_last_line", "label_of", "names_author", "only_joins"]

LONGEST = 60
"""Characters of the longest label."""


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.strip().splitlines() if line.strip())


# What sites write above their lists of links; "further reading" and the like may be an author's own and are not here.
_LABELS: Mapping[Kind, frozenset[str]] = {
    "related": _lines("""
        related
        related articles
        related content
        related links
        related news
        related posts
        related reading
        related stories
        related topics
        you may also like
        you might also like
        you may like
        you might be interested in
        recommended
        recommended for you
        recommended reading
        recommended stories
        more from this author
        more from this section
        more like this
        more on this story
        more stories
        more
        most popular
        most read
        most viewed
        read next
        up next
        trending
        trending now
        top stories
        latest news
        don't miss
        what to read next
        相关
        相关文章
        相关阅读
        相关新闻
        相关报道
        相关内容
        相关推荐
        您可能感兴趣的文章
        您可能感兴趣
        你可能感兴趣
        你可能也喜欢
        猜你喜欢
        推荐阅读
        推荐文章
        热门文章
        热门推荐
        更多文章
        相關
        相關文章
        相關閱讀
        相關新聞
        相關報導
        相關內容
        您可能感興趣的文章
        您可能感興趣
        你可能也喜歡
        猜你喜歡
        推薦閱讀
        推薦文章
        熱門文章
        更多文章
        関連記事
        関連ニュース
        おすすめ記事
        おすすめ
        あわせて読みたい
        人気記事
        관련 기사
        관련기사
        관련 글
        추천 기사
        인기 기사
        많이 본 뉴스
        articles similaires
        articles liés
        à lire aussi
        lire aussi
        sur le même sujet
        les plus lus
        dans la même rubrique
        verwandte artikel
        ähnliche artikel
        ähnliche beiträge
        mehr zum thema
        das könnte sie auch interessieren
        meistgelesen
        auch interessant
        artículos relacionados
        noticias relacionadas
        te puede interesar
        te podría interesar
        le puede interesar
        lo más leído
        lea también
        lee también
        entradas relacionadas
        artigos relacionados
        notícias relacionadas
        posts relacionados
        leia também
        leia mais
        veja também
        mais lidas
        você pode gostar
        articoli correlati
        leggi anche
        potrebbe interessarti
        i più letti
        похожие статьи
        похожие записи
        читайте также
        по теме
        материалы по теме
        самое читаемое
        новости по теме
        схожі статті
        читайте також
        за темою
        популярне
        مقالات ذات صلة
        مواضيع ذات صلة
        اقرأ أيضا
        اقرأ أيضًا
        الأكثر قراءة
        مطالب مرتبط
        بیشتر بخوانید
        پربازدیدترین‌ها
        zobacz także
        zobacz też
        czytaj też
        przeczytaj także
        lees ook
        gerelateerd
        meer over dit onderwerp
        ilgili haberler
        bunlar da ilginizi çekebilir
        bài viết liên quan
        tin liên quan
        berita terkait
        baca juga
    """),
    "comments": _lines("""
        comments
        comment
        leave a comment
        leave a reply
        post a comment
        add a comment
        join the conversation
        join the discussion
        no comments
        no comments yet
        say something
        discussion
        responses
        评论
        发表评论
        发表回复
        网友评论
        说点什么
        说点什么吧
        暂无评论
        留言
        評論
        發表評論
        發表留言
        發表迴響
        說點什麼
        留言板
        迴響
        コメント
        コメントを残す
        댓글
        댓글 남기기
        commentaires
        laisser un commentaire
        ajouter un commentaire
        kommentare
        kommentar schreiben
        schreibe einen kommentar
        comentarios
        deja un comentario
        deja una respuesta
        comentários
        deixe um comentário
        commenti
        lascia un commento
        комментарии
        добавить комментарий
        оставить комментарий
        коментарі
        залишити коментар
        التعليقات
        تعليقات
        اترك تعليقا
        نظرات
        دیدگاه‌ها
        komentarze
        reacties
        yorumlar
        bình luận
        komentar
    """),
    "share": _lines("""
        share
        share this
        share this article
        share this post
        share this story
        share on
        share via
        spread the word
        follow us
        like this
        分享
        分享到
        分享这篇文章
        分享此文
        共享此文章
        赞过
        喜欢
        关注我们
        分享這篇文章
        分享此文章
        關注我們
        追蹤我們
        シェア
        シェアする
        この記事をシェア
        フォローする
        공유
        공유하기
        partager
        partager cet article
        partager cette page
        teilen
        artikel teilen
        beitrag teilen
        compartir
        compártelo
        comparte esto
        compartilhar
        compartilhe
        compartilhe isso
        condividi
        поделиться
        поделитесь
        поделиться ссылкой
        поділитися
        поширити
        شارك
        مشاركة
        اشتراک‌گذاری
        udostępnij
        delen
        paylaş
        chia sẻ
        bagikan
    """),
    "tags": _lines("""
        tags
        tagged
        topics
        filed under
        keywords
        标签
        关键词
        標籤
        關鍵字
        タグ
        キーワード
        태그
        mots-clés
        étiquettes
        schlagwörter
        schlagworte
        etiquetas
        palavras-chave
        теги
        метки
        теґи
        الوسوم
        كلمات مفتاحية
        برچسب‌ها
        etykiety
        etiketler
    """),
    "newsletter": _lines("""
        subscribe
        subscribe now
        sign up for our newsletter
        newsletter
        newsletters
        get our newsletter
        订阅
        訂閱
        メルマガ登録
        구독하기
        s'abonner
        abonnieren
        suscribirse
        suscríbete
        assine
        inscreva-se
        iscriviti
        подписаться
        підписатися
        اشترك
        عضویت
    """),
}

# Messages of players and scripts, which say nothing in a book.
_MESSAGES = _lines("""
    your device cannot play this
    your device cannot play this video
    your device cannot play this audio
    your device cannot play this media
    media playback is unsupported on your device
    media is not supported in the current player
    this video can not be played
    this video cannot be played
    this content cannot be displayed without javascript
    to play this video you need to enable javascript in your browser
    to view this video please enable javascript
    please enable javascript to view the comments powered by disqus
    your browser does not support the video tag
    your browser does not support the audio tag
    your browser does not support the audio element
    your browser does not support html5 video
    your browser does not support html5 audio
    your browser does not support iframes
    no media source currently available
    embed share
    the code has been copied to your clipboard
    the url has been copied to your clipboard
    您的设备不支持播放
    您的设备不支持媒体播放
    你的设备不支持播放
    您的设备无法播放
    你的设备无法播放此内容
    您的浏览器不支持视频播放
    您的浏览器不支持 video 标签
    您的裝置不支援播放
    您的裝置無法播放
    您的瀏覽器不支援影片播放
    没有媒体可用资源
    嵌入 分享
    お使いの端末では再生できません
    お使いのブラウザは動画再生に対応していません
    브라우저가 비디오를 지원하지 않습니다
    votre navigateur ne supporte pas la vidéo
    votre appareil ne peut pas lire ce contenu
    ihr browser unterstützt das video-element nicht
    ihr gerät kann dieses medium nicht abspielen
    su navegador no soporta video
    tu dispositivo no puede reproducir este contenido
    seu navegador não suporta vídeo
    seu dispositivo não pode reproduzir este conteúdo
    ваш браузер не поддерживает видео
    ваше устройство не поддерживает воспроизведение
    ваш браузер не підтримує відео
    جهازك لا يدعم تشغيل الفيديو
    هذا المحتوى غير متاح على جهازك
""")

_ALL: Mapping[str, Kind] = {
    **{label: kind for kind, labels in _LABELS.items() for label in labels},
    **dict.fromkeys(_MESSAGES, "player"),
}
_BESIDE = " \t\r\n\xa0\u3000:：.。…!！?？»›>→|·•-–—*＊【】[]()（）「」“”\"'▼▶"


def label_of(text: str) -> Kind | None:
    """Return the kind of furniture that a line is a label, a button or a message of; None for any other text."""
    if len(text) > LONGEST + 40:
        return None
    return _ALL.get(" ".join(text.strip(_BESIDE).casefold().split()))


# --- last lines ------------------------------------------------------------------------------------------------------

_COPYRIGHT = (
    r"\W*(?:©|\(c\)\s*\d{4}|copyright\s*(?:©|\(c\)|notice|\d{4}|[:：]|by\b)|版权(?:声明|所有|归)|版權(?:聲明|所有|歸)|"
    r"(?:本文|本站|本网|本報|本报).{0,12}(?:版权|版權|著作权|著作權)|"
    r"(?:如?未经|如?未經|未获|未獲|严禁|嚴禁|请勿|請勿|禁止).{0,16}(?:转载|轉載|转发|複製|复制|摘编|摘編)|(?:转载|轉載)(?:请|請)|"
    r"著作権|無断(?:転載|複製)|禁無断|저작권자|무단\s?전재|ⓒ|حقوق (?:النشر|الطبع)|جميع الحقوق|تمامی? حقوق|"
    r"(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|"
    r"todos os direitos reservados|tutti i diritti riservati|все права защищены|всі права захищено|усі права захищено|"
    r"wszelkie prawa zastrzeżone|tüm hakları saklıdır|alle rechten voorbehouden|bản quyền (?:thuộc|của))\b)"
    r"|.{0,240}\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|"
    r"todos os direitos reservados|tutti i diritti riservati|все права защищены)\W*$"
)
# Where to follow or subscribe; these need a link or a rule beside them, or few words.
_SUBSCRIBE = (
    r"\W*(?:more rss|subscribe (?:to|for|now|here|via|today)|sign up (?:for|to)\b|follow (?:us|me|our|.{1,40}?) on\b|"
    r"follow us\b|join (?:us|our|my)\b.{0,40}(?:telegram|whatsapp|discord|newsletter|channel)|"
    r"get (?:the|our|more)\b.{0,60}(?:newsletter|inbox)|support us on\b|download (?:our|the) app|(?:like|find) us on\b|"
    r"search for us (?:in|on) wechat|thanks for reading .{1,80}subscribe|"
    r"folgen sie uns|folge uns|abonnieren sie|newsletter abonnieren|jetzt abonnieren|"
    r"suivez[- ]nous|abonnez[- ]vous|inscrivez[- ]vous|retrouvez[- ]nous|"
    r"s[ií]guenos|s[ií]ganos|suscr[ií]b(?:ase|ete|anse)\b|únete a|"
    r"siga[- ]nos|siga o|siga a|assine (?:a|o|nossa)|inscreva-se|participe d[oe] (?:nosso )?(?:canal|grupo)|"
    r"seguici|iscriviti|abbonati|"
    r"подпис(?:ывайтесь|ывайся|аться) на|подпишитесь|читайте нас|следите за (?:нами|нашими)|присоединяйтесь к|"
    r"підписуйтесь|підпишіться|стежте за (?:нами|нашими)|читайте нас|приєднуйтесь до|"
    r"obserwuj nas|zapisz się|subskrybuj|volg ons|bizi takip edin|theo dõi (?:chúng tôi|kênh)|ikuti kami|"
    r"تابعونا|تابعنا على|اشترك(?:وا)? في|انضم(?:وا)? إلى|ما را .{0,20}دنبال کنید|عضو .{0,20}شوید|"
    r"(?:メルマガ|ニュースレター|公式).{0,16}(?:登録|フォロー)|フォロー(?:する|してね|はこちら)|チャンネル登録|"
    r"구독(?:하기|하세요|신청)|팔로우|뉴스레터)"
)
_SUBSCRIBE_WIDE = (  # these say enough by themselves
    r"\W*(?:获取更多\s*RSS|獲取更多\s*RSS|更多\s*RSS|more RSS feeds?|"
    r"(?:请|請|在|打开|打開)?\s*微信\s*(?:公众号|公眾號|公众平台)?\s*(?:搜索|搜尋|搜|添加|关注|關注|扫|掃)|"
    r"(?:搜索|搜尋).{0,8}(?:微信|公众号|公眾號)|(?:扫描?|掃描?|长按|長按|识别|識別).{0,16}(?:二维码|二維碼|QR)|"
    r"(?:欢迎|歡迎|敬请|敬請)?\s*(?:关注|關注|订阅|訂閱|加入|追蹤).{0,24}(?:公众号|公眾號|微信|电报|電報|Telegram|频道|頻道|推特|"
    r"Twitter|Facebook|脸书|臉書|Discord|YouTube|Newsletter|電子報|电子报)|"
    r"点击.{0,6}(?:订阅|关注)|點擊.{0,6}(?:訂閱|關注))"
)
_TEASERS = (  # how a link begins that leads to the rest of a text, where the whole line is a link
    r"\W*(?:continue reading|keep reading|read more|read on\b|read the (?:full|rest|whole|entire)|(?:view|read) full|"
    r"full (?:story|article)|阅读(?:全文|更多)|閱讀(?:全文|更多)|继续阅读|繼續閱讀|查看(?:全文|更多)|"
    r"点击(?:阅读|查看)?全文|點(?:擊|我)?(?:閱讀|看)?全文|weiterlesen|(?:den )?(?:ganzen|vollständigen) artikel|"
    r"lire (?:la suite|l[’']article)|seguir leyendo|leer (?:más|el artículo completo|la nota completa)|"
    r"continua a leggere|leggi (?:tutto|l[’']articolo)|"
    r"leia (?:mais|na íntegra|a íntegra)|continue lendo|читать (?:далее|дальше|полностью|полный)|читати (?:далі|повністю)|"
    r"続きを(?:読む|見る)|全文を読む|전문 보기|기사 (?:전문|더)|계속 읽기|더 보기|اقرأ المزيد|متابعة القراءة|"
    r"ادامه (?:مطلب|خبر)|czytaj (?:dalej|więcej)|devamını oku|lees (?:verder|meer)|xem thêm|baca selengkapnya)"
)
_FEED = (  # what programs write below each article of a feed
    r"\W*(?:.{1,300}? was originally published in .{1,200}? on medium\b.*|"
    r"(?:the post|this article|this story|this post) .{1,400}? "
    r"(?:first appeared|appeared first|was first published|originally appeared) (?:on|in|at) .{1,200}|"
    r"(?:der beitrag|der artikel) .{1,400}? erschien zuerst auf .{1,200}|"
    r"(?:l[’']article|cet article) .{1,400}? est apparu en premier sur .{1,200}|"
    r"(?:la entrada|el artículo) .{1,400}? (?:se publicó primero en|aparece primero en|apareció primero en) .{1,200}|"
    r"(?:o post|o artigo) .{1,400}? apareceu primeiro em .{1,200}|"
    r"(?:l[’']articolo|il post) .{1,400}? (?:proviene da|sembra essere il primo su) .{1,200}|"
    r"(?:запись|сообщение) .{1,400}? (?:впервые появилась|появились сначала|опубликовано) (?:на|в) .{1,200}|"
    r"(?:het bericht|wpis|artykuł) .{1,400}? (?:verscheen eerst op|pojawił się najpierw|pochodzi z serwisu) .{1,200}|"
    r".{1,300}最先出现在.{1,200}|.{1,300}最早發佈於.{1,200})$"
)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


# Words of which each of these patterns needs one; the patterns are compiled when a line has such a word, which few have.
_MARKS: Mapping[str, tuple[str, ...]] = {
    _COPYRIGHT: _split(
        "©|(c)|copyright|版权|版權|著作|转载|轉載|转发|轉發|复制|複製|摘编|摘編|無断|저작권|무단|ⓒ|حقوق|rights|rechte|"
        "droits|derechos|direitos|diritti|права|prawa|hakları|bản quyền"
    ),
    _SUBSCRIBE: _split(
        "rss|subscri|sign up|follow|join|newsletter|inbox|support us|download|like us|find us|"
        "wechat|folge|abonn|suivez|inscr|retrouvez|guenos|ganos|suscr|únete|siga|assine|"
        "participe|seguici|iscriviti|abbonati|подпи|читайте|следите|присоедин|підпи|стежте|приєдн|"
        "obserwuj|zapisz|subskr|volg|takip|theo dõi|ikuti|تابع|اشترك|انضم|دنبال|عضو|登録|フォロー|구독|"
        "팔로우|뉴스레터"
    ),
    _SUBSCRIBE_WIDE: _split("rss|微信|公众号|公眾號|二维码|二維碼|qr|关注|關注|订阅|訂閱|加入|追蹤"),
    _TEASERS: ("",),
    _FEED: _split(
        "published in|published on|published at|appeared|erschien|apparu|primero en|primeiro em|"
        "proviene da|primo su|появи|опубликовано|verscheen|pojawił|pochodzi|最先出现|最早發佈"
    ),
}
_compiled = cache(re.compile)
_RULE = re.compile(r"[\s\-–—―_=*·•.~─━…#]{3,}")
_MOST_COPYRIGHT, _MOST_SUBSCRIBE, _MOST_TEASER, _LONGEST_FEED, _FEW = 300, 220, 120, 700, 100
LONGEST_WITHOUT_LINK = _MOST_COPYRIGHT
"""Characters of the longest last line that is furniture and holds no link."""


def kind_of_last_line(text: str, linked: int, *, ruled: bool) -> Kind | None:
    """Return the kind of furniture that the last line of an article is, None where it is text.

    `linked` is how many of its characters are links, `ruled` tells whether a rule stands above it.
    """
    length, folded = len(text), text.lower()
    if length <= _MOST_COPYRIGHT and _begins(_COPYRIGHT, folded):
        return "copyright"
    beside_link = linked > 0 or ruled or length <= _FEW
    if length <= _MOST_SUBSCRIBE and (
        _begins(_SUBSCRIBE_WIDE, folded) or (beside_link and _begins(_SUBSCRIBE, folded))
    ):
        return "newsletter"
    if 0 < length <= _MOST_TEASER and linked * 5 >= length * 4 and _begins(_TEASERS, folded):
        return "teaser"
    return "teaser" if length <= _LONGEST_FEED and linked and _begins(_FEED, folded) else None


def _begins(pattern: str, text: str) -> bool:
    """Return True where a text in lower case begins with a pattern."""
    if not any(mark in text for mark in _MARKS[pattern]):
        return False
    return bool(_compiled(pattern, re.IGNORECASE | re.DOTALL).match(text))


def is_rule(text: str) -> bool:
    """Return True for a line of dashes, stars and the like."""
    return bool(_RULE.fullmatch(text))


_JOINERS = re.compile(
    r"(?:by|von|par|por|di|da|de|от|автор|written|posted|published|updated|on|at|in|and|und|et|y|e|и|am|le|el|il|min|minutes?|"
    r"read|reading|time|文|文字|作者|记者|記者|撰文|编辑|編輯|发布|發佈|發布|提交|在|于|於|著|글|기자)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMES_AUTHOR = re.compile(
    r"(?:^|[\s|·•,/（(])(?:by|von|par|por|from|автор|words|reporting|文|文字|作者|记者|記者|撰文)[\s:：/／]+\S|기자",
    re.IGNORECASE,
)


def only_joins(text: str) -> bool:
    """Return True for what is left of a byline without names and dates: "by", "|", "published on"."""
    return all(_JOINERS.fullmatch(word) for word in _WORD.findall(text))


def names_author(text: str) -> bool:
    """Return True for a line that says who wrote the article."""
    return bool(_NAMES_AUTHOR.search(text))
