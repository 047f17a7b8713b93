"""Layers in float64 as PyTorch computes them, running statistics and a residual net among them: the truth for the tests of nn.

    python golden/layers/make.py

writes layers, more_layers, simple_layers and row_layers.safetensors beside itself. Case LAYER/K holds tensors LAYER/K/NAME; the README says what each is. The
settings of a case (stride, momentum, ..) are vectors beside them (int64 or float64), and once more as one JSON object under the metadata key
`cases`: one key, because safetensors writes several in no fixed order.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

TENSORS, SETTINGS = {}, {}


def draw(*shape):
    """Standard normal float64."""
    return torch.randn(*shape, dtype=torch.float64)


def begin(layer, settings):
    """A new case of this layer; returns its name."""
    name = f"{layer}/{sum(key.startswith(layer + '/') for key in SETTINGS)}"
    SETTINGS[name] = settings
    keep(name, {key: torch.tensor(value, dtype=kind(value)).reshape(-1) for key, value in settings.items()})
    return name


def kind(value):
    """float64 for a fraction, int64 for counts."""
    return torch.float64 if isinstance(value, float) else torch.int64


def keep(name, tensors):
    """Stores tensors under the case's name."""
    TENSORS.update({f"{name}/{key}": value.detach().clone().contiguous() for key, value in tensors.items()})


def spread(net):
    """Random parameters, so that no weight of a norm is 1 and no bias 0."""
    with torch.no_grad():
        for key, p in net.named_parameters():
            scale = 0.3 if p.dim() > 1 else 0.5
            p.copy_(scale * draw(*p.shape) + float(p.dim() == 1 and key.endswith("weight")))
    return net


def gradients(net, x, prefix=""):
    """y = net(x), a random dy, and the gradients of <y, dy>: dx, and d/KEY for every parameter."""
    x = x.clone().requires_grad_(True)
    y = net(x)
    dy = draw(*y.shape)
    names, parameters = zip(*net.named_parameters()) if list(net.parameters()) else ((), ())
    dx, *grads = torch.autograd.grad(y, [x, *parameters], dy)
    out = {"x": x, "y": y, "dy": dy, "dx": dx} | {f"d/{key}": grad for key, grad in zip(names, grads)}
    return {prefix + key: value for key, value in out.items()}


def layer(name, net, x, **settings):
    """A layer without state: parameters, value, gradients."""
    case = begin(name, settings)
    spread(net.double())
    keep(case, net.state_dict())
    keep(case, gradients(net, x))


def batch_norm(dimensions, shape, **settings):
    """Batch 0 in training with gradients; running statistics after ten batches; then evaluation with gradients."""
    case = begin(f"batch_norm{dimensions}d", settings)
    kind = nn.BatchNorm1d if dimensions == 1 else nn.BatchNorm2d
    net = spread(kind(shape[1], **settings).double())
    scale = 0.5 + torch.rand(shape[1], dtype=torch.float64).reshape(-1, *[1] * (len(shape) - 2)) * 3
    batches = scale * draw(10, *shape) + 2 * draw(1, shape[1], *[1] * (len(shape) - 2))
    keep(case, {"weight": net.weight, "bias": net.bias, "batches": batches})
    keep(case, gradients(net, batches[0], "train/"))
    keep(case, {"running_mean_1": net.running_mean, "running_var_1": net.running_var})
    for batch in batches[1:]:
        net(batch)
    assert int(net.num_batches_tracked) == 10
    keep(case, {"running_mean_10": net.running_mean, "running_var_10": net.running_var})
    net.eval()
    keep(case, gradients(net, scale * draw(*shape), "eval/"))


def norms():
    """Batch norm in one and two dimensions, layer norm over the last axes."""
    batch_norm(1, (8, 5), momentum=0.1, eps=1e-5)
    batch_norm(1, (3, 4), momentum=0.3, eps=1e-3)
    batch_norm(1, (2, 1), momentum=1.0, eps=1e-5)  # the smallest batch there is
    batch_norm(2, (4, 3, 5, 4), momentum=0.1, eps=1e-5)
    batch_norm(2, (3, 2, 1, 3), momentum=0.25, eps=1e-3)
    batch_norm(2, (1, 4, 3, 3), momentum=0.1, eps=1e-5)  # one example: its pixels make the statistics
    for shape, normalized, eps in [((5, 7), [7], 1e-5), ((3, 2, 4, 5), [2, 4, 5], 1e-5), ((2, 3, 6), [6], 1e-2)]:
        layer("layer_norm", nn.LayerNorm(normalized, eps=eps), 2 * draw(*shape) + 1, normalized_shape=normalized, eps=eps)


