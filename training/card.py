"""The model card of a trained folder."""

from typing import Any

from training.card_data import base_name, card_data, is_corpus, on_sanctions
from training.card_tables import (
    behaviour_section,
    calibration_lines,
    holder_table,
    score_table,
)
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
            *_use_section(),
            *_intended_use(config),
            "## Scores",
            "",
            *score_table(metrics),
            "",
            *holder_table(metrics),
            *calibration_lines(metrics),
            "Intervals are 95 % percentile bootstraps over groups. The test is of the same kind as",
            "the training data; expect less on other genres, periods and topics, and measure it",
            "with `stance evaluate` on sentences of your own.",
            "",
            *_data_section(config, metrics),
            *_encoder_section(metrics.get("encoder")),
            *behaviour_section(metrics),
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


def _use_section() -> list[str]:
    return [
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
    ]


def _data_section(config: TrainConfig, metrics: dict[str, Any]) -> list[str]:
    return [
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
    ]


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
