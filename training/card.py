"""The model card of a trained folder."""

from collections.abc import Iterable
from typing import Any

from training.card_data import base_name, card_data, is_corpus, on_sanctions
from training.settings import TrainConfig


def model_card(config: TrainConfig, metrics: dict[str, Any]) -> str:
    """A README.md in the form that the Hugging Face hub reads, every number from `metrics`."""
    return "\n".join(
        [
            f"---\n{card_data(config, metrics).to_yaml()}\n---",
            "",
            "# Stance of Dutch sentences",
            "",
            f"Trained from {base_name(config)} with stance-nl "
            f"{metrics['versions'].get('stance-nl', '')}.",
            f"Labels: {', '.join(config.data.labels)}.",
            _context_sentence(config),
            "",
            "## Use",
            "",
            "```python",
            "from stance import StanceClassifier",
            "",
            'classifier = StanceClassifier.from_pretrained("this-folder")',
            "classifier.predict(",
            '    ["Dat moeten we blijven doen."],',
            '    contexts=["De sancties tegen Rusland zijn verlengd."],',
            ")",
            "```",
            "",
            *_intended_use(config),
            "## Scores",
            "",
            *_score_table(metrics),
            "",
            *_holder_table(metrics),
            *_calibration_lines(metrics),
            "Intervals are 95 % percentile bootstraps over groups. The test is of the same kind as",
            "the training data; expect less on other genres, periods and topics, and measure it",
            "with `stance evaluate` on sentences of your own.",
            "",
            "## Data",
            "",
            f"Files: {', '.join(metrics['data']['files'])}; SHA-256 `{metrics['data']['sha256']}`.",
            "",
            "| split | sentences | " + " | ".join(config.data.labels) + " |",
            "|---|---|" + "---|" * len(config.data.labels),
            *(
                f"| {name} | {n} | "
                + " | ".join(str(v) for v in metrics["data"]["labels"][name].values())
                + " |"
                for name, n in metrics["data"]["sentences"].items()
            ),
            "",
            *_encoder_section(metrics.get("encoder")),
            *_behaviour_section(metrics),
            "## Limits",
            "",
            "A single label can be wrong, whatever its score. Shares counted from labels are",
            "biased unless corrected with a hand-labelled sample (`stance sample`,",
            "`stance estimate`). The model knows the genres, years and topics of its training",
            "data only; in other text it may see a stance where there is none.",
            "",
            *_licence_section(config),
            "Settings: `train_config.yaml`. All scores, versions and seeds: `metrics.json`.",
            "",
        ]
    )


def _intended_use(config: TrainConfig) -> list[str]:
    topic = "toward sanctions " if on_sanctions(config) else ""
    return [
        "## Intended use",
        "",
        f"Research on the stance {topic}of many Dutch sentences together: shares by outlet,",
        "period or actor, corrected and with intervals. Not meant for judging a person, a text or",
        "a newsroom by single labels, for moderation, or for decisions about people; nor for text",
        "in another language.",
        "",
    ]


def _licence_section(config: TrainConfig) -> list[str]:
    data = (
        "The corpus that it learnt from is CC BY 4.0, which this card passes on."
        if is_corpus(config)
        else "Not chosen yet: put it into the head of this card. The data may have one of its own."
    )
    return ["## Licence", "", data, "So may the model that it was trained from.", ""]


def _behaviour_section(metrics: dict[str, Any]) -> list[str]:
    """How often the model fails small cases, beside the linear one, where its labels are ours."""
    found = metrics.get("behaviour")
    if not found:
        return []
    named = {"this model": found}
    if linear := metrics["baselines"].get("linear", {}).get("behaviour"):
        named["linear"] = linear
    rows = [
        f"| {kind} | {sum(one['n'].values())} | "
        + " | ".join(_rate([those[kind]]) for those in named.values())
        + " |"
        for kind, one in found.items()
    ]
    n = sum(sum(one["n"].values()) for one in found.values())
    total = " | ".join(_rate(those.values()) for those in named.values())
    return [
        "## Behaviour",
        "",
        "Share of the cases of `stance check` that fail, by what they test:",
        "",
        f"| cases | n | {' | '.join(named)} |",
        "|---|---|" + "---|" * len(named),
        *rows,
        f"| all | {n} | {total} |",
        "",
    ]


