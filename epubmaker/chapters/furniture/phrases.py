"""The words that tell furniture without a name in the markup, in the languages of articles.

Three kinds of words are known: labels, which stand alone above a list of links or above nothing; buttons and messages of
players, which are a whole line; and the beginnings of last lines. A label is furniture only where what it stands above is,
and a last line only at the end of an article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from epubmaker.chapters.furniture.names import Kind
from epubmaker.chapters.xhtml.content import names

__all__ = [
    "LONGEST",
    "LONGEST_WITHOUT_LINK",
    "is_rule",
    "kind_of_button",
    "kind_of_last_line",
    "label_of",
    "names_author",
    "only_joins",
]

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
        related internet links
        related videos
        related video
        related article
        related story
        more articles
        more posts
        more news
        more from us
        recommended stories
        recommended articles
        recommended posts
        editors' picks
        editor's picks
        keep reading
        explore more
        also on
        you may also be interested in
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
        热门阅读
        相关链接
        相关资讯
        为你推荐
        为您推荐
        精彩推荐
        更多内容
        上一篇
        下一篇
        更多文章
        相關
        相關文章
        相關閱讀
        相關新聞
        相關報導
        相關內容
        相關連結
        為你推薦
        上一篇
        下一篇
        你可能也想看
        看更多
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
        こちらもおすすめ
        合わせて読みたい
        トップニュース
        アクセスランキング
        ランキング
        前の記事
        次の記事
        おすすめ記事
        おすすめ
        あわせて読みたい
        人気記事
        관련 기사
        관련기사
        관련 뉴스
        이전 글
        다음 글
        관련 글
        추천 기사
        인기 기사
        많이 본 뉴스
        articles similaires
        à lire également
        lire également
        voir aussi
        sur le même thème
        nos articles
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
        mehr lesen über
        mehr dazu
        mehr von uns
        weitere artikel
        weitere beiträge
        lesen sie auch
        lesen sie mehr zum thema
        zum weiterlesen
        empfehlungen der redaktion
        das könnte sie auch interessieren
        meistgelesen
        auch interessant
        artículos relacionados
        más información
        más sobre este tema
        notas relacionadas
        también te puede interesar
        lo más visto
        noticias relacionadas
        te puede interesar
        te podría interesar
        le puede interesar
        lo más leído
        lea también
        lee también
        entradas relacionadas
        artigos relacionados
        matérias relacionadas
        mais sobre o assunto
        mais lidas
        saiba mais
        notícias relacionadas
        posts relacionados
        leia também
        leia mais
        veja também
        mais lidas
        você pode gostar
        articoli correlati
        potrebbe interessarti anche
        ti potrebbe interessare
        leggi anche
        potrebbe interessarti
        i più letti
        похожие статьи
        другие материалы
        рекомендуем
        смотрите также
        вам может быть интересно
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
        labels
        filed to
        filed in
        posted in
        suggested topics
        explore more on these topics
        categories
        category
        keywords
        标签
        文章标签
        分类
        文章分类
        文章关键词
        相关标签
        相关话题
        关键词
        標籤
        關鍵字
        タグ
        カテゴリー
        カテゴリ
        キーワード
        태그
        mots-clés
        étiquettes
        schlagwörter
        themen
        kategorien
        schlagworte
        etiquetas
        archivado en
        temas
        categorías
        tópicos
        tópicos relacionados
        assuntos
        palavras-chave
        теги
        рубрики
        категории
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

# Buttons of pages and marks of advertisements. Where they are a line they are furniture, wherever they stand.
_BUTTONS: Mapping[Kind, frozenset[str]] = {
    "share": _lines("""
        share full article
        share this on facebook
        share this on twitter
        click to share on twitter (opens in new window)
        click to share on facebook (opens in new window)
        share on facebook
        share on twitter
        share on x
        share on linkedin
        share on whatsapp
        share via email
        share by email
        tweet this
        tweet
        pin it
        email this
        email this page
        email this article
        e-mail this article
        email a friend
        blogthis!
        print this page
        print this article
        print article
        printer-friendly version
        printer friendly version
        copy link
        copy link to clipboard
        link copied
        suggest changes
        report an error
        report a typo
        reuse this content
        order reprints
        buy reprints
        add to your saved stories
        read in app
        version zum drucken
        artikel drucken
        artikel versenden
        zur merkliste hinzufügen
        artikelrechte erwerben
        réutiliser ce contenu
        imprimer cet article
        copier le lien
        copiar enlace
        copiar link
        imprimir
        versão para impressão
        versión para imprimir
        скопировать ссылку
        версия для печати
        на печать
        我要反馈
        我要纠错
        分享让更多人看到
        分享給朋友
        复制链接
        複製連結
        打印本页
        打印本文
        关闭窗口
        字号大小
        小字号
        大字号
        举报
        收藏
        点赞
        推荐给朋友
        返回顶部
        返回列表
        返回首页
        返回搜狐，查看更多
        预览时标签不可点
        继续滑动看下一个
        向上滑动看下一个
        轻触阅读原文
        阅读原文
        微信扫一扫关注该公众号
        ツイート
        ブックマーク
        印刷する
        このエントリーをはてなブックマークに追加
        기사 원문
        인쇄하기
    """),
    "comments": _lines("""
        log in or register to post comments
        login or register to post comments
        log in to post comments
        log in or sign up to comment
        view comments
        view more comments
        show comments
        see all comments
        read comments
        comments are closed
        comments off
        zu den kommentaren
        kommentare lesen
        kommentar verfassen
        alle kommentare anzeigen
        voir les commentaires
        lire les commentaires
        ver comentarios
        ver comentários
        comentar
        читать комментарии
        написать комментарий
        我要评论
        我来说两句
        写评论
        我要留言
        コメントを書く
    """),
    "ad": _lines("""
        advertisement
        advertisements
        sponsored
        sponsored content
        story continues below advertisement
        story continues below
        article continues below
        article continues after advertisement
        continue reading below
        skip advertisement
        ad feedback
        anzeige
        werbung
        publicité
        la suite après cette publicité
        la suite après la publicité
        publicidad
        publicidade
        continua após a publicidade
        pubblicità
        реклама
        продолжение после рекламы
        реклама:
        广告
        廣告
        請繼續往下閱讀
        请继续往下阅读
        広告
        광고
        reklama
        reklam
        advertentie
        إعلان
    """),
}
_TO_OTHERS = _lines("""
    previous
    next
    prev
    previous post
    next post
    previous article
    next article
    previous story
    next story
    older post
    newer post
    older posts
    newer posts
    older story
    newer story
    back to top
    back to all posts
    back to blog
    back to news
    home
    voriger beitrag
    nächster beitrag
    vorheriger artikel
    nächster artikel
    article précédent
    article suivant
    entrada anterior
    entrada siguiente
    artículo anterior
    artículo siguiente
    post anterior
    próximo post
    articolo precedente
    articolo successivo
    предыдущая запись
    следующая запись
    предыдущая статья
    следующая статья
    上一页
    下一页
    返回目录
    前のページ
    次のページ
