"""Small content packs on disk: a valid one, and a writer of YAML that remembers on which line each field landed."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import PackError
from knowledge.pack import load_pack

Step = str | int
Lines = dict[tuple[Step, ...], int]

WARD = (
    "id: toshima\nname: 豊島区\nnotice: サンプルです。\nswitchboard: daihyo\nsite: https://example.jp/\n"
    "menu: [{label: メニュー, names: {en: Menu, zh: 菜单, ko: 메뉴, vi: Menu}, sign: tiles}]\n"
)
DESKS = "- {id: daihyo, name: 区役所, phone: 03-3981-1111, switchboard: true}\n"
GUIDE = """\
- id: tennyu
  title: 転入届
  category: 住民異動
  answer: 14日以内に届け出ます。
  aliases: [引っ越してきた, 転入, てんにゅう]
  names: {easy: 引っ越し, en: [moving in], zh: [迁入], ko: [전입], vi: [chuyển đến]}
  audience: 引っ越してきた人
  deadlines:
    - text: 14日以内
      rule: {after: 住み始めた日, within: 14d}
  desks: [daihyo]
  notes: [{text: 14日以内に届け出る。}]
  life_events: [moving-in]
  source: {url: "https://example.jp/a", title: 転入届, scope: toshima, checked: 2026-11-21}
  owner: 総合窓口課
  review_by: 2027-03-31
  confidence: high
"""
EVENTS = (
    "- {id: moving-in, name: 引っ越し, names: {en: Moving, zh: 搬家, ko: 이사, vi: Chuyển nhà}, icon: 🚚,"
    " intro: ようこそ。, aliases: [越した, 来た, 転入], steps: [tennyu]}\n"
)
BODIES = "- {id: police, name: 警察, answer: 警察です。, examples: [免許, 落とし物, 車庫証明], source: 警察庁}\n"
CRISES = """\
- id: fire
  message: 119へ。
  lines: [{name: 消防, phone: "119", hours: 24時間, source: 消防庁}]
  examples: [火事, 火が出た, 燃えている, 煙, 救急車]
"""
SMALLTALK = "- {id: thanks, reply: どういたしまして。, examples: [ありがとう, どうも, 助かった, 感謝, サンキュー]}\n"
FOLLOW_UPS = "- {id: fee, examples: [いくら, 無料？, 料金は, 手数料は, お金かかる？]}\n"
OFFTOPIC = "examples:\n" + "".join(f"  - 関係のない話{number}\n" for number in range(20))

FILES = {
    "ward.yaml": WARD,
    "desks.yaml": DESKS,
    "guides/resident.yaml": GUIDE,
    "life_events.yaml": EVENTS,
    "other_bodies.yaml": BODIES,
    "crisis.yaml": CRISES,
    "smalltalk.yaml": SMALLTALK,
    "follow_ups.yaml": FOLLOW_UPS,
    "offtopic.yaml": OFFTOPIC,
}

SOURCE = {"url": "https://example.jp/x", "title": "案内", "scope": "toshima", "checked": date(2026, 11, 21)}
FULL: dict[str, object] = {
    "id": "juminhyo",
    "title": "住民票の写し",
    "category": "証明書",
    "answer": "窓口で取れます。",
    "aliases": ["住民票", "住民票ほしい", "じゅうみんひょう"],
    "names": {"easy": "住民票", "en": ["residence record"], "zh": ["住民票"], "ko": ["주민표"], "vi": ["juminhyo"]},
    "audience": "区民",
    "deadlines": [
        {"text": "14日以内", "rule": {"after": "移った日", "within": "14d"}},
        {"text": "早めに", "case": "冬"},
    ],
    "fees": [{"case": "窓口", "yen": 300, "kind": "fee"}, {"case": "祝い金", "yen": 5000, "kind": "benefit"}],
    "items": [{"name": "本人確認書類"}, {"name": "委任状", "when": "代理人のとき"}],
    "desks": ["daihyo"],
    "forms": [{"name": "電子申請", "url": "https://example.jp/f", "needs": ["カード"], "mynumber": True}],
    "hours": [{"days": "平日", "opens": "8:30", "closes": "17:00"}],
    "agent": {"allowed": True, "text": "委任状が要ります。"},
    "notes": [{"text": "窓口は三階。"}, {"text": "他区の例。", "scope": "tokyo-ward:新宿区"}],
    "source": SOURCE,
    "extra_sources": [{"url": "https://example.jp/y", "note": "料金", "scope": "national"}],
    "owner": "総合窓口課",
    "review_by": date(2027, 3, 31),
    "confidence": "high",
}


def problems(directory: Path) -> list[str]:
    """What is wrong with a pack, as it is printed."""
    with pytest.raises(PackError) as caught:
        load_pack(directory)
    return [str(problem) for problem in caught.value.problems]


def write_pack(directory: Path, **changed: str) -> Path:
    """A valid pack in `directory`, with files replaced by stem (``guides`` is its one file of guides)."""
    (directory / "guides").mkdir(parents=True, exist_ok=True)
    for file, text in FILES.items():
        stem = "guides" if file.startswith("guides/") else Path(file).stem
        (directory / file).write_text(changed.get(stem, text), "utf-8")
    return directory


class Emitter:
    """Writes values as block YAML; `lines` maps each path to the line (from 1) of its key or list entry."""

    def __init__(self, gaps: list[bool]) -> None:
        self.lines: Lines = {}
        self._gaps = gaps
        self._rows: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self._rows) + "\n"

    def emit(self, value: object, path: tuple[Step, ...] = (), lead: str = "", indent: int = 0) -> None:
        """Write `value`, whose first row starts with `lead` and whose other rows are indented."""
        entries: list[tuple[Step, object]] = []
        if isinstance(value, dict):
            entries = list(value.items())
        elif isinstance(value, list):
            entries = list(enumerate(value))
        if not entries:
            self._row(lead + _scalar(value))
            return
        for number, (step, inner) in enumerate(entries):
            start = lead if number == 0 else " " * indent
            mark = f"{step}:" if isinstance(step, str) else "-"
            self._entry(inner, (*path, step), start + mark, indent)

    def _entry(self, inner: object, path: tuple[Step, ...], start: str, indent: int) -> None:
        entry = start.endswith("-")
        if isinstance(inner, dict | list) and inner and not entry:
            self._row(start)
            self.lines[path] = len(self._rows)
            self.emit(inner, path, " " * (indent + 2), indent + 2)
            return
        if start.strip() == "-" or not start.strip().startswith("-"):
            self._gap()
        self.lines[path] = len(self._rows) + 1
        self.emit(inner, path, start + " ", indent + 2)

    def _gap(self) -> None:
        if self._gaps and self._gaps.pop():
            self._rows += ["", "# 説明"]

    def _row(self, text: str) -> None:
        self._rows.append(text)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return '"' + str(value) + '"'
