"""Operations and their gradients in float64, as PyTorch computes them: the truth for the tests of tensor and autograd.

    python golden/ops/make.py

writes ops.safetensors beside itself: for each case OP/K the inputs (x, w, b), the output y, a random upstream gradient dy
and the gradients dx, dw, db it gives. The parameters of a case (stride, padding, ..) are int64 vectors beside them, and
once more as one JSON object under the metadata key `cases`: one key, because safetensors writes several in no fixed order.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

TENSORS, PARAMETERS = {}, {}


def draw(*shape):
    """Standard normal float64."""
    return torch.randn(*shape, dtype=torch.float64)


def add(op, parameters, function, **inputs):
    """Record one case: the inputs, y = function(inputs), dy, and the gradient of every input."""
    name = f"{op}/{sum(key.startswith(op + '/') for key in PARAMETERS)}"
    leaves = {key: value.requires_grad_(True) for key, value in inputs.items()}
    y = function(**leaves)
    dy = draw(*y.shape)
    grads = torch.autograd.grad(y, list(leaves.values()), dy)
    case = leaves | {"y": y, "dy": dy} | {f"d{key}": grad for key, grad in zip(leaves, grads)}
    TENSORS.update({f"{name}/{key}": value.detach().clone().contiguous() for key, value in case.items()})
    TENSORS.update({f"{name}/{key}": torch.tensor(value).reshape(-1) for key, value in parameters.items()})
    PARAMETERS[name] = parameters


def convolutions():
    """Cross-correlations; w is [out, in, kh, kw] for conv2d and [in, out, kh, kw] for conv_transpose2d."""
    for x, w, stride, padding in [
        ((2, 3, 7, 6), (4, 3, 3, 3), (1, 1), (0, 0)),
        ((2, 2, 8, 8), (3, 2, 4, 4), (2, 2), (1, 1)),  # the FGSM-RS geometry
        ((1, 2, 7, 9), (3, 2, 3, 2), (2, 3), (1, 0)),  # nothing square, a last column left over
        ((2, 1, 5, 5), (2, 1, 5, 5), (1, 1), (2, 2)),  # the Madry geometry: output as large as the input
        ((2, 3, 5, 4), (4, 3, 1, 1), (1, 1), (0, 0)),  # 1x1
        ((1, 2, 6, 6), (2, 2, 3, 3), (3, 3), (2, 2)),  # padding wider than half the kernel
        ((1, 1, 4, 4), (1, 1, 4, 4), (1, 1), (0, 0)),  # one output pixel
    ]:
        kind = {"stride": stride, "padding": padding}
        add("conv2d", kind, lambda x, w, b, k=kind: F.conv2d(x, w, b, **k), x=draw(*x), w=draw(*w), b=draw(w[0]))
    for x, w, stride, padding, extra in [
        ((2, 3, 4, 5), (3, 2, 3, 3), (1, 1), (0, 0), (0, 0)),
        ((2, 4, 4, 4), (4, 3, 4, 4), (2, 2), (1, 1), (0, 0)),  # doubles the image
        ((1, 2, 3, 4), (2, 3, 3, 2), (2, 3), (1, 0), (0, 0)),
        ((1, 3, 4, 4), (3, 2, 3, 3), (2, 2), (1, 1), (1, 1)),  # output_padding
        ((2, 2, 5, 3), (2, 4, 1, 1), (1, 1), (0, 0), (0, 0)),
    ]:
        kind = {"stride": stride, "padding": padding, "output_padding": extra}
        add("conv_transpose2d", kind, lambda x, w, b, k=kind: F.conv_transpose2d(x, w, b, **k),
            x=draw(*x), w=draw(*w), b=draw(w[1]))  # fmt: skip


def pools():
    """Average pooling counts the padding, as PyTorch's default does; max pooling never picks it."""
    for x, kernel, stride, padding in [
        ((2, 3, 6, 6), (2, 2), (2, 2), (0, 0)),
        ((1, 2, 7, 5), (3, 2), (2, 1), (0, 0)),
        ((2, 2, 6, 7), (3, 3), (2, 2), (1, 1)),
        ((1, 2, 5, 5), (5, 5), (1, 1), (0, 0)),
    ]:
        kind = {"kernel_size": kernel, "stride": stride, "padding": padding}
        add("max_pool2d", kind, lambda x, k=kind: F.max_pool2d(x, **k), x=draw(*x))
        add("avg_pool2d", kind, lambda x, k=kind: F.avg_pool2d(x, **k), x=draw(*x))
    # Equal values: PyTorch sends the gradient to the first in row order.
    ties = torch.randint(0, 2, (1, 2, 6, 6)).double()
    kind = {"kernel_size": (3, 3), "stride": (2, 2), "padding": (0, 0)}
    add("max_pool2d", kind, lambda x: F.max_pool2d(x, 3, 2), x=ties)


def rows():
    """linear: y = x w^T + b, w is [out, in]; softmaxes along the last axis, one of them far out in the tails."""
    for n, inputs, outputs in [(5, 7, 3), (1, 4, 6), (8, 1, 1), (3, 16, 10)]:
        add("linear", {}, lambda x, w, b: F.linear(x, w, b), x=draw(n, inputs), w=draw(outputs, inputs), b=draw(outputs))
    for scale, shape in [(1.0, (4, 10)), (3.0, (2, 3, 5)), (300.0, (3, 6)), (1.0, (2, 1))]:
        add("softmax", {"dim": -1}, lambda x: F.softmax(x, -1), x=scale * draw(*shape))
        add("log_softmax", {"dim": -1}, lambda x: F.log_softmax(x, -1), x=scale * draw(*shape))
    add("softmax", {"dim": 1}, lambda x: F.softmax(x, 1), x=draw(2, 4, 3))
    add("log_softmax", {"dim": 1}, lambda x: F.log_softmax(x, 1), x=draw(2, 4, 3))


def shapes():
    """Reductions and broadcasts whose gradients are easy to get wrong."""
    for dim in ([0], [1], [2], [0, 2], [0, 1, 2]):
        add("sum", {"dim": dim}, lambda x, d=dim: x.sum(d, keepdim=True), x=draw(2, 3, 4))
        add("mean", {"dim": dim}, lambda x, d=dim: x.mean(d, keepdim=True), x=draw(2, 3, 4))
    for other in ((3, 4), (1, 4), (2, 1, 1), (2, 3, 1)):
        add("add", {}, lambda x, w: x + w, x=draw(2, 3, 4), w=draw(*other))
        add("mul", {}, lambda x, w: x * w, x=draw(2, 3, 4), w=draw(*other))
        add("div", {}, lambda x, w: x / w, x=draw(2, 3, 4), w=draw(*other).abs() + 0.5)
    add("matmul", {}, lambda x, w: x @ w, x=draw(3, 5), w=draw(5, 2))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(3)
    convolutions()
    pools()
    rows()
    shapes()
    out = pathlib.Path(__file__).resolve().parent / "ops.safetensors"
    save_file(TENSORS, out, metadata={"cases": json.dumps(PARAMETERS | {"torch": torch.__version__})})
    out.chmod(0o644)
    print(f"{len(PARAMETERS)} cases, {len(TENSORS)} tensors, {out.stat().st_size} bytes")
