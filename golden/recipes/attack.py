"""The L-inf steps and the PGD evaluation the recipes share."""

import torch
import torch.nn.functional as F


def input_gradient(net, x, y):
    """(logits, gradient with respect to x of the summed cross-entropy); no gradient of the weights is taken."""
    x = x.detach().requires_grad_(True)
    logits = net(x)
    (grad,) = torch.autograd.grad(F.cross_entropy(logits, y, reduction="sum"), x)
    return logits.detach(), grad


def fgsm_rs_example(net, x, y, eps, alpha, start="ball"):
    """One step of FGSM from a uniform start in the ball (Wong et al.: it may leave the box) or, with start="box", clipped
    to the box; the step is clipped to the ball, then to the box."""
    delta = torch.empty_like(x).uniform_(-eps, eps)
    if start == "box":
        delta = (x + delta).clamp(0, 1) - x
    _, grad = input_gradient(net, x + delta, y)
    delta = (delta + alpha * grad.sign()).clamp(-eps, eps)
    return (x + delta).clamp(0, 1)


def accuracy(net, x, y, batch=1000):
    """Fraction of x that the net classifies as y."""
    with torch.no_grad():
        hits = sum((net(a).argmax(1) == b).sum().item() for a, b in zip(x.split(batch), y.split(batch)))
    return hits / len(y)


def pgd_accuracy(net, x, y, eps, steps, step, restarts):
    """Fractions still right after each restart of PGD: uniform start in ball and box; an image is out at its first fooling iterate,
    the last one included, and only the survivors go on."""
    alive = torch.arange(len(y))
    with torch.no_grad():
        alive = alive[net(x).argmax(1) == y]
    left = []
    for _ in range(restarts):
        adv = (x[alive] + torch.empty_like(x[alive]).uniform_(-eps, eps)).clamp(0, 1)
        for _ in range(steps):
            clean, label = x[alive], y[alive]
            logits, grad = input_gradient(net, adv, label)
            adv = torch.max(torch.min(adv + step * grad.sign(), clean + eps), clean - eps).clamp(0, 1)
            kept = logits.argmax(1) == label
            alive, adv = alive[kept], adv[kept]
            if len(alive) == 0:
                return [*left, 0.0]
        with torch.no_grad():
            alive = alive[net(adv).argmax(1) == y[alive]]
        left.append(len(alive) / len(y))
    return left
