"""Links to residents: made with a one-time code to hand over, asked about, ended."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from bot.api.doors import Calling, TheApi, Transaction
from bot.api.forms import LinkToken, LinkTold, NewLink
from bot.api.problems import LinkUnknownError
from knowledge import links
from knowledge.api_clients import Caller
from knowledge.links import WORD
from knowledge.models import ResidentLink

router = APIRouter(prefix="/v1/links")


@router.post("", status_code=201)
def offer(caller: Calling, api: TheApi, session: Transaction) -> NewLink:
    """A new link: keep `link`, hand `code` to the resident, who sends `say` in the chat within fourteen days."""
    made = links.offer(session, caller.id, api.clock())
    return NewLink(link=made.token, code=made.code, say=f"{WORD} {made.code}", expires_at=made.until)


@router.post("/state")
def tell(body: LinkToken, caller: Calling, api: TheApi, session: Transaction) -> LinkTold:
    """How far a link has come; the token comes in the body, because addresses stand in logs."""
    return LinkTold(state=links.state(_own(session, caller, body), api.clock()))


@router.post("/end")
def end(body: LinkToken, caller: Calling, api: TheApi, session: Transaction) -> LinkTold:
    """End a link for good; notices that wait for it are not sent."""
    row = _own(session, caller, body)
    links.end_by_system(row, api.clock())
    return LinkTold(state=links.state(row, api.clock()))


def _own(session: Session, caller: Caller, body: LinkToken) -> ResidentLink:
    row = links.of_token(session, caller.id, body.link)
    if row is None:
        raise LinkUnknownError
    return row
