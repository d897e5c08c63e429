"""Copy what labelling needs of a trained and exported folder into the package.

python benchmarks/ship_model.py runs/small-dutch
"""

import argparse
import re
import shutil
from pathlib import Path

from stance.model_folder import LINEAR_FILES, SHIPPED, load_settings


def main() -> None:
    """Replace the shipped model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that train and export wrote")
    folder: Path = parser.parse_args().folder
    settings = load_settings(folder)
    if settings.onnx is None:
        parser.error(f"{folder} is not exported; run `stance export {folder}` first")
    names = [
        "README.md",
        "config.json",
        "metrics.json",
        "onnx/report.json",
        settings.onnx,
        "stance.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "train_config.yaml",
    ]
    if settings.linear_weight:
        names += LINEAR_FILES
    shutil.rmtree(SHIPPED, ignore_errors=True)
    for name in names:
        (SHIPPED / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, SHIPPED / name)
    # A path of this machine says nothing to others.
    config = SHIPPED / "train_config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"(name_or_path: )/.*/", r"\1", text), encoding="utf-8")
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    print(f"{SHIPPED}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
