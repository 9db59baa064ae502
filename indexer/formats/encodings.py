"""Encodings: bytes to text, strictly; a wrong guess is an error, never mojibake in an answer."""

import codecs
import re
from collections.abc import Iterable

from charset_normalizer import from_bytes

from indexer.errors import UnreadableEncodingError

_JAPANESE = ("cp932", "euc_jp", "iso2022_jp")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
_PLAIN = re.compile("[\x20-\x7e\\s\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
_HALF_KANA = re.compile("[｡-ﾟ]")
_PLAUSIBLE = 0.9
_SAMPLE = 200_000
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)


def decode(data: bytes) -> str:
    """The text of UTF-8, UTF-16 with a mark, Shift_JIS (CP932), EUC-JP or ISO-2022-JP bytes.

    Raises UnreadableEncodingError for anything else, and for text in which a byte is broken.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(_strictly(data, encoding))
    text = _strictly(data, "utf-8")
    if text is not None and b"\x1b$" not in data:
        return _checked(text)
    fitting = [text for name in _guesses(data) if (text := _strictly(data, name)) and _is_japanese(text)]
    if not fitting:
        raise UnreadableEncodingError
    return max(fitting, key=lambda text: len(re.findall("[ぁ-んァ-ヶ]", text[:_SAMPLE])))


def decode_html(data: bytes) -> str:
    """The text of an HTML file: by its mark, by what it declares, else as `decode`."""
    declared = _META.search(data[:4096])
    if declared and not data.startswith(tuple(mark for mark, _ in _BOMS)):
        name = declared[1].decode("ascii").lower().replace("shift_jis", "cp932").replace("x-sjis", "cp932")
        text = _strictly(data, name)
        if text is not None and not _CONTROL.search(text):
            return text
    return decode(data)


def _guesses(data: bytes) -> Iterable[str]:
    """What charset-normalizer finds likely first, then the rest of the Japanese encodings."""
    found = [match.encoding for match in from_bytes(data[:_SAMPLE], cp_isolation=list(_JAPANESE))]
    return dict.fromkeys([*found, *_JAPANESE])


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _checked(text: str | None) -> str:
    if text is None or _CONTROL.search(text):
        raise UnreadableEncodingError
    return text


def _is_japanese(text: str) -> bool:
    """Bytes read in a wrong Japanese encoding become rare signs and half-width katakana."""
    sample = text[:_SAMPLE]
    if _CONTROL.search(text) or len(_HALF_KANA.findall(sample)) > 0.3 * len(sample):
        return False
    known = len(_PLAIN.findall(sample)) + len(_HALF_KANA.findall(sample))
    return known >= _PLAUSIBLE * len(sample) and bool(re.search("[ぁ-んァ-ヶ｡-ﾟ]", sample))