def _rate(counts: Iterable[dict[str, Any]]) -> str:
    listed = list(counts)
    failed = sum(len(one["failed"]) for one in listed)
    return f"{failed / sum(sum(one['n'].values()) for one in listed):.0%}"


def _encoder_section(encoder: dict[str, Any] | None) -> list[str]:
    """How the encoder was pretrained, where `stance pretrain` made it."""
    if encoder is None:
        return []
    model, text = encoder["model"], encoder["text"]
    origin = {
        "recycled": f"the layers of {model.get('name_or_path')} under a new vocabulary",
        "pretrained": f"{model.get('name_or_path')}, trained further",
        "scratch": "random weights",
    }[model["type"]]
    digest = f" (SHA-256 of its weights `{model['sha256']}`)" if "sha256" in model else ""
    return [
        "## Encoder",
        "",
        f"Masked language modelling from {origin}{digest}, on {', '.join(text['files'])}:",
        f"{text['tokens']:,} tokens (SHA-256 of their ids `{text['sha256']}`), of which it saw",
        f"{encoder['tokens_seen']:,}; loss on held-out text {encoder['validation_loss']:.3f}.",
        "Settings: `metrics.json`, under `encoder`.",
        "",
    ]


def _context_sentence(config: TrainConfig) -> str:
    if config.input.context == "previous":
        return "A sentence is read together with the sentence before it, as a text pair."
    return "Every sentence is read alone."


def _holder_table(metrics: dict[str, Any]) -> list[str]:
    """F1 of holders with their side, where the model tells them."""
    parts = [name for name in ("validation", "test") if "holders" in metrics.get(name, {})]
    if not parts:
        return []
    rows = ["| holders with their side, F1 | split | same span | overlap | same actor |"]
    rows.append("|---|---|---|---|---|")
    for part in parts:
        for role, those in metrics[part]["holders"].items():
            f1 = [f"{those[match]['f1']:.3f}" for match in ("exact", "overlap", "actor")]
            rows.append(f"| {role} | {part} | {' | '.join(f1)} |")
    return [*rows, ""]


def _calibration_lines(metrics: dict[str, Any]) -> list[str]:
    """How honest the probabilities are, where the model was calibrated."""
    part = "test" if "test" in metrics else "validation"
    found = metrics[part].get("calibration")
    if found is None:
        return []
    before, after = found["before"], found["after"]
    sets = []
    for asked, one in found["sets"].items():
        least = min(share for share in one["by_label"].values() if share is not None)
        sets.append(
            f"{float(asked):.0%} asked, {one['coverage']:.1%} found (of the label covered least "
            f"{least:.1%}), {one['size']:.2f} labels a set"
        )
    return [
        f"Probabilities are calibrated on validation (temperature {after['temperature']:.3f}).",
        f"On {part}, before and after: expected calibration error {before['ece']:.3f} and",
        f"{after['ece']:.3f}, Brier score {before['brier']:.3f} and {after['brier']:.3f}.",
        *([f"Label sets on {part}, coverage: {'; '.join(sets)}."] if sets else []),
        "Both hold for text like the validation sentences only; `stance calibrate` fits them to",
        "a labelled sample of yours.",
        "",
    ]


def _score_table(metrics: dict[str, Any]) -> list[str]:
    rows = ["| model | split | macro-F1 | 95 % interval | n |", "|---|---|---|---|---|"]
    named = {"this model": metrics} | metrics["baselines"]
    for name, one in named.items():
        for part in ("validation", "test"):
            if part in one:
                low, high = one[part]["intervals"]["macro_f1"]
                rows.append(
                    f"| {name} | {part} | {one[part]['macro_f1']:.3f} | {low:.3f} to {high:.3f} "
                    f"| {one[part]['n']} |"
                )
    return rows
