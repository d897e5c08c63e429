"""What can go wrong, in words for people, each kind with its exit code.

The command line prints the message of a `StanceError` on one line and exits with its
`exit_code`; it never shows a traceback for one.
"""


class StanceError(Exception):
    """Base of every error that this library raises on purpose."""

    exit_code = 1


class ConfigError(StanceError, ValueError):
    """A config file, an override or an option is wrong; nothing was started."""

    exit_code = 2


class InputError(StanceError, ValueError):
    """The input cannot be read, or no row of it can be used."""

    exit_code = 3


class ModelError(StanceError, ValueError):
    """A model folder is missing, damaged, or not what its own files say."""

    exit_code = 4


class OutputError(StanceError):
    """The output cannot be written: it exists, is not writable, or the disk is full."""

    exit_code = 5


class MissingExtraError(StanceError, ImportError):
    """A feature needs packages that this install leaves out."""

    exit_code = 6
