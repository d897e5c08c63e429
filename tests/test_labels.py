from stance.labels import DEFINITIONS, DUTCH, LABELS


def test_every_label_has_a_dutch_name_and_a_definition():
    assert LABELS == ("favor", "against", "neutral", "unrelated")
    assert tuple(DUTCH) == tuple(DEFINITIONS) == LABELS
