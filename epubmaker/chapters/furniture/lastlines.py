"""The last lines of an article that are furniture by the words that they begin with, in the languages of articles.

A line begins so in an article as well, so that it counts only at the end, and some only with a link or a rule beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from epubmaker.chapters.furniture.names import Kind
from epubmaker.chapters.furniture.phrases import kind_of_button, label_of

__all__ = ["LONGEST_WITHOUT_LINK", "is_rule", "kind_of_last_line"]

_COPYRIGHT = (
    r"\W*(?:©|\(c\)\s*\d{4}|copyright\s*(?:©|\(c\)|notice|\d{4}|[:：]|by\b)|版权(?:声明|所有|归)|版權(?:聲明|所有|歸)|"
    r"(?:本文|文章).{0,24}(?:原创|原創).{0,6}(?:转载|轉載|未经|未經)|"
    r"(?:本文|本站|本网|本報|本报).{0,12}(?:版权|版權|著作权|著作權)|"
    r".{0,60}(?:未经|未經|非经|非經).{0,12}(?:授权|授權|许可|許可|允许|允許).{0,8}(?:不得|禁止|请勿|請勿|谢绝|謝絕)|"
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
    r"search for us (?:in|on) wechat|thanks for reading .{1,80}(?:subscribe|feel free to share)|"
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
_FOLLOW = (  # where to follow, by the names of networks
    r"\W*(?:follow|get|connect with) .{1,40}?(?:\bon\b|[:：]).{0,60}\b"
    r"(?:bluesky|facebook|instagram|linkedin|mastodon|telegram|tiktok|twitter|whatsapp|youtube)\b"
)
_SUBSCRIBE_WIDE = (  # these say enough by themselves
    r"\W*(?:获取更多\s*RSS|獲取更多\s*RSS|更多\s*RSS|more RSS feeds?|"
    r"(?:请|請|在|打开|打開)?\s*微信\s*(?:公众号|公眾號|公众平台)?\s*(?:搜索|搜尋|搜|添加|关注|關注|扫|掃)|"
    r"(?:搜索|搜尋).{0,8}(?:微信|公众号|公眾號)|(?:扫描?|掃描?|长按|長按|识别|識別).{0,16}(?:二维码|二維碼|QR)|"
    r".{0,20}(?:扫描?|掃描?|长按|長按|识别|識別).{0,16}(?:二维码|二維碼).{0,12}(?:关注|關注|加入|订阅|訂閱|解锁|解鎖|下载|下載)|"
    r"(?:欢迎|歡迎|敬请|敬請)?\s*(?:关注|關注|订阅|訂閱|加入|追蹤).{0,24}(?:公众号|公眾號|微信|电报|電報|Telegram|频道|頻道|推特|"
    r"Twitter|Facebook|脸书|臉書|Discord|YouTube|Newsletter|電子報|电子报)|"
    r"(?:点击|點擊|戳|请点|請點).{0,8}[“「\"]?(?:阅读原文|閱讀原文).{0,8}$|"
    r".{0,16}(?:点个|點個|点击|點擊|点(?=[“「【\"]))\s?[“「【\"]?在看.{0,6}$|"
    r".{0,60}(?:点击|點擊|點我|扫码|掃碼|立即)下[载載].{0,14}APP|点击.{0,6}(?:订阅|关注)|點擊.{0,6}(?:訂閱|關注))"
)
_TEASERS = (  # how a link begins that leads to the rest of a text, where the whole line is a link
    r"\W*(?:continue reading|keep reading|read more|read on\b|(?:view|see|read) (?:all|more) (?:posts|articles|stories)|"
    r"read the (?:full|rest|whole|entire)|(?:view|read) full|"
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
    r"\W*(?:(?:本文|文章|以上内容|以上內容).{0,60}不代表.{0,30}(?:观点|觀點|立场|立場)|"
    r"(?=.*\b(?:affiliate|links?)\b)"
    r".{0,200}\b(?:we|may|might|could) (?:also )?(?:earn|receive|get)\b.{0,40}\bcommissions?\b|"
    r".{0,8}(?:声明|聲明)[:：].*(?:平台|代表|意味着|登载|登載|转载|轉載|上传|上傳|信息存储|版权|版權|侵权|侵權|著作权)|"
    r"notice: the content above|a version of this (?:article|story|review) (?:appears|appeared)|"
    r"our standards: |the \w+ is not responsible for the content|retrieved from [\"“]|posted @ |"
    r"(?:文章)?(?:转载|轉載)(?:请|請)(?:注明|註明)|本文(?:链接|地址|网址)[:：]|原文(?:链接|地址|連結)[:：]|"
    r"海量资讯、精准解读|本文来自(?:微信公众号|投稿)|"
    r"il vous reste .{1,20} de cet article à lire|la suite est réservée aux abonnés|"
    r"(?:有料会員限定\W*)?この記事は(?:有料(?:記事|会員)|会員限定|いかがでしたか)|残り\s?\d+文字|"
    r"(?:cet|ce) (?:article|contenu) est réservé aux abonnés|(?:dieser|der) artikel ist (?:nur )?für abonnenten|"
    r"(?:este|esta) (?:artículo|contenido|nota|conteúdo|reportagem) es?t?á? (?:solo|exclusiv[oa]|disponible) para|"
    r"os comentários são exclusivos para assinantes|"
    r"\(?(?:c\)?\s*)?(?:許可なく|无断)転載)"
)
_PAYWALL = (  # who may read on
    r".{0,20}(?:付费|付費|会员|會員|订阅|訂閱).{0,30}(?:阅读|閱讀|查看|解锁|解鎖|继续|繼續).{0,8}$|"
    r".{0,60}\b(?:already a (?:subscriber|member)\W|subscribe to (?:read|continue|unlock)|subscribers? only\W*$)"
)
_MAIL = (  # what stands below a newsletter
    r"\W*(?:(?:to |click (?:here )?to )?unsubscribe\b|"
    r"you(?:['’]re| are| have)? (?:receiv(?:e|ed|ing) this|getting this|subscribed|signed up)\b|"
    r"(?:update|manage|change) (?:your )?(?:e-?mail |subscription )?(?:preferences|subscription)|"
    r"view (?:this |it )?(?:e-?mail |newsletter |message )?(?:in|online)\b|this (?:e-?mail|message) was sent to|"
    r"(?:vom )?newsletter ab(?:melden|bestellen)|hier abmelden|sie erhalten diese|"
    r"se désabonner|se désinscrire|vous recevez ce|"
    r"darse de baja|cancelar (?:la )?suscripción|recibe este|annulla l[’']iscrizione|cancelar inscrição|отписаться|"
    r"退订|退訂|取消(?:订阅|訂閱)|配信停止|수신\s?거부)"
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


def _split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words in ASCII, and the others, of which a line in ASCII has none."""
    words = text.split("|")
    return tuple([word for word in words if word.isascii()]), tuple([word for word in words if not word.isascii()])


