"""Activations, products, latency and loading in PyTorch.

Variants of activations: `functional` allocates its result, `out` writes into tensors that are kept (and calls the backward kernels
directly, of which Mish's allocates all the same), `compiled` is torch.compile of the functional form.
"""

import subprocess
import sys

import torch
import torch.nn.functional as F

import clock
import digits
import rows
import streams
import torch_nets

A = torch.ops.aten
SLOPE = torch.tensor([0.25])
# Of SELU: of its exponential, and of all.
ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
# Name: functional form, kernel into y, kernel into dx from (dy, x, y); None where PyTorch has none. A functional identity does nothing,
# so that only its copies are compared. PReLU's slope is not trained here, so leaky ReLU's kernels do its work.
ACTIVATIONS = {
    "identity": (None, lambda x, y: y.copy_(x), lambda dy, x, y, dx: dx.copy_(dy)),
    "sigmoid": (torch.sigmoid, lambda x, y: A.sigmoid.out(x, out=y),
                lambda dy, x, y, dx: A.sigmoid_backward.grad_input(dy, y, grad_input=dx)),
    "tanh": (torch.tanh, lambda x, y: A.tanh.out(x, out=y),
             lambda dy, x, y, dx: A.tanh_backward.grad_input(dy, y, grad_input=dx)),
    "relu": (torch.relu, lambda x, y: torch.clamp_min(x, 0, out=y),
             lambda dy, x, y, dx: A.threshold_backward.grad_input(dy, y, 0, grad_input=dx)),
    "leaky_relu": (F.leaky_relu, lambda x, y: A.leaky_relu.out(x, 0.01, out=y),
                   lambda dy, x, y, dx: A.leaky_relu_backward.grad_input(dy, x, 0.01, False, grad_input=dx)),
    "prelu": (lambda x: F.prelu(x, SLOPE), lambda x, y: A.leaky_relu.out(x, 0.25, out=y),
              lambda dy, x, y, dx: A.leaky_relu_backward.grad_input(dy, x, 0.25, False, grad_input=dx)),
    "elu": (F.elu, lambda x, y: A.elu.out(x, 1, 1, 1, out=y),
            lambda dy, x, y, dx: A.elu_backward.grad_input(dy, 1, 1, 1, False, x, grad_input=dx)),
    "selu": (F.selu, lambda x, y: A.elu.out(x, ALPHA, SCALE, 1, out=y),
             lambda dy, x, y, dx: A.elu_backward.grad_input(dy, ALPHA, SCALE, 1, False, x, grad_input=dx)),
    "celu": (F.celu, lambda x, y: A.celu.out(x, 1, out=y),
             lambda dy, x, y, dx: A.elu_backward.grad_input(dy, 1, 1, 1, False, x, grad_input=dx)),
    "gelu": (F.gelu, lambda x, y: A.gelu.out(x, out=y),
             lambda dy, x, y, dx: A.gelu_backward.grad_input(dy, x, grad_input=dx)),
    "silu": (F.silu, lambda x, y: A.silu.out(x, out=y),
             lambda dy, x, y, dx: A.silu_backward.grad_input(dy, x, grad_input=dx)),
    "softplus": (F.softplus, lambda x, y: A.softplus.out(x, 1, 20, out=y),
                 lambda dy, x, y, dx: A.softplus_backward.grad_input(dy, x, 1, 20, grad_input=dx)),
    "mish": (F.mish, lambda x, y: A.mish.out(x, out=y), lambda dy, x, y, dx: A.mish_backward(dy, x)),
    "hard_swish": (F.hardswish, lambda x, y: A.hardswish.out(x, out=y),
                   lambda dy, x, y, dx: A.hardswish_backward.out(dy, x, out=dx)),
    "hard_sigmoid": (F.hardsigmoid, lambda x, y: A.hardsigmoid.out(x, out=y),
                     lambda dy, x, y, dx: A.hardsigmoid_backward.grad_input(dy, x, grad_input=dx)),
    "hard_tanh": (F.hardtanh, lambda x, y: torch.clamp(x, -1, 1, out=y),
                  lambda dy, x, y, dx: A.hardtanh_backward.grad_input(dy, x, -1, 1, grad_input=dx)),
    "relu6": (F.relu6, lambda x, y: torch.clamp(x, 0, 6, out=y),
              lambda dy, x, y, dx: A.hardtanh_backward.grad_input(dy, x, 0, 6, grad_input=dx)),
    "threshold": (lambda x: F.threshold(x, 1.0, 0.0), lambda x, y: A.threshold.out(x, 1, 0, out=y),
                  lambda dy, x, y, dx: A.threshold_backward.grad_input(dy, x, 1, grad_input=dx)),
    # Its slope is drawn in training only; elsewhere leaky ReLU's kernels do its work.
    "rrelu": (lambda x: F.rrelu(x, training=False), lambda x, y: A.leaky_relu.out(x, 11 / 48, out=y),
              lambda dy, x, y, dx: A.leaky_relu_backward.grad_input(dy, x, 11 / 48, False, grad_input=dx)),
    "soft_shrink": (F.softshrink, lambda x, y: A.softshrink.out(x, 0.5, out=y),
                    lambda dy, x, y, dx: A.softshrink_backward.grad_input(dy, x, 0.5, grad_input=dx)),
    "hard_shrink": (F.hardshrink, lambda x, y: A.hardshrink.out(x, 0.5, out=y),
                    lambda dy, x, y, dx: A.hardshrink_backward.grad_input(dy, x, 0.5, grad_input=dx)),
    "gelu_tanh": (lambda x: F.gelu(x, approximate="tanh"), lambda x, y: A.gelu.out(x, approximate="tanh", out=y),
                  lambda dy, x, y, dx: A.gelu_backward.grad_input(dy, x, approximate="tanh", grad_input=dx)),
    "exponential": (torch.exp, lambda x, y: torch.exp(x, out=y), lambda dy, x, y, dx: torch.mul(dy, y, out=dx)),
    # Written in operations, as PyTorch has no kernel of its own for these.
    "log_sigmoid": (F.logsigmoid, None, None),
    "softsign": (F.softsign, None, None),
    "tanh_shrink": (F.tanhshrink, None, None),
    "relu2": (lambda x: F.relu(x).square(), None, None),
    "quick_gelu": (lambda x: x * torch.sigmoid(1.702 * x), None, None),
    "squareplus": (lambda x: 0.5 * (x + torch.sqrt(x * x + 4.0)), None, None),
    "sparse_plus": (lambda x: torch.where(x >= 1.0, x, 0.25 * F.relu(x + 1.0).square()), None, None),
    "sparse_sigmoid": (lambda x: torch.clamp(0.5 * x + 0.5, 0.0, 1.0), None, None),
    "gauss": (lambda x: torch.exp(-x * x), None, None),
    # The learnt ones at their first parameters, not trained here, as PReLU.
    "swish": (lambda x: x * torch.sigmoid(x), None, None),
    "pelu": (lambda x: torch.where(x > 0.0, x, torch.expm1(x)), None, None),
    "acon_c": (lambda x: x * torch.sigmoid(x), None, None),
    "snake": (lambda x: x + torch.sin(x).square(), None, None),
    "sin": (lambda x: torch.sin(30.0 * x), None, None),
    "psilu": (lambda x: x * torch.sigmoid(x), None, None),
    "pssilu": (lambda x: x * torch.sigmoid(x), None, None),
    "psoftplus": (F.softplus, None, None),
    "softmax": (lambda x: torch.softmax(x, 1), lambda x, y: A._softmax.out(x, 1, False, out=y),
                lambda dy, x, y, dx: A._softmax_backward_data.out(dy, y, 1, torch.float32, grad_input=dx)),
    "log_softmax": (lambda x: torch.log_softmax(x, 1), lambda x, y: A._log_softmax.out(x, 1, False, out=y),
                    lambda dy, x, y, dx: A._log_softmax_backward_data.out(dy, y, 1, torch.float32, out=dx)),
}  # fmt: skip