def activations():
    """PReLU with one slope for all; some inputs are exactly 0, where PyTorch takes the slope of the negative side."""
    for shape in ((6, 5), (2, 3, 4, 4)):
        x = draw(*shape)
        x.view(-1)[::7] = 0
        layer("prelu", nn.PReLU(), x)


def convolutions():
    """Transposed ones: weight [in, out, kh, kw]; others [out, in, kh, kw]."""
    for x, channels, kernel, stride, padding, extra in [
        ((2, 3, 4, 5), 2, (3, 3), (1, 1), (0, 0), (0, 0)),
        ((2, 4, 7, 7), 3, (4, 4), (2, 2), (1, 1), (0, 0)),  # the DCGAN geometry: doubles the image
        ((1, 2, 3, 4), 3, (3, 2), (2, 3), (1, 0), (0, 0)),  # nothing square
        ((1, 3, 4, 4), 2, (3, 3), (2, 2), (1, 1), (1, 1)),  # output_padding
        ((2, 2, 5, 4), 2, (5, 5), (3, 1), (2, 3), (1, 0)),
        ((3, 2, 1, 1), 4, (7, 7), (1, 1), (0, 0), (0, 0)),  # one pixel to an image
    ]:
        for bias in (True, False):
            net = nn.ConvTranspose2d(x[1], channels, kernel, stride, padding, extra, bias=bias)
            layer("conv_transpose2d", net, draw(*x), stride=stride, padding=padding, output_padding=extra)
    for x, channels, kernel, stride, padding in [
        ((2, 3, 6, 5), 4, (3, 3), (1, 1), (1, 1)),
        ((2, 2, 7, 7), 3, (1, 1), (2, 2), (0, 0)),  # the skip of a residual block
        ((1, 1, 9, 8), 2, (4, 3), (3, 2), (2, 1)),
    ]:
        net = nn.Conv2d(x[1], channels, kernel, stride, padding, bias=False)
        layer("conv2d", net, draw(*x), stride=stride, padding=padding)
    for n, inputs, outputs in [(5, 7, 3), (1, 4, 6)]:
        layer("linear", nn.Linear(inputs, outputs, bias=False), draw(n, inputs))


def pools():
    """Averages count the padding (count_include_pad, PyTorch's default)."""
    for x, kernel, stride, padding in [
        ((2, 3, 6, 6), (2, 2), (2, 2), (0, 0)),
        ((1, 2, 7, 5), (3, 2), (2, 1), (1, 1)),
        ((2, 2, 6, 7), (3, 3), (2, 2), (1, 1)),
        ((1, 1, 5, 8), (4, 5), (3, 2), (2, 0)),
    ]:
        layer("avg_pool2d", nn.AvgPool2d(kernel, stride, padding), draw(*x), kernel_size=kernel, stride=stride, padding=padding)
    for x in ((2, 3, 7, 7), (3, 2, 1, 5)):
        layer("global_avg_pool2d", nn.AdaptiveAvgPool2d(1), draw(*x))


class Block(nn.Module):
    """relu(bn2(conv2(relu(bn1(conv1 x)))) + skip(x)), flatten, linear; skip is the identity, or a 1x1 convolution and batch norm."""

    def __init__(self, inputs, channels, stride, size, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        if stride != 1 or inputs != channels:
            self.skip_conv = nn.Conv2d(inputs, channels, 1, stride, bias=False)
            self.skip_bn = nn.BatchNorm2d(channels)
        self.linear = nn.Linear(channels * size * size, classes)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        skip = self.skip_bn(self.skip_conv(x)) if hasattr(self, "skip_conv") else x
        return self.linear(F.relu(y + skip).flatten(1))


def residual(shape, channels, stride, size, momentum):
    """Three SGD steps on mean cross-entropy (batch 0, 1, 2), the gradients of the first, evaluation of batch 0 after the last."""
    settings = {"stride": stride, "channels": channels, "classes": 3, "lr": 0.1, "momentum": momentum}
    case = begin("residual", settings)
    net = spread(Block(shape[1], channels, stride, size, 3).double())
    floats = lambda: {k: v for k, v in net.state_dict().items() if v.is_floating_point()}  # noqa: E731
    x, labels = draw(3, *shape), torch.randint(0, 3, (3, shape[0]))
    keep(case, {"x": x, "labels": labels} | {f"start/{k}": v for k, v in floats().items()})
    rule = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum)
    losses = []
    for step in range(3):
        rule.zero_grad()
        batch = x[step].clone().requires_grad_(True)
        logits = net(batch)
        loss = F.cross_entropy(logits, labels[step])
        loss.backward()
        losses.append(loss.detach())
        if step == 0:
            keep(case, {"logits": logits, "dx": batch.grad} | {f"d/{k}": p.grad for k, p in net.named_parameters()})
        rule.step()
    keep(case, {"losses": torch.stack(losses)} | {f"end/{k}": v for k, v in floats().items()})
    net.eval()
    batch = x[0].clone().requires_grad_(True)
    logits = net(batch)
    (dx,) = torch.autograd.grad(F.cross_entropy(logits, labels[0]), batch)
    keep(case, {"eval_logits": logits, "eval_dx": dx})


