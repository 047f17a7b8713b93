"""MNIST from the four gzipped IDX files."""

import gzip
import pathlib
import struct

import numpy as np

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def read_idx(path):
    """One gzipped IDX file of bytes."""
    raw = gzip.decompress(path.read_bytes())
    zero, kind, rank = struct.unpack(">HBB", raw[:4])
    if (zero, kind) != (0, 8):
        raise SystemExit(f"{path}: not an IDX file of bytes")
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def four(folder):
    """The four files as bytes."""
    return [read_idx(pathlib.Path(folder) / f"{name}.gz") for name in FILES]


def train(folder, n):
    """The first n training examples: pixels [n, 1, 28, 28] as float32 in [0, 1], labels as int64."""
    pixels = read_idx(pathlib.Path(folder) / f"{FILES[0]}.gz")[:n]
    labels = read_idx(pathlib.Path(folder) / f"{FILES[1]}.gz")[:n]
    if len(labels) < n:
        raise SystemExit(f"{n} training examples are needed, the data have {len(labels)}")
    return pixels.astype(np.float32)[:, None] / np.float32(255), labels.astype(np.int64)
