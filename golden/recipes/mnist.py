"""MNIST from the four gzipped IDX files, as float32 tensors in [0, 1], and the line every recipe prints."""

import argparse
import gzip
import json
import os
import pathlib
import struct

import numpy as np
import torch

RESULTS = pathlib.Path(__file__).resolve().parent / "results.jsonl"


def read_idx(path):
    """One u8 IDX file (gzipped) as an array of the shape its header states."""
    raw = gzip.decompress(pathlib.Path(path).read_bytes())
    zero, kind, rank = struct.unpack(">HBB", raw[:4])
    assert (zero, kind) == (0, 8), f"{path}: not an IDX file of bytes"
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder):
    """(train x [60000,1,28,28], train y, test x [10000,1,28,28], test y); pixels are u8 / 255, not normalised."""
    folder = pathlib.Path(folder)
    out = []
    for part in ("train", "t10k"):
        pixels = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
        out.append(torch.from_numpy(pixels.astype(np.float32) / 255.0).unsqueeze(1))
        out.append(torch.from_numpy(labels.astype(np.int64)))
    return out


def parser(text, seeds):
    """The options all recipes share."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--data", default=os.path.join(os.environ.get("SPARRING_DATA", "data"), "mnist"))
    parser.add_argument("--seeds", type=int, nargs="+", default=seeds)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--machine", default="quiet", choices=["quiet", "busy"], help="are the seconds to be trusted?")
    return parser


def arguments(parser):
    """The parsed options; sets the number of threads."""
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    return args


def record(args, **figures):
    """Print one JSON line and append it to results.jsonl beside this file."""
    line = json.dumps({**figures, "torch": torch.__version__, "threads": args.threads, "machine": args.machine})
    print(line, flush=True)
    with RESULTS.open("a") as out:
        out.write(line + "\n")


def batches(n, size):
    """A fresh permutation of 0..n cut into batches; the last one may be short, nothing is dropped."""
    return torch.randperm(n).split(size)
