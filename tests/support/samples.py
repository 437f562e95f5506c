"""Articles as the web has them, in Chinese, English and Arabic, with all kinds of content that a style must handle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from PIL import Image, ImageDraw

START = datetime(2022, 1, 12, 6, 30, tzinfo=UTC)

TITLES = {
    "zh": [
        "美国与北约展开外交，俄罗斯拒不采取缓和措施",
        "山城新桥通车：十一年的等待",
        "一座灯塔的一百年",
        "读者来信：旧报纸里的新闻",
    ],
    "en": [
        "A Bridge Eleven Years in the Making Opens to Its First Commuters",
        "What a Lighthouse Keeper Knew About News",
        "Inside the Workshop That Repairs Other People’s Radios",
        "Letters: On Reading Yesterday’s Paper",
    ],
    "ar": [
        "جسر جديد يربط ضفتي النهر بعد أحد عشر عامًا من العمل",
        "حارس المنارة وصندوق الصحف القديمة",
        "ورشة لإصلاح أجهزة الراديو",
        "رسائل القراء",
    ],
}
CAPTIONS = {
    "zh": "1月12日清晨，第一批行人走过新桥。桥长八百米，两岸往来从此不必绕行。",
    "en": "The first walkers cross the bridge at dawn on Wednesday. It is 800 meters long and carries no cars.",
    "ar": "أول العابرين على الجسر فجر الأربعاء. يبلغ طوله ثمانمئة متر.",
}
TEXTS = {
    "zh": [
        "美国及其北约盟友一致敦促俄罗斯缓和在乌克兰边境地区的紧张局势，并继续就军备控制等问题进行谈判。",
        "“没有减缓紧张局势的承诺，也没有表示不会这样做的声明，”谢尔曼(Wendy Sherman)周三在举行了近四个小时的会议后说。",
        "桥上的风很大，老人说：<em>我等这座桥等了十一年</em>，今天终于可以走着去看女儿了。桥面宽12米，可同时通行<strong>三百人</strong>。",
        "据报道，工程总造价约为3.5亿元，其中约40%来自沿岸居民的捐款；施工期间没有一人受伤。",
    ],
    "en": [
        "On a cold morning the gates were opened without a speech. Within an hour three thousand people had walked across.",
        "“I have waited for this for years,” said an engineer who had <em>retired twice</em> before it was finished.",
        "The work cost about 350 million; in all that time <strong>nobody was hurt</strong>, a remarkable achievement.",
        "Internationalization, telecommunications and counterrevolutionary pamphleteering notwithstanding, the ferry runs.",
    ],
    "ar": [
        "فُتحت البوابات في صباح بارد من دون خطابات. وخلال ساعة عبر الجسر أكثر من ثلاثة آلاف شخص.",
        "قال مهندس تقاعد مرتين: «انتظرت هذا الجسر <em>أحد عشر عامًا</em>». يبلغ عرض الجسر 12 مترًا.",
        "بلغت الكلفة نحو 350 مليونًا، ولم يُصب أحد <strong>طوال سنوات العمل</strong>، وهو الإنجاز الأهم.",
        "ومع ذلك تستمر العبّارة (ferry) في رحلاتها اليومية بين الضفتين كما كانت منذ عام 1911.",
    ],
}
HEADINGS = {"zh": ("造价与工期", "时间表"), "en": ("What it cost", "A short history"), "ar": ("الكلفة", "تواريخ")}
ROWS = {
    "zh": [
        ("年份", "事件", "费用（万元）"),
        ("2011", "开工", "2,000"),
        ("2016", "主塔封顶，西岸引桥完工", "14,500"),
        ("2022", "通车", "18,500"),
    ],
    "en": [
        ("Year", "Event", "Cost (million)"),
        ("2011", "Ground broken", "20"),
        ("2016", "Towers topped out, west ramp done", "145"),
        ("2022", "Opening", "185"),
    ],
    "ar": [
        ("السنة", "الحدث", "الكلفة"),
        ("2011", "بدء العمل", "20"),
        ("2016", "اكتمال البرجين", "145"),
        ("2022", "الافتتاح", "185"),
    ],
}
CODE = (
    "<pre>for span in bridge:\n    carry(span, people=300)"
    "  # a comment that is too long for the width of a small page, so it wraps</pre>"
)
ADDRESS = "<p>https://www.example.org/archive/2022/01/12/a-very-long-address-without-a-single-break-in-it.html</p>"


def write_samples(folder: Path, language: str) -> Path:
    """Write four articles of a language ("zh", "en", "ar") over two days, and their pictures; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    draw(folder / "wide.jpg", (1600, 1000))
    draw(folder / "tall.jpg", (1200, 1800))
    draw(folder / "small.jpg", (320, 200))
    for number, title in enumerate(TITLES[language]):
        moment = START + timedelta(hours=9 * number)
        link = f"https://{('news', 'weekly')[number % 2]}.example.org/{language}/{number}"
        head = f"<!--{int(moment.timestamp() * 1000) + 60000}-->\n[{title}]({link})\n------\n\n"
        date = f"<div><i>{format_datetime(moment, usegmt=True)}</i></div>"
        (folder / f"{number:03}.txt").write_text(head + date + _body(language, number), encoding="utf-8")
    return folder


