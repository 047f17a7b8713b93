"""Golden values for crates/optim, from PyTorch on the CPU in float64.

Run: python make.py   (writes steps.csv, gradients.csv, schedules.csv, plateau.csv, clip.csv, transforms.csv beside itself)

gradients.csv  one row per step: the gradient every rule gets, the same for all. Column 4 is always 0, column 5 is 0 on two
               of three steps, the scales run from 1e-9 to 1e4.
steps.csv      rule variant, step, weights after that step.
schedules.csv  schedule; its factor in each of 70 steps.
plateau.csv    figures of 60 epochs; then schedule; which figures are better; the rate after each epoch, from 0.8.
lbfgs.csv      history, iterations, then x: torch.optim.LBFGS with strong Wolfe conditions on Rosenbrock's function.
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


class Lamb(Written):
    """You et al. 2020, arXiv:1904.00962, algorithm 2, with the trust ratio 1 where a norm is 0, as in the authors' program; the parameter is one layer."""

    OPTIONS = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-6, "weight_decay": 0.0}

    def formula(self, p, g, state, t, o):
        beta1, beta2 = o["betas"]
        zero = torch.zeros_like(p)
        m = state["m"] = beta1 * state.get("m", zero) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", zero) + (1 - beta2) * g**2
        u = m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + o["eps"]) + o["weight_decay"] * p
        size, length = p.norm(), u.norm()
        ratio = size / length if size > 0 and length > 0 else 1.0
        p -= o["lr"] * ratio * u


class Muon:
    """PyTorch's own Muon on a matrix, its iteration in float64 instead of bfloat16."""

    def __init__(self, p, shape, **options):
        self.p, self.shape = p[0], shape
        self.own = p[0].detach().reshape(shape).requires_grad_()
        self.rule = torch.optim.Muon([self.own], **options)

    def step(self):
        bfloat16, torch.bfloat16 = torch.bfloat16, torch.float64
        self.own.grad = self.p.grad.reshape(self.shape)
        self.rule.step()
        torch.bfloat16 = bfloat16


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
    "lamb": lambda p: Lamb(p, lr=1e-2),
    "lamb-decay": lambda p: Lamb(p, lr=1e-2, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.3),
    "muon-2x3": lambda p: Muon(p, (2, 3), lr=1e-2),
    "muon-3x2": lambda p: Muon(p, (3, 2), lr=1e-2, momentum=0.8, nesterov=False, weight_decay=0.0),
    "muon-vector": lambda p: torch.optim.AdamW(p, lr=1e-2, betas=(0.9, 0.95), weight_decay=0.1),
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
        if i < 3 or i % 10 == 9:
            steps.append([name, i + 1, *numbers(w.detach())])
write("gradients.csv", [numbers(g) for g in gradients])
write("steps.csv", [["start", 0, *numbers(START)], *steps])

PROGRESS = 70
L = torch.optim.lr_scheduler


def noam(step):
    """Vaswani et al. 2017, section 5.3, over its peak; steps from 1."""
    d, w, s = 512, 7, step + 1
    return d**-0.5 * min(s**-0.5, s * w**-1.5) * (d * w) ** 0.5


