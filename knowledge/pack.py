"""A ward's content pack: read whole, checked whole, every mistake reported with its file, line and field."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.disaster.records import Disaster, DisasterTopic, Shelter, Town
from knowledge.errors import PackError
from knowledge.guide import Desk, Guide, Record
from knowledge.reading import Found, R, Reading
from knowledge.records import Crisis, FollowUp, GoldenRecord, LifeEvent, Offtopic, OtherBody, SmallTalk, Ward


@dataclass(frozen=True)
class Pack:
    """Everything a ward starts from."""

    ward: Ward
    desks: tuple[Desk, ...]
    guides: tuple[Guide, ...]
    life_events: tuple[LifeEvent, ...]
    other_bodies: tuple[OtherBody, ...]
    crises: tuple[Crisis, ...]
    smalltalk: tuple[SmallTalk, ...]
    follow_ups: tuple[FollowUp, ...]
    offtopic: Offtopic
    golden: tuple[GoldenRecord, ...] = ()
    disaster: Disaster | None = None
    disaster_topics: tuple[DisasterTopic, ...] = ()
    shelters: tuple[Shelter, ...] = ()
    towns: tuple[Town, ...] = ()

    @property
    def for_disasters(self) -> tuple[tuple[DisasterTopic, ...], tuple[Shelter, ...], tuple[Town, ...]]:
        """The records of disaster mode that come many to a file."""
        return self.disaster_topics, self.shelters, self.towns


def _refer(reading: Reading, found: Found[R], field: str, model: type[Record], what: str) -> None:
    for index, identity in enumerate(getattr(found.record, field)):
        if not reading.knows(model, identity):
            found.report((field, index), f"{what}「{identity}」がありません")


def _agree(guides: Sequence[Found[Guide]], events: Sequence[Found[LifeEvent]]) -> None:
    """A life event's steps are the guides naming it: guides say who belongs, the event says in which order."""
    steps = {event.record.id: event.record.steps for event in events}
    named = {(guide.record.id, event) for guide in guides for event in guide.record.life_events}
    written = {guide.record.id for guide in guides}
    for guide in guides:
        for index, event in enumerate(guide.record.life_events):
            if guide.record.id not in steps.get(event, (guide.record.id,)):
                guide.report(("life_events", index), f"「{event}」の steps にこの手続きがありません")
    for found in events:
        for index, step in enumerate(found.record.steps):
            if step in written and (step, found.record.id) not in named:
                found.report(("steps", index), f"「{step}」の life_events に「{found.record.id}」がありません")
            if step in found.record.steps[:index]:
                found.report(("steps", index), f"「{step}」が二度書かれています")


def _check_ward(reading: Reading, ward: Found[Ward]) -> None:
    if not reading.knows(Desk, ward.record.switchboard):
        ward.report(("switchboard",), f"窓口「{ward.record.switchboard}」がありません")
    for field in ("hours_guide", "place_guide"):
        if (named := getattr(ward.record, field)) and not reading.knows(Guide, named):
            ward.report((field,), f"手続き「{named}」がありません")
    for number, entry in enumerate(ward.record.menu):
        if entry.guide and not reading.knows(Guide, entry.guide):
            ward.report(("menu", number, "guide"), f"手続き「{entry.guide}」がありません")
        if entry.life_event and not reading.knows(LifeEvent, entry.life_event):
            ward.report(("menu", number, "life_event"), f"ライフイベント「{entry.life_event}」がありません")


def _check_references(
    reading: Reading,
    ward: Found[Ward] | None,
    guides: Sequence[Found[Guide]],
    events: Sequence[Found[LifeEvent]],
    crises: Sequence[Found[Crisis]],
) -> None:
    if ward:
        _check_ward(reading, ward)
    for guide in guides:
        _refer(reading, guide, "desks", Desk, "窓口")
        _refer(reading, guide, "related", Guide, "手続き")
        _refer(reading, guide, "life_events", LifeEvent, "ライフイベント")
    for event in events:
        _refer(reading, event, "steps", Guide, "手続き")
    for crisis in crises:
        if crisis.record.guide and not reading.knows(Guide, crisis.record.guide):
            crisis.report(("guide",), f"手続き「{crisis.record.guide}」がありません")
    _agree(guides, events)


