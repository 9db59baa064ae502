"""The Toshima pack against the facts it was made from: nothing lost, nothing invented, nothing internal said aloud."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.guide import Confidence, Guide
from knowledge.pack import Pack, load_pack
from knowledge.romaji import in_kana

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "facts"
FIGURE = re.compile(r"\d[\d,]*")
PHONE = re.compile(r"(?<![\d-])(?:03-\d{4}-\d{4}|0\d{3}-\d{2,6}(?:-\d{2,4}){0,2}|#\d{4})(?!\d)")
INTERNAL = re.compile(
    r"保存ページ|写しで|写しの日付|確認でき(?:ず|なかった)|見つからなかった|未確認|要確認|調査時|\.csv"
)
# Numbers of national bodies known to everybody, used only in the talk files.
WELL_KNOWN = {
    "0120-279-338": "よりそいホットライン",
    "0120-061-338": "#いのちSOS",
    "0570-783-556": "いのちの電話",
    "0570-064-556": "こころの健康相談統一ダイヤル",
    "#8891": "性犯罪・性暴力の相談",
    "#9110": "警察相談専用電話",
    "#9910": "道路緊急ダイヤル",
    "0570-05-1165": "ねんきんダイヤル",
    "0570-013904": "外国人在留総合インフォメーションセンター",
    "0120-23-28-86": "日本郵便",
    "0120-995-007": "東京電力パワーグリッド",
    "0120-151515": "NHK",
    "110": "警察",
    "119": "消防",
}
# Figures that are left out on purpose: a fee of 0 yen that no source speaks of, and a figure cut in two by a comma.
LEFT_OUT = {"shussan-ichijikin": {"0"}, "silver-pass": {"1", "000"}}
NOT_FOR_RESIDENTS = {"場所は shelters.csv を参照。"}

needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the collected facts are not beside this repository")


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it is shipped."""
    return load_pack(ROOT / "knowledge" / "packs" / "toshima")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """The collected records by id."""
    files = sorted((FACTS / "procedures").glob("*.yaml"))
    return {record["id"]: record for file in files for record in yaml.safe_load(file.read_text("utf-8"))}


def texts(value: object) -> Iterator[str]:
    """Every string and number somewhere inside a value, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield str(value)


def shown(guide: Guide) -> str:
    """What a resident can be shown of a guide's own facts (names and aliases are for searching)."""
    return "\n".join(texts(guide.model_dump(mode="json", exclude={"aliases", "names", "source", "extra_sources"})))


def figures(text: str) -> set[str]:
    """The numbers in a text, without thousands separators."""
    return {figure.replace(",", "") for figure in FIGURE.findall(text)}


@needs_facts
def test_the_guides_are_the_collected_records(pack: Pack, facts: dict[str, Any]) -> None:
    """Every collected record is a guide of the same id, title and source, and there is no other."""
    assert len(pack.guides) == 156
    assert {guide.id: guide.title for guide in pack.guides} == {key: raw["title"] for key, raw in facts.items()}
    scopes = {guide.id: guide.source.scope for guide in pack.guides}
    assert scopes == {key: raw["source"]["scope"] for key, raw in facts.items()}


@needs_facts
def test_no_fact_is_lost(pack: Pack, facts: dict[str, Any]) -> None:
    """Every figure of a record's facts, deadline, fees and things to bring is still said by its guide."""
    lost = {}
    for guide in pack.guides:
        raw = facts[guide.id]
        parts = [raw[key] for key in ("summary_facts", "items_to_bring", "deadline", "fee_yen") if key in raw]
        missing = figures("\n".join(texts(parts))) - figures(shown(guide)) - LEFT_OUT.get(guide.id, set())
        if missing:
            lost[guide.id] = missing
    assert lost == {}


@needs_facts
def test_each_note_says_its_own_fact(pack: Pack, facts: dict[str, Any]) -> None:
    """Note by note, the figures are those of the collected fact behind it: none is changed, moved or added."""
    changed = []
    for guide in pack.guides:
        kept = [fact for fact in facts[guide.id]["summary_facts"] if fact not in NOT_FOR_RESIDENTS]
        assert len(kept) == len(guide.notes), guide.id
        pairs = zip(guide.notes, kept, strict=True)
        changed += [(note.text, fact) for note, fact in pairs if figures(note.text) != figures(fact)]
    assert changed == []


@needs_facts
def test_no_amount_is_invented(pack: Pack, facts: dict[str, Any]) -> None:
    """Every fee and benefit stands in the record, in figures or with 万 or 千 (nothing, for what is free)."""
    invented = []
    for guide in pack.guides:
        said = "\n".join(texts(list(facts[guide.id].values())))
        for fee in guide.fees:
            ways = {f"{fee.yen}", f"{fee.yen:,}", f"{fee.yen / 10000:g}万", f"{fee.yen // 1000}千"}
            mixed = f"{fee.yen // 10000}万{fee.yen % 10000}"
            thousands = f"{fee.yen // 10000}万{fee.yen % 10000 // 1000}千"
            if not any(way in said for way in (*ways, mixed, thousands, "無料" if fee.yen == 0 else mixed)):
                invented.append((guide.id, fee.case, fee.yen))
    assert invented == []


