"""Golden values for crates/optim, from PyTorch on the CPU in float64.

Run: python make.py   (writes steps.csv, gradients.csv, schedules.csv, clip.csv, transforms.csv beside itself)

gradients.csv  one row per step: the gradient every rule gets, the same for all. Column 4 is always 0, column 5 is 0 on two
               of three steps, the scales run from 1e-9 to 1e4.
steps.csv      rule variant, step, weights after that step.
schedules.csv  schedule, step counted from 0, factor on a base learning rate of 1.
clip.csv       maximal norm, norm returned, then the clipped gradient (first row of gradients.csv, cut in two tensors).
transforms.csv rule, learning rate, transformations (`>` between them), `all` or `weight` (which of the two parameters are decayed), step, then the
               weights after that step: parameter `weight` is the first four numbers, `bias` the other two; gradients as in gradients.csv.
"""

import csv
import pathlib

import torch

HERE = pathlib.Path(__file__).resolve().parent
STEPS = 100
torch.set_default_dtype(torch.float64)
torch.manual_seed(1)

START = torch.tensor([1.0, -0.5, 0.25, 2.0, -1.0, 0.125])
gradients = torch.randn(STEPS, 6)
gradients[:, 1] *= 1e-9
gradients[:, 2] *= 1e4
gradients[:, 3] *= torch.logspace(0, -6, STEPS)
gradients[:, 4] = 0.0
gradients[:, 5] *= torch.tensor([float(i % 3 == 0) for i in range(STEPS)])



class Written(torch.optim.Optimizer):
    """What PyTorch lacks, as its paper writes it: `formula(p, g, state, t, options)`."""

    def __init__(self, params, **options):
        super().__init__(params, {**self.OPTIONS, **options})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                self.formula(p, p.grad, state, state["t"], group)


class Lion(Written):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""

    OPTIONS = {"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0}

    def formula(self, p, g, state, t, o):
        beta1, beta2 = o["betas"]
        m = state.get("m", torch.zeros_like(p))
        p -= o["lr"] * (torch.sign(beta1 * m + (1 - beta1) * g) + o["weight_decay"] * p)
        state["m"] = beta2 * m + (1 - beta2) * g


class Adan(Written):
    """Xie et al. 2022, arXiv:2208.06677, algorithm 1, with the bias corrections of the authors' program and one minus the paper's betas."""

    OPTIONS = {"lr": 1e-3, "betas": (0.98, 0.92, 0.99), "eps": 1e-8, "weight_decay": 0.0}

    def formula(self, p, g, state, t, o):
        beta1, beta2, beta3 = o["betas"]
        zero = torch.zeros_like(p)
        d = g - state.get("g", g)
        m = state["m"] = beta1 * state.get("m", zero) + (1 - beta1) * g
        n = state["n"] = beta2 * state.get("n", zero) + (1 - beta2) * d
        v = state["v"] = beta3 * state.get("v", zero) + (1 - beta3) * (g + beta2 * d) ** 2
        state["g"] = g.clone()
        root = (v / (1 - beta3**t)).sqrt() + o["eps"]
        p -= o["lr"] * (m / (1 - beta1**t) + beta2 * n / (1 - beta2**t)) / root
        p /= 1 + o["lr"] * o["weight_decay"]


class OptimisticAdam(Written):
    """Daskalakis et al. 2018, arXiv:1711.00141, algorithm 1."""

    OPTIONS = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}

    def formula(self, p, g, state, t, o):
        beta1, beta2 = o["betas"]
        zero = torch.zeros_like(p)
        g = g + o["weight_decay"] * p
        m = state["m"] = beta1 * state.get("m", zero) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", zero) + (1 - beta2) * g**2
        d = m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + o["eps"])
        p -= 2 * o["lr"] * d - o["lr"] * state.get("d", zero)
        state["d"] = d


