"""A reply as it is judged: by the evaluation at the terminal, and by the accuracy gate before anything is published."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from handlers.actions import Cite
from handlers.reply import Citation, Reply
from indexer.evaluate import Judged, Quoted
from knowledge import library


def judged(session: Session, keys: Mapping[str, str], reply: Reply) -> Judged:
    """What a reply comes down to; `keys` are the names of sources by the file they came from."""
    cited = "\n".join(part.text for part in reply.parts if isinstance(part, Citation))
    quoted = Quoted(_source(session, keys, reply.passage), cited) if reply.passage else None
    return Judged(
        outcome=reply.outcome,
        guide=reply.guide,
        candidates=reply.candidates,
        quoted=quoted,
        readable=_readable(session, keys, reply),
        crisis=reply.crisis.replace("-", "_") if reply.crisis else None,
        fact=reply.fact,
        strays=_strays(session, reply),
    )


def _readable(session: Session, keys: Mapping[str, str], reply: Reply) -> Quoted | None:
    """What the reply offers to quote."""
    for place, choice in enumerate(reply.choices):
        if isinstance(choice.action, Cite):
            found = [library.source_passage(session, id_) for id_ in choice.action.passages]
            text = "\n".join(each[0].text for each in found if each)
            return Quoted(_source(session, keys, choice.action.passages[0]), text, foremost=not place)
    return None


def _source(session: Session, keys: Mapping[str, str], passage_id: int) -> str:
    found = library.source_passage(session, passage_id)
    return keys.get(found[1].origin, found[1].id) if found else ""


def _strays(session: Session, reply: Reply) -> tuple[str, ...]:
    guide = library.guide(session, reply.guide) if reply.guide else None
    own = {str(form.url) for form in guide.forms} if guide else set()
    return tuple(url for url in reply.form_urls if url not in own)
