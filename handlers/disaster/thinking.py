"""A question in disaster mode: danger first, then the canned answer; the ordinary one beside it, where there is one."""

from collections.abc import Callable
from dataclasses import replace

import structlog
from prometheus_client import Counter

from handlers.asking import Asking
from handlers.disaster import canned
from handlers.disaster.actions import ShowDisaster
from handlers.disaster.speaking import Speaking
from handlers.question import Thought, in_danger
from handlers.reply import Card, Checklist, Citation, Outcome, Part, Reply, Text
from knowledge import library
from knowledge.disaster.mode import Standing, standing_for
from knowledge.models import Mode
from knowledge.records import Crisis

DRILL = "【訓練】"
NOTHING = (Outcome.NOT_FOUND, Outcome.MENU, Outcome.SMALLTALK)
_log = structlog.get_logger(__name__)
_CANNED = Counter("pocket_canned_answers", "Questions answered in disaster mode, by how.", ["step"])


def think(asking: Asking, standing: Standing, ordinary: Callable[[], Thought]) -> Thought:
    """The thought on a question in disaster or recovery mode; it fails only where the database does."""
    speaking = Speaking.to(asking, standing)
    thought = _recovering(speaking, ordinary) if standing.mode is Mode.RECOVERY else _in_disaster(speaking, ordinary)
    _CANNED.labels(thought.step).inc()
    return replace(thought, reply=marked(thought.reply, standing))


def pressed(asking: Asking, standing: Standing | None, action: ShowDisaster) -> Reply:
    """The reply to a button of disaster mode, also to one that is pressed later."""
    return marked(canned.show(Speaking.to(asking, standing, action.variant), action), standing)


def start(asking: Asking, standing: Standing) -> Reply:
    """What the menu gives: where we are, and what can be asked."""
    return marked(canned.home(Speaking.to(asking, standing)), standing)


def in_time(asking: Asking, reply: Reply) -> Reply:
    """What a new friend or a picture gets, in disaster and recovery mode followed by where we are."""
    standing = standing_for(asking.session, asking.resident)
    if standing is None:
        return reply
    home = canned.home(Speaking.to(asking, standing))
    return marked(replace(reply, parts=(*reply.parts, *home.parts), choices=home.choices), standing)


def marked(reply: Reply, standing: Standing | None) -> Reply:
    """In a drill, every part says so."""
    if standing is None or not standing.drill:
        return reply
    return replace(reply, parts=tuple(_mark(part) for part in reply.parts))


def _mark(part: Part) -> Part:
    match part:
        case Text(text):
            return replace(part, text=DRILL + text.removeprefix(DRILL))
        case Card(title) | Citation(title) | Checklist(title):
            return replace(part, title=DRILL + title.removeprefix(DRILL))


def _in_disaster(speaking: Speaking, ordinary: Callable[[], Thought]) -> Thought:
    found = canned.asked_for(speaking)
    if danger := in_danger(speaking.asking, library.records(speaking.asking.session, Crisis)):
        parts = (*danger.parts, *(found.reply.parts[:2] if found else ()))
        return Thought(replace(danger, parts=parts, choices=(*danger.choices, *speaking.choices())), "in_danger")
    if found and found.alone:
        return Thought(found.reply, "disaster")
    thought = _tried(speaking, ordinary)
    return _beside(speaking, found.reply if found else canned.home(speaking), thought)


def _beside(speaking: Speaking, reply: Reply, thought: Thought | None) -> Thought:
    """The canned answer, and after it the ordinary one where it says something."""
    if thought is None:
        broken = Text(speaking.say.broken)
        return Thought(replace(reply, parts=(*reply.parts, broken)), "disaster_alone")
    if thought.reply.outcome in NOTHING:
        outcome = Outcome.NOT_FOUND if thought.reply.outcome is Outcome.NOT_FOUND else Outcome.DISASTER
        return replace(thought, reply=replace(reply, outcome=outcome), step="disaster_home")
    both = replace(
        thought.reply,
        parts=(*reply.parts[:2], Text(speaking.say.beside), *thought.reply.parts),
        choices=(*reply.choices[:6], *thought.reply.choices),
    )
    return replace(thought, reply=both, step="disaster_beside")


def _recovering(speaking: Speaking, ordinary: Callable[[], Thought]) -> Thought:
    """The ordinary answer; where nothing was said, the help afterwards; where the index is gone, what is canned."""
    thought = _tried(speaking, ordinary)
    if thought is not None and thought.reply.outcome is not Outcome.MENU:
        return thought
    found = canned.asked_for(speaking) if thought is None else None
    reply = found.reply if found else canned.home(speaking)
    return Thought(reply, "recovery") if thought else _beside(speaking, reply, None)


def _tried(speaking: Speaking, ordinary: Callable[[], Thought]) -> Thought | None:
    """The ordinary thought, or None where whatever broke: index, encoder or words."""
    try:
        with speaking.asking.session.begin_nested():
            return ordinary()
    except Exception as error:  # noqa: BLE001 - the edge of the ordinary answer: what breaks there never costs the canned one
        _log.error("ordinary_answer_failed", kind=type(error).__name__)
        return None
