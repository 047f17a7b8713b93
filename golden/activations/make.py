"""Writes activations.csv: value, first and second derivative of each activation by PyTorch's autograd in double precision, and learnt.csv: those of
learnt ones with the gradients of their parameters.

    python make.py          (torch >= 2, CPU)

Columns: name with parameters, x, f, f', f''. Softplus gets a threshold that is never reached: PyTorch returns x itself above it.
"""
import pathlib

import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "identity": lambda x: x * 1.0,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu(0.2)": lambda x: F.leaky_relu(x, 0.2),
    "prelu": lambda x: F.prelu(x, torch.tensor([0.25], dtype=x.dtype)),
    "prelu(-0.5)": lambda x: F.prelu(x, torch.tensor([-0.5], dtype=x.dtype)),
    "elu": F.elu,
    "elu(1.5)": lambda x: F.elu(x, 1.5),
    "selu": F.selu,
    "celu": F.celu,
    "celu(1.5)": lambda x: F.celu(x, 1.5),
    "gelu": F.gelu,
    "silu": F.silu,
    "mish": F.mish,
    "softplus": lambda x: F.softplus(x, 1.0, 1e4),
    "log_sigmoid": F.logsigmoid,
    # F.hardsigmoid with its convention at the clip points; its own derivative is 1/6 in single precision, and has none.
    "hard_sigmoid": lambda x: torch.where((x > -3.0) & (x < 3.0), x / 6.0 + 0.5, (x > 0.0).to(x.dtype)),
    "hard_tanh": F.hardtanh,
    "hard_tanh(-2, 0.5)": lambda x: F.hardtanh(x, -2.0, 0.5),
    "softsign": F.softsign,
    "relu6": F.relu6,
    "relu2": lambda x: F.relu(x) ** 2,
    "rrelu": lambda x: F.rrelu(x, training=False),
    "threshold": lambda x: F.threshold(x, 1.0, 0.0),
    "threshold(-0.5, 2)": lambda x: F.threshold(x, -0.5, 2.0),
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "hard_swish": F.hardswish,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4.0)) / 2.0,
    # jax.nn.sparse_plus and its derivative
    "sparse_plus": lambda x: torch.where(x <= -1.0, 0.0, torch.where(x >= 1.0, x, (x + 1.0) ** 2 / 4.0)),
    "sparse_sigmoid": lambda x: torch.clamp(0.5 * (x + 1.0), 0.0, 1.0),
    "tanh_shrink": F.tanhshrink,
    "soft_shrink": F.softshrink,
    "soft_shrink(2)": lambda x: F.softshrink(x, 2.0),
    "hard_shrink": F.hardshrink,
    "hard_shrink(1.5)": lambda x: F.hardshrink(x, 1.5),
    "exponential": torch.exp,
    "gauss": lambda x: torch.exp(-x * x),
    "softplus(2)": lambda x: F.softplus(x, 2.0, 1e4),
    "sin": lambda x: torch.sin(30.0 * x),
    "sin(1)": torch.sin,
}


