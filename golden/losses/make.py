"""Golden values for crates/losses, from PyTorch on the CPU in float64.

Run: python make.py   (writes cases.csv, trades.csv, mart.csv, label_smoothing.csv, gan.csv, pairs.csv, alone.csv and vae.csv beside itself)

One row per case: loss, row length n, the loss, n inputs, the target (one class index, or n values), n gradients, a
direction of n values, and the Hessian times that direction.

label_smoothing.csv: the same, with the smoothing in place of the loss's name.

trades.csv, mart.csv: the losses of TRADES and MART on a batch as their authors write them: examples, classes, beta, the loss, clean logits, adversarial logits, classes of the
examples, gradients at clean and at adversarial logits.

gan.csv: as cases.csv, the target is a side. alone.csv: the same without a target. pairs.csv: the relativistic loss: n, the critic's, the generator's, n real and n generated logits, the critic's gradients at both, the
generator's at its own. vae.csv: term, n, value, n numbers of each input, n of each gradient.
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

# Losses of GANs by BCEWithLogitsLoss, MSELoss and relu, as the authors of each have it; the critic's label of real examples is 0.9 where the name says so.
bce, ones = F.binary_cross_entropy_with_logits, torch.ones_like
SIDES = ("real", "fake", "generator")
GANS = {
    "non-saturating": lambda c, side: bce(c, 0 * c if side == "fake" else ones(c)),
    "non-saturating(smooth=0.9)": lambda c, side: bce(c, {"real": 0.9, "fake": 0.0, "generator": 1.0}[side] * ones(c)),
    "minimax": lambda c, side: bce(c, ones(c)) if side == "real" else {"fake": 1, "generator": -1}[side] * bce(c, 0 * c),
    "minimax(smooth=0.9)": lambda c, side: bce(c, 0.9 * ones(c)) if side == "real" else {"fake": 1, "generator": -1}[side] * bce(c, 0 * c),
    "lsgan": lambda c, side: 0.5 * F.mse_loss(c, 0 * c.detach() if side == "fake" else ones(c)),
    "lsgan(smooth=0.9)": lambda c, side: 0.5 * F.mse_loss(c, {"real": 0.9, "fake": 0.0, "generator": 1.0}[side] * ones(c)),
    "wasserstein": lambda c, side: c.mean() if side == "fake" else -c.mean(),
    "hinge": lambda c, side: -c.mean() if side == "generator" else F.relu(1 + c if side == "fake" else 1 - c).mean(),
}
rows = []
for z in [torch.tensor([0.0]), torch.tensor([1.0]), torch.tensor([-1e4]), torch.randn(1), 3 * torch.randn(13)]:
    for name, loss in GANS.items():
        for side in SIDES:
            rows.append(case(name, lambda c: loss(c, side), z, [side]))
with open(HERE / "gan.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)

# R3GAN's Trainer: softplus of the difference, the other way round for the generator.
rows = []
for n, scale in ((1, 1.0), (1, 1e4), (13, 3.0)):
    real, fake = ((scale * torch.randn(n)).requires_grad_() for _ in range(2))
    critic, generator = F.softplus(-(real - fake)).mean(), F.softplus(-(fake - real)).mean()
    grads = [*torch.autograd.grad(critic, (real, fake)), *torch.autograd.grad(generator, fake)]
    values = [repr(float(t.detach())) for t in (critic, generator)]
    rows.append([n, *values, *(x for t in (real.detach(), fake.detach(), *grads) for x in numbers(t))])
with open(HERE / "pairs.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)

# Penalties on a row alone: gradients of critics, codes, mean activations.
ALONE = {
    "wgan-gp": (torch.randn, lambda g: 10 * ((g.square().sum() + 1e-12).sqrt() - 1) ** 2),
    "wgan-gp(lambda=0.5)": (torch.randn, lambda g: 0.5 * ((g.square().sum() + 1e-12).sqrt() - 1) ** 2),
    "r1": (torch.randn, lambda g: 10 / 2 * g.square().sum()),
    "r2(gamma=0.1)": (torch.randn, lambda g: 0.1 / 2 * g.square().sum()),
    "sparse-l1": (torch.randn, lambda a: 1e-3 * a.abs().sum()),
    "sparse-kl": (torch.rand, lambda q: 3 * (0.05 * (0.05 / q).log() + 0.95 * (0.95 / (1 - q)).log()).sum()),
    "sparse-kl(rho=0.3)": (torch.rand, lambda q: 3 * (0.3 * (0.3 / q).log() + 0.7 * (0.7 / (1 - q)).log()).sum()),
}
rows = [case(name, loss, draw(n), []) for n in (1, 8, 21) for name, (draw, loss) in ALONE.items()]
with open(HERE / "alone.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)

# Terms of VAEs: the divergence by torch.distributions, the bound by logsumexp, VQ-VAE's two losses by detach, GaussianNLLLoss.
rows = []
for n in (1, 20):
    mu, logvar = (torch.randn(n).requires_grad_() for _ in range(2))
    code = torch.distributions.Normal(mu, (0.5 * logvar).exp())
    prior = torch.distributions.Normal(torch.zeros(n), torch.ones(n))
    value = torch.distributions.kl_divergence(code, prior).sum()
    rows.append(["kl", n, value, mu, logvar, *torch.autograd.grad(value, (mu, logvar))])
    noise = torch.randn(n)
    z = mu + (0.5 * logvar).exp() * noise
    value = (prior.log_prob(z) - torch.distributions.Normal(mu, (0.5 * logvar).exp()).log_prob(z)).sum()
    rows.append(["ratio", n, value, mu, logvar, noise, *torch.autograd.grad(value, (mu, logvar))])
    w = (100 * torch.randn(n) - 500).requires_grad_()
    value = torch.logsumexp(w, 0) - torch.tensor(float(n)).log()
    rows.append(["bound", n, value, w, *torch.autograd.grad(value, w)])
    z, e = (torch.randn(n).requires_grad_() for _ in range(2))
    value = F.mse_loss(z.detach(), e) + 0.25 * F.mse_loss(z, e.detach())
    rows.append(["vq", n, value, z, e, *torch.autograd.grad(value, (z, e))])
    z, t = torch.randn(n).requires_grad_(), torch.randn(n)
    value = F.gaussian_nll_loss(z, t, 0.09 * torch.ones(n), full=True, reduction="sum")
    rows.append(["nll", n, value, z, t, *torch.autograd.grad(value, z)])
rows = [[x for y in row for x in (numbers(y.detach().reshape(-1)) if torch.is_tensor(y) else [y])] for row in rows]
with open(HERE / "vae.csv", "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