# What the crate reads, and the same in PyTorch over as many steps.
SCHEDULES = {
    "constant": lambda o: L.ConstantLR(o, factor=1.0),
    "step(gamma=0.5, every=1/7)": lambda o: L.StepLR(o, step_size=10, gamma=0.5),
    "multistep(at=0.3|0.5|0.9, gamma=0.2)": lambda o: L.MultiStepLR(o, milestones=[21, 35, 63], gamma=0.2),
    "cosine(floor=0.05)": lambda o: L.CosineAnnealingLR(o, T_max=PROGRESS, eta_min=0.05),
    "linear(start=0.25, end=0.75)": lambda o: L.LinearLR(o, 0.25, 0.75, total_iters=PROGRESS),
    "exponential(end=0.02)": lambda o: L.ExponentialLR(o, gamma=0.02 ** (1 / PROGRESS)),
    "polynomial": lambda o: L.PolynomialLR(o, total_iters=PROGRESS),
    "polynomial(power=0.5)": lambda o: L.PolynomialLR(o, total_iters=PROGRESS, power=0.5),
    "warm-restarts(floor=0.1)": lambda o: L.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.1),
    "warm-restarts(cycles=7, growth=1)": lambda o: L.CosineAnnealingWarmRestarts(o, T_0=10),
    "cyclic(cycles=5, low=0.2)": lambda o: L.CyclicLR(o, 0.2, 1.0, step_size_up=7, cycle_momentum=False),
    "cyclic(cycles=7, low=0.1, rise=0.3, decay=0.5)": lambda o: L.CyclicLR(
        o, 0.1, 1.0, step_size_up=3, step_size_down=7, mode="triangular2", cycle_momentum=False
    ),
    "one-cycle-cosine": lambda o: L.OneCycleLR(o, 1.0, total_steps=PROGRESS, cycle_momentum=False),
    "one-cycle-cosine(top=0.4, start=0.1, end=0.001)": lambda o: L.OneCycleLR(
        o, 1.0, total_steps=PROGRESS, pct_start=0.4, div_factor=10, final_div_factor=100, cycle_momentum=False
    ),
    "noam": lambda o: L.LambdaLR(o, noam),
    "sequence(0.1=linear(start=0.2), 0.6=step(gamma=0.5, every=0.2), 1=cosine(floor=0.1))": lambda o: L.SequentialLR(
        o,
        [L.LinearLR(o, 0.2, total_iters=7), L.StepLR(o, 7, gamma=0.5), L.CosineAnnealingLR(o, 28, eta_min=0.1)],
        milestones=[7, 42],
    ),
}
lines = []
for text, make in SCHEDULES.items():
    p = torch.zeros(1, requires_grad=True)
    o = torch.optim.SGD([p], lr=1.0)
    s = make(o)
    factors = []
    for k in range(PROGRESS):
        factors.append(repr(float(o.param_groups[0]["lr"])))
        o.step()
        if k + 1 < PROGRESS:
            s.step()
    lines.append(text + ";" + ",".join(factors))
(HERE / "schedules.csv").write_text("\n".join(lines) + "\n")

# Figures of epochs that improve, stay, come back and grow noisy, and the rate after each.
PLATEAUS = [
    ("plateau(patience=2)", "min", dict(patience=2)),
    ("plateau(factor=0.5, patience=0, threshold=0.05, cooldown=2, min_lr=0.01)", "min", dict(factor=0.5, patience=0, threshold=0.05, cooldown=2, min_lr=0.01)),
    ("plateau(factor=0.3, patience=1, threshold=0, cooldown=3)", "max", dict(factor=0.3, patience=1, threshold=0.0, cooldown=3)),
    ("plateau(factor=0.01, patience=1, min_lr=1e-8)", "max", dict(factor=0.01, patience=1, min_lr=1e-8)),
]
generator = torch.Generator().manual_seed(7)
figures = [float(1.0 / (1 + k) ** 0.5 + 0.2 * torch.rand(1, generator=generator)) for k in range(60)]
figures[5] = figures[4]
figures[11] = float("nan")
lines = [",".join(repr(v) for v in figures)]
for text, mode, options in PLATEAUS:
    o = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    s = L.ReduceLROnPlateau(o, mode=mode, **options)
    rates = []
    for v in figures:
        s.step(v)
        rates.append(repr(float(o.param_groups[0]["lr"])))
    lines.append(f"{text};{mode};" + ",".join(rates))
(HERE / "plateau.csv").write_text("\n".join(lines) + "\n")

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


def elastic_net(l2, params, decayed, lr):
    for p in decayed:
        p.grad += 0.02 * p.detach().sign() + l2 * p.detach()


def orthogonal(weight, params, decayed, lr):
    """Through autograd: weight * ||W W^T - 1||^2 of matrices."""
    for p in decayed:
        if len(p) == 4:
            w = p.detach().reshape(2, 2).requires_grad_()
            (weight * ((w @ w.T - torch.eye(2)) ** 2).sum()).backward()
            p.grad += w.grad.reshape(4)