def more_norms():
    """Group, instance and RMS norm, with and without parameters; eps 0 stands for PyTorch's None."""
    for x, groups, affine in [((3, 6, 4, 2), 3, 1), ((2, 4, 3, 3), 1, 1), ((4, 6), 2, 1), ((2, 4, 2, 2), 4, 0)]:
        net = nn.GroupNorm(groups, x[1], eps=1e-4, affine=bool(affine))
        layer("group_norm", net, 2 * draw(*x) + 1, groups=groups, channels=x[1], eps=1e-4, affine=affine)
    for x, affine in [((3, 2, 4, 3), 0), ((1, 3, 1, 5), 1)]:
        net = nn.InstanceNorm2d(x[1], affine=bool(affine))
        layer("instance_norm", net, 2 * draw(*x) + 1, channels=x[1], eps=1e-5, affine=affine)
    for x, normalized, eps, affine in [((5, 7), [7], 0.0, 1), ((3, 2, 4, 5), [4, 5], 1e-3, 1), ((2, 3, 6), [6], 1e-2, 0)]:
        net = nn.RMSNorm(normalized, eps=eps or None, elementwise_affine=bool(affine))
        layer("rms_norm", net, 2 * draw(*x), normalized_shape=normalized, eps=eps, affine=affine)


class Function(nn.Module):
    """A layer without parameters."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def channels():
    """GLU and its relatives, whose gate is the activation number `gate` of the test; maxout."""
    gates = [torch.sigmoid, F.silu, F.gelu, F.relu, lambda b: b]
    for gate, function in enumerate(gates):
        for x in ((3, 6), (2, 4, 3, 2))[: 1 + (gate == 1)]:
            halves = lambda x, f=function: x.chunk(2, 1)[0] * f(x.chunk(2, 1)[1])  # noqa: E731
            layer("glu", nn.GLU(1) if gate == 0 else Function(halves), draw(*x), gate=gate)
    for x, pieces in [((4, 6), 3), ((2, 4, 3, 2), 2)]:
        layer("maxout", Function(lambda x, k=pieces: x.unflatten(1, (-1, k)).amax(2)), draw(*x), pieces=pieces)


def larger():
    """Upsampling by whole factors; mode 0 is nearest, 1 bilinear."""
    for x, scale in [((2, 2, 3, 4), (2, 2)), ((1, 3, 2, 1), (3, 2)), ((2, 1, 1, 5), (1, 4))]:
        for mode, name in enumerate(["nearest", "bilinear"]):
            layer("upsample", nn.Upsample(scale_factor=scale, mode=name), draw(*x), scale=scale, mode=mode)


def look_up(padding):
    """An embedding; x are the indices as float64, and no gradient reaches them. PyTorch's padding entry gets none either."""
    case = begin("embedding", {} if padding is None else {"padding_idx": padding})
    net = nn.Embedding(5, 3, padding_idx=padding).double()
    spread(net)
    x = torch.tensor([[0, 4, 1], [1, 1, 2]])
    y = net(x)
    dy = draw(*y.shape)
    (grad,) = torch.autograd.grad(y, [net.weight], dy)
    keep(case, net.state_dict())
    keep(case, {"x": x.double(), "y": y, "dy": dy, "dx": torch.zeros(2, 3, dtype=torch.float64), "d/weight": grad})


def parametrized():
    """Weights that other tensors make: spectral norm takes one power iteration in training, whose vectors are `after/KEY`, and none in evaluation."""
    for name, function in [("weight_norm", nn.utils.parametrizations.weight_norm), ("spectral_norm", nn.utils.parametrizations.spectral_norm)]:
        for kind, make, x in [
            (0, lambda: nn.Linear(4, 3), (5, 4)),
            (1, lambda: nn.Conv2d(2, 3, (3, 2), stride=2, padding=1), (2, 2, 5, 4)),
            (2, lambda: nn.ConvTranspose2d(2, 3, (3, 2), stride=2, padding=1, bias=False), (2, 2, 3, 4)),
        ]:
            case = begin(name, {"kind": kind})
            net = spread(function(make().double()))
            keep(case, net.state_dict())
            keep(case, gradients(net, draw(*x), "train/"))
            keep(case, {f"after/{key}": value for key, value in net.state_dict().items() if "._" in key})
            keep(case, gradients(net.eval(), draw(*x), "eval/"))


