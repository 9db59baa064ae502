"""The links in what is sent: every action that opens an address, however deep it stands."""

from collections.abc import Iterator, Mapping


def links_in(value: object) -> Iterator[tuple[str, str]]:
    """Address and label of each link in messages, in their order; the label is empty where an action has none."""
    match value:
        case {"type": "uri", "uri": str(url), "label": str(label)}:
            yield url, label
        case {"type": "uri", "uri": str(url)}:
            yield url, ""
        case Mapping() | list():
            for each in value.values() if isinstance(value, Mapping) else value:
                yield from links_in(each)
        case _:
            return