def one_per_segment(x, knots, reach, slopes, bias):
    """A linear spline: slopes[j] between knot j - 1 and knot j, `bias` at the knot next to 0 (left of it for an even number)."""
    t = torch.linspace(-reach, reach, knots, dtype=x.dtype)
    anchor = t[(knots - 1) // 2]
    y = bias + slopes[0] * 0.0
    ends = [-torch.inf, *t.tolist(), torch.inf]
    for j, slope in enumerate(slopes):
        # How much of the segment lies between the anchor and x, negative on the left.
        low, high = ends[j], ends[j + 1]
        y = y + slope * (x.clamp(low, high) - anchor.clamp(low, high))
    return y


def spline(x, p, knots, reach):
    return one_per_segment(x, knots, reach, p[:-1].clamp(-1.0, 1.0), p[-1])


def pau(x, p):
    top = sum(p[i] * x**i for i in range(6))
    return top / (1.0 + sum((p[5 + j] * x**j).abs() for j in range(1, 5)))


# Learnt ones: a function of x and its parameters, and their values. The name is that of the start, the parameters may be elsewhere.
LEARNT = {
    "prelu": (lambda x, p: torch.where(x > 0, x, p[0] * x), [0.25], [-0.5]),
    "swish": (lambda x, p: x * torch.sigmoid(p[0] * x), [1.0], [2.5], [-0.7]),
    "acon_c": (lambda x, p: (p[0] - p[1]) * x * torch.sigmoid(p[2] * (p[0] - p[1]) * x) + p[1] * x, [1.0, 0.0, 1.0], [1.2, -0.3, 1.5]),
    "pssilu": (lambda x, p: x * (torch.sigmoid(p[0] * x) - p[1]) / (1 - p[1]), [1.0, 0.0], [1.6, 0.25]),
    "psoftplus": (lambda x, p: F.softplus(p[0] * x, 1.0, 1e4) / p[0], [1.0], [3.0]),
    "pelu": (lambda x, p: torch.where(x >= 0, p[0] / p[1] * x, p[0] * torch.expm1(x.clamp(max=0.0) / p[1])), [1.0, 1.0], [0.5, 2.0]),
    "snake": (lambda x, p: x + torch.sin(p[0] * x) ** 2 / p[0], [1.0], [-2.5]),
    "apl(2)": (
        lambda x, p: F.relu(x) + p[0] * F.relu(p[2] - x) + p[1] * F.relu(p[3] - x),
        [0.0, 0.0, -2.0, 2.0],
        [0.3, -0.2, -1.1, 0.7],
    ),
    "pau": (
        pau,
        [0.02979246, 0.61837738, 2.32335207, 3.05202660, 1.48548002, 0.25103717, 1.14201226, 4.39322834, 0.87154450, 0.34720652],
        [0.1, 0.5, -0.4, 0.3, 0.2, 0.15, -1.1, 0.4, 0.7, -0.3],
    ),
    "spline(5, 2)": (
        lambda x, p: spline(x, p, 5, 2.0),
        # At the end of a clamp its gradient is 0 here, and 1 in the crate, where the start stands on one.
        [0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.0],
        [0.2, -0.6, 1.7, 0.9, -1.2, 0.4, 0.3],
    ),
}
POSITIVE = [1e-45, 1e-40, 1e-10, 1e-3, 0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0, 12.5, 20.0, 30.0, 50.0]
# Single-precision numbers, so that both types of the crate can be tested at the very same points.
POINTS = torch.tensor([-x for x in reversed(POSITIVE)] + [0.0] + POSITIVE, dtype=torch.float32).double()


def derivative(y, x):
    (d,) = torch.autograd.grad(y.sum(), x, create_graph=True, allow_unused=True)
    return torch.zeros_like(x) if d is None else d


def learnt():
    """learnt.csv: for each start, each set of parameters and each x the value, f', f'', and df/dp and df'/dp of each parameter."""
    rows = ["name;params;x;f;df;d2f;dp;ddf_dp"]
    for name, (f, *sets) in LEARNT.items():
        for start in sets:
            for point in POINTS.tolist():
                if abs(point) > 30.0 or point in KINKS.get(name, []):
                    continue
                x = torch.tensor([point], dtype=torch.float64, requires_grad=True)
                p = torch.tensor(start, dtype=torch.float64, requires_grad=True)
                y = f(x, p)
                d = derivative(y, x)
                d2 = derivative(d, x) if d.requires_grad else torch.zeros_like(x)
                dp = derivative(y, p)
                ddp = derivative(d, p) if d.requires_grad else torch.zeros_like(p)
                numbers = [[point], y.tolist(), d.tolist(), d2.tolist(), dp.tolist(), ddp.tolist()]
                rows.append(";".join([name, " ".join(map(repr, start)), *(" ".join(map(repr, n)) for n in numbers)]))
    write("learnt.csv", rows)


def write(name, rows):
    pathlib.Path(__file__).with_name(name).write_text("\n".join(rows) + "\n")
    print(f"{name}: {len(rows) - 1} rows, torch {torch.__version__}")


# Where the functions of LEARNT have kinks and PyTorch's conventions depend on how they are written.
KINKS = {"prelu": [0.0], "pelu": [0.0], "apl(2)": [-2.0, 0.0, 2.0], "spline(5, 2)": [-2.0, -1.0, 0.0, 1.0, 2.0]}


def fixed():
    """activations.csv; a learnt one is there with the parameters it starts at."""
    rows = ["name;x;f;df;d2f"]
    starts = {n: (lambda x, f=f, p=p: f(x, torch.tensor(p, dtype=x.dtype))) for n, (f, p, *_) in LEARNT.items() if n != "prelu"}
    # Their default is another size.
    starts = {n.split("(")[0] if n == "apl(2)" else n: f for n, f in starts.items()}
    starts["spline"] = F.relu
    del starts["spline(5, 2)"]
    for name, f in (ACTIVATIONS | starts).items():
        x = POINTS.clone().requires_grad_()
        y = f(x)
        d = derivative(y, x)
        d2 = derivative(d, x) if d.requires_grad else torch.zeros_like(x)
        for values in zip(x.tolist(), y.tolist(), d.tolist(), d2.tolist()):
            rows.append(";".join([name, *map(repr, values)]))
    write("activations.csv", rows)


def main():
    fixed()
    learnt()


if __name__ == "__main__":
    main()
