"""The words that tell furniture without a name in the markup, in the languages of articles.

Labels stand alone above a list of links or above nothing; buttons and messages of players are a whole line. A label is
furniture only where what it stands above is. The words of last lines are in `lastlines`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from epubmaker.chapters.furniture.names import Kind
from epubmaker.chapters.xhtml.content import names

__all__ = [
    "LONGEST",
    "kind_of_button",
    "label_of",
    "may_be_own",
    "names_author",
    "only_joins",
    "other_words",
    "teaser_of",
]

LONGEST = 70
"""Characters of the longest label."""


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.strip().splitlines() if line.strip())


# What sites write above their lists of links; "further reading" and the like may be an author's own and are not here.
_LABELS: Mapping[Kind, frozenset[str]] = {
    "copyright": _lines("""
        copyright notice
        disclaimer
        声明
        特别声明
        免责声明
        版权声明
        聲明
        特別聲明
        免責聲明
        版權聲明
    """),
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
        read more
        read also
        also read
        explore more
        also on
        you may also be interested in
        you may also like
        you might also like
        you may like
        you may also enjoy
        you might also enjoy
        you'll also like
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
        czytaj także
        czytaj też
        zobacz też
        läs också
        läs även
        les også
        læs også
        lue myös
        ayrıca okuyun
        bunu da oku
        přečtěte si také
        citiți și
        διαβάστε επίσης
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
        leave a reply cancel reply
        cancel reply
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
        tagged with
        tagged as
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
        click to tweet
        tweet this
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
        listen
        listen to this article
        listen to article
        play audio
        artikel anhören
        écouter l'article
        escuchar
        ouvir
        слушать
        version zum drucken
        artikel drucken
        artikel versenden
        zur merkliste hinzufügen
        artikelrechte erwerben
        réutiliser ce contenu
        imprimer cet article
        copier le lien
        copiar enlace
        enviar por email
        enviar por correo
        por e-mail senden
        envoyer par email
        hide caption
        artikel vorlesen
        écouter cet article
        文章朗讀
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
        continue reading the main story
        promoted links
        promoted content
        promoted stories
        sponsored links
        sponsored stories
        ads by google
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
    skip to content
    skip to main content
    skip to navigation
    zum inhalt springen
    aller au contenu
    saltar al contenido
    ir al contenido
    vai al contenuto
    pular para o conteúdo
    перейти к содержанию
    跳至内容
    跳到主要内容
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
    {
        "listen",
        "escuchar",
        "ouvir",
        "слушать",
        "收藏",
        "举报",
        "点赞",
        "imprimir",
        "comentar",
        "tweet",
        "阅读原文",
        "ブックマーク",
        "ツイート",
    }
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
    r"kudos|retweets|reactions?|min(?:ute)?s? read|мин\.?|分钟阅读|分で読めます|분 소요|"
    r"kommentare?|aufrufe|commentaires?|vues|comentarios?|comentários?|visitas|commenti|комментари\w+|просмотр\w+|"
    r"人赞同了该文章|人赞|个赞|条评论|則留言|則評論|次阅读|次浏览|次點閱|件のコメント|개의 댓글)"
)
_PIECE = (  # one button or counter of a line that is made of them
    rf"(?:(?:(?:view|see|read|all|show|ver|leer|ler|voir|alle|читать|查看) )?{_NUMBER}\s?{_COUNTED}|"
    rf"(?:reading time|read time|time to read|lesezeit|lesedauer|temps de lecture|tiempo de lectura|tempo de leitura|"
    rf"tempo di lettura|leestijd|время (?:чтения|на чтение)|阅读时间|閱讀時間|阅读时长|読了時間)\W{{1,3}}"
    rf"(?:ca\.? |[约約] ?)?{_NUMBER}\s?(?:min(?:ute[sn]?|utos?|uti|uten)?\.?|мин(?:ут\w*)?\.?|分钟|分鐘|分)|"
    rf"this (?:article|story|post) is (?:more than|over) {_NUMBER} (?:years?|months?) old|"
    rf"点[击擊](?:上方|上面|下方|下面|文首|文末).{{0,16}}(?:关注|關注|订阅|訂閱|蓝字|藍字|名字|名片|卡片).{{0,16}}|"
    rf"(?:copy|copiar|copier) (?:link|enlace|le lien|o link)|"
    rf"(?:阅读|浏览|评论|点赞|赞|收藏|点击|推荐|转发|支持|反对|閱讀|瀏覽|讚)(?:量|数|次数)?\s?[(（:：]?\s?{_NUMBER}\s?[)）]?次?|"
    rf"(?:share|tweet|pin|send|teilen|auf|compartir|compartilhar|compartilhe|partager|condividi|поделиться|分享|分享到|공유하기|シェア)"
    rf"(?: this)?(?:\s(?:on|via|to|in|with|by|auf|bei|per|en|no|na|sur|par|su|в|на|至|到))?\s?{_NETWORK}|"
    r"share|tweet|print|save|email|copy link|分享|打印|收藏|举报|回复|编辑|"
    r"使用道具|只看该作者|倒序浏览|转发|点赞|在看|点个在看|"
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
    your email address will not be published
    your email address will not be published. required fields are marked
    required fields are marked
    your browser does not support the video tag
    your browser does not support the audio tag
    your browser does not support the audio element
    your browser does not support html5 video
    your browser does not support html5 audio
    your browser does not support iframes
    no media source currently available
    view photo
    view photos
    view gallery
    view slideshow
    view graphic
    view image
    view this image
    view larger image
    view full size
    view fullsize
    view full size image
    full screen
    enlarge
    enlarge image
    enlarge this image
    enlarge photo
    click to enlarge
    click image to enlarge
    click for larger image
    expand image
    hide caption
    show caption
    toggle caption
    buy photo
    bild vergrößern
    bild in lightbox öffnen
    agrandir l'image
    cliquez pour agrandir
    ampliar imagen
    ampliar foto
    ampliar imagem
    ingrandisci
    увеличить
    увеличить изображение
    查看大图
    点击查看大图
    点击图片查看大图
    点击放大
    看大圖
    點擊看大圖
    點圖放大
    画像を拡大
    画像を拡大する
    写真を拡大
    拡大する
    사진 크게보기
    이미지 크게보기
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
_compiled = cache(re.compile)
_MOST_BUTTONS = 120  # characters of a line
_BESIDE = " +\t\r\n\xa0\u3000:：.。…!！?？»›>→|·•-–—*＊【】[]()（）「」“”\"'▼▶"


def may_be_own(text: str) -> bool:
    """Return True for a label that authors write as well, above links to other sites."""
    return text.strip(_BESIDE).casefold() == "read more"


def label_of(text: str) -> Kind | None:
    """Return the kind of furniture that a line is a label, a button or a message of; None for any other text."""
    if len(text) > LONGEST + 40:
        return None
    return _ALL.get(" ".join(text.strip(_BESIDE).casefold().split()))


_TEASED = re.compile(r"[^\w\s]*\s*([^:：|】\]\-–—]{2,30}?)\s*[:：|】\]\-–—]")
_TEASED_ALONE = frozenset(
    {"写真", "写真まとめ", "画像", "動画", "関連", "相关", "相關", "延伸阅读", "延伸閱讀", "사진", "관련"}
)


def teaser_of(text: str) -> bool:
    """Return True for a link that begins with a label: "Read also: another story"."""
    match = _TEASED.match(text)
    return match is not None and (label_of(match[1]) == "related" or match[1] in _TEASED_ALONE)


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
    if linked and all(
        " ".join(part.strip(_BESIDE + "«<←").casefold().split()) in _TO_OTHERS for part in text.split("|")
    ):
        return "navigation"
    if (linked or any(map(str.isdigit, text)) or text.startswith(("点击", "點擊"))) and _compiled(
        _PIECES, re.IGNORECASE
    ).fullmatch(text):
        return "share"
    return None


def _is_button(text: str, kind: Kind) -> bool:
    return " ".join(text.strip(_BESIDE).casefold().split()) in _BUTTONS.get(kind, ())


_JOINERS = names(
    "by von par por di da de del du des from do van af av от автор written posted published publié publicado "
    "veröffentlicht updated mis à jour actualizado atualizado aktualisiert modified edited follow 关注 關注 フォロー "
    "팔로우 submitted soumis enviado eingereicht geplaatst inviato first last on at "
    "in the am le el il la um uhr às as a and und et y e и pm min mins minute minutes minuti read reading time "
    "temps lecture lesezeit comments comment kommentare share shares views view reads likes follow story staff "
    "writer reporter contributor est edt pst pdt gmt utc cet cest bst cst jst ist h m s k w th st nd rd ago day "
    "days hour hours hr hrs heure heures 文 文字 图 作者 记者 記者 撰文 编辑 編輯 发布 發佈 發布 发表 發表 提交 "
    "在 于 於 著 글 기자 年 月 日 时 時 分 秒 点 點 来源 來源 时间 時間 日期 出典 quelle source fonte fuente "
    "发布时间 发表于 发布于 更新时间 更新于 更新 已于 修改 编辑于 原创 转载 责编 点击 次 阅读 阅读量 浏览 评论 "
    "收藏 点赞 点赞数 字数 上午 下午 周一 周二 周三 周四 周五 周六 周日 星期一 星期二 星期三 星期四 星期五 "
    "星期六 星期日 stand uhr monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch "
    "donnerstag freitag samstag sonntag lun mar mer jeu ven sam dim "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves "
    "viernes sábado domingo segunda terça quarta quinta sexta feira понедельник вторник среда четверг пятница суббота "
    "воскресенье пн вт ср чт пт сб вс 월요일 화요일 수요일 목요일 금요일 토요일 일요일 업데이트 обновлено мин "
    "最后 最后更新 最終更新 小时前 小時前 分钟前 分鐘前 天前 公開 更新日 投稿日 配信 입력 수정 오전 오후 년 월 일 "
    "기사입력 기사수정 최종수정 최종업데이트 작성 승인 등록 "
    "опубликовано дата источник 只看该作者 倒序浏览 本帖最后由 只看楼主 no"
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMES_AUTHOR = re.compile(
    r"(?:^|[\s|·•,/（(])(?:by|von|par|por|from|автор|words|reporting|文|文字|作者|记者|記者|撰文)[\s:：/／]+\S|기자",
    re.IGNORECASE,
)


def only_joins(text: str) -> bool:
    """Return True for what is left of a byline without names and dates: "by", "|", "published on"."""
    return not other_words(text)


def other_words(text: str) -> frozenset[str]:
    """Return the words of a text, in lower case, that do not join the names and dates of a byline."""
    return frozenset(_WORD.findall(text.casefold())) - _JOINERS


def names_author(text: str) -> bool:
    """Return True for a line that says who wrote the article."""
    return bool(_NAMES_AUTHOR.search(text))
