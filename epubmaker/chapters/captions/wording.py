"""The words that captions and credits begin or end with, in the languages that the program speaks.

A credit names the photographer or the source of a picture. Sites also put labels before both, for screen readers: the
BBC's are here in the languages of its services, since its pages mark them with hashed classes only.
"""

from __future__ import annotations

import re

from epubmaker.text.characters import letters

__all__ = [
    "credit_label",
    "ends_as_credit",
    "is_figure_label",
    "is_not_a_caption",
    "label",
    "opens_as_caption",
    "opens_as_credit",
    "parted_credit",
    "says",
]

_LONGEST_CREDIT = 160  # characters
_LONGEST_NAME = 80  # characters of a credit that is known by its end only
_LONGEST_REST = 80  # characters of a caption that its picture's description lacks: mostly the credit
_LEAST_SAID = 12  # letters of a description that a caption may begin with; ideographs count as three

_COLON = r"(?=[:：/／|＝=])"
_OPENING = r"[(（\[【\-–—/*\s]*"
# How credits begin in text.
_CREDIT_WORDS = re.compile(
    rf"{_OPENING}(?:"
    r"(?:(?:file|cover|top|lead|featured?|header|main|stock)\s)?(?:photo(?:graph(?:y|s)?|s)?|image|picture|illustration|"
    r"artwork|art|video|graphic|screen\s?(?:shot|grab)|drawing|painting|cartoon|animation|composite)s?\s*"
    rf"(?:(?:credit|source|courtesy)s?\b|(?:by|via|courtesy|©)(?!\w)|{_COLON})|"
    rf"(?:artist|photographer|illustrator|map|chart|image\s?rights|source|via|handout){_COLON}|"
    rf"credits?\b|courtesy(?: of\b|{_COLON})|copyright\b|[©ⓒ]|\(c\)|"
    r"(?:fotos?|fotograf[íi]as?|fotografie|im[aá]gen(?:es)?|imagem|imagens|immagin[ei]|ilustraci[óo]n|ilustraç[ãa]o|"
    r"illustrazione|infograf[íi]a|infographie|captura(?: de (?:pantalla|tela))?|capture(?: d['’]écran)?|dessin|fuente|"
    r"fonte|reproduç[ãa]o|divulgaç[ãa]o|cr[ée]ditos?(?: d[ae] (?:foto|imagem|imagen))?|crédits?(?:[ -]photos?)?|"
    r"foto-?credit|bild(?:er)?|bildquellen?|bildnachweis|bildrechte|quellen?|grafik|karikatur|zeichnung|montage|"
    r"фото(?:граф(?:ия|ії|ія)?)?|автор(?: фото)?|источник(?: фото| изображения)?|иллюстрация|изображение|рисунок|"
    r"скриншот|снимок|кадр|світлина|джерело|зображення|ілюстрація|скріншот|"
    r"صورة|الصورة|الصور|تصوير|عدسة|المصدر|مصدر(?: الصورة)?|لقطة شاشة|عکس|عکاس|تصویر|منبع(?: عکس| تصویر)?)"
    rf"\s*(?:{_COLON}|[–—]\s)|"
    r"(?:cortes[íi]a de|courtoisie de|с разрешения)\s|"
    r"(?:图片?源|圖片?源|(?:图|圖|照|相|画|畫)(?:片|像)?(?:来源|來源|提供|版权|版權|出处|出處)|供图|供圖|摄影(?:师|师)?|攝影(?:師)?|"
    r"拍摄|拍攝|摄|攝|来源|來源|截图|截圖|截屏|插图|插圖|插画|插畫|绘图|繪圖|制图|製圖|漫画|漫畫|题图|題圖|封面图|封面圖|头图|"
    r"写真(?:提供)?|画像(?:提供|出典)?|撮影|出典|出所|提供|引用元?|イラスト|"
    rf"사진(?: ?(?:제공|출처))?|이미지(?: ?(?:제공|출처))?|출처|제공|그림|일러스트|자료)\s*{_COLON}|"
    r"(?:图|圖|文[・·]?图|文[・·]?圖)\s*[/／|])",
    re.IGNORECASE,
)
# Photo agencies and libraries, by whose names credits end.
_AGENCIES = (
    r"(?:getty(?:\s?images)?|istock(?:photo)?|shutterstock|alamy(?: stock photo)?|unsplash|pexels|pixabay|flickr|"
    r"wikimedia(?: commons)?|wikipedia|adobe ?stock|dreamstime|corbis|magnum(?: photos)?|reuters|afp(?:-jiji)?|"
    r"ap(?: photo)?|"
    r"associated press|the associated press|epa(?:-efe)?|efe|dpa|upi|ansa|tass|тасс|риа новости|ria novosti|sputnik|"
    r"xinhua|kyodo(?: news)?|yonhap|bloomberg(?: news)?|zuma(?: press| wire)?|picture[- ]alliance|imago(?: images)?|"
    r"ullstein|belga|keystone|sipa|hulton archive|cc[ -]by(?:-[a-z]{2})*(?: \d\.\d)?|public domain|"
    r"新华社|新華社|中新社|路透社?|法新社|美联社|美聯社|中央社|视觉中国|視覺中國|东方ic|资料图片?|資料圖片?|资料照片?|資料照片?|"
    r"網路圖片|网络图片|維基百科|维基百科|共同|時事|アフロ|ロイター|연합뉴스|뉴시스|뉴스1|أ ف ب|رويترز|فرانس برس)"
)
# Strings, which `re` compiles when the first text may match: that takes longer than most articles.
_BRACKETED = rf"(?i:[(（\[【][^()（）\[\]【】]{{0,{_LONGEST_NAME}}}?{_AGENCIES}\s*[)）\]】])"
_BEFORE_AGENCY = (
    rf"(?:(?:[^.。!?！？()（）\[\]]|(?<=\b\w)\.){{0,{_LONGEST_NAME}}}?(?:[/／|,，、:：–—-]|\bvia|\bfor|\bthrough)\s*)"
)
_AGENCY_LINE = rf"(?i:{_OPENING}{_BEFORE_AGENCY}{_AGENCIES}[)）\]】\s-]*)"
_AGENCY_ALONE = rf"(?i:{_OPENING}{_AGENCIES}[)）\]】\s-]*)"
_CREDITED = (
    rf"(?i:[(（\[][^()（）\[\]]{{0,{_LONGEST_NAME}}}?(?<!\w){_AGENCIES}(?!\w)[^()（）\[\]]{{0,{_LONGEST_NAME}}}[)）\]]|"
    rf"[/／]\s?{_AGENCIES}|\b(?:reuters|afp|ap photo|getty images)\s?[/／]\s?[\w.'’ -]{{2,40}})\.?"
)
_PARTS_AGENCY = re.compile(r"[/／|,，、:：–—-]|\b(?:via|for|through)\b", re.IGNORECASE)
_LAST_BRACKETS = re.compile(r"[(（\[【](?P<inner>[^()（）\[\]【】]{2,120})[)）\]】][.。]?$")
_SENTENCE_END = re.compile(r"[.!?。！？…”\"»](?=\s|[^\x00-\u2e7f])")
# After a sentence, these are credits, too: alone they may begin a caption.
_SHORT_CREDIT = re.compile(
    r"(?:图|圖|文|摄影|攝影|AP Photo|Photo|Foto|Фото|Image|Source)\s*[:：/／]\s*[^.。!?！？]{2,60}\.?|AP Photo/[^.]{2,60}",
    re.IGNORECASE,
)
_AGENCY_TAIL = re.compile(r"\s(?P<credit>(?:REUTERS|AFP|AP Photo|EPA|Getty Images)\s?[/／]\s?[^/.]{3,40}\.?)$")
_CHINESE_END = re.compile(
    r"[(（【\[]?[^。！？，,()（）]{0,30}(?:[\s/／]摄|[\s/／]攝|摄影|攝影|供图|供圖|提供|截图|截圖|截屏|翻摄|翻攝|製圖|制图|制圖|撮影|제공)[)）】\]]?"
)