def _check_disaster(reading: Reading, disaster: Found[Disaster] | None) -> None:
    if disaster is None:
        return
    if not reading.knows(Desk, disaster.record.desk):
        disaster.report(("desk",), f"窓口「{disaster.record.desk}」がありません")
    for menu in ("menu", "recovery"):
        for number, entry in enumerate(getattr(disaster.record, menu)):
            for field, model, what in (("guide", Guide, "手続き"), ("topic", DisasterTopic, "災害のときの答え")):
                named = getattr(entry, field)
                if named and not reading.knows(model, named):
                    disaster.report((menu, number, field), f"{what}「{named}」がありません")


def _check_golden(reading: Reading, golden: Sequence[Found[GoldenRecord]]) -> None:
    for found in golden:
        if found.record.guide and not reading.knows(Guide, found.record.guide):
            found.report(("guide",), f"手続き「{found.record.guide}」がありません")
        _refer(reading, found, "also", Guide, "手続き")


def digest(record: Record) -> str:
    """SHA-256 of what the record says, as hex; equal records have equal digests in any process."""
    return hashlib.sha256(record.model_dump_json(exclude_defaults=True).encode()).hexdigest()


def _records(found: Sequence[Found[R]]) -> tuple[R, ...]:
    return tuple(each.record for each in found)


def load_pack(directory: Path) -> Pack:
    """Read and check the pack in `directory`.

    Files: ``ward.yaml``, ``desks.yaml``, ``guides/*.yaml``, ``life_events.yaml``, ``other_bodies.yaml``,
    ``crisis.yaml``, ``smalltalk.yaml``, ``follow_ups.yaml``, ``offtopic.yaml``; absent may be ``golden.yaml``,
    ``disaster.yaml``, ``disaster_topics.yaml``, ``shelters.yaml`` and ``towns.yaml``. Raises `PackError` with all
    mistakes of all files.
    """
    reading = Reading(directory)
    ward, offtopic = reading.single(Ward, "ward.yaml"), reading.single(Offtopic, "offtopic.yaml")
    desks, events = reading.many(Desk, "desks.yaml"), reading.many(LifeEvent, "life_events.yaml")
    guides = reading.many(Guide, *(f"guides/{path.name}" for path in sorted((directory / "guides").glob("*.yaml"))))
    bodies, crises = reading.many(OtherBody, "other_bodies.yaml"), reading.many(Crisis, "crisis.yaml")
    smalltalk, follow_ups = reading.many(SmallTalk, "smalltalk.yaml"), reading.many(FollowUp, "follow_ups.yaml")
    golden = reading.many(GoldenRecord, *_present(directory, "golden.yaml"))
    topics = reading.many(DisasterTopic, *_present(directory, "disaster_topics.yaml"))
    shelters = reading.many(Shelter, *_present(directory, "shelters.yaml"))
    towns = reading.many(Town, *_present(directory, "towns.yaml"))
    disaster = next((reading.single(Disaster, name) for name in _present(directory, "disaster.yaml")), None)
    _check_references(reading, ward, guides, events, crises)
    _check_golden(reading, golden)
    _check_disaster(reading, disaster)
    if ward is None or offtopic is None or reading.problems:
        raise PackError(reading.problems)
    return Pack(
        ward=ward.record,
        desks=_records(desks),
        guides=_records(guides),
        life_events=_records(events),
        other_bodies=_records(bodies),
        crises=_records(crises),
        smalltalk=_records(smalltalk),
        follow_ups=_records(follow_ups),
        offtopic=offtopic.record,
        golden=_records(golden),
        disaster=disaster.record if disaster else None,
        disaster_topics=_records(topics),
        shelters=_records(shelters),
        towns=_records(towns),
    )


def _present(directory: Path, name: str) -> tuple[str, ...]:
    """The file where the pack has one: not every ward has everything."""
    return (name,) if (directory / name).is_file() else ()
