"""Every bench, one after the other, each in a process of its own: `python -m bench [--out FILE] [NAME…]`."""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

BENCHES = ("encoder", "search", "answer", "index", "sureness", "publish", "serving", "webhook", "console")


def _heading() -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · commit {commit.strip() or 'unknown'} · {machine}\n"


def run(name: str) -> tuple[str, bool]:
    """What a bench printed, under its name, and whether it ended well; its complaints go to the terminal."""
    done = subprocess.run([sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True, check=False)
    return f"\n== {name}\n{done.stdout}", done.returncode == 0


def main() -> None:
    """Run the benches named, or all; the exit code tells whether all of them ended well."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--out", type=Path, help="a file that gets what is printed")
    options = parser.parse_args()
    written, well = [_heading()], True
    print(written[0], end="", flush=True)
    for name in options.names or BENCHES:
        printed, good = run(name)
        print(printed, end="", flush=True)
        written.append(printed)
        well = well and good
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("".join(written), encoding="utf-8")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