def agc(clipping, params, decayed, lr):
    """Brock et al. 2021, arXiv:2102.06171, with the authors' norms: of a row of a matrix, of the whole of a vector."""
    for p in params:
        rows = (2, 2) if len(p) == 4 else (1, 2)
        w, g = p.detach().reshape(rows), p.grad.reshape(rows)
        size = w.norm(dim=1, keepdim=True).clamp(min=1e-3)
        length = g.norm(dim=1, keepdim=True)
        clipped = g * (clipping * size / length.clamp(min=1e-6))
        p.grad = torch.where(length > clipping * size, clipped, g).reshape(p.shape)


def max_norm(limit, params, decayed, state):
    for p in decayed:
        rows = (2, 2) if len(p) == 4 else (1, 2)
        p.data = torch.renorm(p.detach().reshape(rows), 2, 0, limit).reshape(p.shape)


def lookahead(k, params, decayed, state):
    """Zhang et al. 2019, arXiv:1907.08610, with alpha 0.5."""
    state["t"] = state.get("t", 0) + 1
    if state["t"] % int(k) == 0:
        for p, slow in zip(params, state["start"]):
            slow += 0.5 * (p.detach() - slow)
            p.data = slow.clone()


AFTER = {"max-norm(max": max_norm, "lookahead(k": lookahead}
TRANSFORMS = {
    "elastic-net(l1=0.02; l2": elastic_net,
    "orthogonal(weight": orthogonal,
    "agc(clipping": agc,
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
    (SGD, "elastic-net(l1=0.02; l2=0.3)", "weight"),
    (SGD, "clip-norm(max=1) > orthogonal(weight=0.7)", "all"),
    (ADAM, "clip-norm(max=1) > orthogonal(weight=0.05) > clip-value(limit=0.4)", "weight"),
    (SGD, "agc(clipping=0.05)", "all"),
    (SGD, "l2(weight=0.3) > agc(clipping=0.2) > clip-norm(max=0.3)", "weight"),
    (SGD, "max-norm(max=0.8)", "all"),
    (ADAM, "max-norm(max=1.1)", "weight"),
    (ADAM, "lookahead(k=5)", "all"),
    (SGD, "clip-norm(max=1) > lookahead(k=3) > max-norm(max=1)", "weight"),
]
rows = []
for (rule, lr, make), chain, which in CHAINS:
    params = [START[:4].clone().requires_grad_(), START[4:].clone().requires_grad_()]
    decayed = params if which == "all" else params[:1]
    step, state = make(params), {"start": [p.detach().clone() for p in params]}
    for i in range(STEPS):
        for p, g in zip(params, (gradients[i, :4], gradients[i, 4:])):
            p.grad = g.clone()
        for link in chain.split(" > "):
            name, value = link.rstrip(")").rsplit("=", 1)
            if name not in AFTER:
                TRANSFORMS[name](float(value), params, decayed, lr)
        step.step()
        for link in chain.split(" > "):
            name, value = link.rstrip(")").rsplit("=", 1)
            if name in AFTER:
                AFTER[name](float(value), params, decayed, state)
        if i < 3 or i % 20 == 19:
            rows.append([rule, lr, chain, which, i + 1, *numbers(torch.cat(params).detach())])
write("transforms.csv", rows)

rows = []
for n, history in ((2, 100), (10, 5)):
    x = torch.tensor([-1.2 if i % 2 == 0 else 1.0 for i in range(n)]).requires_grad_()
    # One iteration a call: the state goes on.
    rule = torch.optim.LBFGS(
        [x], max_iter=1, max_eval=1000, tolerance_grad=0, tolerance_change=0, history_size=history, line_search_fn="strong_wolfe"
    )

    def closure():
        rule.zero_grad()
        loss = (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
        loss.backward()
        return loss

    for k in range(30):
        rule.step(closure)
        rows.append([history, k + 1, *numbers(x.detach())])
write("lbfgs.csv", rows)
