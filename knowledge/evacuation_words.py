"""The words of evacuation: those the law abolished, what to write instead, and which level each action belongs to.

The Basic Act on Disaster Management was revised on 2021-05-20: 避難勧告 went, and levels 3 to 5 have one word each.
"""

import re
import unicodedata
from collections.abc import Iterable

from knowledge.errors import PocketError

INSTEAD = (
    ("避難準備・高齢者等避難開始", "警戒レベル3「高齢者等避難」"),
    ("避難準備情報", "警戒レベル3「高齢者等避難」"),
    ("避難準備", "警戒レベル3「高齢者等避難」"),
    ("災害発生情報", "警戒レベル5「緊急安全確保」"),
    ("避難指示(緊急)", "警戒レベル4「避難指示」"),
    ("避難勧告", "警戒レベル4「避難指示」"),
    ("避难劝告", "警戒级别4「避难指示」"),
    ("避難勸告", "警戒级别4「避难指示」"),
    ("피난권고", "경계레벨 4「피난지시」"),
    ("대피권고", "경계레벨 4「피난지시」"),
    ("evacuation advisory", "Alert Level 4 (evacuation instruction)"),
    ("evacuation recommendation", "Alert Level 4 (evacuation instruction)"),
    ("evacuation preparation", "Alert Level 3 (evacuation of the elderly, etc.)"),
)
"""Abolished words, folded, and what is right instead; the longer stand before those they hold."""
_LEVELS = {
    "高齢者等避難": 3,
    "避難指示": 4,
    "緊急安全確保": 5,
    "evacuation of the elderly": 3,
    "evacuation instruction": 4,
    "emergency safety measures": 5,
}
_WORD = "|".join(_LEVELS)
_GAP = r"[\s「」『』【】\[\]()<>、,:;・=→-]{0,4}"
_PAIRS = (
    re.compile(rf"(?:警戒レベル|alert level)\s*([1-5]){_GAP}({_WORD})"),
    re.compile(rf"({_WORD})\s?[(\[「【]\s?(?:警戒レベル|alert level)\s*([1-5])"),
)


class AbolishedWordError(PocketError):
    """法律で廃止された言葉が使われています。"""

    def __init__(self, word: str, right: str) -> None:
        """`word` is what was written, `right` what is right."""
        super().__init__(f"「{word}」は、2021年5月の法律の改正で廃止された言葉です。「{right}」と書いてください。")
        self.word = word


class MismatchedLevelError(AbolishedWordError):
    """警戒レベルと行動の言葉が合っていません。"""

    def __init__(self, level: int, word: str) -> None:
        right = _LEVELS[word]
        PocketError.__init__(
            self,
            f"警戒レベル{level}と「{word}」は合いません。「{word}」は警戒レベル{right}です。どちらかを直してください。",
        )
        self.word = word


def refuse(texts: Iterable[str]) -> None:
    """Raise AbolishedWordError where a text uses a word that is no more, or gives an action another level than its own.

    Full and half width, capitals and the spaces of やさしい日本語 make no difference.
    """
    for text in texts:
        folded = unicodedata.normalize("NFKC", text).lower()
        closed = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", folded)
        _refuse_abolished(closed)
        _refuse_mismatch(closed)


def _refuse_abolished(text: str) -> None:
    for word, right in INSTEAD:
        if word in text:
            raise AbolishedWordError(word, right)


def _refuse_mismatch(text: str) -> None:
    for pattern in _PAIRS:
        for found in pattern.finditer(text):
            level, word = sorted(found.groups(), key=len)
            if _LEVELS[word] != int(level):
                raise MismatchedLevelError(int(level), word)
