"""Hiding: which elements of a page a reader does not see, and what is written in them."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from indexer.suspicion import shown
from knowledge.findings import Finding, FindingKind

_PALE = r"#fff(?:fff)?(?:ff)?|white|snow|ivory|#f[c-f]f[c-f]f[c-f]|rgba?\(25[0-5],25[0-5],25[0-5](?:,1(?:\.0)?)?\)"
_WHITE = rf"(?:{_PALE}|transparent|rgba\([^)]*,0(?:\.0\d*)?\)|#[0-9a-f]{{6}}00)"
_NOTHING = r"(?:max-)?(?:height|width):[01](?:px)?(?:;|$)"
_SMALL = r"0|[0-2](?:\.\d+)?px|0?\.\d+(?:em|rem|px)|[0-2](?:\.\d+)?pt|[0-9]%"
_OUTSIDE = r"(?:text-indent|left|right|top|bottom|margin-left|margin-top):-\d{3,}|translate[xy]?\(-\d{3,}"
_HOW: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("表示しない設定", re.compile(r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden")),
    ("見えない大きさ", re.compile(rf"font-size:(?:{_SMALL})(?![\d.])|font:0|(?:^|;)zoom:0|transform:scale\(0")),
    ("透明", re.compile(r"opacity:0(?:\.0\d*)?(?:;|$|!)|filter:opacity\(0")),
    ("白い文字", re.compile(rf"(?:^|;)color:{_WHITE}(?:;|$|!)")),
    ("画面の外", re.compile(rf"{_OUTSIDE}|clip:rect\((?:0|1px)|clip-path:inset\((?:50|100)%")),
    ("大きさのない枠", re.compile(rf"{_NOTHING}.*overflow:hidden|overflow:hidden.*{_NOTHING}")),
)
_DARK = re.compile(r"background(?:-color)?:(?!#fff|white|transparent|none|inherit|rgba?\(255,255,255)")
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"^([a-z][a-z0-9]*)?(?:\.([\w-]+)|#([\w-]+))?$", re.IGNORECASE)
_SCRIPTS = ("script", "style")
_MOST_RULES = 2_000


def unseen(root: "lxml_html.HtmlElement") -> Iterator[tuple["lxml_html.HtmlElement", str]]:
    """Elements that style, attribute or a simple style rule of the page hides, each with how."""
    rules = list(_rules(root))
    for element in root.iter(etree.Element):
        if how := _how(element, rules):
            yield element, how


def hidden_findings(text: str) -> Iterator[Finding]:
    """What a page says where no reader sees it: hidden elements, comments, values of hidden fields."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = lxml_html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        return
    for comment in root.iter(etree.Comment):
        yield from _finding("コメント", comment.text or "")
    for element, how in unseen(root):
        if element.tag not in _SCRIPTS:
            yield from _finding(how, " ".join(element.itertext(etree.Element)))
    for field in root.iter("input", "template", "noscript"):
        yield from _finding(f"{field.tag}要素", " ".join([field.get("value", ""), *field.itertext(etree.Element)]))


def _finding(how: str, text: str) -> Iterator[Finding]:
    if len(re.findall(r"\w", text)) >= 4:
        yield Finding(FindingKind.HIDDEN, how, shown(text))


def _rules(root: "lxml_html.HtmlElement") -> Iterator[tuple[re.Match[str], str]]:
    """The page's own rules that hide something, with selectors of one step: `.a`, `#a`, `p`, `p.a`."""
    sheet = "\n".join(style.text or "" for style in root.iter("style"))
    for rule in list(_RULE.finditer(sheet))[:_MOST_RULES]:
        how = _named(rule[2])
        for selector in rule[1].split(",") if how else []:
            simple = _SIMPLE.match(selector.strip())
            if simple and selector.strip():
                yield simple, how


def _how(element: "lxml_html.HtmlElement", rules: list[tuple[re.Match[str], str]]) -> str:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return "隠す属性"
    own = _named(element.get("style", ""))
    if own:
        return own
    if element.tag == "font" and (re.fullmatch(_WHITE, element.get("color", "").lower()) or element.get("size") == "0"):
        return "白い文字"
    return next((how for rule, how in rules if _matches(element, rule)), "")


def _named(style: str) -> str:
    plain = re.sub(r"\s|/\*.*?\*/", "", style).lower()
    how = next((name for name, pattern in _HOW if pattern.search(plain)), "")
    return "" if how == "白い文字" and _DARK.search(plain) else how


def _matches(element: "lxml_html.HtmlElement", rule: re.Match[str]) -> bool:
    tag, name, identity = rule.groups()
    fits = tag is None or element.tag == tag.lower()
    named = name is None or name in element.get("class", "").split()
    return fits and named and (identity is None or element.get("id") == identity)
