"""Chooses a picture's alternative text: the article's own words, never a file name, never "image"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from epubmaker.text.characters import plain

__all__ = ["LONGEST", "LONGEST_FORMULA", "meaningful", "own_alt", "shortened"]

LONGEST = 140  # characters; screen readers and Kindle's guidelines ask for no more

LONGEST_FORMULA = 2000  # characters of one that is written out

# The words that editors' tools put in where the author wrote none, in the languages of most of the web.
_FILLER = re.compile(
    r"(?:an? |the |this )?(?:alt(?:ernative)? ?text|alt|article|blog|caption|cover|default|enlarged?|featured|file|full|"
    r"generic|graphic|header|hero|image|images|img|lead|loading|main|media|news|no|none|null|photo|photograph|pic|"
    r"picture|placeholder|post|preview|screenshot|story|the|thumb|thumbnail|undefined|unknown|untitled|"
    r"click to (?:enlarge|zoom|view)|description|of|for|bild|foto|imagen|imagem|immagine|afbeelding|obraz|"
    r"фото|фотография|изображение|картинка|рисунок|зображення|صورة|تصویر|عکس|"
    r"图|图片|图像|照片|相片|圖|圖片|圖像|插图|插圖|配图|配圖|题图|題圖|封面|资料图|微信图片|画像|写真|イメージ|이미지|사진|그림)"
    r"(?:[\s_.:#-]*(?:\d+|[a-z]))?",
    re.IGNORECASE,
)
_MOST = 4000  # characters that are read; at most half of them are kept
_FILE_NAME = re.compile(r"\S.{0,200}\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|tiff?|heic|svg|pdf)", re.IGNORECASE)
_CAMERA = re.compile(
    r"(?:img|dsc[nf]?|pict?|pxl|photo|image|screen ?shot|mmexport|wx|p)[\W_]*\d[\d\W_a-z]*", re.IGNORECASE
)
_MACHINE = re.compile(r"[0-9a-z]*\d[0-9a-z]*(?:[_-][0-9a-z]+)*|[0-9a-f]{8,}|[\w-]+_[\w-]+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")


def meaningful(text: str, address: str = "") -> str:
    """Return an alternative text on one line, or "" where it describes nothing: a filler or the name of a file."""
    found = shortened(plain(text[:_MOST]), _MOST // 2)
    if not any(map(str.isalpha, found)):
        # An emoji or a formula may say something; digits and punctuation do not.
        return found if any(ord(letter) > 0x2190 for letter in found) and len(found) < 20 else ""
    if "://" in found[:12] or found.startswith(("//", "data:")):
        return ""
    if len(found) < LONGEST * 2 and (_FILE_NAME.fullmatch(found) or all(map(_is_filler, _chunks(found)))):
        return ""
    if (
        " " not in found
        and found.isascii()
        and len(found) < LONGEST * 2
        and ((len(found) > 7 and _MACHINE.fullmatch(found)) or _CAMERA.fullmatch(found))
    ):
        return ""
    name = address.split("?", 1)[0].rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "" if found.isascii() and " " not in found and len(found) > 3 and found == name else found


def _chunks(text: str) -> list[str]:
    return [text] if _FILLER.fullmatch(text) else text.split(" ")


def _is_filler(text: str) -> bool:
    return bool(_FILLER.fullmatch(text)) or text.isdigit()


def own_alt(attributes: Mapping[str, str], address: str) -> str:
    """Return the article's description of a picture, from the attributes of its element; "" where there is none."""
    for name in ("alt", "aria-label", "title"):
        found = meaningful(attributes[name], address) if name in attributes else ""
        if found:
            return found
    return ""


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text cut at the end of a sentence, else between words, to `longest` characters at most."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    ends = [match.start() for match in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] > longest // 3:
        return head[: ends[-1]].rstrip()
    space = head.rfind(" ", longest // 2)
    return (head[:space] if space > 0 else head[:-1]).rstrip(" ,;:，；：、") + "…"
