"""stance-nl: where a Dutch sentence stands toward sanctions."""

from stance.classifier import Prediction, StanceClassifier
from stance.errors import StanceError
from stance.labels import LABELS

__version__ = "0.1.0"

__all__ = ["LABELS", "Prediction", "StanceClassifier", "StanceError", "__version__"]
