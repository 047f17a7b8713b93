"""Golden values for crates/losses, from PyTorch on the CPU in float64.

Run: python make.py   (writes cases.csv, trades.csv, mart.csv and label_smoothing.csv beside itself)

One row per case: loss, row length n, the loss, n inputs, the target (one class index, or n values), n gradients, a
direction of n values, and the Hessian times that direction.

label_smoothing.csv: the same, with the smoothing in place of the loss's name.

trades.csv, mart.csv: the losses of TRADES and MART on a batch as their authors write them: examples, classes, beta, the loss, clean logits, adversarial logits, classes of the
examples, gradients at clean and at adversarial logits.
"""

import csv
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
torch.set_default_dtype(torch.float64)
torch.manual_seed(2)


def numbers(t):
    return [repr(float(x)) for x in t]


def case(name, loss, z, target):
    z = z.clone().requires_grad_()
    v = torch.randn(z.numel())
    value = loss(z)
    (g,) = torch.autograd.grad(value, z, create_graph=True)
    h = torch.zeros_like(v)
    if g.requires_grad:
        (h,) = torch.autograd.grad(g, z, v)
    return [name, z.numel(), repr(float(value.detach())), *numbers(z.detach()), *target, *numbers(g.detach()), *numbers(v), *numbers(h)]


def margin(z, y):
    others = torch.cat([z[:y], z[y + 1 :]])
    return others.max(dim=0).values - z[y]  # one winner among equals, as an index has; others.max() would share


rows = []
LOGITS = [torch.randn(10), 5 * torch.randn(10), 40 * torch.randn(3), torch.randn(2), torch.randn(1), torch.randn(37)]
LOGITS += [torch.tensor([1e4, -1e4, 0.0]), torch.tensor([1e4, 1e4, -1e4]), torch.tensor([30.0, 0.0, 29.5, -5.0])]
LOGITS += [torch.tensor([0.0, -float("inf"), 1.0])]
for z in LOGITS:
    for y in sorted({0, len(z) // 2, len(z) - 1}):
        if z[y].isfinite():
            rows.append(case("cross-entropy", lambda z: F.cross_entropy(z[None], torch.tensor([y])), z, [y]))
            if len(z) > 1:
                rows.append(case("margin", lambda z: margin(z, y), z, [y]))
VALUES = [torch.randn(1), torch.randn(7), torch.randn(16), 3 * torch.randn(29), torch.tensor([1e4, -1e4, 50.0, -50.0, 0.0])]
for z in VALUES:
    for t in (torch.rand(len(z)), (torch.rand(len(z)) > 0.5).double()):
        rows.append(case("mse", lambda z: F.mse_loss(z, t), z, numbers(t)))
        rows.append(case("bce-with-logits", lambda z: F.binary_cross_entropy_with_logits(z, t), z, numbers(t)))
with open(HERE / "cases.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)



def of_pairs(name, cases, loss):
    """A file of losses on pairs: settings, value, both rows of logits, labels, both gradients."""
    rows = []
    for n, classes, factor, scale in cases:
        natural = (scale * torch.randn(n, classes)).requires_grad_()
        adversarial = (natural.detach() + scale * torch.randn(n, classes)).requires_grad_()
        y = torch.randint(classes, (n,))
        value = loss(natural, adversarial, y, factor)
        grads = torch.autograd.grad(value, (natural, adversarial))
        values = [numbers(t.detach().flatten()) for t in (natural, adversarial)]
        rows.append([n, classes, factor, repr(float(value.detach())), *values[0], *values[1], *y.tolist(), *(g for t in grads for g in numbers(t.flatten()))])
    with open(HERE / name, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


def trades(natural, adversarial, y, beta):
    """yaodongyu/TRADES: cross-entropy of the clean examples, and beta / n times the summed divergence."""
    return F.cross_entropy(natural, y) + beta * (1.0 / len(y)) * torch.nn.KLDivLoss(reduction="sum")(
        F.log_softmax(adversarial, dim=1), F.softmax(natural, dim=1)
    )


def mart(natural, adversarial, y, beta):
    """YisenWang/MART: boosted cross-entropy of the adversarial examples, and beta times the divergence, weighted by how wrong the clean answer is."""
    q, p = F.softmax(adversarial, dim=1), F.softmax(natural, dim=1)
    first, second = q.argsort(dim=1)[:, -1], q.argsort(dim=1)[:, -2]
    wrong = torch.where(first == y, second, first)
    boosted = F.cross_entropy(adversarial, y) + F.nll_loss(torch.log(1.0001 - q + 1e-12), wrong)
    apart = torch.nn.KLDivLoss(reduction="none")(torch.log(q + 1e-12), p).sum(dim=1)
    return boosted + beta * (1.0 / len(y)) * (apart * (1.0000001 - p.gather(1, y[:, None])[:, 0])).sum()


CASES = ((1, 2, 1.0, 1.0), (5, 10, 6.0, 1.0), (8, 10, 1.0, 5.0), (3, 4, 0.5, 20.0))
of_pairs("trades.csv", CASES, trades)
of_pairs("mart.csv", CASES, mart)
smoothed = []
for z in LOGITS[:-1]:
    for s in (0.1, 0.4):
        y = len(z) // 2
        smoothed.append(case(repr(s), lambda z: F.cross_entropy(z[None], torch.tensor([y]), label_smoothing=s), z, [y]))
with open(HERE / "label_smoothing.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(smoothed)
