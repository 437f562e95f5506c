"""A feature in English and in Chinese, tables, and pictures of all shapes: what a magazine has to set well."""
# ruff: noqa: E501, ISC004 - the texts are easier to read as they are

from __future__ import annotations

from pathlib import Path

from samples import draw

PARAGRAPHS = {
    "en": [
        "The mill stands where the river bends, and for three hundred years it has turned whenever there was water. Nobody who"
        " lives in the valley has ever thought this remarkable, until the summer in which it did not.",
        "Anna Lindqvist, who is 71 and has ground rye here since she was nineteen, keeps the records in a green ledger. “We used"
        " to write down only what went wrong,” she says. “Then we noticed that this was all we ever wrote.” The ledger runs to"
        " eleven volumes. The first entry, in a hand that leans to the left, is for 4 October 1723; it says that the lock had"
        " been lifted off its bearing by ice, and that two men from the next farm had been paid in flour.",
        "What happened next is a matter of some dispute. The water board’s engineers say that the level fell by 40cm between"
        " April and June—the largest drop since measurements began in 1911—and that the intake simply ran dry. The farmers"
        " upstream say that the new weir was closed in March, and was not opened again. A third party, which consists of one"
        " retired schoolteacher with a theodolite, says that both are wrong, and that the river has moved.",
        "By the time the inspectors came in August, the stones had been still for eleven weeks. They measured, photographed and"
        " departed. Their report, of 214 pages, concludes that “further observation is warranted”. It was filed on a Friday.",
        "There are, of course, easier ways of making flour. A roller mill of the kind that stands on the edge of every large"
        " town will grind in an hour what the old stones do in a week, and it will do so without regard for weather, saints’"
        " days or the temper of the miller. What it will not do is make the taste of anything.",
    ],
    "zh": [
        "清晨五点，磨坊的水轮还没有转动。七十一岁的林阿姨（Anna Lindqvist）推开北面的木门，屋檐上的水滴落在石阶上——这是入夏以来的第"
        "一场雨。“我们从前只记坏了的东西，”她说，“后来才发现，我们记下的全是坏了的东西。”",
        "据水务局2023年6月发布的报告，4月至6月间水位下降了40厘米，为1911年有记录以来的最大降幅；上游农户则认为，问题出在新修的堰坝上。"
        "报告共214页，结论是“有必要继续观察”。截至目前，已有3,500余户受到影响，直接经济损失约1.2亿元人民币。",
        "“河自己走了。”退休教师王建国把一张1874年的地图铺在桌上，指着图上那条细细的蓝线：“你看，它原来在这里……现在呢？在那里！”他用的"
        "是一台老式经纬仪，型号Wild T2，1962年瑞士制造。《河流水文年鉴》里查不到这条支流的名字。",
        "接受采访的专家表示：一、河道的自然迁移在冲积平原上十分常见；二、人工堰坝会加速这一过程；三、目前的数据尚不足以得出定论。",
    ],
}
SHAPES = {
    "panorama": (1600, 480),
    "wide": (1600, 900),
    "landscape": (1500, 1000),
    "four-three": (1200, 900),
    "square": (1000, 1000),
    "four-five": (960, 1200),
    "three-four": (900, 1200),
    "portrait": (800, 1200),
    "phone": (720, 1280),
    "small": (320, 200),
}
SHAPE_WORDS = "Morning mist over the lower weir, drawn from the bank."
_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="https://{host}/{name}"><meta property="article:published_time" content="{moment}"></head>
<body><article>{body}</article></body></html>
"""


def write_feature(folder: Path) -> Path:
    """Write the articles, one file each, and their pictures; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in SHAPES.items():
        draw(folder / f"{name}.jpg", size)
    pages = (
        ("mill", "en", "example-times.com", "The Mill That Stopped: What a River’s Silence Says About Us", _english()),
        ("mo", "zh", "example.cn", "磨坊停了：一条河的沉默与三百年的账本——来自北方山谷的长篇报道", _chinese()),
        ("bread", "en", "example-times.com", "Tables: who eats how much bread", _tables()),
        ("shapes", "en", "example-times.com", "Ten pictures of ten shapes", _shapes()),
    )
    for number, (name, language, host, title, body) in enumerate(pages):
        moment = f"2024-05-{3 + number // 2:02}T{8 + number:02}:00:00Z"
        text = _PAGE.format(name=name, language=language, host=host, title=title, moment=moment, body=body)
        (folder / f"{number}-{name}.html").write_text(text, encoding="utf-8")
    return folder


