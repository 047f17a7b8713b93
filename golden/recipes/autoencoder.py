"""Article autoencoder on full MNIST (MSE, Adam 1e-3, batch 128, 20 epochs) and a linear one of code 32 beside PCA-32.

MSE is the mean over all pixels and images of the test set. PCA and the mean image are exact, in float64, fitted on the
training set and measured on the test set.
"""

import time

import torch
import torch.nn.functional as F

import mnist
import nets


def mse(net, x):
    """Mean squared reconstruction error a pixel."""
    with torch.no_grad():
        return sum(F.mse_loss(net(a), a.flatten(1), reduction="sum").item() for a in x.split(1000)) / x.numel()


def run(make, seed, x, test_x, epochs=20, batch=128, lr=1e-3):
    """(test MSE, seconds of training)."""
    torch.manual_seed(seed)
    net = make()
    optimiser = torch.optim.Adam(net.parameters(), lr=lr)
    began = time.perf_counter()
    for _ in range(epochs):
        for index in mnist.batches(len(x), batch):
            image = x[index]
            optimiser.zero_grad()
            F.mse_loss(net(image), image.flatten(1)).backward()
            optimiser.step()
    return mse(net, test_x), time.perf_counter() - began


def yardsticks(x, test_x, code=32):
    """(test MSE of PCA with `code` components, test MSE of the mean training image)."""
    train, test = x.flatten(1).double(), test_x.flatten(1).double()
    mean = train.mean(0)
    centred = train - mean
    _, vectors = torch.linalg.eigh(centred.T @ centred)
    top = vectors[:, -code:]
    rest = test - mean
    return ((rest - rest @ top @ top.T) ** 2).mean().item(), (rest**2).mean().item()


if __name__ == "__main__":
    args = mnist.arguments(mnist.parser(__doc__, [1, 2, 3]))
    x, _, test_x, _ = mnist.load(args.data)
    pca, mean_image = yardsticks(x, test_x)
    assert nets.count(nets.autoencoder()) == 107_504
    for name, make in (("autoencoder", nets.autoencoder), ("linear_autoencoder", nets.linear_autoencoder)):
        for seed in args.seeds:
            error, seconds = run(make, seed, x, test_x)
            mnist.record(args, recipe=name, seed=seed, epochs=20, batch=128, lr=1e-3, test_mse=round(error, 6),
                         pca_mse=round(pca, 6), mean_image_mse=round(mean_image, 6), seconds=round(seconds, 1))  # fmt: skip
