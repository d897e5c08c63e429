import json

import pytest

from training.resources import CONFIGS
from training.schemas import FILES, main, schema


@pytest.mark.parametrize("name", FILES)
def test_schema_file_is_current(name):
    current = json.loads((CONFIGS / name).read_text("utf-8"))
    assert current == schema(FILES[name]), "run `make schema`"


@pytest.mark.parametrize("kind", FILES.values())
def test_schema_describes_every_key(kind):
    for name, section in schema(kind)["$defs"].items():
        for key, value in section["properties"].items():
            assert "description" in value, f"{name}.{key}"


def test_every_schema_is_written(tmp_path):
    main(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
