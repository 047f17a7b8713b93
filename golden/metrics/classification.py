"""Golden values for `ClassificationMetrics`, from scikit-learn and, for the calibration error, from its formula in numpy.

Run: python classification.py   (needs numpy and scikit-learn; writes classification.csv beside itself)

Lines of a case, the case's name first: `row`, label, logits (float32, one example a line); `class`, class, examples, precision, recall, F1, AUROC
(`none` where the class has no example, or no prediction); then a line a figure: its name, its value. The macro averages go over the classes with
examples. Precision of a class with examples that was never predicted counts as 0.
"""

import csv
import pathlib

import numpy as np
from sklearn import metrics as sk

HERE = pathlib.Path(__file__).resolve().parent
BINS = 15


def calibration_error(p, y):
    """Guo et al. 2017: bins (i/B, (i+1)/B] of the largest probability."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    edges = np.linspace(0, 1, BINS + 1)
    error = 0.0
    for low, high in zip(edges, edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def case(name, logits, y):
    n, classes = logits.shape
    yield from ([name, "row", label, *(repr(float(v)) for v in row)] for label, row in zip(y, logits))
    z = logits.astype(np.float64)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    every, there, predicted = range(classes), np.unique(y), z.argmax(axis=1)
    precision, recall, f1, examples = sk.precision_recall_fscore_support(y, predicted, labels=every, zero_division=0)
    area = {c: sk.roc_auc_score(y == c, p[:, c]) for c in there if len(there) > 1}
    for c in every:
        never = c not in predicted
        figures = [
            None if never else precision[c],
            None if c not in there else recall[c],
            None if never and c not in there else f1[c],
            area.get(c),
        ]
        yield [name, "class", c, examples[c], *("none" if v is None else repr(float(v)) for v in figures)]
    macro = sk.precision_recall_fscore_support(y, predicted, labels=there, zero_division=0, average="macro")
    figures = {
        "loss": sk.log_loss(y, p, labels=list(every)),
        "accuracy": sk.accuracy_score(y, predicted),
        "top_2": sk.top_k_accuracy_score(y, p, k=2, labels=list(every)),
        "macro_precision": macro[0],
        "macro_recall": sk.balanced_accuracy_score(y, predicted),
        "macro_f1": macro[2],
        "mcc": sk.matthews_corrcoef(y, predicted),
        "brier": sk.brier_score_loss(y, p, labels=list(every), scale_by_half=False),
        "ece": calibration_error(p, y),
    }
    if area:
        figures["macro_auroc"] = np.mean(list(area.values()))
    yield from ([name, figure, repr(float(value))] for figure, value in figures.items())


def main():
    rng = np.random.default_rng(5)
    rows = []
    for name, n, classes, labels in [("ten", 80, 10, 10), ("few", 25, 6, 4), ("one", 8, 3, 1)]:
        y = rng.integers(0, labels, n)
        logits = rng.normal(size=(n, classes)) + 2.0 * np.eye(classes)[y]
        # A class that is never predicted, and one whose score says nothing.
        logits[:, 1] -= 9.0
        logits[:, 2] = np.round(logits[:, 2])
        rows += case(name, logits.astype(np.float32), y)
    with open(HERE / "classification.csv", "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


main()
