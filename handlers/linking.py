"""Linking a resident with a ward system by the one-time code it gave them, and ending that with one press."""

from handlers import answers
from handlers.actions import EndLink
from handlers.asking import Asking
from handlers.reply import Choice, Outcome, Reply, Text
from knowledge import links


def linked(asking: Asking, said: links.Said, resident: int) -> Reply | None:
    """The reply to a message that is a code and nothing else.

    A code without the word before it counts only where it is a good one, None otherwise: everything else that looks
    like one is a question like any other.
    """
    joined = links.join(asking.session, said.code, resident, asking.now)
    if joined is None:
        return Reply(Outcome.SMALLTALK, (Text(asking.say.link_unknown),)) if said.named else None
    sentence = asking.say.link_joined.format(system=joined.system)
    return Reply(Outcome.SMALLTALK, (Text(sentence),), (Choice(asking.say.link_end, EndLink(joined.link)),))


def unlinked(asking: Asking, resident: int | None, link: str) -> Reply:
    """End a resident's own link, and say so; pressing again changes nothing."""
    system = links.end_by_resident(asking.session, link, resident, asking.now) if resident is not None else None
    if system is None:
        return answers.gone(asking)
    return Reply(Outcome.SMALLTALK, (Text(asking.say.link_ended.format(system=system)),))
