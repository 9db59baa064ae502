"""Which fact of a guide a question asks for, and whether it asks for nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.actions import FactKind

Nouns = Callable[[str], Sequence[str]]
"""Gives the nouns of a text."""

# Wordings by which a fact is asked for, Japanese first, then English, Chinese, Korean, Vietnamese; the first kind wins.
_ASKED: dict[FactKind, tuple[str, ...]] = {
    FactKind.AGENT: (
        r"代理|委任|代わりに|かわりに",
        r"(家族|親|父|母|夫|妻|旦那|主人|嫁|子ども|息子|娘|友人|友達|本人以外|他の人)(が|でも|じゃ).{0,8}(いい|行|でき|可能|大丈夫|だめ|ダメ)",
        r"本人(が|じゃ|で).{0,8}(行|ない|だめ|ダメ|必要)",
        r"someone else|on (my|his|her|their) behalf|proxy",
        r"代办|代辦|別人|别人|대신|대리|thay (tôi|mặt)|người khác|ủy quyền",
    ),
    FactKind.ONLINE: (
        r"オンライン|ネット(で|から|でも)|スマホ(で|から|でも)|電子申請|(家|うち|自宅)から|ウェブ|郵送",
        r"online|over the internet|by phone app|网上|線上|线上|在线|온라인|인터넷|trực tuyến|qua mạng",
    ),
    FactKind.FEE: (
        r"いくら|幾ら|料金|費用|手数料|値段|金額|お金.{0,4}(かか|いる|要)|無料|ただ[?]|タダ|何円|料(は|って|[?]|$)",
        r"how much|cost|\bfees?\b|free\?|多少钱|多少錢|费用|要钱|얼마|비용|요금|수수료|bao nhiêu|chi phí|lệ phí",
    ),
    FactKind.ITEMS: (
        r"(何|なに)が(必要|要|い)る?|(必要|要る|いる)な?(もの|物|書類)|持ち物|持って(行|い)|もって(行|い)|書類",
        r"(何|なに)を?(持|もって|用意)|(印鑑|はんこ|ハンコ)は?(いる|必要|要)",
        r"what (do|should) i (need|bring)|documents|bring",
        r"需要(带|带什么|什么|準備|准备)|材料|带什么|帶什麼",
        r"준비물|필요한|(뭐가|무엇이) 필요|서류|cần (mang|gì|những gì)|giấy tờ",
    ),
    FactKind.HOURS: (
        r"何時|なんじ|受付時間|営業時間|開いて|空いて|やってる|土日|土曜|日曜|祝日|休み|夜間|曜日",
        r"what time|opening hours|weekend|saturday|sunday|几点|幾點|周末|週末|몇 시|주말|mấy giờ|cuối tuần",
    ),
    FactKind.DEADLINE: (
        r"いつまで|期限|締め?切|何日(以内|まで)|いつから|間に合|遅れ|過ぎ|いつ(です)?(か)?[?]?$",
        r"when|deadline|until|什么时候|什麼時候|截止|期限|几天|언제|기한|마감|khi nào|thời hạn|bao lâu|đến khi",
    ),
    FactKind.DESK: (
        r"どこ|何処|場所|窓口|何階|行き方|電話番号|問い?合わせ|連絡先|住所は",
        r"where|which (desk|counter|floor)|phone number|在哪|哪里|哪裡|窗口",
        r"어디|창구|전화번호|ở đâu|quầy nào|số điện thoại",
    ),
}
_PATTERNS = {kind: re.compile("|".join(wordings), re.IGNORECASE) for kind, wordings in _ASKED.items()}
# What may stand beside the fact without naming a topic.
_FILLER = re.compile(
    r"\b(is|it|do|does|i|can|the|a|to|for|this|that|and|of|in|at|how|what|should|need|must|my|me|are|there|please|go)\b"
    r"|\b(have|apply|tôi|có|thể|không|là|ạ|thì|phải|làm|được|và|vậy)\b"
    r"|的|吗|嗎|呢|要|我|可以|能|请问|請問|是|요|나요|인가요|있나요|하나요|은|는|이|가|[\s\W]",
    re.IGNORECASE,
)
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_EMPTY_NOUNS = frozenset(
    """
    それ これ その 手続き 手続 申請 届け 届 届出 場合 必要 可能 大丈夫 具体 的 全部 結局 月 年 回 通 枚 人 日 時 分 円
    物 事 方 前 後 今 教え お願い 御 願い 登録 本人 家族 夫 妻 親 父 母 子供 息子 娘 旦那 主人 何
    """.split()
)


@dataclass(frozen=True)
class FactAsked:
    """The fact a text asks for; `alone` when it names no topic of its own."""

    fact: FactKind
    alone: bool


def fact_asked(text: str, nouns: Nouns) -> FactAsked | None:
    """The first kind of fact the (normalised) text asks for, or None."""
    fact = next((kind for kind, pattern in _PATTERNS.items() if pattern.search(text)), None)
    if fact is None:
        return None
    rest = text
    for pattern in _PATTERNS.values():
        rest = pattern.sub(" ", rest)
    return FactAsked(fact, alone=_names_nothing(text, rest, nouns))


def _names_nothing(text: str, rest: str, nouns: Nouns) -> bool:
    if _KANA.search(text):
        return not [noun for noun in nouns(rest) if noun not in _EMPTY_NOUNS and not noun.isdigit()]
    return len(_FILLER.sub("", rest)) <= 1