# Words of which each of these patterns needs one; the patterns are compiled when a line has such a word, which few have.
_MARKS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    _COPYRIGHT: _split(
        "©|(c)|copyright|授权|授權|许可|許可|允许|允許|版权|版權|著作|转载|轉載|转发|轉發|复制|複製|摘编|摘編|無断|저작권|무단|ⓒ|حقوق|rights|rechte|"
        "droits|derechos|direitos|diritti|права|prawa|hakları|bản quyền"
    ),
    _SUBSCRIBE: _split(
        "rss|thanks for|subscri|sign up|follow|join|newsletter|inbox|support us|download|like us|find us|"
        "wechat|folge|abonn|suivez|inscr|retrouvez|guenos|ganos|suscr|únete|siga|assine|"
        "participe|seguici|iscriviti|abbonati|подпи|читайте|следите|присоедин|підпи|стежте|приєдн|"
        "obserwuj|zapisz|subskr|volg|takip|theo dõi|ikuti|تابع|اشترك|انضم|دنبال|عضو|登録|フォロー|구독|"
        "팔로우|뉴스레터"
    ),
    _FOLLOW: _split("bluesky|facebook|instagram|linkedin|mastodon|telegram|tiktok|twitter|whatsapp|youtube"),
    _SUBSCRIBE_WIDE: _split(
        "app|rss|原文|在看|付费|付費|会员|會員|微信|公众号|公眾號|二维码|二維碼|qr|关注|關注|订阅|訂閱|加入|追蹤"
    ),
    _STAMP: _split(
        "发|發|编辑|編輯|更新|公開|posted|published|updated|modified|aktualisiert|geändert|veröff|publi|mis à|actualiz|"
        "atualiz|обнов|опубл"
    ),
    _STATEMENT: _split(
        "声明|聲明|不代表|commission|"
        "notice:|a version|our standards|not responsible|retrieved from|posted @|转载|轉載|本文|原文|海量|"
        "vous reste|réservé|abonnenten|para|有料|いかが|残り|転載"
    ),
    _MAIL: _split(
        "unsubscribe|receiv|getting|subscri|signed up|preferences|view|sent to|abmelden|abbestell|erhalten|désabonner|"
        "désinscrire|recevez|baja|suscrip|recibe|iscrizione|inscrição|отписаться|退订|退訂|取消|配信停止|거부"
    ),
    _TEASERS: _split(""),
    _PAYWALL: _split("付费|付費|会员|會員|订阅|訂閱|subscribe|already a"),
    _FEED: _split(
        "published in|published on|published at|appeared|erschien|apparu|primero en|primeiro em|"
        "proviene da|primo su|появи|опубликовано|verscheen|pojawił|pochodzi|最先出现|最早發佈"
    ),
}
_FEW = 100  # characters of a line
# What of a last line is of which kind: by the pattern that it begins with, its length, and what links and rules it has.
_LAST_LINES: tuple[tuple[Kind, str, int, Callable[[int, int, bool], bool] | None], ...] = (
    ("copyright", _COPYRIGHT, 300, None),
    ("byline", _STAMP, 60, None),
    ("copyright", _STATEMENT, 300, None),
    ("newsletter", _SUBSCRIBE_WIDE, 220, None),
    ("newsletter", _SUBSCRIBE, 220, lambda linked, length, ruled: linked > 0 or ruled or length <= _FEW),
    ("newsletter", _FOLLOW, 220, lambda linked, _, __: linked > 0),
    ("paywall", _PAYWALL, 120, lambda linked, _, __: linked > 0),
    ("newsletter", _MAIL, 400, lambda linked, _, __: linked > 0),
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
    plain = folded.encode("ascii", "ignore").decode()
    for kind, pattern, longest, needs in _LAST_LINES:
        if length <= longest and (needs is None or needs(linked, length, ruled)) and _begins(pattern, folded, plain):
            return kind
    if (linked or ended or text.endswith((":", "："))) and (kind_of_label := label_of(text)) is not None:
        return kind_of_label  # with a colon, but nothing below
    return kind_of_button(text, linked)


def _begins(pattern: str, text: str, plain: str) -> bool:
    """Return True where a text in lower case begins with a pattern; `plain` is what of the text is ASCII.

    To look for words in that takes less than in a text with other characters.
    """
    words, others = _MARKS[pattern]
    if not any(map(plain.__contains__, words)) and (plain == text or not any(map(text.__contains__, others))):
        return False
    return bool(_compiled(pattern, re.IGNORECASE | re.DOTALL).match(text))


def is_rule(text: str) -> bool:
    """Return True for a line of dashes, stars and the like."""
    return bool(_RULE.fullmatch(text))
