"""The lines of a text file in a given encoding, which is checked first."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stance.errors import ConfigError, InputError

_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def check_encoding(path: Path, encoding: str) -> str:
    """Check that there is such an encoding and that a file may be in it.

    A file that begins with the mark of UTF-8 is in UTF-8 whatever is said: a sheet of ours may be
    read beside a file of people that is not.

    Args:
        path: the file.
        encoding: its name, in any spelling that Python knows.

    Returns:
        The name to pass to `lines`.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if the file is mostly in another encoding than UTF-8 where it is to be UTF-8;
            single bad rows are rejected later.
    """
    try:
        io.TextIOWrapper(io.BytesIO(), encoding)  # knows which encodings are of text
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise ConfigError(
            f"encoding {encoding!r} is unknown; try utf-8, cp1252, latin-1 or utf-16."
        ) from None
    with path.open("rb") as file:
        marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    if name not in ("utf-8", "utf-8-sig") and not marked:
        return name
    _check_utf8(path)
    return "utf-8-sig"


def lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends. Bytes that are not UTF-8 become surrogates, found per row.

    Raises:
        UnicodeError: if the file is not in the encoding, unless that is UTF-8.
    """
    errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        yield next(file, "").removeprefix("\ufeff")
        yield from file


def _check_utf8(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(65536)
        if head[:2] in _BOMS:
            raise InputError(
                f"{path}: is UTF-16, expected UTF-8; pass --encoding utf-16 (in a training config: "
                "data.encoding)."
            )
        if not head.strip(b"\0"):
            raise InputError(f"{path}: holds NUL bytes only; it is no text, copy it again.")
        if head.count(0) > len(head) // 4:
            order = "le" if head[1::2].count(0) > head[0::2].count(0) else "be"
            raise InputError(
                f"{path}: looks like UTF-16 without a byte order mark, expected UTF-8; "
                f"pass --encoding utf-16-{order} (in a training config: data.encoding)."
            )
        file.seek(0)
        good = bad = first_bad = 0
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
                first_bad = first_bad or number
    if bad > good:
        raise InputError(
            f"{path}:{first_bad}: not UTF-8, nor are {bad} of its {good + bad} lines with accented "
            "letters; if it comes from Windows or is Latin-1, pass --encoding cp1252 (in a "
            "training config: data.encoding)."
        )
