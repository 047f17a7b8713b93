"""Features and logits of the frozen judge of digits as PyTorch computes them; writes cases.json beside it.

    python golden/judge/make.py

The weights are those of crates/train/judge/mnist-judge.safetensors, the images the first four test images of the built-in digits. `frechet` is the Frechet distance of the features of the first
600 training and the first 600 test images, in NumPy.
"""

import gzip
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

HERE = pathlib.Path(__file__).resolve().parent
CRATES = HERE.parent.parent / "crates"
torch.set_num_threads(1)
W = {k: torch.from_numpy(v) for k, v in load_file(CRATES / "train/judge/mnist-judge.safetensors").items()}


def images(part, n):
    data = gzip.open(CRATES / f"datasets/embedded/{part}-images-idx3-ubyte.gz").read()[16:]
    return torch.from_numpy(np.frombuffer(data, np.uint8)[: n * 784].astype(np.float32) / 255).reshape(n, 1, 28, 28)


def look(x):
    y = (x - 0.1307) / 0.3081
    for conv, norm in [(0, 1), (4, 5), (8, 9)]:
        y = F.conv2d(y, W[f"{conv}.weight"], W[f"{conv}.bias"], padding=1)
        y = F.batch_norm(y, *(W[f"{norm}.{k}"] for k in ["running_mean", "running_var", "weight", "bias"]))
        y = F.max_pool2d(F.relu(y), 2)
    features = F.relu(F.linear(y.flatten(1), W["13.weight"], W["13.bias"]))
    return features, F.linear(features, W["15.weight"], W["15.bias"])


def frechet(a, b):
    a, b = a.double().numpy(), b.double().numpy()
    away, s, t = a.mean(0) - b.mean(0), np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(s)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    overlap = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ t @ root), 0)).sum()
    return away @ away + np.trace(s) + np.trace(t) - 2 * overlap


features, logits = look(images("t10k", 4))
distance = frechet(look(images("train", 600))[0], look(images("t10k", 600))[0])
cases = {"features": features.flatten().tolist(), "logits": logits.flatten().tolist(), "frechet": float(distance)}
(HERE / "cases.json").write_text(json.dumps(cases) + "\n")
