"""Article classifier on full MNIST: Adam 1e-3, batch 128, 5 epochs, a fresh shuffle an epoch, nothing dropped."""

import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

import attack
import mnist
import nets


def run(seed, data, epochs=5, batch=128, lr=1e-3):
    """(test accuracy, mean training loss of the last epoch, seconds of training, the net)."""
    x, y, test_x, test_y = data
    torch.manual_seed(seed)
    net = nets.mlp()
    assert nets.count(net) == 109_386
    optimiser = torch.optim.Adam(net.parameters(), lr=lr)
    began = time.perf_counter()
    for _ in range(epochs):
        total = 0.0
        for index in mnist.batches(len(y), batch):
            optimiser.zero_grad()
            loss = F.cross_entropy(net(x[index]), y[index])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(index)
    return attack.accuracy(net, test_x, test_y), total / len(y), time.perf_counter() - began, net


if __name__ == "__main__":
    parser = mnist.parser(__doc__, [1, 2, 3])
    parser.add_argument("--save", help="write the net of the last seed there, as safetensors")
    args = mnist.arguments(parser)
    data = mnist.load(args.data)
    for seed in args.seeds:
        accuracy, loss, seconds, net = run(seed, data)
        mnist.record(args, recipe="mlp", seed=seed, epochs=5, batch=128, lr=1e-3, test_accuracy=accuracy,
                     train_loss=round(loss, 6), seconds=round(seconds, 1))  # fmt: skip
    if args.save:
        save_file(net.state_dict(), args.save)
