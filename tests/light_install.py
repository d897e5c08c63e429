"""The command line in a process in which packages are not installed."""

import json
import subprocess
import sys

_RUN = """
import json, sys

packages, commands = map(json.loads, sys.argv[1:])

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in packages:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
from stance.cli import main
for command in commands:
    sys.argv = ["stance", *command]
    try:
        main()
    except SystemExit as end:
        if end.code:
            sys.exit(f"{command}: {end.code}")
    print("ended well:", command[0])
"""


def start_without(packages, *commands, folder=None):
    """Run commands, each a list of words, one after the other; the first that fails ends it."""
    arguments = [json.dumps([*packages]), json.dumps(commands)]
    return subprocess.run(
        [sys.executable, "-c", _RUN, *arguments], cwd=folder, capture_output=True, text=True
    )


def run_without(packages, *commands, folder=None):
    """The same for commands that must all end well."""
    done = start_without(packages, *commands, folder=folder)
    assert done.returncode == 0, done.stderr
    ended = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("ended")]
    assert ended == [command[0] for command in commands], done.stderr
    return done