def _english() -> str:
    one, two, three, four, five = (f"<p>{text}</p>" for text in PARAGRAPHS["en"])
    head = (
        '<header><p class="kicker">The Long Read</p>'
        "<h1>The Mill That Stopped: What a River’s Silence Says About Us</h1>"
        '<p class="standfirst">For three centuries the stones turned whenever there was water. Then, one summer, they did not.'
        " The search for the reason has divided a valley—and may change how a continent thinks of its rivers.</p>"
        '<p class="byline">By <span itemprop="author">Jane Doe</span></p>'
        '<time datetime="2024-05-03T08:00:00Z">May 3, 2024</time></header>'
        '<figure><img src="landscape.jpg" alt=""><figcaption>The path along the upper mill-race, which has carried no water since'
        ' the ninth of May. <span class="credit">Max Mustermann for The Example Times</span></figcaption></figure>'
    )
    pull = '<aside class="pullquote"><p>“Then we noticed that this was all we ever wrote.”</p><p>Anna Lindqvist, miller</p></aside>'
    lists = (
        "<ul><li>In <b>1911</b> the gauge was set in the wall below the bridge.</li><li>In <b>1956</b> it was moved downstream:"
        "<ul><li>first by forty metres, because of the road;</li><li>then, in the same year, by another six, because of the"
        " fishermen, who had been tying their boats to it.</li></ul></li><li>In <b>2003</b> it was replaced by a sensor.</li></ul>"
        "<ol><li>Measure the water above the weir at six in the morning.</li><li>Measure it again at noon, when the sluices of"
        " the upper farms have been open for four hours, and subtract.</li><li>Write it down.</li></ol>"
    )
    tall = (
        '<figure><img src="portrait.jpg" alt=""><figcaption>Ms Lindqvist’s great-grandfather’s mark, cut into the lintel of the'
        " north door in 1838. (Photograph: Max Mustermann)</figcaption></figure>"
    )
    letter = (
        "<blockquote><p>The undersigned hereby states that the works at the weir were carried out in accordance with the permit"
        " of 12 March, and that no water was withheld on any of the days named in the complaint.</p><p>He regrets the"
        " inconvenience.</p><p>— Letter to the Water Board, 19 June</p></blockquote>"
    )
    gallery = "".join(
        f'<figure><img src="{name}.jpg" alt=""><figcaption>{number}/3 {words}</figcaption></figure>'
        for number, (name, words) in enumerate(
            (
                ("landscape", "Leaves on the race."),
                ("wide", "The wood above the mill in October."),
                ("square", "Evening, from the loft."),
            ),
            start=1,
        )
    )
    chart = (
        '<figure><img src="four-three.jpg" alt="Chart"><figcaption>Level at the bridge (blue) and at the weir (red), 2010–2020.'
        " Source: Water Board</figcaption></figure>"
    )
    return "".join(
        (
            *(head, one, two, three, pull, four, five, "<h2>I. The ledger</h2>", two, three, four),
            *("<h3>What the numbers say</h3>", three, lists, "<p>* * *</p>", one, two),
            *(
                '<p class="pullquote">The river has moved</p>',
                five,
                tall,
                four,
                "<h2>II. The weir</h2>",
                letter,
                one,
                gallery,
            ),
            *(three, chart, four, five, "<h2>III. What is left</h2>", two, one, three),
        )
    )


def _chinese() -> str:
    one, two, three, four = (f"<p>{text}</p>" for text in PARAGRAPHS["zh"])
    lead = (
        '<p class="kicker">河流系列之三</p><h1>磨坊停了：一条河的沉默与三百年的账本——来自北方山谷的长篇报道</h1><p class="byline">张三 发自北京</p>'
        '<p><strong>【编者按】</strong>本文为“河流”系列报道之三。</p><figure><img src="wide.jpg" alt="">'
        "<figcaption>磨坊上方的树林，10月。（摄影／李明，新华社）</figcaption></figure>"
    )
    quote = "<blockquote><p>“我们从前只记坏了的东西，后来才发现，我们记下的全是坏了的东西。”</p><p>——林阿姨，磨坊主</p></blockquote>"
    years = "<ul><li>1911年：水尺安装在桥下的墙上；</li><li>1956年：水尺向下游移动，先是40米，因为修路。</li><li>2003年：换成了传感器。</li></ul>"
    tall = (
        '<figure><img src="three-four.jpg" alt=""><figcaption>林阿姨曾祖父刻在北门门楣上的记号，1838年。图：马克斯·穆斯特曼</figcaption>'
        "</figure>"
    )
    table = (
        "<table><tr><th>年份</th><th>水位（厘米）</th><th>备注</th></tr><tr><td>2021</td><td>212</td><td>正常</td></tr>"
        "<tr><td>2022</td><td>198</td><td>偏低</td></tr><tr><td>2023</td><td>158</td><td>有记录以来最低</td></tr></table>"
    )
    return "".join(
        (
            *(
                lead,
                one,
                two,
                three,
                "<h2>一、账本</h2>",
                four,
                one,
                "<h3>数字说了什么</h3>",
                two,
                quote,
                three,
                years,
                four,
            ),
            *(tall, "<h2>二、堰坝</h2>", one, table, two, three, "<p>＊＊＊</p>", four),
        )
    )


def _tables() -> str:
    one, two, three, four, five = (f"<p>{text}</p>" for text in PARAGRAPHS["en"])
    years = "".join(f"<th>{year}</th>" for year in range(2012, 2021))
    rows = "".join(
        f"<tr><td>{country}</td>{''.join(f'<td>{(number * 7 + year) * 3.3 % 99:.1f}</td>' for year in range(9))}</tr>"
        for number, country in enumerate(("Germany", "France", "United Kingdom", "Italy", "Spain", "Netherlands"))
    )
    narrow = (
        "<table><caption>Bread eaten a year</caption><tr><th>Country</th><th>kg</th></tr><tr><td>Germany</td><td>56.7</td></tr>"
        "<tr><td>Turkey</td><td>104.6</td></tr></table>"
    )
    return (
        f"<h1>Tables: who eats how much bread</h1>{one}<p>A narrow table first.</p>{narrow}{four}<p>Then a wide one.</p>"
        f"<table><tr><th>Country</th>{years}</tr>{rows}</table>{one}{five}{three}{two}"
    )


def _shapes() -> str:
    texts = PARAGRAPHS["en"]
    figures = (
        f'<p>{texts[number % len(texts)]}</p><figure><img src="{name}.jpg" alt=""><figcaption>{SHAPE_WORDS}</figcaption></figure>'
        for number, name in enumerate(SHAPES)
    )
    return f"<h1>Ten pictures of ten shapes</h1>{''.join(figures)}<p>{texts[0]}</p>"
