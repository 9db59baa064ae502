"""Passages: coherent, bounded, lossless but for blanks, and the same again for the same document."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Block, BlockKind, Document, Reason
from indexer.passages import LIMIT, Passage, passages, split

HEADING, PARAGRAPH, LIST, TABLE = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.TABLE
LONG = "窓口の受付時間は曜日によって違いますので、お出かけの前にお確かめください。"

words = st.text(alphabet="区民課手続窓口届出証明書あいうえおカタカナ、", min_size=1, max_size=40)
sentences = st.builds("{}。".format, words)
prose = st.lists(sentences, min_size=1, max_size=12).map("".join)
numbered = st.integers(0, 10_000).map("{}番".format)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    blocks: list[Block] = []
    for number in range(draw(st.integers(1, 8))):
        mark = f"第{number}の"
        match draw(st.sampled_from(BlockKind)):
            case BlockKind.HEADING:
                blocks.append(Block(HEADING, mark + draw(words), draw(st.integers(1, 9))))
            case BlockKind.PARAGRAPH:
                blocks.append(Block(PARAGRAPH, mark + draw(prose), page=draw(st.sampled_from([None, 1, 2]))))
            case kind:
                rows = draw(st.lists(sentences, min_size=1, max_size=10))
                blocks.append(Block(kind, "\n".join(f"{mark}{n}行 {row}" for n, row in enumerate(rows))))
    return Document("資料", tuple(blocks))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=200)
@given(documents())
def test_no_text_is_lost(document: Document) -> None:
    """Every sentence, item and row of the document stands whole in some passage, or is reported as left out."""
    cut = split(document)
    together = bare("\n".join(passage.text for passage in cut.passages))
    units = [
        bare(unit)
        for block in document.blocks
        if block.kind is not HEADING
        for line in block.text.split("\n")
        for unit in re.findall("[^。]*。", line)
    ]
    missing = [unit for unit in units if unit not in together]
    assert not missing or cut.left_out


@settings(max_examples=200)
@given(documents(), st.integers(80, 500))
def test_limits_are_kept(document: Document, limit: int) -> None:
    """A passage is over the limit only when it is a single unit, and never over twice the limit."""
    for passage in passages(document, limit):
        assert len(passage.text) <= 2 * limit
        if len(passage.text) > limit:
            assert "\n" not in passage.text
            assert passage.text.rstrip("。").count("。") == 0


@settings(max_examples=100)
@given(documents())
def test_cutting_is_repeatable(document: Document) -> None:
    """The same document gives the same passages with the same digests, none twice."""
    first, second = passages(document), passages(document)
    assert [passage.digest for passage in first] == [passage.digest for passage in second]
    assert len({passage.digest for passage in first}) == len(first)


@settings(max_examples=100)
@given(st.text(max_size=3000))
def test_any_text_can_be_cut(text: str) -> None:
    """Text without a single sentence mark is still cut, and no passage is empty."""
    for passage in passages(Document("資料", (Block(PARAGRAPH, text),))):
        assert passage.text.strip()
        assert len(passage.text) <= 2 * LIMIT


def test_a_long_paragraph_is_cut_evenly_between_sentences() -> None:
    """Twenty sentences make pieces of similar size, each of whole sentences."""
    text = "".join(f"{number}番目に、{LONG}" for number in range(1, 21))
    cut = passages(Document("資料", (Block(PARAGRAPH, text),)))
    assert len(cut) == 3
    assert all(passage.text.endswith("。") and re.match(r"\d+番目に、", passage.text) for passage in cut)
    assert max(len(passage.text) for passage in cut) - min(len(passage.text) for passage in cut) <= len(LONG) + 10


def test_sections_are_breadcrumbs() -> None:
    """A passage carries the titles above it, outermost first."""
    cut = passages(
        Document(
            "資料",
            (
                Block(HEADING, "第1章 届出", 1),
                Block(HEADING, "転入", 2),
                Block(PARAGRAPH, LONG * 5),
                Block(HEADING, "転出", 2),
                Block(PARAGRAPH, "転出は" + LONG * 5),
            ),
        )
    )
    assert [passage.section for passage in cut] == [("第1章 届出", "転入"), ("第1章 届出", "転出")]


def test_small_neighbours_are_joined_under_what_they_share() -> None:
    """Two small sections of one chapter become one passage that keeps both titles as lines."""
    cut = passages(
        Document(
            "資料",
            (
                Block(HEADING, "取組 1", 1),
                Block(HEADING, "担当", 9),
                Block(PARAGRAPH, "総合窓口課が受け持ちます。"),
                Block(HEADING, "効果", 9),
                Block(LIST, "・待ち時間が短くなります。\n・書く欄が減ります。"),
            ),
        )
    )
    text = "担当\n総合窓口課が受け持ちます。\n効果\n・待ち時間が短くなります。\n・書く欄が減ります。"
    assert cut == (Passage(("取組 1",), None, text),)


def test_a_title_stays_with_what_it_opens() -> None:
    """A glossary's term is not the last line of one passage while its meaning opens the next."""
    terms = [
        part for n in range(9) for part in (Block(PARAGRAPH, f"用語{n}"), Block(PARAGRAPH, f"用語{n}とは、{LONG}"))
    ]
    for passage in passages(Document("資料", tuple(terms))):
        assert re.match(r"用語\d\n", passage.text)
        assert passage.text.endswith("。")


def test_rows_are_not_cut() -> None:
    """A long table is cut between rows."""
    rows = [f"施策{n} — 2026年度: 検討、2027年度: 実施して{LONG}" for n in range(12)]
    cut = passages(Document("資料", (Block(TABLE, "\n".join(rows)),)))
    assert [line for passage in cut for line in passage.text.split("\n")] == rows


def test_near_duplicates_are_left_out_and_said() -> None:
    """A paragraph printed twice with another comma is kept once; one with another figure or a negation is kept."""
    text = (
        "窓口の混雑状況は区のホームページで確かめられます。来庁の前にご覧いただくと、待ち時間を短くすることができます。"
    )
    other = text.replace("状況は区", "状況は、区")
    figure = text.replace("ことができます", "ことができます(平均12分)")
    negated = text.replace("ことができます", "ことができません")
    blocks = [Block(HEADING, "章", 1)]
    for number, paragraph in enumerate([text, other, figure, negated]):
        blocks += [Block(HEADING, f"{number}節", 2), Block(PARAGRAPH, paragraph * 3)]
    cut = split(Document("資料", tuple(blocks)))
    assert [passage.section[1] for passage in cut.passages] == ["0節", "2節", "3節"]
    assert [(part.where, part.why) for part in cut.left_out] == [("章 > 1節", Reason.DUPLICATE)]


def test_the_digest_is_of_section_and_text() -> None:
    """A moved page does not change a digest; another section or word does."""
    passage = Passage(("章",), 1, LONG)
    assert passage.digest == Passage(("章",), 2, LONG).digest
    assert passage.digest != Passage(("別の章",), 1, LONG).digest
    assert passage.digest != Passage(("章",), 1, LONG + "。").digest
