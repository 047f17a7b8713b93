"""Writes activations.csv: value, first and second derivative of each activation by PyTorch's autograd in double precision.

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
}
POSITIVE = [1e-45, 1e-40, 1e-10, 1e-3, 0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0, 12.5, 20.0, 30.0, 50.0]
# Single-precision numbers, so that both types of the crate can be tested at the very same points.
POINTS = torch.tensor([-x for x in reversed(POSITIVE)] + [0.0] + POSITIVE, dtype=torch.float32).double()


def derivative(y, x):
    (d,) = torch.autograd.grad(y.sum(), x, create_graph=True, allow_unused=True)
    return torch.zeros_like(x) if d is None else d


def main():
    rows = ["name;x;f;df;d2f"]
    for name, f in ACTIVATIONS.items():
        x = POINTS.clone().requires_grad_()
        y = f(x)
        d = derivative(y, x)
        d2 = derivative(d, x) if d.requires_grad else torch.zeros_like(x)
        for values in zip(x.tolist(), y.tolist(), d.tolist(), d2.tolist()):
            rows.append(";".join([name, *map(repr, values)]))
    path = pathlib.Path(__file__).with_name("activations.csv")
    path.write_text("\n".join(rows) + "\n")
    print(f"{path.name}: {len(rows) - 1} rows, torch {torch.__version__}")


if __name__ == "__main__":
    main()
