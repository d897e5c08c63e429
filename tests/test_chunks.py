from killed_runs import HashingClassifier

from stance import chunks, tables
from stance.inputs import open_inputs
from stance.readers import Reject, Row


def plan_for(inputs, classifier):
    return tables.make_plan(tables.LabelJob(inputs, None), classifier)


def rows(*texts):
    return [Row(i, {"text": text}, "a.csv") for i, text in enumerate(texts, start=1)]


def sizes(found):
    return [len(one) for one in chunks.chunks(iter(found), "text")]


def test_where_a_chunk_ends_depends_on_the_rows_alone(monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 3)
    monkeypatch.setattr(chunks, "CHARACTERS", 10)
    assert sizes(rows(*"aaaaaaa")) == [3, 3, 1]
    assert sizes(rows("a" * 10, "a", "a" * 9, "a")) == [1, 2, 1]
    assert sizes([Reject(i, "x") for i in range(4)]) == [3, 1]
    assert sizes([]) == []


def test_a_chunk_becomes_records_and_counts(tmp_path):
    (tmp_path / "a.csv").write_text("text,n\nDe sancties blijven. Dat klopt.,1\n,2\n", "utf-8")
    classifier = HashingClassifier()
    inputs = open_inputs(tmp_path)
    plan = plan_for(inputs, classifier)
    (chunk,) = chunks.chunks(inputs.rows(), "text")
    documents = chunks.read(chunk, plan)
    labelled = chunks.records(
        documents, chunks.score(documents, classifier), plan, classifier.labels
    )
    assert [one["sentence"] for one in labelled.records] == ["De sancties blijven.", "Dat klopt."]
    assert all([*one] == [*plan.columns.types] for one in labelled.records)
    assert (labelled.summary.rows, labelled.summary.sentences) == (2, 2)
    assert labelled.summary.rejects == [Reject(2, "column text is empty", "a.csv")]
    assert labelled.records[0]["file"] == "a.csv"


def test_abstention_marks_what_stands_in_the_row(tmp_path):
    (tmp_path / "a.csv").write_text("text\nEen. Twee. Drie. Vier. Vijf.\n", "utf-8")
    inputs, classifier = open_inputs(tmp_path / "a.csv"), HashingClassifier()

    def labelled(abstain_below):
        job = tables.LabelJob(inputs, None, abstain_below=abstain_below)
        plan = tables.make_plan(job, classifier)
        documents = chunks.read([*inputs.rows()], plan)
        scores = chunks.score(documents, classifier)
        return plan, chunks.records(documents, scores, plan, classifier.labels)

    plan, without = labelled(None)
    assert "abstained" not in plan.columns.types
    middle = sorted(one["score"] for one in without.records)[2]
    plan, found = labelled(middle)
    assert all([*one] == [*plan.columns.types] for one in found.records)
    assert [one["abstained"] for one in found.records] == [
        one["score"] < middle for one in without.records
    ]
    assert (found.summary.abstained, without.summary.abstained) == (2, 0)
    for one in found.records:
        del one["abstained"]
    assert found.records == without.records


def test_a_chunk_of_rejected_rows(tmp_path):
    (tmp_path / "a.csv").write_text("text,n\n,2\n", "utf-8")
    inputs, classifier = open_inputs(tmp_path / "a.csv"), HashingClassifier()
    plan = plan_for(inputs, classifier)
    documents = chunks.read([*inputs.rows()], plan)
    scores = chunks.score(documents, classifier)
    assert chunks.records(documents, scores, plan, classifier.labels).records == []
