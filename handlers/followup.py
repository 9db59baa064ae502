"""Which fact of a guide a question asks for, and whether it asks for nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.records import FactKind

Nouns = Callable[[str], Sequence[str]]
"""Gives the nouns of a text."""

# Wordings by which a fact is asked for, Japanese first, then English, Chinese, Korean, Vietnamese; the first kind wins.
_ASKED: dict[FactKind, tuple[str, ...]] = {
    FactKind.AGENT: (
        r"代理|委任|代わりに|かわりに|本人以外|ヘルパーさん(でも|が)",
        (
            r"(家族|親|父|母|夫|妻|旦那|主人|嫁|子ども|息子|娘|友人|友達|他の人)(が|でも|じゃ).{0,8}"
            r"(いい|(?<!学校に)(?<!園に)(?<!会社に)行|(?<!子どもが)でき[なまる]|可能|大丈夫|だめ|ダメ)"
        ),
        r"(家族|親|父|母|夫|妻|旦那|主人|嫁|子ども|息子|娘|友人|友達|人)に.{0,4}(頼|行かせ|行って|任せ)",
        r"本人(が|じゃ|で).{0,10}(行|ない|なく|だめ|ダメ|必要)",
        r"(someone|somebody) else|on (my|his|her|their) behalf|proxy",
        r"can my (wife|husband|son|daughter|mother|father|friend|family)( go| do| apply| get)",
        r"代办|代辦|別人|别人|(다른 사람이? )?대신|대리|thay (tôi|mặt)|đi thay|làm thay|người khác|ủy quyền",
    ),
    FactKind.ONLINE: (
        r"オンライン|ネット(で|から|でも)|スマホ(で|から|でも)|電子申請|(家|うち|自宅)から|ウェブ|web(で|申|から)|郵送",
        r"(line|マイナポータル)(で|から)(も)?(でき|申|出せ)|(窓口(に|へ)?)?(?<!学校に)(?<!園に)(?<!会社に)(?<!うまく)(?<!納得)(行|い)かな(くて|くちゃ|きゃ|いと|ければ)|来庁",
        r"online|over the internet|by (phone app|mail|post)|网上|線上|线上|在线|온라인|인터넷|trực tuyến|qua mạng",
    ),
    FactKind.FEE: (
        r"いくら|幾ら|おいくら|なんぼ|料金|費用|手数料|値段|金額|お金.{0,4}(かか|いる|要)|無料|有料|タダ|ただ[?]|何円",
        r"(利用|登録|手数|受講|保育|参加|使用|延長)?(?<![材資給食飲肥燃塗送])料(は|って|[?])|どの(くらい|ぐらい)(お金が)?かか|もらえる額|額は|^(高|安)い(の)?[?]",
        r"how much|cost|\bfees?\b|free\?|多少钱|多少錢|费用|要钱|얼마|비용|요금|수수료|무료",
        r"bao nhiêu|chi phí|lệ phí|mất phí|^phí",
    ),
    FactKind.ITEMS: (
        r"(何|なに)(が|か)?(必要|要|いる|いり)|(必要|要る|いる)な?(もの|物|書類)|持ち物|(持|も)って(行|い|く|来|き)|書類|身分証",
        r"(何|なに)を?(持|もって|用意)|(準備|用意)する(もの|物)|本人確認",
        r"(印鑑|はんこ|ハンコ|判子|写真|通帳|カード|保険証|免許証)(は|も|って)?(いる|いり|必要|要)",
        r"what (do|should) i (need|bring)|documents|bring",
        r"需要(带|带什么|什么|準備|准备)|材料|带什么|帶什麼",
        r"준비물|필요한|(뭐가|무엇이) 필요|서류|cần (mang|gì|những gì)|giấy tờ",
    ),
    FactKind.HOURS: (
        r"何時|なんじ|受付時間|営業時間|開いて|空いて|やって(る|ま)|土日|土曜|日曜|祝日|休み|夜間|夜も|曜日|年末年始",
        r"what time|opening hours|open on|weekend|saturday|sunday|几点|幾點|周末|週末|몇 시|주말",
        r"mấy giờ|mở cửa|cuối tuần",
    ),
    FactKind.DEADLINE: (
        r"いつまで|期限|期間は|締め?切|しめきり|何日(以内|まで)|いつから|間に合|遅れ|過ぎ|さかのぼ|遡",
        r"いつ(です)?(か)?[?]?$|いつ(頃|ごろ)?(申|出|届)",
        r"when|deadline|until|什么时候|什麼時候|截止|期限|几天|언제|기한|마감",
        r"khi nào|thời hạn|hạn chót|bao lâu|đến khi",
    ),
    FactKind.DESK: (
        r"どこ|何処|場所|窓口|何階|行き方|電話番号|問い?合わせ(先)?|連絡先|住所は|(出張所|事務所)でも",
        r"where|which (desk|counter|floor)|phone number|在哪|哪里|哪裡|窗口",
        r"어디|창구|전화번호|ở đâu|đi đâu|quầy nào|số điện thoại",
    ),
    FactKind.AUDIENCE: (
        r"対象|条件|要件|(何|なん)歳(から|まで|以上|以下|の|なら|で)|(誰|だれ)(が|でも|に)(もら|使|受け|なれ|申|入れ|出)",
        r"所得制限|収入制限|年齢制限|年収(いくら|どのくらい|制限)|(うち|私|わたし|自分|俺|僕)(も|でも)(対象|もら|使え|受け|あては)",
        r"who (can|is it for|gets|qualif)|eligib|qualify|age limit|income limit|what age",
        r"谁(可以|能)|誰(可以|能)|哪些人|对象|對象|条件|條件|资格|資格|几岁|幾歲|누가|대상|조건|자격|몇 살(부터|까지)",
        r"^ai (được|có thể|thì)|đối tượng|điều kiện|(mấy|bao nhiêu) tuổi (thì|trở|mới)|từ mấy tuổi",
    ),
}
_PATTERNS = {kind: re.compile("|".join(wordings), re.IGNORECASE) for kind, wordings in _ASKED.items()}
# What may stand beside the fact without naming a topic.
_FILLER = re.compile(
    r"\b(is|it|its|do|does|i|can|the|an?|any|to|for|this|that|and|of|in|at|on|by|what|should|need|must|my|me|are|there|please|you)\b"
    r"|\b(go|get|have|apply|open|number|s)\b"
    r"|\b(tôi|có|thể|không|là|ạ|thì|phải|làm|được|và|vậy|tiền|gì|cần|mang|đi|nộp|việc|này|chồng|vợ|nào|khi|số)\b"
    r"|的|吗|嗎|呢|需要|要|我|可以|能|请问|請問|是|办|辦|申请|申請|之前|前|多少|什么|什麼|了|去|来|开门|开|可|以"
    r"|신청|가능|있어요|있나요|하나요|해요|돼요|되나요|인가요|예요|이에요|알려주세요|까지|으로|할|수|가면|가도|나요|에도|는|은|이|가"
    r"|요|로|에|도|을|를|[\s\W]",
    re.IGNORECASE,
)
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_EMPTY_NOUNS = frozenset(
    """
    それ これ その 手続き 手続 申請 届け 届 届出 場合 必要 可能 大丈夫 具体 的 全部 結局 月 年 回 通 枚 人 日 時 分 円
    額 利用 料 証 先 夜 昼 今日 明日 昼休み 東口 西口 窓口 出張 事務 区民 所 駄目 来庁 ウェブ マイナンバー カード
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
