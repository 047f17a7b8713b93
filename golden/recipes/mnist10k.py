"""The demo's two trainings on the first 10,000 training images, FGSM-RS net, batch 128.

Standard: Adam 1e-3 (constant), 10 epochs. Hardened: FGSM-RS, eps 0.3, step 0.375, 20 epochs, one-cycle to 5e-3. Both judged on the first 1,000
test images: clean, and PGD-40, eps 0.3, step 0.01, one random start.
"""

import time

import torch
import torch.nn.functional as F

import attack
import fgsm_rs
import mnist
import nets


def standard(seed, x, y, epochs=10, batch=128, lr=1e-3):
    """(net, seconds) of plain training."""
    torch.manual_seed(seed)
    net = nets.fgsm_rs()
    optimiser = torch.optim.Adam(net.parameters(), lr=lr)
    began = time.perf_counter()
    for _ in range(epochs):
        for index in mnist.batches(len(y), batch):
            optimiser.zero_grad()
            F.cross_entropy(net(x[index]), y[index]).backward()
            optimiser.step()
    return net, time.perf_counter() - began


if __name__ == "__main__":
    args = mnist.arguments(mnist.parser(__doc__, [1]))
    x, y, test_x, test_y = mnist.load(args.data)
    x, y, test_x, test_y = x[:10_000], y[:10_000], test_x[:1000], test_y[:1000]
    for seed in args.seeds:
        for name, epochs in (("standard", 10), ("fgsm_rs", 20)):
            if name == "standard":
                net, seconds = standard(seed, x, y, epochs)
            else:
                net, _, seconds = fgsm_rs.train(seed, x, y, epochs)
            began = time.perf_counter()
            robust = attack.pgd_accuracy(net, test_x, test_y, eps=0.3, steps=40, step=0.01, restarts=1)[-1]
            mnist.record(args, recipe=f"mnist10k/{name}", seed=seed, epochs=epochs, batch=128,
                         clean_first_1000=attack.accuracy(net, test_x, test_y), pgd40_accuracy_first_1000=robust,
                         seconds=round(seconds, 1), attack_seconds=round(time.perf_counter() - began, 1))  # fmt: skip