# How captions begin in text.
_CAPTION_SIGN = re.compile(
    r"[▲△▴▼▽▾↑⬆☝◀►]|[(（\[【]?(?:图|圖)(?:说|說|注|示|为|為|片说明|片說明|片：|[0-9一二三四五六七八九十]{0,3}\s*[:：])|"
    r"(?:figure|fig\.?|abb(?:ildung|\.)|图|圖)\s*[0-9]{1,3}(?:[.-][0-9]{1,3})?[a-z]?\s*[:：.、](?![0-9])|"
    r"(?:caption|pictured|in this (?:photo|image|picture|handout))\b",
    re.IGNORECASE,
)
# How a line begins that looks like a caption and is none.
_NOT_A_CAPTION = re.compile(
    r"(?:editor|note|update|correction|this (?:article|story|post|piece|column)|read |see also|related|by |follow|"
    r"subscribe|watch|listen|click|sign up|more |reporting|编者|編者|本文|作者|注[:：]|更新|延伸|相关|相關|责编|責編)",
    re.IGNORECASE,
)

_CREDIT_LABEL = re.compile(
    r"(?:图像来源|圖像來源|image (?:source|copyright)|fuente de la imagen|crédito|crédit photo|автор фото|صدر الصورة|"
    r"مصدر الصورة|منبع تصویر|kaynak|sumber gambar|nguồn hình ảnh|이미지 출처|画像提供|इमेज स्रोत|ছবির উৎস|تصویر کا ذریعہ|"
    r"chanzo cha picha)\s*[,，،、:：]\s*|(?:credit\s*){2,3}[:：.…]*\s*",
    re.IGNORECASE,
)
_CREDIT_DOTS = re.compile(r"(?:credit\s*)+(?:\.{3}|…)\s*", re.IGNORECASE)
_GLUED_CREDIT = re.compile(r"\s*(?:Credit\s*(?:\.{3}|…)?\s*){2,3}(?=\S)")  # to the end of the caption
_CAPTION_LABEL = re.compile(
    r"(?:图像加注文字|圖像加註文字|(?:image|media) caption|pie de foto|legenda da foto|légende image|подпись к фото|"
    r"підпис до фото|التعليق على الصورة|توضیح تصویر|fotoğraf altı yazısı|keterangan gambar|chụp lại hình ảnh|사진 설명|"
    r"画像説明|इमेज कैप्शन|ছবির ক্যাপশান|تصویر کا کیپشن|maelezo ya picha)\s*[,，،、:：]\s*",
    re.IGNORECASE,
)

