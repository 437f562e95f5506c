"""The names of sites."""

from __future__ import annotations

import pytest

from epubmaker.text.outlets import outlet


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.voachinese.com/a/1.html", "美国之音"),
        ("https://cn.nytimes.com/world/", "纽约时报中文网"),
        ("https://edition.cnn.com/a", "CNN"),
        ("https://www.bbc.com/zhongwen/simp/1", "BBC 中文"),
        ("https://www.bbc.com/news/1", "BBC"),
        ("https://bbc.com.example/a", "bbc.com.example"),
        ("https://blog.example.org/a", "blog.example.org"),
        ("http://192.0.2.1:8080/a", "192.0.2.1"),
        ("mailto:a@example.org", ""),
        (None, ""),
    ],
)
def test_a_site_has_its_own_name_or_its_host(address: str | None, name: str) -> None:
    assert outlet(address) == name
