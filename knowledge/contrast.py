"""What a question is about, where it says first what it is not about: 「手当の話じゃなくて、医療証のほう」."""

import re

ENOUGH = 4
"""What is left must have so many characters, or else it is the whole that is meant."""

_NOT_ABOUT = re.compile(
    # The clause set aside, from its beginning or from what it is said of; 「そうじゃなくて」 sets all before aside.
    r"(?:^.*?(?:そう|そっち|それ)|(?:^|(?<=[、。,(「は]))[^、。,(「は]{2,40}?)"
    # 「でなくてもいい」「じゃなくて大丈夫」 ask for leave, 「住んでなくて」 tells what is: they set nothing aside.
    r"(?:(?:じゃ|では|(?<!ん)で)なく(?:(?:って|て)(?!も|は|い[いけ]|よ[いけ]|良|大丈夫|だめ|ダメ|構|かま|ok)|(?=[、,\s一-龠ァ-ヴ]))"
    r"|とは(?:違|ちが)[^、。]{0,5}[、。])[、。,\s]*"
    r"|^.{1,30}?(?:말고|아니라|아니고)[,\s]+"
    r"|^.{0,8}?不是.{1,20}?[,，、]?\s?而?是(?=[^不])"
    r"|^.{0,20}?không phải .{2,40}?,? mà(?: là)? "
    r"|^.{0,20}?\bnot .{2,40}?,? but ",
    re.IGNORECASE,
)


def meant(text: str) -> str:
    """A normalised question without what it sets aside; whole where nothing else is left."""
    rest = _NOT_ABOUT.sub("", text, count=1)
    return rest if len(rest) >= ENOUGH else text
