import json
from collections import Counter

import pytest
from conftest import stance_rows, write_jsonl

from stance.errors import ConfigError, InputError
from training.data import load_splits, to_datasets
from training.settings import Columns, Data, LinearModel, ScratchModel, TrainConfig


def config(path, labels=("favor", "against", "neutral", "unrelated"), **columns):
    return TrainConfig(
        model=ScratchModel(type="scratch") if "soft" in columns else LinearModel(type="linear"),
        data=Data(files=[str(path)], labels=[*labels], columns=Columns(**columns)),
    )


def test_frozen_splits_are_kept(stance_file):
    splits = load_splits(config(stance_file, context="context", group="group", split="split"))
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [68, 16, 16]
    assert splits.train[0].context.startswith("Gisteren ging het")
    assert len(splits.digest) == 64


def test_drawn_splits_keep_groups_together_and_labels_balanced(stance_file):
    splits = load_splits(config(stance_file, group="group"))
    groups = [{one.group for one in part} for part in splits.named().values()]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]
    for part in splits.named().values():
        assert len(set(Counter(one.label for one in part).values())) == 1


def test_drawn_splits_depend_on_the_seed_alone(stance_file):
    one = config(stance_file, group="group")
    assert load_splits(one) == load_splits(one)
    other = one.model_copy(update={"data": one.data.model_copy(update={"split_seed": 99})})
    assert load_splits(one).test != load_splits(other).test


def test_near_duplicates_across_frozen_splits_are_listed(tmp_path):
    rows = stance_rows()
    rows.append(rows[0] | {"text": rows[0]["text"].upper() + "!", "split": "test"})
    path = write_jsonl(tmp_path / "leak.jsonl", rows)
    with pytest.raises(InputError) as caught:
        load_splits(config(path, split="split"))
    message = str(caught.value)
    assert "near-duplicate" in message
    assert "leak.jsonl: row 1 (train) and leak.jsonl: row 101 (test)" in message


def test_near_duplicates_never_leak_into_drawn_splits(tmp_path):
    rows = stance_rows()
    rows += [row | {"text": row["text"] + "!", "group": f"copy of {row['group']}"} for row in rows]
    path = write_jsonl(tmp_path / "twice.jsonl", rows)
    splits = load_splits(config(path, group="group"))
    seen = [{one.text.rstrip("!") for one in part} for part in splits.named().values()]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": ""}, "row 1: text is '', expected text"),
        ({"text": 7}, "row 1: text is 7, expected text"),
        ({"label": "Favor"}, "row 1: label is 'Favor', expected favor, against"),
        ({"split": "dev"}, "row 1: split is 'dev', expected train, validation, test"),
        ({"context": 3}, "row 1: context is 3, expected text"),
    ],
)
def test_unusable_rows_are_listed(tmp_path, change, message):
    rows = stance_rows()
    rows[0] = rows[0] | change
    path = write_jsonl(tmp_path / "bad.jsonl", rows)
    with pytest.raises(InputError) as caught:
        load_splits(config(path, context="context", split="split"))
    assert message in str(caught.value)


def test_a_broken_line_is_named(tmp_path):
    path = write_jsonl(tmp_path / "bad.jsonl", stance_rows())
    lines = path.read_text("utf-8").splitlines()
    lines[6] = lines[6][:-5]
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(InputError, match=r"row 7: line 7: not JSON"):
        load_splits(config(path, split="split"))


def test_a_file_without_rows_is_named_beside_those_that_have_some(tmp_path, stance_file):
    path = tmp_path / "empty.csv"
    path.write_text("text,label,split\n", "utf-8")
    both = config(stance_file, split="split")
    both = both.model_copy(
        update={"data": both.data.model_copy(update={"files": [str(stance_file), str(path)]})}
    )
    with pytest.raises(InputError, match=r"empty\.csv: there is a header, but there are no rows"):
        load_splits(both)


def test_a_missing_column_names_its_config_key(stance_file):
    with pytest.raises(ConfigError, match=r"data\.columns\.group: .*: no column 'article'; it has"):
        load_splits(config(stance_file, group="article"))


def test_a_label_without_sentences_is_an_error(stance_file):
    labels = ("favor", "against", "neutral", "unrelated", "mixed")
    with pytest.raises(InputError, match="train split has 68 sentences and none labelled mixed"):
        load_splits(config(stance_file, labels, split="split"))


