from training.card_tables import behaviour_section, holder_table


def counts(n, failed):
    return {"n": {"label": n, "same": 0, "change": 0}, "failed": [f"c-{i}" for i in range(failed)]}


def test_failures_by_kind_beside_those_of_the_linear_model():
    metrics = {
        "behaviour": {"negation": counts(4, 1), "capitals": counts(6, 0)},
        "baselines": {
            "majority": {},
            "linear": {"behaviour": {"negation": counts(4, 3), "capitals": counts(6, 2)}},
        },
    }
    lines = behaviour_section(metrics)
    assert "| cases | n | this model | linear |" in lines
    assert "| negation | 4 | 25% | 75% |" in lines
    assert "| capitals | 6 | 0% | 33% |" in lines
    assert "| all | 10 | 10% | 50% |" in lines


def test_a_linear_model_stands_alone():
    lines = behaviour_section({"behaviour": {"negation": counts(4, 1)}, "baselines": {}})
    assert "| cases | n | this model |" in lines
    assert "| all | 4 | 25% |" in lines


def test_labels_of_ones_own_have_no_cases():
    assert behaviour_section({"baselines": {}}) == []


def test_a_model_that_tells_no_holders_has_no_table_of_them():
    assert holder_table({"validation": {}, "test": {}}) == []
