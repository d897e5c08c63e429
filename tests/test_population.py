import numpy as np
import pytest

from stance.errors import ConfigError
from stance.labels import LABELS
from stance.population import Labelled, counted_labels, sentence_units


def test_what_a_share_is_of():
    assert counted_labels(LABELS, "stance") == [0, 1, 2]
    assert counted_labels(LABELS, "all") == counted_labels(LABELS, "document") == [0, 1, 2, 3]
    with pytest.raises(ConfigError, match="without unrelated: pass --of all"):
        counted_labels(("a", "b"), "stance")


def test_every_document_counts_once_where_documents_do():
    labelled = Labelled(("a", "b"), np.eye(2)[[0, 1, 0]], np.array([0, 1, 0]), np.array([7, 7, 4]))
    assert sentence_units(labelled, "document").tolist() == [0.5, 0.5, 1]
    assert sentence_units(labelled, "all").tolist() == [1, 1, 1]
    part = labelled.take(np.array([0, 2]))
    assert sentence_units(part, "document").tolist() == [1, 1]


def test_arrays_must_fit():
    with pytest.raises(ValueError, match=r"expected \(2, 2\) probabilities, found \(3, 2\)"):
        Labelled(("a", "b"), np.ones((3, 2)), np.zeros(2, int), np.zeros(2, int))
