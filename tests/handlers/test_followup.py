"""Which fact a question asks for, in five languages, and whether it names a topic of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.followup import FactAsked, fact_asked
from knowledge.records import FactKind
from knowledge.text import normalise
from knowledge.words import WordSplitter

ALONE = {
    FactKind.FEE: [
        "いくら？",
        "お金はかかりますか",
        "手数料は",
        "無料ですか？",
        "なんぼかかるん？",
        "費用を教えてください",
        "何円ですか",
        "How much is it?",
        "Is it free?",
        "What does it cost?",
        "多少钱？",
        "要钱吗",
        "얼마예요?",
        "수수료가 있나요?",
        "Bao nhiêu tiền?",
        "Có mất phí không ạ?",
    ],
    FactKind.DEADLINE: [
        "いつまでですか",
        "期限はありますか",
        "締切は？",
        "何日以内ですか",
        "過ぎたらどうなりますか",
        "When is the deadline?",
        "Until when?",
        "什么时候截止？",
        "언제까지 해요?",
        "Khi nào phải nộp?",
    ],
    FactKind.ITEMS: [
        "何が必要ですか",
        "持ち物は？",
        "必要な書類を教えて",
        "印鑑はいりますか",
        "何を持っていけばいいですか",
        "What should I bring?",
        "What documents do I need?",
        "需要带什么？",
        "뭐가 필요해요?",
        "준비물은요?",
        "Cần mang gì?",
        "Cần giấy tờ gì ạ?",
    ],
    FactKind.DESK: [
        "どこですか",
        "窓口はどこ？",
        "電話番号を教えてください",
        "何階ですか",
        "場所は？",
        "Where do I go?",
        "What is the phone number?",
        "在哪里办？",
        "어디로 가요?",
        "Ở đâu vậy?",
        "Nộp ở đâu?",
    ],
    FactKind.ONLINE: [
        "オンラインでできますか",
        "スマホで申請できる？",
        "郵送でもいいですか",
        "窓口に行かなくてもいい？",
        "Can I do it online?",
        "Can I apply by mail?",
        "可以网上办吗？",
        "온라인으로 가능해요?",
        "Làm trực tuyến được không?",
    ],
    FactKind.AGENT: [
        "代理でもいいですか",
        "家族が代わりに行けますか",
        "本人じゃなくても大丈夫？",
        "夫に頼んでもいい？",
        "Can my wife go?",
        "Can someone else go for me?",
        "可以代办吗？",
        "대신 가도 돼요?",
        "Chồng tôi đi thay được không?",
    ],
    FactKind.HOURS: [
        "何時までですか",
        "土日もやってる？",
        "夜間も開いてますか",
        "受付時間は？",
        "What time does it open?",
        "Are you open on weekends?",
        "几点开门？",
        "몇 시까지 해요?",
        "Mấy giờ mở cửa?",
    ],
    FactKind.AUDIENCE: [
        "対象は？",
        "誰がもらえるの？",
        "何歳からですか",
        "条件はありますか",
        "所得制限ある？",
        "Who can apply?",
        "Is there an age limit?",
        "谁可以申请？",
        "누가 받을 수 있어요?",
        "Điều kiện là gì?",
    ],
}
WITH_A_TOPIC = {
    FactKind.FEE: [
        "住民票はいくらですか",
        "印鑑登録の手数料は？",
        "粗大ごみの料金",
        "How much is a residence certificate?",
        "保育园的费用是多少？",
        "주민표는 얼마예요?",
        "Phí đăng ký con dấu là bao nhiêu?",
    ],
    FactKind.DEADLINE: [
        "転入届の期限は？",
        "出生届はいつまでですか",
        "When do I have to report a birth?",
        "婚姻登记什么时候截止？",
        "출생신고는 언제까지예요?",
        "Hạn chót khai sinh là khi nào?",
    ],
    FactKind.ITEMS: [
        "パスポートの申請に必要なものは？",
        "転入届には何を持っていけばいいですか",
        "What documents do I need for marriage?",
        "转入需要什么材料？",
        "혼인신고 준비물은?",
    ],
    FactKind.DESK: [
        "粗大ごみの受付の電話番号",
        "図書館はどこにありますか",
        "Where is the library?",
        "图书馆在哪里？",
        "도서관은 어디예요?",
        "Thư viện ở đâu?",
    ],
    FactKind.ONLINE: [
        "転出届はオンラインでできますか",
        "Can I apply for nursery school online?",
        "住民票可以网上申请吗？",
    ],
    FactKind.AGENT: ["印鑑登録は代理でもできますか", "Can someone else pick up my passport?"],
    FactKind.HOURS: ["図書館は何時までですか", "What time does the museum open?", "美术馆几点开门？"],
    FactKind.AUDIENCE: ["シルバーパスは何歳から使えますか", "就学援助の対象は？", "Who can get the child allowance?"],
}
NOTHING_ASKED = [
    "ありがとう",
    "引っ越してきました",
    "粗大ごみを捨てたい",
    "転入届",
    "こんにちは",
    "犬を飼いはじめた",
    "保育園に入れたい",
    "子どもが生まれました",
    "子どもが学校に行きたがらない",
    "妻に子どもができた",
    "子どもができました",
    "息子が学校に行かなくて困っています",
    "育児がうまくいかなくて",
    "資料は見られますか",
    "給料は下がりました",
    "もう死にたい",
    "財布をなくした",
    "thanks",
    "I just moved here",
    "hello",
    "谢谢",
    "我搬家了",
    "고마워요",
    "이사했어요",
    "cảm ơn",
    "tôi mới chuyển nhà",
    "",
    "？",
    "12345",
]


@pytest.fixture(scope="module")
def splitter() -> WordSplitter:
    """One splitter for all tests."""
    return WordSplitter.open()


@pytest.mark.parametrize(("fact", "text"), [(fact, text) for fact, texts in ALONE.items() for text in texts])
def test_a_fact_alone_is_about_what_was_spoken_of(splitter: WordSplitter, fact: FactKind, text: str) -> None:
    """A question that names only the fact keeps to the guide at hand."""
    assert fact_asked(normalise(text), splitter.nouns) == FactAsked(fact, alone=True)


@pytest.mark.parametrize(("fact", "text"), [(fact, text) for fact, texts in WITH_A_TOPIC.items() for text in texts])
def test_a_fact_with_a_topic_is_a_new_question(splitter: WordSplitter, fact: FactKind, text: str) -> None:
    """A question that names its own topic leaves the guide at hand."""
    assert fact_asked(normalise(text), splitter.nouns) == FactAsked(fact, alone=False)


@pytest.mark.parametrize("text", NOTHING_ASKED)
def test_what_asks_for_no_fact_is_none(splitter: WordSplitter, text: str) -> None:
    """Wishes, thanks and cries for help ask for no fact."""
    assert fact_asked(normalise(text), splitter.nouns) is None


@given(text=st.text(max_size=80))
def test_any_text_is_understood_or_not(splitter: WordSplitter, text: str) -> None:
    """Whatever is typed, the answer is a fact or None."""
    asked = fact_asked(text, splitter.nouns)
    assert asked is None or asked.fact in FactKind
