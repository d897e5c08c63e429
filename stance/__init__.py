"""stance-nl: where a Dutch sentence stands toward sanctions."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stance.classifier import StanceClassifier
    from stance.errors import StanceError
    from stance.explainer import Explainer, explain
    from stance.explanation import Explanation
    from stance.holders import Holder
    from stance.labels import LABELS
    from stance.predictions import LabelledDocument, Prediction
del TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "LABELS",
    "Explainer",
    "Explanation",
    "Holder",
    "LabelledDocument",
    "Prediction",
    "StanceClassifier",
    "StanceError",
    "__version__",
    "explain",
]

_HOMES = {
    "Explainer": "explainer",
    "Explanation": "explanation",
    "Holder": "holders",
    "LABELS": "labels",
    "LabelledDocument": "predictions",
    "Prediction": "predictions",
    "StanceClassifier": "classifier",
    "StanceError": "errors",
    "explain": "explainer",
}


def __getattr__(name: str) -> object:
    """Load what is asked for, so that the command is up, and can be interrupted, at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"stance.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
