"""FGSM-RS net on full MNIST, eps 0.3, step 0.375, 10 epochs, batch 128, Adam, one-cycle to 5e-3.

The learning rate is np.interp(t, [0, 4, 10], [0, 5e-3, 0]) at t = epoch + (i + 1) / batches, set before the step, as in
the MNIST script of locuslab/fast_adversarial (whose batch is 100). Judged by clean accuracy on the 10,000 test images and
by PGD-50, step 0.01, 10 restarts, on the first 1,000.

The training's random start is not clipped to the box (as there). --start box clips it, to show what that does: README.
"""

import time

import numpy as np
import torch
import torch.nn.functional as F

import attack
import mnist
import nets


def train(seed, x, y, epochs, eps=0.3, alpha=0.375, batch=128, lr_max=5e-3, start="ball"):
    """(net, mean adversarial training loss of the last epoch, seconds of training)."""
    torch.manual_seed(seed)
    net = nets.fgsm_rs()
    optimiser = torch.optim.Adam(net.parameters(), lr=lr_max)
    began = time.perf_counter()
    for epoch in range(epochs):
        order = mnist.batches(len(y), batch)
        total = 0.0
        for i, index in enumerate(order):
            at = epoch + (i + 1) / len(order)
            optimiser.param_groups[0]["lr"] = np.interp(at, [0, epochs * 2 / 5, epochs], [0, lr_max, 0])
            adv = attack.fgsm_rs_example(net, x[index], y[index], eps, alpha, start)
            optimiser.zero_grad()
            loss = F.cross_entropy(net(adv), y[index])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(index)
    return net, total / len(y), time.perf_counter() - began


if __name__ == "__main__":
    parser = mnist.parser(__doc__, [1])
    parser.add_argument("--start", default="ball", choices=["ball", "box"], help="where the training's random start lies")
    parser.add_argument("--batch", type=int, default=128)
    args = mnist.arguments(parser)
    x, y, test_x, test_y = mnist.load(args.data)
    for seed in args.seeds:
        net, loss, seconds = train(seed, x, y, epochs=10, batch=args.batch, start=args.start)
        assert nets.count(net) == 166_406
        clean = attack.accuracy(net, test_x, test_y)
        began = time.perf_counter()
        robust = attack.pgd_accuracy(net, test_x[:1000], test_y[:1000], eps=0.3, steps=50, step=0.01, restarts=10)
        mnist.record(args, recipe="fgsm_rs", seed=seed, epochs=10, batch=args.batch, start=args.start, eps=0.3,
                     alpha=0.375, lr_max=5e-3, test_accuracy=clean, train_loss=round(loss, 6),
                     pgd50x10_accuracy_first_1000=robust[-1], after_each_restart=robust,
                     seconds=round(seconds, 1), attack_seconds=round(time.perf_counter() - began, 1))  # fmt: skip
