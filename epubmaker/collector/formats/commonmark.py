"""From Markdown to HTML.

CommonMark with tables and strikethrough (GitHub), footnotes and definition lists (Pandoc), formulas between dollar signs,
which stay text, and what Obsidian has: links and embedded files in double brackets, callouts, comments, highlights, tags.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import pairwise
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from epubmaker.text.notes import EMBEDDED, NOTE_ENDING, note_at, note_named, place_named

__all__ = ["line_to_html", "to_html"]

_DEEPEST = 40  # blocks around blocks; what is deeper is a paragraph. The parser would drop it at its own limit.
_NESTING = 60
_WIKI_LINK = re.compile(r"\[\[([^\[\]|#\n]{0,300})(#[^\[\]|\n]{0,300})?(?:\\?\|([^\[\]\n]{0,1000}))?\]\]")
_PICTURE = re.compile(r"\.(?:avif|bmp|gif|heic|jfif|jpe?g|png|svg|tiff?|webp)", re.IGNORECASE)
_SIZE = re.compile(r"\s*[0-9]{1,5}(?:x[0-9]{1,5})?\s*")
_CALLOUT = re.compile(r"\[!([A-Za-z][\w-]{0,40})(?:\|[^\]\n]{0,40})?\][+-]?[ \t]*([^\n]*)\n?")
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_TAGS = re.compile(r"(?:#[^\W\d][\w/-]*[ \t]*\n?)+")  # Obsidian's own, each with a letter at least
# By which Obsidian links to a block: six characters that it made itself, or a name with a letter at least.
_BLOCK_ID = re.compile(r"(?:^|\s)(\^(?:[0-9a-z]{6}|(?=[0-9-]{0,59}[A-Za-z])[0-9A-Za-z-]{3,60}))$")
_LONGEST_ID = 62
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_NO_WORD = re.compile(r"[^\w\s-]+")
_LONGEST_FORMULA = 5000  # characters
_LONGEST_PIECE = 1_000_000  # characters that are parsed at a time
_MOST_HTML = 13_000_000  # characters; a chapter has room for 12 million
_PARAGRAPH = re.compile(r"\n\n(?=[#\w])")
_MOST_NESTED = 40  # brackets that are open at a time in a paragraph
_BRACKET = re.compile(r"[\[\]]")
_EQUALS = ord("=")


def to_html(text: str, name: str) -> str:
    """Return a text as HTML; `name` is the path of its file."""
    done: list[str] = []
    size = 0
    for number, piece in enumerate(_pieces(text)):
        # Footnotes of different pieces have different ids. What no chapter has room for is not worth the time.
        given = {"name": name, **({"docId": str(number)} if number else {})}
        done.append(_parser().render(piece, given) if size < _MOST_HTML else f"<p>{escape(piece)}</p>")
        size += len(done[-1])
    return "".join(done)


def line_to_html(text: str) -> str:
    """Return the text of a heading as HTML."""
    return str(_parser().renderInline(text))


def _pieces(text: str) -> Iterator[str]:
    """Cut a very long text before paragraphs: the parser takes fifty bytes of memory and more for each of its bytes."""
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        cut = _PARAGRAPH.search(text, start + _LONGEST_PIECE // 2, start + _LONGEST_PIECE)
        end = cut.end() if cut else text.rfind("\n", start, start + _LONGEST_PIECE) + 1 or start + _LONGEST_PIECE
        yield text[start:end]
        start = end
    yield text[start:]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(footnote_plugin)
    parser.block.ruler.before(parser.block.ruler.get_all_rules()[0], "deepest", _deepest)
    parser.block.ruler.before("fence", "comment", _comment_block, {"alt": ["paragraph"]})
    parser.block.ruler.before("fence", "formula", _formula_block, {"alt": ["paragraph"]})
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.before("link", "wiki_link", _wiki_link)
    parser.inline.ruler.before("link", "comment", _comment)
    parser.inline.ruler.before("emphasis", "mark", _mark)
    parser.inline.ruler2.before("emphasis", "mark", _join_marks)
    parser.core.ruler.before("inline", "callouts", _callouts)
    parser.core.ruler.before("inline", "lines", _lines)
    parser.core.ruler.after("inline", "links", _links)
    return parser


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
    last = _last_line(state, start, end, "%%")
    if last is None:
        return False
    if not silent:
        state.line = last + 1
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read a formula between two "$$" at the ends of lines as code."""
    last = _last_line(state, start, end, "$$", _LONGEST_FORMULA)
    if last is None:
        return False
    if not silent:
        token = state.push("code_block", "", 0)
        written = state.getLines(start, last + 1, state.blkIndent, False).strip()  # noqa: FBT003 - as above
        token.content = f"{written.removeprefix('$$').removesuffix('$$').strip()}\n"
        state.line = last + 1
    return True


