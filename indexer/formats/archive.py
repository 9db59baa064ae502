"""Archives: the zip inside Word and Excel files, judged by its table of contents before anything is unpacked."""

import re
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from lxml import etree

from indexer.errors import BrokenOfficeError, EncryptedOfficeError, HostileArchiveError

MOST_MEMBERS = 2_000
MOST_UNPACKED = 100 * 1024 * 1024
_MOST_RATIO, _RATIO_FROM = 200, 1024 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCAL_HEADER = 30
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\\|[\x00-\x1f]")
_DOCTYPE = re.compile(b"|".join(re.escape("<!DOCTYPE".encode(code)) for code in ("ascii", "utf-16-le", "utf-16-be")))
_BROKEN = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zipfile.LargeZipFile)


class Archive:
    """A zip whose declared contents were found decent; members are read whole, never written anywhere."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            data = file.read()
        if data.startswith(_OLE):
            raise EncryptedOfficeError
        with _reported():
            self._zip = zipfile.ZipFile(BytesIO(data))
        self._members = {member.filename: member for member in self._zip.infolist()}
        _check(self._zip.infolist(), len(data))
        self._left = MOST_UNPACKED

    @property
    def names(self) -> Sequence[str]:
        """What the archive holds, in its own order."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """A member's bytes, b"" when there is none; HostileArchiveError when they are more than was declared."""
        member = self._members.get(name)
        if member is None:
            return b""
        with _reported(), self._zip.open(member) as file:
            data = _at_most(file, min(member.file_size, self._left))
        self._left -= len(data)
        return data

    def xml(self, name: str) -> "etree._Element | None":
        """A member as XML without entities, document types and network, or None when there is none."""
        data = self.read(name)
        if not data:
            return None
        refuse_doctype(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise BrokenOfficeError from error

    def check_xml(self) -> None:
        """Refuse an archive of which any XML member declares a document type."""
        for name in self.names:
            if name.endswith((".xml", ".rels")):
                refuse_doctype(self.read(name))
        self._left = MOST_UNPACKED


def refuse_doctype(data: bytes) -> None:
    """Office files have no document types; who declares one wants entities to grow or files to be read."""
    if _DOCTYPE.search(data):
        raise HostileArchiveError


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BrokenOfficeError from error


def _at_most(file: IO[bytes], most: int) -> bytes:
    data = file.read(most)
    if file.read(1):
        raise HostileArchiveError
    return data


def _check(members: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse too many, too large, too tight, doubled, overlapping, encrypted, linked or wandering members."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise HostileArchiveError
    if len({member.filename.lower() for member in members}) < len(members) or _overlap(members, size):
        raise HostileArchiveError
    if any(_is_hostile(member) for member in members):
        raise HostileArchiveError
    if any(member.flag_bits & 1 for member in members):
        raise EncryptedOfficeError


def _is_hostile(member: zipfile.ZipInfo) -> bool:
    tight = member.file_size > _RATIO_FROM and member.file_size > _MOST_RATIO * max(member.compress_size, 1)
    return tight or bool(_UNSAFE.search(member.filename)) or stat.S_ISLNK(member.external_attr >> 16)


def _overlap(members: Sequence[zipfile.ZipInfo], size: int) -> bool:
    """Whether two members claim the same bytes, or more than there are."""
    spans = sorted(
        (member.header_offset, member.header_offset + _LOCAL_HEADER + member.compress_size) for member in members
    )
    ends = [start for start, _ in spans[1:]] + [size]
    return any(start < 0 or end > following for (start, end), following in zip(spans, ends, strict=True))
