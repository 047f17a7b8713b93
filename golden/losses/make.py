"""Golden values for crates/losses, from PyTorch on the CPU in float64.

Run: python make.py   (writes cases.csv beside itself)

One row per case: loss, row length n, the loss, n inputs, the target (one class index, or n values), n gradients, a
direction of n values, and the Hessian times that direction.
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
