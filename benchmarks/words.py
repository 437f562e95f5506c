"""Sentences for the benchmarks' articles: enough of them, and with enough names and numbers, to deflate like news."""

from __future__ import annotations

import random

__all__ = ["paragraph"]

_CHINESE_NAMES = (
    "王伟",
    "李芳",
    "谢尔曼",
    "斯托尔滕贝格",
    "佩斯科夫",
    "格鲁什科",
    "泽连斯基",
    "卢岚",
    "史密斯",
    "拜登",
    "陈建国",
    "赵敏",
)
_CHINESE_PLACES = (
    "布鲁塞尔",
    "日内瓦",
    "莫斯科",
    "华盛顿",
    "基辅",
    "维也纳",
    "北京",
    "台北",
    "东京",
    "首尔",
    "柏林",
    "巴黎",
    "喀布尔",
    "德黑兰",
)
_CHINESE = (
    "{name}{day}在{place}对记者说，双方已经准备好继续对话，但不会在核心原则上妥协。",
    "{place}的官员说，将近{number}名代表参加了这次会议，会议持续了近四个小时。",
    "据当地媒体报道，{place}的物价比去年同期上涨了百分之{small}，居民对此表示担忧。",
    "{name}的发言人表示，到目前为止没有看到任何值得乐观的重要理由。",
    "“我们必须寻找一个可以增强所有人安全的解决方案，”{name}在{place}的新闻发布会上说。",
    "{day}的会晤是{place}和{other}的外交官本周第二次就边境局势进行直接对话的机会。",
    "观察人士指出，如果{place}方面不改变立场，{other}可能会在几周之内采取一系列经济措施。",
    "{name}还说，选择外交道路、进行诚实和对等的对话，才能减缓目前的紧张局势。",
    "一项有{number}人参加的调查显示，超过百分之{small}的受访者不赞成这项法案。",
    "{place}大学的研究员{name}认为，这个问题的根源要追溯到{year}年的那次协议。",
    "双方会谈后发表的声明只有短短几行字，没有提到{other}提出的安全保障要求。",
    "{name}出生在{place}附近的一个小镇，{year}年开始在报社工作，写过许多有关{other}的报道。",
)
_ENGLISH_NAMES = (
    "Sherman",
    "Stoltenberg",
    "Okafor",
    "Lindqvist",
    "Peskov",
    "Nuland",
    "Tanaka",
    "Moreau",
    "Haddad",
    "Whitfield",
    "Kowalski",
    "Reyes",
)
_ENGLISH_PLACES = (
    "Brussels",
    "Geneva",
    "Nairobi",
    "Washington",
    "Kyiv",
    "Vienna",
    "Manila",
    "Osaka",
    "Lagos",
    "Lima",
    "Berlin",
    "Tunis",
    "Oslo",
    "Quito",
)
_ENGLISH = (
    "{name} told reporters in {place} on {day} that both sides were ready to go on talking, but not at any price.",
    "Nearly {number} delegates took part in the meeting, which went on for four hours longer than had been planned.",
    "Prices in {place} have risen by {small} percent since last spring, according to figures published on {day}.",
    "“We have to find an answer that makes everybody safer,” {name} said, and left without taking questions.",
    "A spokesman for {name} said that there had been no progress on the questions that matter most to {place}.",
    "Should {place} not change its course, {other} is expected to answer with economic measures within weeks.",
    "The agreement goes back to {year}, when {name} was still a young adviser to the mayor of {place}.",
    "In a survey of {number} households, {small} percent said that they had put off repairs for want of money.",
    "The short statement that followed did not mention the guarantees which {other} had asked for a month ago.",
    "{name}, who grew up in a village near {place}, began to write for the local paper in {year}.",
    "Rescue workers from {place} and {other} reached the valley late on {day}, after the snow had stopped.",
    "Researchers at the university of {place} warn that the lake has lost {small} percent of its water since {year}.",
)
_DAYS = {
    True: ("星期一", "星期二", "星期三", "星期四", "星期五"),
    False: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}


def paragraph(chance: random.Random, *, chinese: bool, sentences: int = 4) -> str:
    """Return some sentences of plain text in one language, without markup."""
    kinds, names, places, glue = (
        (_CHINESE, _CHINESE_NAMES, _CHINESE_PLACES, "") if chinese else (_ENGLISH, _ENGLISH_NAMES, _ENGLISH_PLACES, " ")
    )
    return glue.join(
        chance.choice(kinds).format(
            name=chance.choice(names),
            place=chance.choice(places),
            other=chance.choice(places),
            day=chance.choice(_DAYS[chinese]),
            number=chance.randrange(100, 100_000),
            small=chance.randrange(2, 80),
            year=chance.randrange(1950, 2022),
        )
        for _ in range(sentences)
    )