def _last_line(state: StateBlock, start: int, end: int, mark: str, most: int = sys.maxsize) -> int | None:
    """Return the line that ends a block of lines between two marks with at most `most` characters; None without one."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(mark, begin):
        return None
    close = state.src.find(mark, begin + len(mark), begin + most)
    line = start
    while line < end and state.eMarks[line] < close:
        line += 1
    if close < 0 or line >= end or state.src[close + len(mark) : state.eMarks[line]].strip():
        return None
    return line


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
    """Turn the marks of tasks into boxes, make lines of tags small, and give blocks the ids that stand at their ends."""
    tokens = state.tokens
    last: dict[int, Token] = {}  # by its level, the block that began last
    before: Token | None = None  # the one before the paragraph
    for index in range(1, len(tokens)):
        inline, opening = tokens[index], tokens[index - 1]
        if opening.nesting >= 0:
            before = last.get(opening.level)
            last[opening.level] = opening
            last.pop(opening.level + 1, None)
        if inline.type != "inline":
            continue
        text = inline.content
        if _is_tangled(text):
            inline.type = "text"  # not parsed
            continue
        if opening.type == "paragraph_open" and index > 1 and tokens[index - 2].type == "list_item_open":
            task = _TASK.match(text)
            if task:
                checked = "" if task[1] == " " else " checked"
                text = f'<input type="checkbox" disabled{checked}>{text[task.end() :]}'
        if text.startswith("#") and _TAGS.fullmatch(text):
            text = f"<small>{text}</small>"
        if "^" in text[-_LONGEST_ID:] and (block := _BLOCK_ID.search(text, max(0, len(text) - _LONGEST_ID - 1))):
            text = text[: block.start()]
            marked = tokens[index - 2] if opening.hidden and index > 1 else opening
            if not text and before is not None:  # an id on a line of its own is that of the block above
                marked, opening.hidden, tokens[index + 1].hidden = before, True, True
            marked.attrs.setdefault("id", place_named(block[1]))
        inline.content = text


def _is_tangled(text: str) -> bool:
    """Tell whether a paragraph has brackets in brackets as no one writes them: the parser would take very long."""
    if text.count("[") <= _MOST_NESTED:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] == "[" else max(0, depth - 1)
        if depth > _MOST_NESTED:
            return True
    return False


def _links(state: StateCore) -> None:
    """Give headings their ids, and links to headings, blocks and the files of notes their addresses."""
    folder = str(state.env.get("name", "")).rpartition("/")[0]
    places = {token.attrs["id"] for token in state.tokens if "id" in token.attrs}
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open" and (place := _place(inline.content)) and place not in places:
            places.add(opening.attrs.setdefault("id", place))
    for inline in state.tokens:
        for token in inline.children or ():
            if token.type != "link_open":
                continue
            path, _, name = unquote(str(token.attrs.get("href", ""))).partition("#")
            if not path and _place(name) in places:
                token.attrs["href"] = f"#{_place(name)}"
            elif NOTE_ENDING.search(path) and not _HAS_SCHEME.match(path):
                inside = path.lstrip("/") if path.startswith("/") else f"{folder}/{path}".lstrip("/")
                token.attrs["href"] = note_at(inside, _place(name))


def _place(name: str) -> str:
    """Return the id of a heading, or of a block behind "^", as links name it; "" for no name."""
    return place_named(name if name.startswith("^") else _slug(name)) if name else ""


def _slug(heading: str) -> str:
    """Return the id of a heading, as GitHub makes it of the text; Obsidian's links name the text."""
    return _NO_WORD.sub("", heading.strip().lower()).replace(" ", "-")


# --- within lines ----------------------------------------------------------------------------------------------------


def _formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Read a formula between dollar signs as code; spaces within them, or a digit behind them, tell that it is none."""
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    sign = "$$" if source.startswith("$$", start) else "$"
    begin = start + len(sign)
    end = source.find(sign, begin, min(state.posMax, begin + _LONGEST_FORMULA))
    formula = source[begin:end]
    if end < 0 or not formula or (sign == "$" and (formula != formula.strip() or source[end + 1 : end + 2].isdigit())):
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = formula.strip()
    state.pos = end + len(sign)
    return True


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
        name, place, text = (part.strip() for part in found.groups(default=""))
        if embeds and _PICTURE.search(name):
            caption = "" if _SIZE.fullmatch(text) else text
            shown = f'<img src="{EMBEDDED}{escape(quote(name))}" alt="{escape(caption)}">'
            state.push("html_inline", "", 0).content = shown
        else:
            heading = _place(place.rpartition("#")[2].strip())
            state.push("link_open", "a", 1).attrs = {"href": note_named(name, heading) if name else f"#{heading}"}
            state.push("text", "", 0).content = text or f"{name}{place}".strip("#")
            state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


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
