"""The networks in PyTorch, with the first weights of the comparison."""

import numpy as np
import torch
from torch import nn

import rows
import streams


def build(name, first=streams.WEIGHTS):
    """A network of the table."""
    net = LAYERS[name]()
    shapes = [tuple(p.shape) for p in net.parameters()]
    assert shapes == rows.SHAPES[name], name
    with torch.no_grad():
        for p, value in zip(net.parameters(), streams.parameters(shapes, first)):
            p.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return net


def chain(widths, last=()):
    """Linear layers with ReLU between them."""
    layers = [nn.Flatten()]
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.Linear(a, b)] + ([nn.ReLU()] if i + 2 < len(widths) else [])
    return nn.Sequential(*layers, *last)


LAYERS = {
    "mlp": lambda: chain([784, 128, 64, 10]),
    "cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10),
    ),
    "smallcnn": lambda: nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 4, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(1568, 100), nn.ReLU(), nn.Linear(100, 10),
    ),
    "ae": lambda: nn.Sequential(*chain([784, 64, 32, 32]), *chain([32, 32, 64, 784], [nn.Sigmoid()])),
    "generator": lambda: chain([100, 128, 128, 784], [nn.Sigmoid()]),
    "discriminator": lambda: chain([784, 128, 128, 1]),
}  # fmt: skip