def _body(language: str, number: int) -> str:
    one, two, three, four = (f"<p>{text}</p>" for text in TEXTS[language])
    cost, history = HEADINGS[language]
    picture = ("wide.jpg", "tall.jpg", "missing.jpg", "wide.jpg")[number]
    figure = f'<img src="{picture}"><div><small style="color: #999;">{CAPTIONS[language]}</small></div>'
    head, *rows = ROWS[language]
    table = "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
    table += "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    points = "<ul>" + "".join(f"<li>{row[0]}: {row[1]}</li>" for row in rows) + "</ul>"
    again = three + four + one + two
    parts = (one, figure, two, again, f"<h2>{cost}</h2>", three, table, f"<blockquote>{two}</blockquote>", again)
    rest = (f"<h2>{history}</h2>", points, CODE, ADDRESS, "<hr>", again, four)
    return _many_forms(language) if number == 3 else "".join((*parts, *rest))


def _many_forms(language: str) -> str:
    """Return an article with rare content: notes, terms, lists in lists, a wide table, one picture after another."""
    one, two, three, four = TEXTS[language]
    cost, history = HEADINGS[language]
    head, *rows = ROWS[language]
    note = '<p>{} <sup><a href="#n{n}" id="r{n}">[{n}]</a></sup></p>'
    steps = "".join(f"<li>{row[1]}<ul><li>{row[0]}</li><li>{row[2]}</li></ul></li>" for row in rows)
    terms = "".join(f"<dt>{row[0]}</dt><dd>{row[1]}: {two}</dd>" for row in rows[:2])
    wide = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in (*row, *row, *row)) + "</tr>" for row in (head, *rows)
    )
    pictures = "".join(
        f'<figure><img src="{name}.jpg" alt=""><figcaption>{CAPTIONS[language]}</figcaption></figure>'
        for name in ("small", "wide")
    )
    notes = "".join(f'<li id="n{n}">{text} <a href="#r{n}">↩</a></li>' for n, text in ((1, three), (2, four)))
    return (
        f"{note.format(one, n=1)}<blockquote><p>{two}</p><p>{three}</p></blockquote>{note.format(four, n=2)}"
        f"<h2>{cost}</h2><h3>{history}</h3><ol>{steps}</ol>{pictures}<h4>{cost}</h4><dl>{terms}</dl>"
        f"<table><caption>{cost}</caption>{wide}</table><p>{three}</p><hr><ol>{notes}</ol>"
    )


def draw(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for step in range(6):
        left = width * step // 6
        draw.polygon(
            [(left, height), (left + width // 4, height // 3 + step * height // 15), (left + width // 2, height)],
            (70 + step * 25, 80, 140 - step * 15),
        )
    draw.ellipse((width * 0.65, height * 0.08, width * 0.65 + height * 0.15, height * 0.23), "#f4d98a")
    draw.rectangle((0, 0, width - 1, height - 1), outline="#333", width=6)
    picture.save(path, quality=88)
