"""Confinement: what a process that reads a stranger's file gives up before it looks at the first byte."""

import ctypes
import errno
import platform
import resource
import struct
import sys
from enum import StrEnum
from pathlib import Path

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ARCHITECTURE, _NUMBER = 4, 0  # offsets in struct seccomp_data
_X32 = 0x40000000
# Sockets, new programs and processes, looking into others, kernel interfaces. Numbers: the kernel's syscall tables.
_REFUSED = {
    "x86_64": (
        0xC000003E,
        (41, 42, 43, 44, 46, 49, 50, 53, 56, 57, 58, 59, 62, 101, 165, 272, 288, 307, 310, 311, 321, 322, 425, 435),
    ),
    "aarch64": (
        0xC00000B7,
        (40, 97, 117, 129, 198, 199, 200, 201, 202, 203, 206, 211, 220, 221, 242, 269, 270, 271, 280, 281, 425, 435),
    ),
}
_OPENED = (".py", ".pyc", ".so", ".yaml")
_WITHOUT = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.kill",
    "shutil.",
    "ctypes.dlopen",
)


class Task(StrEnum):
    """What the child is asked to read out of a file."""

    DOCUMENT = "document"
    ROWS = "rows"
    TEXTS = "texts"


def limit(seconds: int, memory: int) -> None:
    """Bound this process: CPU seconds, bytes of address space, no file output, no core, no further processes."""
    for name, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(name, (value, value))


def confine(path: Path) -> None:
    """Let this process reach no network, start no program, write nothing, and open only `path` and Python's own code.

    By the kernel (seccomp) where that is possible, and by Python's audit hook everywhere.
    """
    refuse_by_kernel()
    allowed = path.as_posix()

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and arguments[0] != allowed and not str(arguments[0]).endswith(_OPENED):
            raise PermissionError(errno.EPERM, "confined")
        if event.startswith(_WITHOUT):
            raise PermissionError(errno.EPERM, "confined")

    sys.addaudithook(watch)


def refuse_by_kernel() -> bool:
    """Have the kernel refuse network and processes from here on; False where it can not."""
    known = _REFUSED.get(platform.machine())
    if known is None or sys.platform != "linux":
        return False
    program = _program(*known)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, header, 0, 0) == 0)


def _program(architecture: int, refused: tuple[int, ...]) -> bytes:
    """The filter in classic BPF: another architecture or one of these calls is refused, anything else allowed."""
    end = len(refused) + 4  # where the last two instructions, allow and refuse, begin
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, end - 1, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, end - 3, 0, _X32),
        *((_EQUAL, end - 4 - at, 0, number) for at, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("@HBBI", *step) for step in steps)
