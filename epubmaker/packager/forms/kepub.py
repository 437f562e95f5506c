"""The form of a document that Kobo's own engine reads: `.kepub.epub`.

A Kobo shows a plain EPUB with Adobe's engine, and a kepub with Kobo's, which is faster and keeps highlights, notes and
the position by sentence. For that, each sentence and each picture is in a `span` of the class "koboSpan" whose id
counts paragraphs and sentences ("kobo.3.2"), and the body's content is in two `div` elements, of which the engine makes
its columns. The result is still an EPUB that any reading system opens.

Takes markup as `epubmaker.chapters.render` and `epubmaker.packager.pages` write it: well-formed, without comments and CDATA
sections.
"""

from __future__ import annotations

import re

__all__ = ["add_spans"]

_TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
_NAME = re.compile(r"</?([A-Za-z0-9:]+)")
# A sentence ends with a full stop, any closing marks, and a space; in Chinese and Japanese without the space.
_SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)\]]*\s+|[。！？｡…]+[”’」』）》】"']*""")
_NEW_PARAGRAPH = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "caption", "figcaption", "blockquote", "div")
)  # fmt: skip
_LEFT_ALONE = frozenset({"pre", "svg", "math", "ruby", "audio", "video", "script", "style"})
_STYLE = '<style type="text/css" id="kobostylehacks">div#book-inner { margin-top: 0; margin-bottom: 0; }</style>'


def add_spans(document: bytes) -> bytes:
    """Return an XHTML document (UTF-8) in Kobo's form; one that has this form stays as it is."""
    if b'class="koboSpan"' in document or b'id="book-columns"' in document:
        return document
    head, tag, rest = document.decode().partition("<body")
    opening, closing, body = rest.partition(">")
    content, end, after = body.rpartition("</body>")
    if not (tag and closing and end):
        return document
    head = head.replace("</head>", f"{_STYLE}</head>", 1)
    inside = f'<div id="book-columns"><div id="book-inner">{_Spans().around(content)}</div></div>'
    return f"{head}{tag}{opening}{closing}{inside}{end}{after}".encode()


class _Spans:
    """Counts the paragraphs and sentences of one document."""

    def __init__(self) -> None:
        self._paragraph = 1
        self._sentence = 0
        self._left_alone: list[str] = []  # the open elements that get no spans inside

    def around(self, markup: str) -> str:
        """Return the markup with spans around its sentences and pictures."""
        pieces = _TAG.split(markup)
        # Text and tags by turns, text first.
        return "".join(self._tag(piece) if index % 2 else self._text(piece) for index, piece in enumerate(pieces))

    def _tag(self, tag: str) -> str:
        found = _NAME.match(tag)
        name = found[1] if found else ""
        if name in _LEFT_ALONE:
            if tag.startswith("</"):
                self._left_alone.pop()
            elif not tag.endswith("/>"):
                self._left_alone.append(name)
        elif name == "img" and not self._left_alone:
            self._next_paragraph()
            return self._span(tag)
        elif name in _NEW_PARAGRAPH and not tag.startswith("</"):
            self._next_paragraph()
        return tag

    def _text(self, text: str) -> str:
        if self._left_alone or not text.strip():
            return text
        return "".join(map(self._span, _sentences(text)))

    def _next_paragraph(self) -> None:
        if self._sentence:
            self._paragraph += 1
            self._sentence = 0

    def _span(self, content: str) -> str:
        self._sentence += 1
        return f'<span class="koboSpan" id="kobo.{self._paragraph}.{self._sentence}">{content}</span>'


def _sentences(text: str) -> list[str]:
    """Cut text into sentences; a piece without letters and digits stays with the sentence beside it."""
    found: list[str] = []
    start = 0
    for end in (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)):
        piece = text[start:end]
        if found and not (_has_letters(piece) and _has_letters(found[-1])):
            found[-1] += piece
        elif piece:
            found.append(piece)
        start = end
    return found


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))