""")
_NEEDS_LINK = frozenset(
    {"收藏", "举报", "点赞", "imprimir", "comentar", "tweet", "阅读原文", "ブックマーク", "ツイート"}
)
_NETWORK = (
    r"(?:facebook|fb|twitter|x|weibo|wechat|whatsapp|telegram|linkedin|reddit|pinterest|tumblr|line|plurk|pocket|flipboard|"
    r"instagram|threads|bluesky|mastodon|vk|vkontakte|odnoklassniki|viber|xing|google\+?|"
    r"mail|e-?mail|messenger|kakaotalk|naver|"
    r"微博|新浪微博|微信|朋友圈|qq|qq空间|豆瓣|脸书|臉書|推特|вконтакте|одноклассники)"
)
_NUMBER = r"[\d][\d.,]*\s?[kKmM万萬]?\+?"
_COUNTED = (
    r"(?:likes?|comments?|reads?|views?|shares?|claps?|repl(?:y|ies)|responses?|thoughts|"
    r"kudos|retweets|reactions?|min(?:ute)?s? read|"
    r"kommentare?|aufrufe|commentaires?|vues|comentarios?|comentários?|visitas|commenti|комментари\w+|просмотр\w+|"
    r"人赞同了该文章|人赞|个赞|条评论|則留言|則評論|次阅读|次浏览|次點閱|件のコメント|개의 댓글)"
)
_PIECE = (  # one button or counter of a line that is made of them
    rf"(?:(?:(?:view|see|read|all|show|ver|leer|ler|voir|alle|читать|查看) )?{_NUMBER}\s?{_COUNTED}|"
    rf"(?:copy|copiar|copier) (?:link|enlace|le lien|o link)|"
    rf"(?:阅读|浏览|评论|点赞|收藏|点击|推荐|转发|閱讀|瀏覽)(?:量|数|次数)?\s?[(（:：]?\s?{_NUMBER}\s?[)）]?次?|"
    rf"(?:share|tweet|pin|send|teilen|auf|compartir|compartilhar|compartilhe|partager|condividi|поделиться|分享|分享到|공유하기|シェア)"
    rf"(?: this)?(?:\s(?:on|via|to|in|with|by|auf|bei|per|en|no|na|sur|par|su|в|на|至|到))?\s?{_NETWORK}|"
    r"share|tweet|print|save|email|copy link|分享|打印|收藏|举报|回复|编辑|使用道具|转发|点赞|在看|点个在看|"
    r"teilen|drucken|partager|imprimer|compartir|imprimir|compartilhar|поделиться|распечатать|"
    r"シェア(?:する)?|ツイート|印刷|추천|공유하기|인쇄|스크랩)"
)
_PIECES = rf"\W*{_PIECE}(?:\s*[|·•,，、/&]?\s*{_PIECE})*\W*"


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
    **{button: kind for kind, buttons in _BUTTONS.items() for button in buttons},
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
_STAMP = (  # when it was written, where nothing else is on the line
    r"\W*(?:发布于|發佈於|编辑于|編輯於|发表于|發表於|更新于|更新於|最后更新|最後更新|最終更新|公開日|更新日|"
    r"posted on|published(?: on)?|"
    r"first published(?: on)?|(?:last )?(?:updated|modified)(?: on)?|zuletzt (?:aktualisiert|geändert)(?: am)?|"
    r"veröffentlicht am|publié le|mis à jour le|publicado (?:el|em)|actualizado (?:el|a las)|atualizado em|"
    r"опубликовано|обновлено)\W{1,3}(?=.*\d)[^.!?。]*"
)
_STATEMENT = (  # what a site says about its text and itself
    r"\W*(?:.{0,8}(?:声明|聲明)[:：].*(?:平台|代表|意味着|登载|登載|转载|轉載|上传|上傳|信息存储|版权|版權|侵权|侵權|著作权)|"
    r"notice: the content above|a version of this (?:article|story|review) (?:appears|appeared)|"
    r"our standards: |the \w+ is not responsible for the content|retrieved from [\"“]|posted @ |"
    r"(?:文章)?(?:转载|轉載)(?:请|請)(?:注明|註明)|本文(?:链接|地址|网址)[:：]|原文(?:链接|地址|連結)[:：]|"
    r"海量资讯、精准解读|本文来自(?:微信公众号|投稿)|"
    r"il vous reste .{1,20} de cet article à lire|la suite est réservée aux abonnés|"
    r"この記事は有料(?:記事|会員)|残り\s?\d+文字|"
    r"\(?(?:c\)?\s*)?(?:許可なく|无断)転載)"
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
    _STAMP: _split(
        "发|發|编辑|編輯|更新|公開|posted|published|updated|modified|aktualisiert|geändert|veröff|publi|mis à|actualiz|"
        "atualiz|обнов|опубл"
    ),
    _STATEMENT: _split(
        "声明|聲明|notice:|a version|our standards|not responsible|retrieved from|posted @|转载|轉載|本文|原文|海量|"
        "vous reste|réservée|有料|残り|転載"
    ),
    _TEASERS: ("",),
    _FEED: _split(
        "published in|published on|published at|appeared|erschien|apparu|primero en|primeiro em|"
        "proviene da|primo su|появи|опубликовано|verscheen|pojawił|pochodzi|最先出现|最早發佈"
    ),
}
_FEW, _MOST_BUTTONS = 100, 120  # characters of a line
# What of a last line is of which kind: by the pattern that it begins with, its length, and what links and rules it has.
_LAST_LINES: tuple[tuple[Kind, str, int, Callable[[int, int, bool], bool] | None], ...] = (
    ("copyright", _COPYRIGHT, 300, None),
    ("byline", _STAMP, 60, None),
    ("copyright", _STATEMENT, 300, None),
    ("newsletter", _SUBSCRIBE_WIDE, 220, None),
    ("newsletter", _SUBSCRIBE, 220, lambda linked, length, ruled: linked > 0 or ruled or length <= _FEW),
    ("teaser", _TEASERS, 120, lambda linked, length, _: linked * 5 >= length * 4 > 0),
    ("teaser", _FEED, 700, lambda linked, _, __: linked > 0),
)
_compiled = cache(re.compile)
_RULE = re.compile(r"[\s\-–—―_=*·•.~─━…#]{3,}")
LONGEST_WITHOUT_LINK = 300
"""Characters of the longest last line that is furniture and holds no link."""


def kind_of_last_line(text: str, linked: int, *, ruled: bool, ended: bool) -> Kind | None:
    """Return the kind of furniture that the last line of an article is, None where it is text.

    `linked` is how many of its characters are links, `ruled` tells whether a rule stands above it, `ended` whether other
    furniture stood below it.
    """
    length, folded = len(text), text.lower()
    for kind, pattern, longest, needs in _LAST_LINES:
        if length <= longest and (needs is None or needs(linked, length, ruled)) and _begins(pattern, folded):
            return kind
    if (linked or ended) and (kind_of_label := label_of(text)) is not None:
        return kind_of_label
    return kind_of_button(text, linked)


def kind_of_button(text: str, linked: int) -> Kind | None:
    """Return the kind of furniture that a line at the edge of an article is where it is made of buttons and counters.

    `linked` is how many of its characters are links. Without any, a line needs a number, a network or words that are
    nothing else.
    """
    if len(text) > _MOST_BUTTONS:
        return None
    kind = label_of(text)
    if kind is not None and (linked or text.strip(_BESIDE).casefold() not in _NEEDS_LINK) and _is_button(text, kind):
        return kind
    if linked and " ".join(text.strip(_BESIDE + "«<←").casefold().split()) in _TO_OTHERS:
        return "navigation"
    if (linked or any(map(str.isdigit, text))) and _compiled(_PIECES, re.IGNORECASE).fullmatch(text):
        return "share"
    return None


def _is_button(text: str, kind: Kind) -> bool:
    return " ".join(text.strip(_BESIDE).casefold().split()) in _BUTTONS.get(kind, ())


def _begins(pattern: str, text: str) -> bool:
    """Return True where a text in lower case begins with a pattern."""
    if not any(mark in text for mark in _MARKS[pattern]):
        return False
    return bool(_compiled(pattern, re.IGNORECASE | re.DOTALL).match(text))


def is_rule(text: str) -> bool:
    """Return True for a line of dashes, stars and the like."""
    return bool(_RULE.fullmatch(text))


_JOINERS = names(
    "by von par por di da de del du des from do van af av от автор written posted published publié publicado "
    "veröffentlicht updated mis à jour actualizado atualizado aktualisiert modified submitted first last on at "
    "in the am le el il la um uhr às as a and und et y e и pm min mins minute minutes minuti read reading time "
    "temps lecture lesezeit comments comment kommentare share shares views view reads likes follow story staff "
    "writer reporter contributor est edt pst pdt gmt utc cet cest bst cst jst ist h m s k w th st nd rd ago day "
    "days hour hours hr hrs heure heures 文 文字 图 作者 记者 記者 撰文 编辑 編輯 发布 發佈 發布 发表 發表 提交 "
    "在 于 於 著 글 기자 年 月 日 时 時 分 秒 点 點 来源 來源 时间 時間 日期 出典 quelle source fonte fuente "
    "发布时间 发表于 发布于 更新时间 更新于 更新 已于 修改 编辑于 原创 转载 责编 点击 次 阅读 阅读量 浏览 评论 "
    "收藏 点赞 点赞数 字数 上午 下午 周一 周二 周三 周四 周五 周六 周日 星期一 星期二 星期三 星期四 星期五 "
    "星期六 星期日 小时前 小時前 分钟前 分鐘前 天前 公開 更新日 投稿日 配信 입력 수정 오전 오후 년 월 일 "
    "опубликовано дата источник"
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMES_AUTHOR = re.compile(
    r"(?:^|[\s|·•,/（(])(?:by|von|par|por|from|автор|words|reporting|文|文字|作者|记者|記者|撰文)[\s:：/／]+\S|기자",
    re.IGNORECASE,
)


def only_joins(text: str) -> bool:
    """Return True for what is left of a byline without names and dates: "by", "|", "published on"."""
    return _JOINERS.issuperset(_WORD.findall(text.casefold()))


def names_author(text: str) -> bool:
    """Return True for a line that says who wrote the article."""
    return bool(_NAMES_AUTHOR.search(text))
