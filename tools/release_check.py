"""Whether a release can be made from this checkout: ``make release-check``.

Wheel and sdist are built twice and compared, looked into, and their metadata checked; then the
wheel is installed into an empty environment, where everything that needs no torch must work.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_EPOCH: Final = "1767225600"  # any moment does; files in an archive get no other
_MODEL: Final = "stance/models/small-dutch"
NEEDED: Final = (
    f"{_MODEL}/stance.json",
    f"{_MODEL}/config.json",
    f"{_MODEL}/tokenizer.json",
    f"{_MODEL}/tokenizer_config.json",
    f"{_MODEL}/onnx/model_int8.onnx",
    f"{_MODEL}/linear/linear.json",
    f"{_MODEL}/linear/linear.safetensors",
    "stance/actors.tsv",
    "stance/py.typed",
    "stance/report/page.html.j2",
    "stance/report/nl.toml",
    "training/behaviour.jsonl",
)
_FIELDS: Final = ("Name", "Version", "Summary", "License-Expression", "Requires-Python")
_UNREACHED: Final = (
    "ConnectionError",
    "ConnectTimeout",
    "ServiceError",
    "Max retries",
    "HTTPError",
)
_NOT_AUDITED: Final = "pip-audit: no answer from the network; not done."


class FaultError(Exception):
    """What stands in the way of a release."""


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """The output of a command; a failure is a fault."""
    # Neither this checkout nor what lies in this environment may help the wheel.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=kept | environment, capture_output=True, text=True
    )
    if done.returncode:
        raise FaultError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> list[Path]:
    """Build wheel and sdist into a folder."""
    run(sys.executable, "-m", "build", "--outdir", folder, SOURCE_DATE_EPOCH=_EPOCH)
    return sorted(folder.iterdir())


def check_same(one: Sequence[Path], two: Sequence[Path]) -> Iterator[str]:
    """Check that two builds are the same, byte for byte.

    Yields:
        The digest of each file.
    """
    for first, second in zip(one, two, strict=True):
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        if first.name != second.name or digests[0] != digests[1]:
            raise FaultError(f"{first.name}: a second build gives another file")
        yield f"{first.name}: sha256 {digests[0]}, twice"


def needed_files() -> dict[str, str]:
    """Files of a checkout that a release must have, and where the wheel has them."""
    carried = {
        path.relative_to(ROOT).as_posix(): f"training/{path.relative_to(ROOT).as_posix()}"
        for pattern in ("configs/*", "seeds/*")
        for path in sorted(ROOT.glob(pattern))
    }
    return carried | {name: name for name in NEEDED}


def check_content(wheel: Path, sdist: Path) -> None:
    """Check that model, configs and corpus are in both, and nothing of a workplace."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    for name, place in needed_files().items():
        if place not in inside:
            raise FaultError(f"{wheel.name}: lacks {place}")
        if name not in source:
            raise FaultError(f"{sdist.name}: lacks {name}")
    for name in inside | source:
        if name.startswith((".venv", "runs", "dist")) or name.endswith((".pyc", ".bin", ".pt")):
            raise FaultError(f"{name}: has no place in a release")


def metadata(wheel: Path) -> Message:
    """The metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def check_metadata(wheel: Path, sdist: Path) -> None:
    """Check what an index asks of metadata, and that every dependency is bounded."""
    found = metadata(wheel)
    for name in _FIELDS:
        if not found.get(name):
            raise FaultError(f"{wheel.name}: no {name}")
    if found["Description-Content-Type"] != "text/markdown" or not found.get_payload():
        raise FaultError(f"{wheel.name}: no description in Markdown")
    for line in found.get_all("Requires-Dist", []):
        if ">=" not in line or "<" not in line.partition(";")[0]:
            raise FaultError(f"{wheel.name}: {line} lacks a lower or an upper bound")
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)


def check_wheel(wheel: Path, folder: Path) -> None:
    """Install a wheel into an empty environment, and do there what needs no torch."""
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    run(*pip, "-c", ROOT / "constraints.txt", wheel)
    script = ROOT / "tools" / "smoke.py"
    print(run(python, "-I", script, ROOT / "examples", cwd=folder), end="")


def audit() -> str:
    """What pip-audit says of the pinned versions, or that it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-r"]
    command.append(str(ROOT / "constraints.txt"))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:  # a network that takes all and says nothing
        return _NOT_AUDITED
    told = done.stdout + done.stderr
    if done.returncode == 0:
        return "pip-audit: no known vulnerabilities."
    unreached = any(word in told for word in _UNREACHED)
    if unreached and "known vulnerabilit" not in told:
        return _NOT_AUDITED
    raise FaultError(f"pip-audit:\n{told}")


def main() -> None:
    """Check everything; the first fault ends it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            first = build(folder / "one")
            for line in check_same(first, build(folder / "two")):
                print(line, flush=True)
            sdist, wheel = (next(p for p in first if p.suffix == end) for end in (".gz", ".whl"))
            check_content(wheel, sdist)
            print("content: model, configs, corpus", flush=True)
            check_metadata(wheel, sdist)
            print("metadata: complete, every dependency bounded", flush=True)
            check_wheel(wheel, folder)
            print(audit())
        except FaultError as fault:
            sys.exit(f"release-check: {fault}")


if __name__ == "__main__":
    main()
