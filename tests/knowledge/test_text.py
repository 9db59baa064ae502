"""Normalising, and telling a question's language."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.text import Language, detect_language, normalise


@given(st.text(max_size=200))
@example("İ!!!!")
@example("!\u200b!!")
@example("か\u200b\u3099")
@example("\ud83d")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """And what comes out is in NFKC, without control characters or spaces at its ends, and can be stored anywhere."""
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFKC", once)
    assert once == once.strip()
    assert "\0" not in once.encode("utf-8").decode("utf-8")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("ｼﾞｭｳﾐﾝﾋｮｳ", "ジュウミンヒョウ"),
        ("  転入届\n\n  は？ ", "転入届 は?"),
        ("ごみは！！！！！いつ", "ごみは!!いつ"),
        ("やばいwwwww", "やばいww"),
        ("住\u200b民\ufeff票", "住民票"),
        ("㈱と℡", "(株)とtel"),
    ],
)
def test_what_looks_different_but_means_the_same_becomes_the_same(typed: str, read: str) -> None:
    """Full width, half width, runs, invisible characters."""
    assert normalise(typed) == read


SENTENCES: dict[Language, tuple[str, ...]] = {
    Language.JA: (
        "引っ越してきたけど何すればいい？", "転入届必要書類", "住民票", "豊島区住民票", "国民健康保険料減免",
        "区役所開庁時間", "児童手当現況届", "マイナンバーカード", "粗大ごみの出し方", "後期高齢者医療", "為替証明",
        "里親制度", "里帰出産助成", "東京都水道局", "浸水被害 罹災証明", "保育園申込期限", "印鑑登録代理人",
        "死亡届後手続", "DV相談", "AED",
        "DV?", "NHKの解約", "ゴミ", "国民年金免除申請", "妊婦健診費用", "juminhyo ga hoshii desu",
        "hikkoshi no todoke wa doko desuka", "可燃ごみ収集日", "外国人登録", "後見人", "公的年金受給者",
        "卒業証明 完了", "予約可能時間", "123", "？",
    ),
    Language.EN: (
        "I just moved in. What do I have to do?", "How much is the child allowance?", "garbage day",
        "Where is the ward office?", "juminhyo", "How do I get a juminhyo", "national health insurance",
        "What is 住民票?", "How do I apply for マイナンバーカード?", "tax certificate", "my baby was born",
        "Can my husband go for me?", "moving out of Toshima", "I lost my My Number card",
        "nursery school application", "pension for foreigners", "Do you speak English", "opening hours on Saturday",
        "bulky waste fee", "where can I throw away a sofa", "marriage registration", "is there an online form",
        "evacuation shelter", "I can't pay my tax", "vaccination for kids", "seal registration",
        "when is the deadline", "Подскажите",
    ),
    Language.ZH: (
        "我刚搬来，要办什么手续？", "怎么申请儿童津贴", "垃圾什么时候收", "住民票在哪里开", "国民健康保险多少钱",
        "我想申請住民票", "搬家了要去哪裡", "如何申請補助", "需要什麼文件", "我的孩子生病了", "可以代理申請嗎",
        "在留卡丢了", "结婚登记", "离婚手续", "孕妇检查", "请问几点关门", "怎么申请マイナンバーカード",
        "税金交不起怎么办", "大型垃圾怎么扔", "幼儿园报名", "印章登记", "我要搬走", "生小孩有補助嗎",
        "豊島区役所在哪", "是否可以網上辦理", "護照在哪辦", "不知道要帶什麼",
    ),
    Language.KO: (
        "이사 왔는데 무엇을 해야 하나요?", "아동수당은 얼마예요?", "쓰레기 버리는 날", "전입신고", "건강보험료",
        "住民票 주세요", "구청이 어디예요", "출산 지원금", "어린이집 신청", "연금 면제", "대형 쓰레기 비용",
        "외국인 등록", "혼인신고", "이혼", "인감 등록", "몇 시까지 해요?", "온라인으로 되나요", "남편이 가도 돼요?",
        "마이넘버카드 분실", "대피소", "예방접종", "세금을 못 내요", "전출신고", "반려견 등록", "주말에도 열어요?",
        "화장실",
    ),
    Language.VI: (
        "Tôi mới chuyển đến, cần làm gì?", "Trợ cấp trẻ em là bao nhiêu?", "Ngày đổ rác",
        "toi muon dang ky cu tru", "lam the nao de dang ky ket hon", "bao hiem y te bao nhieu tien", "toi bi mat the",
        "khi nao do rac", "Giấy khai sinh", "đăng ký nhà trẻ", "Quầy ở đâu", "toi sap chuyen nha",
        "con toi bi om phai lam sao", "thu tuc ly hon", "can gi de lam juminhyo", "Tôi cần 住民票", "nộp thuế",
        "phí rác cỡ lớn", "mở cửa mấy giờ", "chồng tôi đi thay được không", "o dau co the lam the My Number",
        "tre em duoc tro cap khong", "toi khong noi duoc tieng nhat", "Miễn giảm lương hưu", "nơi lánh nạn",
        "tiem chung cho tre em o dau", "Pin AA hết rồi bỏ vào hộp nào?", "Công trình bên cạnh ồn và rung nhà",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, each) for language, some in SENTENCES.items() for each in some]
)
def test_the_language_of_a_question_is_told(language: Language, sentence: str) -> None:
    """Also from Chinese in either script, Vietnamese typed bare, Japanese in kanji only."""
    assert detect_language(sentence) == language


@given(st.text(max_size=100))
def test_every_text_has_a_language(text: str) -> None:
    """Whatever is typed."""
    assert detect_language(text) in Language
