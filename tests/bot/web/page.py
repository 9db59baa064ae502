"""Reading a page as a browser would: its elements, their attributes and the text between."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    """A start tag with its attributes."""

    name: str
    attributes: dict[str, str]


@dataclass
class Page:
    """All elements of a document in order, and all its text."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, name: str, /, **attributes: str) -> list[Element]:
        """The elements of that name that have these attributes."""
        return [
            element
            for element in self.elements
            if element.name == name and attributes.items() <= element.attributes.items()
        ]

    def buttons(self) -> list[str]:
        """The payloads of the buttons."""
        return [each.attributes["value"] for each in self.all("button") if "value" in each.attributes]

    def hidden(self, name: str) -> set[str]:
        """The values of the hidden fields of a name."""
        return {each.attributes["value"] for each in self.all("input", type="hidden", name=name)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.page.text += data


def read(document: str) -> Page:
    """The page a document makes."""
    reader = _Reader()
    reader.feed(document)
    reader.close()
    return reader.page
