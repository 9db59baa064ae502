"""A reply as it is judged: by the evaluation at the terminal, and by the accuracy gate before anything is published."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from handlers.reply import Citation, Reply
from indexer.evaluate import Judged
from knowledge import library


def judged(session: Session, keys: Mapping[str, str], reply: Reply) -> Judged:
    """What a reply comes down to; `keys` are the names of sources by the file they came from."""
    found = library.source_passage(session, reply.passage) if reply.passage else None
    cited = "\n".join(part.text for part in reply.parts if isinstance(part, Citation))
    return Judged(
        outcome=reply.outcome,
        guide=reply.guide,
        candidates=reply.candidates,
        passage=cited,
        source=keys.get(found[1].origin, found[1].id) if found else "",
        crisis=reply.crisis.replace("-", "_") if reply.crisis else None,
        fact=reply.fact,
        strays=_strays(session, reply),
    )


def _strays(session: Session, reply: Reply) -> tuple[str, ...]:
    guide = library.guide(session, reply.guide) if reply.guide else None
    own = {str(form.url) for form in guide.forms} if guide else set()
    return tuple(url for url in reply.form_urls if url not in own)
