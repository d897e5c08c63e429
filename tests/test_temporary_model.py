import gc
import os
import subprocess
import sys
import tempfile

import pytest

from stance.errors import ModelError
from training.temporary_model import load_copy, pack, unpack


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_goes_with_the_model(temporary, linear_folder):
    classifier = load_copy(linear_folder)
    assert [*temporary.iterdir()] == [classifier.folder]
    assert classifier.digest()
    del classifier
    gc.collect()
    assert [*temporary.iterdir()] == []


def test_what_was_packed_is_the_same_model(temporary, linear_folder, trained_folder):
    for folder in (linear_folder, trained_folder):
        original, again = load_copy(folder), unpack(pack(folder))
        texts = ["De sancties tegen Iran blijven."]
        assert again.predict_proba(texts).tolist() == original.predict_proba(texts).tolist()
        assert again.digest() == original.digest()


def test_a_model_that_cannot_be_loaded_leaves_no_folder(temporary):
    with pytest.raises(ModelError, match=r"no config\.json"):
        unpack({"x.txt": b"x"})
    assert [*temporary.iterdir()] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_does_not_take_the_folder_from_its_parent(tmp_path, linear_folder):
    code = (
        "import os, sys, tempfile; from pathlib import Path; tempfile.tempdir = sys.argv[1]\n"
        "from training.temporary_model import load_copy\n"
        "classifier = load_copy(Path(sys.argv[2]))\n"
        "if os.fork() == 0: del classifier; os._exit(0)\n"
        "os.wait(); print(classifier.folder.is_dir())"
    )
    command = [sys.executable, "-c", code, tmp_path, linear_folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
    assert [*tmp_path.iterdir()] == []  # when Python ends, none is left
