"""The command `stance push`: a trained folder to the Hugging Face hub."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from stance import model_folder
from stance.cli.guard import errors_for_people
from stance.cli.terminal import working
from stance.printable import printable


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(push)


def push(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder that train or calibrate wrote.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="user/name on the hub.")],
    private: Annotated[bool, typer.Option("--private", help="For its owner's eyes only.")] = False,
) -> None:
    """Put a trained folder on the Hugging Face hub; log in with `hf auth login` first."""
    with errors_for_people("interrupted; run the same command again."):
        from stance.publish import push as run

        place = model_folder.existing_folder(folder)
        with working(f"uploading {folder}"):
            commit = run(place, name, private=private)
        print(
            f"stance: {printable(str(folder))} is on the hub; others use it with "
            f"--model {name}, and for a paper with --model {name}@{commit}",
            file=sys.stderr,
        )
