"""Listings are one `pre` each, with their lines and indentation, without line numbers and buttons."""

import pytest
from drafting import body


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            ("<table class='highlight'><tr><td class=gutter><pre>1\n2\n3</pre></td>"
            "<td class=code><pre>open gate\n  wait 10\nshut gate</pre></td></tr></table>"),
            "<pre>open gate\n  wait 10\nshut gate</pre>",
        ),
        (
            "<table><tr><td><pre>1\n2</pre></td><td><pre><code>open\n  wait</code></pre></td></tr></table>",
            "<pre><code>open\n  wait</code></pre>",
        ),
        (
            ("<div class=listing><table><tr><td class=numbers><div>1</div><div>2</div></td>"
            "<td><div>ring bell</div><div>&nbsp;&nbsp;twice</div></td></tr></table></div>"),
            "<pre>ring bell\n  twice</pre>",
        ),
        (
            ("<table class=file><tr><td data-line-number=1></td><td>if fog:</td></tr>"
            "<tr><td data-line-number=2></td><td>    ring()</td></tr></table>"),
            "<pre>if fog:\n    ring()</pre>",
        ),
        (
            ("<table><tr><td>1</td><td><code>if fog:</code></td></tr>"
            "<tr><td>2</td><td><code>    ring()</code></td></tr></table>"),
            "<pre><code>if fog:</code>\n<code>    ring()</code></pre>",
        ),
        (
            "<table class=code><tr><td>begin</td></tr><tr><td>&nbsp;&nbsp;ring bell</td></tr><tr><td>end</td></tr></table>",
            "<pre>begin\n  ring bell\nend</pre>",
        ),
        (
            "<div class=highlight><div class=gutter><pre>1\n2</pre></div><div class=code><pre>a\n b</pre></div></div>",
            "<pre>a\n b</pre>",
        ),
        ("<pre><span class=lineno>1</span>a\n<span class=lineno>2</span> b</pre>", "<pre>a\n b</pre>"),
        ("<pre><i>1</i> a\n<i>2</i> b</pre>", "<pre> a\n b</pre>"),
        ("<pre><code>a</code><code> b</code></pre>", "<pre><code>a</code>\n<code> b</code></pre>"),
        ("<pre><code><span class=line>a</span><span class=line> b</span></code></pre>", "<pre><code>a\n b</code></pre>"),
        ("<pre><code>ring --twice</code><button>Copy</button></pre>", "<pre><code>ring --twice</code></pre>"),
        ("<pre>wait 10<span role=button>コピー</span></pre>", "<pre>wait 10</pre>"),
        ("<div class=code-wrap><pre>wait 10</pre><button class=x>Kopieren</button></div>", "<pre>wait 10</pre>"),
        ("<div><div><span>sh</span><button>复制</button></div><pre>wait</pre></div>", "<p>sh</p><pre>wait</pre>"),
    ],
)  # fmt: skip
def test_a_listing_is_its_code_alone(given: str, expected: str) -> None:
    assert body(f"<p>0</p>{given}<p>1</p>") == f"<p>0</p>{expected}<p>1</p>"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "<table><tr><td>1</td><td>Alice</td></tr><tr><td>2</td><td>Bob</td></tr></table>",
            "<table><tbody><tr><td>1</td><td>Alice</td></tr><tr><td>2</td><td>Bob</td></tr></tbody></table>",
        ),
        (
            "<table><tr><th>no</th><th>code</th></tr><tr><td>1</td><td><code>a</code></td></tr></table>",
            "<table><tbody><tr><th>no</th><th>code</th></tr><tr><td>1</td><td><code>a</code></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td><code>-a</code></td><td>all</td></tr><tr><td><code>-b</code></td><td>both</td></tr></table>",
            ("<table><tbody><tr><td><code>-a</code></td><td>all</td></tr>"
            "<tr><td><code>-b</code></td><td>both</td></tr></tbody></table>"),
        ),
        ("<pre><b>1</b> + <b>2</b></pre>", "<pre><b>1</b> + <b>2</b></pre>"),
        ("<pre>1\n2\n3</pre>", "<pre>1\n2\n3</pre>"),
        ("<h3><button>Who rang?</button></h3><pre>a</pre>", "<h2>Who rang?</h2><pre>a</pre>"),
        ("<pre><code>a</code> and <code>b</code></pre>", "<pre><code>a</code> and <code>b</code></pre>"),
    ],
)  # fmt: skip
def test_numbers_and_words_of_the_text_stay(given: str, expected: str) -> None:
    assert body(f"<p>0</p>{given}<p>1</p>") == f"<p>0</p>{expected}<p>1</p>"
