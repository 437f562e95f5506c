"""From Markdown to HTML.

CommonMark with tables and strikethrough (GitHub), footnotes and definition lists (Pandoc), formulas between dollar signs,
which stay text, and what Obsidian has: links and embedded files in double brackets, callouts, comments, highlights, tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

__all__ = ["line_to_html", "to_html"]

_DEEPEST = 40  # blocks around blocks; what is deeper is a paragraph. The parser would drop it at its own limit.
_NESTING = 60
_WIKI_LINK = re.compile(r"\[\[([^\[\]|#\n]{0,300})(#[^\[\]|\n]{0,300})?(?:\\?\|([^\[\]\n]{0,1000}))?\]\]")
_PICTURE = re.compile(r"\.(?:avif|bmp|gif|heic|jfif|jpe?g|png|svg|tiff?|webp)", re.IGNORECASE)
_SIZE = re.compile(r"\s*[0-9]{1,5}(?:x[0-9]{1,5})?\s*")
_CALLOUT = re.compile(r"\[!([A-Za-z][\w-]{0,40})(?:\|[^\]\n]{0,40})?\][+-]?[ \t]*([^\n]*)\n?")
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_TAGS = re.compile(r"(?:#[^\W\d][\w/-]*[ \t]*\n?)+")  # Obsidian's own, each with a letter at least
_BLOCK_ID = re.compile(r"[ \t]\^[0-9a-z]{6}$")  # by which Obsidian links to a paragraph
_EQUALS = ord("=")


def to_html(text: str, name: str) -> str:
    """Return a text as HTML; `name` is the path of its file."""
    del name
    return str(_parser().render(text))


def line_to_html(text: str) -> str:
    """Return the text of a heading as HTML."""
    return str(_parser().renderInline(text))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(footnote_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.block.ruler.before(parser.block.ruler.get_all_rules()[0], "deepest", _deepest)
    parser.block.ruler.before("fence", "comment", _comment_block, {"alt": ["paragraph"]})
    parser.inline.ruler.before("link", "wiki_link", _wiki_link)
    parser.inline.ruler.before("link", "comment", _comment)
    parser.inline.ruler.before("emphasis", "mark", _mark)
    parser.inline.ruler2.before("emphasis", "mark", _join_marks)
    parser.core.ruler.before("inline", "callouts", _callouts)
    parser.core.ruler.before("inline", "lines", _lines)
    for kind, shown in (("math_inline", "<code>{}</code>"), ("math_inline_double", "<code>{}</code>")):
        parser.add_render_rule(kind, _formula(shown))
    for kind in ("math_block", "math_block_label"):
        parser.add_render_rule(kind, _formula("<pre><code>{}</code></pre>\n"))
    return parser


def _formula(shown: str) -> Callable[..., str]:
    def render(_: object, tokens: list[Token], index: int, *__: object) -> str:
        return shown.format(escape(tokens[index].content.strip("\n")))

    return render


# --- blocks ----------------------------------------------------------------------------------------------------------


def _deepest(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own order
    """Take what is nested too deep for one paragraph."""
    if state.level < _DEEPEST or silent:
        return False
    state.push("paragraph_open", "p", 1).map = [start, end]
    inline = state.push("inline", "", 0)
    inline.content, inline.children = state.getLines(start, end, state.blkIndent, False).strip(), []  # noqa: FBT003
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Leave out lines from one that begins with "%%" to one that ends so."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("%%", begin):
        return False
    close = state.src.find("%%", begin + 2)
    line = start
    while line < end and state.eMarks[line] < close:
        line += 1
    if close < 0 or line >= end or state.src[close + 2 : state.eMarks[line]].strip():
        return False
    if not silent:
        state.line = line + 1
    return True


def _callouts(state: StateCore) -> None:
    """Give quotes that begin with "[!note]" their title."""
    tokens, done = state.tokens, 0
    kept: list[Token] = []
    for index in range(2, len(tokens)):
        inline = tokens[index]
        if inline.type != "inline" or tokens[index - 2].type != "blockquote_open":
            continue
        found = _CALLOUT.match(inline.content)
        if found is None:
            continue
        title = Token("inline", "", 0, content=found[2].strip() or found[1].replace("-", " ").capitalize(), children=[])
        strong = (
            Token("html_block", "", 0, content="<p><strong>"),
            Token("html_block", "", 0, content="</strong></p>\n"),
        )
        rest = inline.content[found.end() :]
        kept += [*tokens[done : index - 1], strong[0], title, strong[1]]
        done = index - 1
        if rest.strip():
            inline.content = rest
        else:
            done = index + 2
    state.tokens = [*kept, *tokens[done:]]


def _lines(state: StateCore) -> None:
    """Turn the marks of tasks into boxes, make lines of tags small, and drop the ids of paragraphs."""
    tokens = state.tokens
    for index in range(1, len(tokens)):
        inline, opening = tokens[index], tokens[index - 1]
        if inline.type != "inline":
            continue
        text = inline.content
        if opening.type == "paragraph_open" and index > 1 and tokens[index - 2].type == "list_item_open":
            task = _TASK.match(text)
            if task:
                checked = "" if task[1] == " " else " checked"
                text = f'<input type="checkbox" disabled{checked}>{text[task.end() :]}'
        if text.startswith("#") and _TAGS.fullmatch(text):
            text = f"<small>{text}</small>"
        inline.content = _BLOCK_ID.sub("", text) if "^" in text[-7:] else text


# --- within lines ----------------------------------------------------------------------------------------------------


def _comment(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    del silent
    if not state.src.startswith("%%", state.pos):
        return False
    end = state.src.find("%%", state.pos + 2, state.posMax)
    if end < 0:
        return False
    state.pos = end + 2
    return True


def _wiki_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read "[[note]]", "[[note#heading|text]]", "![[picture.png|caption]]"."""
    embeds = state.src.startswith("![[", state.pos)
    found = _WIKI_LINK.match(state.src, state.pos + embeds, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = _linked(*found.groups(default=""), embeds=embeds)
    state.pos = found.end()
    return True


def _linked(name: str, place: str, text: str, *, embeds: bool) -> str:
    name = name.strip()
    if embeds and _PICTURE.search(name):
        caption = "" if _SIZE.fullmatch(text) else text.strip()
        return f'<img src="{escape(quote(name))}" alt="{escape(caption)}">'
    return escape(text.strip() or f"{name}{place}".strip("#"))


def _mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read "==highlight==", as the parser's own rule reads "~~struck~~"."""
    if silent or not state.src.startswith("==", state.pos):
        return False
    scanned = state.scanDelims(state.pos, True)  # noqa: FBT003 - as above
    state.push("text", "", 0).content = "=" * scanned.length
    if scanned.length == 2:
        token = len(state.tokens) - 1
        state.delimiters.append(Delimiter(_EQUALS, 0, token, -1, scanned.can_open, scanned.can_close))
    state.pos += scanned.length
    return True


def _join_marks(state: StateInline) -> None:
    inside = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in (state.delimiters, *inside):
        for opening in delimiters:
            if opening.marker == _EQUALS and opening.end >= 0:
                first, last = state.tokens[opening.token], state.tokens[delimiters[opening.end].token]
                first.type, first.tag, first.nesting, first.content = "mark_open", "mark", 1, ""
                last.type, last.tag, last.nesting, last.content = "mark_close", "mark", -1, ""