def variants():
    """Row to variants."""
    out = {}
    for name, (function, forward, _) in ACTIVATIONS.items():
        kinds = (["functional", "compiled"] if function else []) + (["out"] if forward else [])
        for row in (f"act_{name}_fwd", f"act_{name}_fwdbwd"):
            for size in rows.SIZES:
                out[f"{row}@{size}"] = kinds
    for size in rows.SIZES:
        out[f"copy@{size}"] = ["out"]
    out |= {row: ["out"] for row in rows.gemm_rows()}
    out |= {"mlp_latency": ["eager", "traced", "compiled"], "cnn_latency": ["eager", "channels-last", "traced", "compiled"]}
    return out | {"mnist_load": ["gzip+numpy"], "startup": ["import"]}


def metric(row):
    """The unit of a row of this file."""
    if row.startswith("gemm_"):
        return "GFLOP/s"
    return {"mnist_load": "ms", "startup": "ms"}.get(row, "microseconds" if row in rows.LATENCY else "elements/s")


def elementwise(args, pace):
    """One sweep forward, or one each way."""
    row, size = args.only.split("@")
    n = rows.SIZES[size]
    if row == "copy":
        x, y = torch.from_numpy(streams.uniform(1, n, -4, 4)), torch.empty(n)
        return clock.passes(pace, n, lambda: y.copy_(x), lambda y: y.double().mean())
    _, *name, kind = row.split("_")
    function, into, backward = ACTIVATIONS["_".join(name)]
    soft = name[-1] == "softmax"
    shape = (n // rows.CLASSES, rows.CLASSES) if soft else (n,)
    count = shape[0] * rows.CLASSES if soft else n
    x, dy = (torch.from_numpy(streams.uniform(s, count, *ends)).reshape(shape) for s, ends in ((1, (-4, 4)), (2, (0, 1))))
    y, dx = torch.empty_like(x), torch.empty_like(x)
    if args.variant == "compiled":
        function = torch.compile(function)

    def both():
        leaf = x.detach().requires_grad_(True)
        return torch.autograd.grad(function(leaf), leaf, dy)[0]

    def both_out():
        into(x, y)
        return backward(dy, x, y, dx)

    def forward():
        with torch.inference_mode():
            return function(x)

    out = args.variant == "out"
    call = (both_out if out else both) if kind == "fwdbwd" else (lambda: into(x, y)) if out else forward
    return clock.passes(pace, count, call, lambda r: (r[:, 0] if soft else r).double().mean())


def product(args, pace):
    """A matrix product into a matrix that is kept."""
    m, k, n, form = rows.gemm(args.only)
    a, b = (torch.from_numpy(streams.uniform(s, c, 0, 1)) for s, c in ((1, m * k), (2, k * n)))
    a = a.reshape(k, m).t() if form == "tn" else a.reshape(m, k)
    b = b.reshape(n, k).t() if form == "nt" else b.reshape(k, n)
    out = torch.empty(m, n)
    clock.passes(pace, 2 * m * k * n, lambda: torch.mm(a, b, out=out), lambda c: c.double().mean())


def latency(args, pace):
    """One example forward."""
    net = torch_nets.build(rows.LATENCY[args.only]).eval().requires_grad_(False)
    x = torch.from_numpy(digits.train(args.data, 1)[0])
    if args.variant == "channels-last":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        if args.variant == "traced":
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
        if args.variant == "compiled":
            net = torch.compile(net)
        clock.passes(pace, 1, lambda: net(x), lambda z: z.double().mean())


def load(args, pace):
    """Four files to bytes in memory."""
    while True:
        arrays = [torch.from_numpy(a.copy()) for a in digits.four(args.data)]
        if not pace.lap(1, lambda: len(arrays[0])):
            return


def start(args, pace):
    """A Python that imports torch."""
    while True:
        subprocess.run([sys.executable, "-c", "import torch"], check=True)
        if not pace.lap(1, lambda: 0):
            return


def run(args, pace):
    """The row of this file."""
    special = {"mnist_load": load, "startup": start, "mlp_latency": latency, "cnn_latency": latency}
    special.get(args.only, product if args.only.startswith("gemm_") else elementwise)(args, pace)
