import platform

from stance import __version__
from training.versions import versions


def test_versions_name_what_decides_a_run():
    found = versions()
    assert found["python"] == platform.python_version()
    assert found["stance-nl"] == __version__
    assert {"torch", "transformers", "tokenizers", "datasets", "scikit-learn"} <= set(found)