def test_too_few_groups(tmp_path):
    rows = [row | {"group": "one"} for row in stance_rows()]
    path = write_jsonl(tmp_path / "one.jsonl", rows)
    with pytest.raises(InputError, match="groups and 100 rows are too few"):
        load_splits(config(path, group="group"))


def test_other_corpora_with_other_labels(tmp_path):
    """FAVOR/AGAINST/NONE in a semicolon CSV, other column names, no groups."""
    names = {"favor": "FAVOR", "against": "AGAINST", "neutral": "NONE", "unrelated": "NONE"}
    lines = ["zin;stand"] + [f"{r['text']};{names[r['label']]}" for r in stance_rows()]
    path = tmp_path / "other.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    splits = load_splits(config(path, ("FAVOR", "AGAINST", "NONE"), text="zin", label="stand"))
    assert sum(map(len, splits.named().values())) == 100
    assert Counter(one.label for one in splits.train)[2] > 25


def test_rows_outlive_json(tmp_path):
    """Groups that are numbers in one file and words in another are one kind of name."""
    rows = [row | {"group": i // 4} for i, row in enumerate(stance_rows())]
    path = write_jsonl(tmp_path / "numbers.jsonl", rows)
    assert json.loads(path.read_text("utf-8").splitlines()[0])["group"] == 0
    assert {one.group for one in load_splits(config(path, group="group")).train} <= {
        str(i) for i in range(25)
    }


def test_other_encodings_and_numbers_as_labels(tmp_path):
    lines = ["zin;stand"] + [f"{r['text']} Één.;{i % 2}" for i, r in enumerate(stance_rows())]
    path = tmp_path / "other.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode("cp1252"))
    data = Data(files=[str(path)], labels=[0, 1], encoding="cp1252",
                columns=Columns(text="zin", label="stand"))  # fmt: skip
    splits = load_splits(TrainConfig(model=LinearModel(type="linear"), data=data))
    assert data.labels == ["0", "1"]
    assert splits.train[0].text.endswith("Één.")


@pytest.mark.parametrize(("test_share", "validation_share"), [(0.15, 0.15), (0.4, 0.2), (0.1, 0.3)])
def test_drawn_splits_have_the_shares_that_were_asked_for(
    stance_file, test_share, validation_share
):
    one = config(stance_file, group="group")
    shares = {"test_share": test_share, "validation_share": validation_share}
    drawn = one.model_copy(update={"data": one.data.model_copy(update=shares)})
    splits = load_splits(drawn)
    assert len(splits.test) / 100 == pytest.approx(test_share, abs=0.06)
    assert len(splits.validation) / 100 == pytest.approx(validation_share, abs=0.07)


def test_too_few_rows_to_draw_from(tmp_path):
    path = write_jsonl(tmp_path / "few.jsonl", stance_rows()[:8])
    with pytest.raises(InputError, match="too few to draw splits from"):
        load_splits(config(path))


def soft_rows():
    """Shares that give the row's own label .75 and the label behind it .25."""
    labels = ("favor", "against", "neutral", "unrelated")
    for row in stance_rows():
        own = labels.index(row["label"])
        shares = dict.fromkeys(labels, 0.0) | {labels[own]: 0.75, labels[own - 1]: 0.25}
        yield row | {f"soft_{label}": share for label, share in shares.items()}


def test_shares_of_coders_are_learnt_from_and_labels_are_scored(tmp_path):
    path = write_jsonl(tmp_path / "soft.jsonl", [*soft_rows()])
    splits = load_splits(config(path, split="split", soft="soft_"))
    assert splits.train[0].soft == (0.75, 0, 0, 0.25)
    data = to_datasets(splits, lambda examples: {"x": [0] * len(examples)})
    assert data["train"]["labels"][:2] == [[0.75, 0, 0, 0.25], [0.25, 0.75, 0, 0]]
    assert data["validation"]["labels"][:2] == [0, 1]
    hard = to_datasets(
        load_splits(config(path, split="split")), lambda those: {"x": [0] * len(those)}
    )
    assert hard["train"]["labels"][:2] == [0, 1]


def test_a_column_of_shares_that_is_missing_names_its_config_key(stance_file):
    with pytest.raises(ConfigError, match=r"data\.columns\.soft: .*no column 'soft_favor'"):
        load_splits(config(stance_file, soft="soft_"))