def drops():
    """What each number of x becomes where it is kept and where it is dropped, gathered over many masks; evaluation is the identity."""
    for name, make, x, p in [("dropout2d", nn.Dropout2d, (16, 6, 1, 2), 0.3), ("alpha_dropout", nn.AlphaDropout, (10, 12), 0.2)]:
        case = begin(name, {"p": p})
        x = draw(*x)
        net = make(p)
        kept, dropped = torch.full_like(x, torch.nan), torch.full_like(x, torch.nan)
        for _ in range(200):
            y = net(x)
            # Whatever is dropped becomes the same number.
            values, counts = y.flatten().unique(return_counts=True)
            gone = y == values[counts.argmax()]
            kept, dropped = torch.where(gone, kept, y), torch.where(gone, y, dropped)
        assert not (kept.isnan() | dropped.isnan()).any()
        keep(case, {"x": x, "kept": kept, "dropped": dropped})
        assert torch.equal(net.eval()(x), x)


def simple():
    """Scales and shifts, axes in another order, limits, softmax and its logarithm."""

    class Affine(nn.Module):
        def __init__(self, *shape):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.ones(shape)), nn.Parameter(torch.zeros(shape))

        def forward(self, x):
            return x * self.weight + self.bias

    for x, shape in [((3, 4), (4,)), ((2, 3, 2, 4), (3, 1, 1)), ((2, 3, 2, 4), (1, 2, 4))]:
        layer("affine", Affine(*shape), draw(*x), shape=shape)
    for x, axes in [((2, 3, 2, 4), (2, 3, 1)), ((2, 3, 2, 4), (3, 1, 2)), ((2, 3, 4), (2, 1))]:
        layer("permute", Function(lambda x, a=axes: x.permute(0, *a)), draw(*x), axes=axes)
    for low, high in [(-0.5, 0.75), (0.0, 6.0)]:
        layer("clamp", nn.Hardtanh(low, high), draw(2, 3, 4, 2), low=low, high=high)
    for log, make in enumerate([nn.Softmax, nn.LogSoftmax]):
        layer("softmax", make(1), 3 * draw(4, 5), log=log)


def of_rows():
    """PReLU with a slope a channel; k-WTA over all numbers of an example; sparsemax by sorting, as its paper has it."""
    for x, n in [((4, 3), 3), ((2, 3, 2, 4), 3)]:
        layer("prelu", nn.PReLU(n), draw(*x), groups=n)

    # The authors' SparsifyBase (github.com/a554b554/kWTA-Activation): int(sr * size) numbers stay, and all that equal the smallest of them; at least one here.
    def k_wta(x, share):
        flat = x.flatten(1)
        smallest = flat.topk(max(1, int(share * flat.shape[1])), 1).values[:, -1:]
        return (flat * (flat >= smallest)).reshape(x.shape)

    for x, fraction in [((3, 10), 0.25), ((2, 3, 2, 4), 0.5), ((2, 5), 0.01), ((4, 9), 0.4)]:
        layer("k_wta", Function(lambda x, share=fraction: k_wta(x, share)), draw(*x).round(decimals=1), fraction=fraction)

    def sparsemax(x):
        z = x.sort(1, descending=True).values
        sums, place = z.cumsum(1) - 1, torch.arange(1, x.shape[1] + 1, dtype=x.dtype)
        size = (place * z > sums).sum(1, keepdim=True)
        return (x - sums.gather(1, size - 1) / size).clamp(min=0)

    for x, scale in [((4, 5), 1), ((3, 7), 0.3), ((2, 1), 1)]:
        layer("sparsemax", Function(sparsemax), scale * draw(*x))


def save(file):
    """The cases so far, in a file of their own."""
    out = pathlib.Path(__file__).resolve().parent / file
    save_file(TENSORS, out, metadata={"cases": json.dumps(SETTINGS | {"torch": torch.__version__})})
    out.chmod(0o644)
    print(f"{file}: {len(SETTINGS)} cases, {len(TENSORS)} tensors, {out.stat().st_size} bytes")
    TENSORS.clear()
    SETTINGS.clear()


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(4)
    norms()
    activations()
    convolutions()
    pools()
    residual((6, 2, 6, 6), 2, 1, 6, 0.0)
    residual((5, 2, 7, 7), 3, 2, 4, 0.9)
    save("layers.safetensors")
    more_norms()
    channels()
    larger()
    look_up(None)
    look_up(1)
    parametrized()
    drops()
    save("more_layers.safetensors")
    simple()
    save("simple_layers.safetensors")
    of_rows()
    save("row_layers.safetensors")