_FIGURE_LABEL = re.compile(r"(?:photo|image|picture|bild|foto)", re.IGNORECASE)


def opens_as_credit(text: str) -> bool:
    """Return True for a short text that begins as credits do: "Photograph: ", "图源：", "©", or is one as a whole."""
    if len(text) > _LONGEST_CREDIT:
        return False
    if _CREDIT_WORDS.match(text) or _CREDIT_LABEL.match(text):
        return True
    return text[:1] in set("(（[【") and bool(re.fullmatch(_BRACKETED, text))


def ends_as_credit(text: str, *, boxed: bool = False) -> bool:
    """Return True for a few words that end with an agency or with "photographed by" as Chinese has it: "Jane Doe / AFP".

    `boxed`: the text is known to belong to a picture, so that the agency's name alone is enough.
    """
    if len(text) > _LONGEST_NAME:
        return False
    if boxed and re.fullmatch(_AGENCY_ALONE, text):
        return True
    if _CHINESE_END.fullmatch(text):
        return True
    return bool(_PARTS_AGENCY.search(text)) and bool(re.fullmatch(_AGENCY_LINE, text))


def carries_credit(text: str) -> bool:
    """Return True for a text that ends with an agency's credit: "A ferry. (Jane Doe/AFP)", "A ferry. REUTERS/Jane Doe"."""
    tail = text[-3 * _LONGEST_NAME :]
    if tail.rstrip(".")[-1:] not in set(")）]】") and "/" not in tail and "／" not in tail:
        return False
    return any(tail.endswith(match[0]) for match in re.finditer(_CREDITED, tail))


def parted_credit(text: str) -> tuple[str, str]:
    """Return a caption without the credit that it ends with, and that credit without brackets; "" where there is none."""
    text = text.rstrip()
    found = _LAST_BRACKETS.search(text)
    if found is not None and text[: found.start()].strip():
        inner = found["inner"].strip()
        if opens_as_credit(inner) or ends_as_credit(inner, boxed=True) or re.fullmatch(_CREDITED, f"({inner})"):
            return text[: found.start()].rstrip(), inner
    tail = text[-_LONGEST_CREDIT:]
    for end in _SENTENCE_END.finditer(tail):
        rest = tail[end.end() :].strip()
        if opens_as_credit(rest) or ends_as_credit(rest) or _SHORT_CREDIT.fullmatch(rest):
            return text[: len(text) - len(tail) + end.end()].rstrip(), credit_name(rest)
    found = _GLUED_CREDIT.search(tail)
    if found is not None and tail[: found.start()].strip():
        return text[: len(text) - len(tail) + found.start()], tail[found.end() :]
    found = _AGENCY_TAIL.search(tail)
    if found is not None and tail[: found.start()].strip():
        return text[: len(text) - len(tail) + found.start()].rstrip(), found["credit"]
    return text, ""


def opens_as_caption(text: str) -> bool:
    """Return True for a text that begins as only captions do: "▲", "图为", "Figure 2: "."""
    return bool(_CAPTION_SIGN.match(text) or _CAPTION_LABEL.match(text))


def is_not_a_caption(text: str) -> bool:
    """Return True for a line that looks like a caption and is none: a note, a byline, a call to read or do something."""
    return text[-1:] in {":", "："} or bool(_NOT_A_CAPTION.match(text.lstrip("(（[【*— ")))


def label(text: str) -> str:
    """Return the label that a caption or a credit begins with, such as "Image caption, ", or ""."""
    found = _CREDIT_LABEL.match(text) or _CAPTION_LABEL.match(text)
    return found[0] if found else ""


def credit_name(text: str) -> str:
    """Return a credit without the label that it begins with, or the word "Credit" as some sites write it."""
    dots = _CREDIT_DOTS.match(text)
    return text[dots.end() :] if dots else text.removeprefix(label(text))


def is_figure_label(text: str) -> bool:
    """Return True for what some sites write on a picture for screen readers: that it is one."""
    return bool(_FIGURE_LABEL.fullmatch(text))


def credit_label(text: str) -> bool:
    """Return True for a text that begins with a label which makes a credit of it."""
    return bool(_CREDIT_LABEL.match(text))


def says(text: str, description: str) -> bool:
    """Return True for a text that repeats a picture's description, maybe with a few words more, such as a credit."""
    given, wanted = letters(text), letters(description)
    if not given or not wanted:
        return False
    if given == wanted:
        return True
    shorter, longer = sorted((given, wanted), key=len)
    weight = sum(3 if letter > "\u2e80" else 1 for letter in shorter)
    if not longer.startswith(shorter) or weight < _LEAST_SAID:
        return False
    return len(longer) - len(shorter) <= min(_LONGEST_REST, len(shorter)) or weight >= 4 * _LEAST_SAID
