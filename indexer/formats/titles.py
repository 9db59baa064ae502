"""Titles: what a document calls itself, when its format does not say."""

import re
from collections import Counter
from collections.abc import Sequence

from indexer.formats.lines import Line

_NAME = (
    r"[一-龥々ヶ]{1,6}[都道府県市区町村][^「」『』。、\t]{0,24}"
    r"(?:計画|戦略|構想|プラン|ビジョン|方針|手引き?|ガイド|案内|しおり)"
)
_YEARS = r"(?: ?[(（]?[\d~～〜\-－年度 ]{4,}[)）]?)?"
_ALONE = re.compile(rf"^{_NAME}{_YEARS}$")
_QUOTED = re.compile(rf"[「『]({_NAME}{_YEARS})(?:（以下[^」]*）)?[」』]")
_DECLARED = re.compile(rf"[「『]({_NAME}{_YEARS})(?:（以下[^」]*）)?[」』](?:を定め|を策定し|へ変更|に改め)")
_DECLARATION = 5  # a document that says it lays down a name counts as so many mentions
_LONGEST = 60


def title_of(lines: Sequence[Line], fallback: str) -> str:
    """The name of a plan or guide as it stands alone or most often in quotes, else the first line, else `fallback`."""
    quoted: Counter[str] = Counter(match for line in lines for match in _QUOTED.findall(line.text))
    quoted.update(match for line in lines for match in _DECLARED.findall(line.text) * _DECLARATION)
    alone = [line.text for line in lines if _ALONE.match(line.text)]
    if alone and (alone[0] in {line.text for line in lines[:12]} or alone[0] in {line.text for line in lines[-12:]}):
        return alone[0]
    if quoted and quoted.most_common(1)[0][1] >= 2:
        return quoted.most_common(1)[0][0]
    first = next((line.text for line in lines if _may_be_title(line.text)), "")
    return alone[0] if alone else first or fallback


def _may_be_title(text: str) -> bool:
    return 2 < len(text) <= _LONGEST and not re.search(r"[\t。]|^[・●\-]", text)
