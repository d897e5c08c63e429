"""Making a model: config file, labelled sentences, fine-tuning, export."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from training.estimator import StanceEstimator
del TYPE_CHECKING

__all__ = ["StanceEstimator"]


def __getattr__(name: str) -> object:
    """Load the estimator when it is asked for, so that configs are checked without scikit-learn."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    from stance.errors import MissingExtraError

    try:
        return import_module("training.estimator").StanceEstimator
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        raise MissingExtraError(
            f"{name} needs the package {package}; run `pip install 'stance-nl[train]'`."
        ) from None
