"""The networks in PyTorch, with the first weights of the comparison."""

import numpy as np
import torch
from torch import nn

import rows
import streams


def build(name, first=streams.WEIGHTS):
    """A network of the table."""
    net = LAYERS[name]()
    shapes = rows.SHAPES[name]
    assert [tuple(p.shape) for p in net.parameters()] == [s[0] if isinstance(s[0], tuple) else s for s in shapes], name
    with torch.no_grad():
        for p, value in zip(net.parameters(), streams.parameters(shapes, first)):
            p.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return net


def chain(widths, last=(), hidden=lambda width: [nn.ReLU()], bias=True):
    """Linear layers with ReLU, or what `hidden` makes, between them; without `bias` only the last has one."""
    layers = [nn.Flatten()]
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        more = i + 2 < len(widths)
        layers += [nn.Linear(a, b, bias=bias or not more)] + (hidden(b) if more else [])
    return nn.Sequential(*layers, *last)


def madry(norm=lambda channels: [], activation=nn.ReLU, bias=True):
    """The Madry net, with what `norm` makes after each convolution."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2, bias=bias), *norm(32), activation(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2, bias=bias), *norm(64), activation(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 1024), activation(), nn.Linear(1024, 10),
    )  # fmt: skip


class Block(nn.Module):
    """relu(bn(conv3x3(relu(bn(conv3x3 x)))) + skip(x)); skip is the identity, or bn(conv1x1 x) where the shape changes."""

    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.skip = nn.Identity()
        if stride != 1 or inputs != channels:
            self.skip = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.skip(x))


def discriminator(norm):
    """Two convolutions of stride 2, leaky ReLU 0.2, `norm` after the second, one logit."""
    second = norm(128)
    return nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1, bias=not second), *second, nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(6272, 1),
    )  # fmt: skip


LAYERS = {
    "mlp": lambda: chain([784, 128, 64, 10]),
    "mlp_dropout": lambda: chain([784, 128, 64, 10], hidden=lambda _: [nn.ReLU(), nn.Dropout(0.2)]),
    "mlp_prelu": lambda: chain([784, 128, 64, 10], hidden=lambda _: [nn.PReLU()]),
    "mlp_bn": lambda: chain([784, 128, 64, 10], hidden=lambda n: [nn.BatchNorm1d(n), nn.ReLU()], bias=False),
    "cnn": madry,
    "cnn_bn": lambda: madry(norm=lambda n: [nn.BatchNorm2d(n)], bias=False),
    "cnn_prelu": lambda: madry(activation=nn.PReLU),
    "smallcnn": lambda: nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 4, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(1568, 100), nn.ReLU(), nn.Linear(100, 10),
    ),
    "resnet": lambda: nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *(Block(*b) for b in rows.BLOCKS),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    ),
    "ae": lambda: nn.Sequential(*chain([784, 64, 32, 32]), *chain([32, 32, 64, 784], [nn.Sigmoid()])),
    "vae_encoder": lambda: chain([784, 400, 40]),
    "vae_decoder": lambda: chain([20, 400, 784]),
    "generator": lambda: chain([100, 128, 128, 784], [nn.Sigmoid()]),
    "discriminator": lambda: chain([784, 128, 128, 1]),
    "dcgan_generator": lambda: nn.Sequential(
        nn.Linear(100, 6272, bias=False), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128), nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Sigmoid(),
    ),
    "dcgan_discriminator": lambda: discriminator(lambda n: [nn.BatchNorm2d(n)]),
    "critic": lambda: discriminator(lambda _: []),
}  # fmt: skip
