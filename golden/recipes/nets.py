"""The networks of the recipes, with PyTorch's default initialisation."""

from torch import nn


def mlp():
    """The article classifier 784-128-64-10: 109,386 parameters."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)
    )


def fgsm_rs():
    """The MNIST net of Wong et al. 2020 (Fast is better than free): 166,406 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 4, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 100), nn.ReLU(), nn.Linear(100, 10),
    )  # fmt: skip


def autoencoder():
    """The article autoencoder 784-64-32-32-32-64-784: ReLU hidden, linear code, sigmoid out; 107,504 parameters."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32),
        nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 784), nn.Sigmoid(),
    )  # fmt: skip


def linear_autoencoder():
    """784-32-784 with biases and no activation: its optimum is PCA with 32 components."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.Linear(32, 784))


def count(net):
    """Number of learnt scalars."""
    return sum(p.numel() for p in net.parameters())
