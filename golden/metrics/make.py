"""Golden values for PCA of few images, by the singular value decomposition of numpy.

Run: python make.py DIR   (DIR holds the four files of MNIST, gzipped; writes pca.csv beside itself)

One row per case: training images (the first of MNIST), test images (the first of its test set), code size, directions with
variance among them, mean squared error of a pixel of the test images, the same for the mean training image.
"""

import csv
import gzip
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def images(name):
    raw = gzip.decompress((pathlib.Path(sys.argv[1]) / name).read_bytes())
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784) / 255.0


train, test = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")
rows = []
for n, tests, code in [(2, 2, 32), (10, 10, 32), (14, 200, 32), (20, 200, 32), (40, 200, 32), (100, 200, 64)]:
    mean = train[:n].mean(axis=0)
    _, sizes, directions = np.linalg.svd(train[:n] - mean, full_matrices=False)
    rank = int((sizes > 1e-10 * sizes[0]).sum())
    v = directions[: min(code, rank)]
    centred = test[:tests] - mean
    left = centred - centred @ v.T @ v
    rows.append([n, tests, code, len(v), repr(float((left**2).mean())), repr(float((centred**2).mean()))])
with open(HERE / "pca.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
