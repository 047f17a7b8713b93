"""Writes rows.csv: activations of rows and Jacobian-transposed products by PyTorch's autograd in double precision.

    python make_rows.py          (torch >= 2, CPU)

Columns: name with parameters, and, numbers with spaces between them: row x, y, upstream gradient dy, dx. Every x is a single-precision number, so that both types of the crate can be
tested at the same points. PyTorch has no sparsemax, k-WTA and maxout: the first two are written as their authors have them, maxout is its max_pool1d, whose gradient goes to the first
of the largest.
"""
import pathlib

import torch
import torch.nn.functional as F


def gated(gate):
    def unit(x):
        a, b = x.chunk(2)
        return a * gate(b)

    return unit


def maxout(pieces):
    return lambda x: F.max_pool1d(x[None, None], pieces)[0, 0]


def sparsemax(x):
    z = x.sort(descending=True).values
    sums, place = z.cumsum(0) - 1, torch.arange(1, len(x) + 1, dtype=x.dtype)
    size = (place * z > sums).sum()
    return (x - sums[size - 1] / size).clamp(min=0)


def k_wta(share):
    # The authors' SparsifyBase (github.com/a554b554/kWTA-Activation): int(sr * size) numbers stay, and all that equal the smallest of them; at least one here.
    def winners(x):
        smallest = x.topk(max(1, int(share * len(x)))).values[-1]
        return x * (x >= smallest)

    return winners


ROWS = {
    "softmax": lambda x: F.softmax(x, 0),
    "log_softmax": lambda x: F.log_softmax(x, 0),
    "sparsemax": sparsemax,
    "glu": lambda x: F.glu(x, 0),
    "reglu": gated(F.relu),
    "geglu": gated(F.gelu),
    "swiglu": gated(F.silu),
    "maxout": maxout(2),
    "maxout(3)": maxout(3),
    "k_wta": k_wta(0.1),
    "k_wta(0.5)": k_wta(0.5),
}
WIDTHS = [6, 12, 24]
SCALES = [0.1, 1.0, 10.0, 300.0]


def main():
    rows = ["name;x;y;dy;dx"]
    for name, f in ROWS.items():
        torch.manual_seed(14)
        rounded = [torch.randn(width).round(decimals=1) for width in WIDTHS]
        drawn = [scale * torch.randn(width) for width in WIDTHS for scale in SCALES]
        # Of the rounded ones some numbers are equal: no kinks of k-WTA, of which all stay, and of maxout the first counts. Sparsemax has a kink where a number is the threshold.
        for x in (drawn if name == "sparsemax" else rounded + drawn):
            x = x.double().requires_grad_()
            y = f(x)
            dy = torch.randn(len(y)).double()
            (dx,) = torch.autograd.grad(y, x, dy)
            # What is not used has the gradient −0 or 0.
            numbers = [x.tolist(), y.tolist(), dy.tolist(), (dx + 0.0).tolist()]
            rows.append(";".join([name, *(" ".join(map(repr, n)) for n in numbers)]))
    pathlib.Path(__file__).with_name("rows.csv").write_text("\n".join(rows) + "\n")
    print(f"rows.csv: {len(rows) - 1} rows, torch {torch.__version__}")


if __name__ == "__main__":
    main()
