"""Labelling on a Ray cluster: the chunks and parts of `stance.tables`, labelled on many machines.

One task reads the input and gives out chunks; a pool of actors, each holding the model, labels them
and writes the parts. Input, output and model must lie where every machine finds them.
"""

import logging
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from stance import chunks
from stance.classifier import StanceClassifier
from stance.errors import ConfigError, MissingExtraError, StanceError
from stance.parts import Parts
from stance.tables import LabelJob, Progress, missing_chunks

_READER_CPUS: Final = 0.25
"""Fewer than an actor's, or Ray would fuse reading and labelling into one."""


@dataclass(frozen=True)
class RayEngine:
    """Labels the missing parts of a run on the cluster that Ray is connected to.

    Without a cluster Ray starts one of this machine alone; `RAY_ADDRESS` names another.
    """

    workers: int = 1
    """Actors, each of which holds the model."""
    cpus: float = 1
    """Cores that an actor takes; onnxruntime uses all of its machine, so one a machine is best."""
    gpus: float = 0
    """GPUs that an actor takes; with any, the model runs on torch there."""

    def __call__(
        self,
        job: LabelJob,
        plan: chunks.Plan,
        parts: Parts,
        classifier: StanceClassifier,
        progress: Progress,
    ) -> None:
        """Label the missing parts.

        Raises:
            MissingExtraError: if Ray is not installed.
            ConfigError: if the cluster has not the resources.
            StanceError: what a worker raises.
        """
        ray = _connected()
        self._check_resources(ray.cluster_resources())
        finished = set(parts.finished())

        def read(_: Any) -> Iterator[dict[str, list[Any]]]:
            for index, chunk in missing_chunks(job, finished):
                yield {"index": [index], "chunk": [pickle.dumps(chunk)]}

        device = "cuda" if self.gpus else None
        done = (
            ray.data.range(1, override_num_blocks=1)
            .map_batches(read, num_cpus=_READER_CPUS)
            .map_batches(
                _Worker,
                fn_constructor_args=(str(classifier.folder.absolute()), device, plan, parts),
                batch_size=1,
                compute=ray.data.ActorPoolStrategy(size=self.workers),
                num_cpus=self.cpus,
                num_gpus=self.gpus,
            )
        )
        try:
            for row in done.iter_rows():
                progress(int(row["rows"]))
        except ray.exceptions.RayError as error:
            raise _cause(error) from None

    def _check_resources(self, there: dict[str, float]) -> None:
        """Ray would wait for ever for what is not there."""
        for name, needed in (
            ("CPU", self.workers * self.cpus + _READER_CPUS),
            ("GPU", self.workers * self.gpus),
        ):
            if needed > there.get(name, 0):
                raise ConfigError(
                    f"--engine ray: {self.workers} workers need {needed:g} {name}s, the cluster "
                    f"has {there.get(name, 0):g}; use fewer with --workers."
                )


class _Worker:
    """Holds the model on one machine."""

    def __init__(self, folder: str, device: str | None, plan: chunks.Plan, parts: Parts) -> None:
        self._classifier = StanceClassifier.from_pretrained(folder, device=device)
        self._plan = plan
        self._parts = parts

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[int]]:
        started = time.monotonic()
        documents = chunks.read(pickle.loads(batch["chunk"][0]), self._plan)
        scores = chunks.score(documents, self._classifier)
        labelled = chunks.records(documents, scores, self._plan, self._classifier.labels)
        labelled.summary.seconds = time.monotonic() - started
        self._parts.write(int(batch["index"][0]), labelled.records, labelled.summary)
        return {"rows": [labelled.summary.rows]}


def _connected() -> Any:
    """Ray, connected to a cluster and as silent as it can be made."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError(
            f"{error.name} is not installed; --engine ray needs `pip install 'stance-nl[ray]'`."
        ) from None
    if not ray.is_initialized():
        ray.init(logging_level="ERROR", log_to_driver=False, include_dashboard=False)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # a block a chunk, so that each goes to the next free worker
    return ray


def _cause(error: BaseException) -> BaseException:
    """The error of ours behind one of Ray's."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, StanceError):
        found = found.__cause__ or getattr(found, "cause", None)
    return found or error