@needs_facts
def test_every_phone_is_known(pack: Pack, facts: dict[str, Any]) -> None:
    """A phone number anywhere in the pack comes from the facts or is a well-known national one."""
    counters = (FACTS / "counters.csv").read_text("utf-8")
    known = set(PHONE.findall(counters + "\n".join(texts(list(facts.values()))))) | WELL_KNOWN.keys()
    known |= set(re.findall(r",(\d{3}),", counters))
    parts = (pack.desks, pack.guides, pack.other_bodies, pack.crises, pack.smalltalk)
    everything = "\n".join(text for part in parts for record in part for text in texts(record.model_dump(mode="json")))
    own = {desk.phone for desk in pack.desks} | {body.phone for body in pack.other_bodies}
    own |= {line.phone for crisis in pack.crises for line in crisis.lines}
    assert set(PHONE.findall(everything)) - known == set()
    assert own - {None} - known == set()


def test_every_crisis_message_names_a_number_it_lists(pack: Pack) -> None:
    """The first thing a person in danger reads is a number, and it is one of the lines given below it."""
    for crisis in pack.crises:
        numbers = [line.phone for line in crisis.lines]
        assert any(number in crisis.message for number in numbers), crisis.id
        assert len(crisis.examples) >= 15, crisis.id


def test_nothing_internal_reaches_residents(pack: Pack) -> None:
    """Remarks on how the facts were collected are reworded or left out."""
    spoken = {guide.id: shown(guide) + "\n".join(extra.note for extra in guide.extra_sources) for guide in pack.guides}
    spoken |= {desk.id: "\n".join(texts(desk.model_dump(mode="json"))) for desk in pack.desks}
    assert {key: INTERNAL.findall(text) for key, text in spoken.items() if INTERNAL.search(text)} == {}


def test_every_guide_is_found_in_five_languages(pack: Pack) -> None:
    """Each guide has at least three wordings in each foreign language and ten in Japanese."""
    thin = {
        guide.id: language
        for guide in pack.guides
        for language in ("en", "zh", "ko", "vi")
        if len(set(getattr(guide.names, language))) < 3
    }
    assert thin == {}
    assert min(len(guide.aliases) for guide in pack.guides) >= 10


def test_weak_guides_come_up_for_review_first(pack: Pack) -> None:
    """What was poorly confirmed is to be looked at two months before the rest."""
    weak = {guide.review_by.isoformat() for guide in pack.guides if guide.confidence is Confidence.LOW}
    firm = {guide.review_by.isoformat() for guide in pack.guides if guide.confidence is not Confidence.LOW}
    assert (weak, firm) == ({"2027-01-31"}, {"2027-03-31"})


def test_talk_is_rich_enough_to_learn_from(pack: Pack) -> None:
    """Life events, other bodies, small talk and off-topic wordings reach the numbers retrieval is tuned with."""
    assert len(pack.life_events) == 16
    assert len(pack.other_bodies) >= 30
    assert min(len(body.examples) for body in pack.other_bodies) >= 6
    assert min(len(talk.examples) for talk in pack.smalltalk) >= 10
    assert min(len(event.aliases) for event in pack.life_events) >= 6
    assert len(set(pack.offtopic.examples)) == len(pack.offtopic.examples) >= 150


def test_no_wording_means_two_kinds_of_things(pack: Pack) -> None:
    """A wording belongs to guides, another body, a crisis, small talk or off topic: never to two of them."""
    kinds = {
        "guide": {alias for guide in pack.guides for alias in guide.aliases},
        "body": {example for body in pack.other_bodies for example in body.examples},
        "crisis": {example for crisis in pack.crises for example in crisis.examples},
        "talk": {example for talk in pack.smalltalk for example in talk.examples},
        "offtopic": set(pack.offtopic.examples),
    }
    clashes = {
        wording
        for name, words in kinds.items()
        for other, more in kinds.items()
        if name < other
        for wording in words & more
    }
    assert clashes == set()


def test_of_the_wordings_in_latin_letters_only_japanese_ones_are_read_as_japanese(pack: Pack) -> None:
    """Whoever writes English or Vietnamese is not taken for somebody without a Japanese keyboard."""
    english = {text.lower() for guide in pack.guides for text in guide.names.en}
    vietnamese = {text.lower() for guide in pack.guides for text in guide.names.vi}
    assert not {text for text in vietnamese if in_kana(text) != text}
    read = {text: kana for text in english if (kana := in_kana(text)) != text}
    assert read["setai henko todoke"] == "せたいへんことどけ"
    assert {text for text, kana in read.items() if re.search("[a-z]", kana)} == {"moeru gomi or moenai gomi"}
