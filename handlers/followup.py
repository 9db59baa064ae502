"""Which fact of a guide a question asks for, and whether it asks for nothing else."""

import re
from dataclasses import dataclass

from handlers.actions import FactKind

_ASKED: tuple[tuple[FactKind, str], ...] = (
    (
        FactKind.AGENT,
        r"代理|委任|代わりに|(家族|親|父|母|夫|妻|子ども|友人|友達|本人以外|他の人)(が|でも|じゃ).{0,8}(いい|行|でき|可能|大丈夫|だめ|ダメ)|本人(が|じゃ|で).{0,8}(行|ない|だめ|ダメ|必要)"
        r"|someone else|on (my|his|her|their) behalf|proxy|代办|代理|別人|别人|대신|대리|thay (tôi|mặt)|người khác|ủy quyền",
    ),
    (
        FactKind.ONLINE,
        r"オンライン|ネット|スマホ|電子申請|(家|うち|自宅)から|web|ウェブ|郵送|online|internet|by phone app|网上|線上|线上|在线|온라인|인터넷|trực tuyến|qua mạng",
    ),
    (
        FactKind.FEE,
        r"いくら|幾ら|料金|費用|手数料|値段|金額|お金.{0,4}(かか|いる|要)|無料|ただ[?？]|タダ|何円|how much|cost|fee\b|free\?|多少钱|多少錢|费用|費用|要钱|얼마|비용|요금|수수료|bao nhiêu|chi phí|lệ phí|phí",
    ),
    (
        FactKind.ITEMS,
        r"何が(必要|要|い)る?|なにが(必要|いる)|(必要|要る|いる)(な)?(もの|物|書類)|持ち物|持って(行|い)|必要書類|書類|何を(持|用意)|なに(持|もって)|印鑑(は)?(いる|必要|要)"
        r"|what (do|should) i (need|bring)|documents|bring|需要(带|带什么|什么|準備|准备)|材料|带什么|帶什麼|준비물|필요한|뭐가 필요|무엇이 필요|서류|cần (mang|gì|những gì)|giấy tờ",
    ),
    (
        FactKind.HOURS,
        r"何時|なんじ|受付時間|営業時間|開いて|空いて|やってる|土日|土曜|日曜|祝日|休み|夜間|曜日|what time|open(ing)?( hours)?\b|weekend|saturday|sunday|几点|幾點|周末|週末|몇 시|주말|mấy giờ|cuối tuần",
    ),
    (
        FactKind.DEADLINE,
        r"いつまで|期限|締(め)?切|何日以内|いつから|間に合|遅れ|過ぎ|いつ(です)?[?？]?$|when|deadline|until|by when|什么时候|什麼時候|截止|期限|几天|언제|기한|마감|khi nào|thời hạn|bao lâu|đến khi",
    ),
    (
        FactKind.DESK,
        r"どこ|何処|場所|窓口|何階|行き方|電話番号|問い?合わせ|連絡先|住所は|where|which (desk|counter|floor)|phone number|在哪|哪里|哪裡|窗口|어디|창구|전화번호|ở đâu|quầy nào|số điện thoại",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKED)
_FILLER = re.compile(
    r"[\s?？!！。、.,・…~〜ー]|それ(って|は|で)?|これ(って|は)?|その(手続き|場合|届け?|申請)?|この|あの|じゃあ?|では|でも|あと|ちなみに|で$|って|とか|ですか|ますか|でしょうか|ですかね?|かな|なの|のかな?"
    r"|教えて(ください|下さい|ほしい)?|知りたい(です)?|お願いします|申請|手続き?|届け?出?|できる|できます|可能|大丈夫|いい|良い|必要|いる|要る|行けば|行く|行ったら|すれば|したら|する|やる|かかる|かかります"
    r"|もらえる|もらえます|ある|あります|は|が|を|に|で|も|の|へ|と|か|ね|よ|わ|ん|です|ます|だ|なら|から|まで|1通|一通|全部で|具体的に|結局|だいたい"
    r"|\b(is|it|do|does|i|can|the|a|to|for|this|that|and|of|in|at|how|what|should|need|must|my|me|are|there|please|go|have|apply)\b|的|吗|嗎|呢|要|我|可以|能|请问|請問|是|요|나요|인가요|있나요|하나요|은|는|이|가|\b(tôi|có|thể|không|là|ạ|thì|phải|làm|được|và|vậy)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FactAsked:
    """The fact a text asks for; `alone` when it names no topic of its own."""

    fact: FactKind
    alone: bool


def fact_asked(text: str) -> FactAsked | None:
    """The first kind of fact the (normalised) text asks for, or None."""
    for kind, pattern in _PATTERNS:
        if pattern.search(text):
            rest = text
            for _, each in _PATTERNS:
                rest = each.sub("", rest)
            return FactAsked(kind, alone=len(_FILLER.sub("", rest)) <= 1)
    return None
