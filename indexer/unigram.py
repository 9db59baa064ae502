"""The tokenizer of the default weights, rebuilt from pieces and scores."""

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Replace, Sequence
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from indexer.weights import Vocabulary

# Where the model's own normaliser leaves NFKC (read off its character map): control characters vanish, odd white
# space and zero-width characters become a space, and the wave dash of 「9時～17時」 stays itself.
_DROPPED = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES = r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
_WAVE = "\uff5e"
_WAVE_HIDDEN = "\ue000"


def unigram_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer that gives the ids the weights were trained with, `<s>` and `</s>` around them."""
    tokenizer = Tokenizer(Unigram(vocabulary.pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = Sequence(
        [
            Replace(Regex(_DROPPED), ""),
            Replace(Regex(_SPACES), " "),
            Replace(_WAVE, _WAVE_HIDDEN),
            NFKC(),
            Replace(_WAVE_HIDDEN, _WAVE),
            Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always")
    names = {role: vocabulary.pieces[index][0] for role, index in _roles(vocabulary).items()}
    tokenizer.add_special_tokens(list(names.values()))
    tokenizer.post_processor = TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        special_tokens=[(names["bos"], vocabulary.bos), (names["eos"], vocabulary.eos)],
    )
    return tokenizer


def _roles(vocabulary: Vocabulary) -> dict[str, int]:
    return {"bos": vocabulary.bos, "eos": vocabulary.eos, "pad": vocabulary.pad, "unknown": vocabulary.unknown}