RULES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3),
    "sgd-decay": lambda p: torch.optim.SGD(p, lr=1e-3, weight_decay=0.1),
    "sgd-momentum": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9),
    "sgd-dampening": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd-nesterov": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, nesterov=True),
    "sgd-nesterov-decay": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.8, nesterov=True, weight_decay=0.05),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3),
    "adam-decay": lambda p: torch.optim.Adam(p, lr=1e-2, weight_decay=0.1),
    "adam-gan": lambda p: torch.optim.Adam(p, lr=2e-4, betas=(0.5, 0.999)),
    "adam-no-memory": lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.0, 0.9), eps=1e-4),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3),
    "adamw-strong": lambda p: torch.optim.AdamW(p, lr=1e-2, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=1e-3, amsgrad=True),
    "amsgrad-decay": lambda p: torch.optim.Adam(p, lr=1e-2, betas=(0.8, 0.9), amsgrad=True, weight_decay=0.1),
    "adamax": lambda p: torch.optim.Adamax(p),
    "adamax-decay": lambda p: torch.optim.Adamax(p, lr=1e-2, betas=(0.5, 0.9), eps=1e-6, weight_decay=0.1),
    "nadam": lambda p: torch.optim.NAdam(p),
    "nadam-decay": lambda p: torch.optim.NAdam(p, lr=1e-2, betas=(0.8, 0.95), momentum_decay=0.5, weight_decay=0.1),
    "radam": lambda p: torch.optim.RAdam(p),
    "radam-decay": lambda p: torch.optim.RAdam(p, lr=1e-2, betas=(0.8, 0.95), weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-3),
    "rmsprop-momentum": lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.9, momentum=0.8, weight_decay=0.1),
    "rmsprop-centered": lambda p: torch.optim.RMSprop(p, lr=1e-3, centered=True),
    "rmsprop-both": lambda p: torch.optim.RMSprop(p, lr=1e-3, centered=True, momentum=0.9, eps=1e-4),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=1e-2),
    "adagrad-decay": lambda p: torch.optim.Adagrad(
        p, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.25, weight_decay=0.1
    ),
    "adadelta": lambda p: torch.optim.Adadelta(p),
    "adadelta-decay": lambda p: torch.optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
    "rprop": lambda p: torch.optim.Rprop(p, lr=1e-2),
    "rprop-limits": lambda p: torch.optim.Rprop(p, lr=1e-2, etas=(0.7, 1.5), step_sizes=(5e-3, 0.04)),
    "asgd": lambda p: torch.optim.ASGD(p, lr=1e-3),
    "asgd-average": lambda p: torch.optim.ASGD(p, lr=1e-3, lambd=0.1, alpha=0.5, t0=10, weight_decay=0.01),
    "lion": lambda p: Lion(p, lr=1e-3),
    "lion-decay": lambda p: Lion(p, lr=1e-2, betas=(0.95, 0.98), weight_decay=0.3),
    "adan": lambda p: Adan(p, lr=1e-3),
    "adan-decay": lambda p: Adan(p, lr=1e-2, betas=(0.9, 0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "optimistic-adam": lambda p: OptimisticAdam(p, lr=1e-3),
    "optimistic-adam-decay": lambda p: OptimisticAdam(p, lr=1e-2, betas=(0.5, 0.9), weight_decay=0.1),
}


def write(name, rows):
    with open(HERE / name, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


def numbers(t):
    return [repr(float(x)) for x in t]


steps = []
for name, make in RULES.items():
    w = START.clone().requires_grad_()
    rule = make([w])
    for i in range(STEPS):
        w.grad = gradients[i].clone()
        rule.step()
        if i < 5 or i % 5 == 4:
            steps.append([name, i + 1, *numbers(w.detach())])
write("gradients.csv", [numbers(g) for g in gradients])
write("steps.csv", [["start", 0, *numbers(START)], *steps])

SCHEDULES = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=10, gamma=0.5),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=60, eta_min=0.05),
}
rows = []
for name, make in SCHEDULES.items():
    p = torch.zeros(1, requires_grad=True)
    o = torch.optim.SGD([p], lr=1.0)
    s = make(o)
    for k in range(60):
        rows.append([name, k, repr(float(o.param_groups[0]["lr"]))])
        o.step()
        s.step()
write("schedules.csv", rows)

rows = []
for limit in (0.5, 10.0, 1e9):
    a, b = torch.zeros(2, requires_grad=True), torch.zeros(4, requires_grad=True)
    a.grad, b.grad = gradients[0, :2].clone(), gradients[0, 2:].clone()
    norm = torch.nn.utils.clip_grad_norm_([a, b], limit)
    rows.append([limit, repr(float(norm)), *numbers(a.grad), *numbers(b.grad)])
write("clip.csv", rows)

# One transformation each, by PyTorch's own functions where it has them; `decayed` are the parameters that penalties and decay act on.
def clip_value(limit, params, decayed, lr):
    torch.nn.utils.clip_grad_value_(params, limit)


def clip_norm(limit, params, decayed, lr):
    torch.nn.utils.clip_grad_norm_(params, limit)


def clip_layer(limit, params, decayed, lr):
    for p in params:
        torch.nn.utils.clip_grad_norm_([p], limit)


def l1(weight, params, decayed, lr):
    for p in decayed:
        p.grad += weight * p.detach().sign()


def l2(weight, params, decayed, lr):
    for p in decayed:
        p.grad += weight * p.detach()


def decay(rate, params, decayed, lr):
    for p in decayed:
        p.data.mul_(1 - lr * rate)


TRANSFORMS = {
    "clip-value(limit": clip_value,
    "clip-norm(max": clip_norm,
    "clip-layer(max": clip_layer,
    "l1(weight": l1,
    "l2(weight": l2,
    "weight-decay(rate": decay,
}
SGD = ("sgd(momentum=0.9)", 1e-3, lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9))
ADAM = ("adam", 1e-2, lambda p: torch.optim.Adam(p, lr=1e-2))
CHAINS = [
    (SGD, "clip-value(limit=0.5)", "all"),
    (SGD, "clip-norm(max=1)", "all"),
    (SGD, "clip-layer(max=0.7)", "all"),
    (SGD, "clip-value(limit=0.5) > clip-norm(max=0.6)", "all"),
    (SGD, "clip-norm(max=0.6) > clip-value(limit=0.5)", "all"),
    (SGD, "clip-norm(max=2) > l2(weight=0.3) > clip-norm(max=1)", "all"),
    (SGD, "clip-layer(max=2) > l1(weight=0.1) > clip-norm(max=1.5) > clip-layer(max=0.9)", "weight"),
    (ADAM, "l2(weight=0.1)", "all"),
    (ADAM, "l1(weight=0.05) > l2(weight=0.1)", "weight"),
    (ADAM, "weight-decay(rate=0.3)", "all"),
    (ADAM, "clip-norm(max=1) > weight-decay(rate=0.3) > l1(weight=0.01)", "weight"),
]
rows = []
for (rule, lr, make), chain, which in CHAINS:
    params = [START[:4].clone().requires_grad_(), START[4:].clone().requires_grad_()]
    decayed = params if which == "all" else params[:1]
    step = make(params)
    for i in range(STEPS):
        for p, g in zip(params, (gradients[i, :4], gradients[i, 4:])):
            p.grad = g.clone()
        for link in chain.split(" > "):
            name, value = link.rstrip(")").split("=")
            TRANSFORMS[name](float(value), params, decayed, lr)
        step.step()
        if i < 3 or i % 20 == 19:
            rows.append([rule, lr, chain, which, i + 1, *numbers(torch.cat(params).detach())])
write("transforms.csv", rows)
