"""Networks as ONNX files, and what onnxruntime makes of them: the truth for the tests of import and export.

    python golden/onnx/make.py                 # writes the files beside itself
    python golden/onnx/make.py --check DIR     # runs what we wrote (DIR/NAME.onnx) by onnxruntime, against our outputs (DIR/ours.safetensors)

Needs torch, onnx, onnxruntime and, for the second exporter, onnxscript. NAME.onnx is the file, and cases.safetensors holds its input `NAME/x` and output
`NAME/y`. Nets of PyTorch are written by both of its exporters, NAME_script (TorchScript) and NAME_dynamo; the others are put together operator by operator.
"""

import argparse
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
CASES = {}


class Function(nn.Module):
    """Modules by name, and what is done with them."""

    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            if isinstance(module, torch.Tensor):
                self.register_buffer(name, module)
            else:
                setattr(self, name, module)

    def forward(self, x):
        return self.function(self, x)


def mlp():
    """The articles' classifier at an eighth of its widths."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 10)), (1, 28, 28)


def conv():
    """A small net of the kind of Madry et al."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 5),
    ), (1, 16, 16)  # fmt: skip


def batch_norm():
    """Batch norm of images and of vectors, an average pool with a border, other activations, dropout."""
    return nn.Sequential(
        nn.BatchNorm2d(2), nn.Conv2d(2, 6, 3, stride=2, bias=False), nn.LeakyReLU(0.2), nn.BatchNorm2d(6, eps=1e-3), nn.AvgPool2d(3, stride=2, padding=1),
        nn.ELU(1.5), nn.Conv2d(6, 8, (3, 1), padding=(1, 0)), nn.PReLU(), nn.Flatten(), nn.Linear(72, 12), nn.BatchNorm1d(12), nn.Dropout(0.3), nn.Linear(12, 4),
    ), (2, 11, 11)  # fmt: skip


def residual():
    """A block with the identity and one with a convolution beside it, and the mean of each channel at the end."""

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(x + self.conv2(x))
        x = F.relu(self.skip(x) + self.bn3(self.conv3(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).view(x.size(0), -1))

    modules = {
        "conv1": nn.Conv2d(3, 6, 3, padding=1, bias=False), "bn1": nn.BatchNorm2d(6), "conv2": nn.Conv2d(6, 6, 3, padding=1),
        "conv3": nn.Conv2d(6, 8, 3, stride=2, padding=1), "bn3": nn.BatchNorm2d(8), "skip": nn.Conv2d(6, 8, 1, stride=2), "fc": nn.Linear(8, 10),
    }  # fmt: skip
    return Function(forward, **modules), (3, 8, 8)


def normalised():
    """The standardisation of the data inside the graph."""
    mean, std = torch.tensor([0.49, 0.48, 0.44]).view(1, 3, 1, 1), torch.tensor([0.25, 0.24, 0.26]).view(1, 3, 1, 1)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))
    return Function(lambda self, x: self.net((x - self.mean) / self.std), net=net, mean=mean, std=std), (3, 8, 8)


def scaled():
    """From 0 .. 1 to -1 .. 1, of vectors; a product with a matrix and a bias beside it."""
    net = nn.Sequential(nn.Linear(20, 9), nn.Tanh())
    return Function(lambda self, x: self.net(x * 2 - 1) @ self.w + self.b, net=net, w=torch.randn(9, 4), b=torch.randn(4)), (20,)


def sigmoid():
    """A net of sigmoids."""
    return nn.Sequential(nn.Flatten(), nn.Linear(30, 14), nn.Sigmoid(), nn.Linear(14, 9), nn.Sigmoid(), nn.Linear(9, 3)), (1, 5, 6)


def shapes():
    """Arithmetic on extents before Reshape, axes that come and go, channels last before the last layer."""

    def forward(self, x):
        x = F.relu(self.conv(x.unsqueeze(1)))
        x = x.view(x.size(0), x.size(1), x.size(2) * x.size(3))
        x = x.reshape(-1, x.shape[1] * x.shape[2]).view(-1, 4, 6, 6).permute(0, 2, 3, 1).contiguous()
        return self.fc(x.view(x.shape[0], -1))

    return Function(forward, conv=nn.Conv2d(1, 4, 3), fc=nn.Linear(144, 6)), (8, 8)


def mobile():
    """Depthwise and dilated convolutions, and the activations of small nets."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU6(), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Hardswish(), nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2),
        nn.SiLU(), nn.Conv2d(8, 6, 1), nn.Hardsigmoid(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 5),
    ), (3, 8, 8)  # fmt: skip


def probabilities():
    """A softmax at the end."""
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.SELU(), nn.Linear(8, 4), nn.Softmax(1)), (1, 4, 4)


def logarithms():
    """A logarithm of a softmax at the end, as in PyTorch's example for MNIST."""
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Softplus(), nn.Linear(8, 4), nn.LogSoftmax(-1)), (1, 4, 4)


def signal():
    """A convolution along one axis."""
    return nn.Sequential(nn.Conv1d(2, 5, 3, padding=1), nn.BatchNorm1d(5), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(40, 3)), (2, 16)


NETS = [mlp, conv, batch_norm, residual, normalised, scaled, sigmoid, shapes, mobile, probabilities, logarithms, signal]


def trained(net, shape):
    """Parameters larger than PyTorch's own, so that logits are far from 0, and statistics of three batches."""
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(1.5).add_(0.1 * torch.randn(p.shape) * (p.dim() == 1))
        net.train()
        for _ in range(3):
            net(torch.rand(16, *shape))
    return net.eval()


def run(path, x):
    """What onnxruntime makes of a batch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def case(name, x):
    """Keeps input and output of a file."""
    path = HERE / f"{name}.onnx"
    onnx.checker.check_model(str(path), full_check=True)
    path.chmod(0o644)
    x = x.astype(np.float32)
    y = run(path, x.astype(np.float16) if name == "half" else x).astype(np.float32)
    CASES[f"{name}/x"], CASES[f"{name}/y"] = x, y
    model = onnx.load(path)
    ops = sorted({node.op_type for node in model.graph.node})
    print(f"{name}: {path.stat().st_size} bytes, version {model.opset_import[0].version}, largest {abs(y).max():.2f}, {' '.join(ops)}")
    assert path.stat().st_size < 100_000 and abs(y).max() > 0.3


def without_traces(path):
    """No text about the Python code that made the file: it holds paths of the machine."""
    model = onnx.load(path)
    for thing in [model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output, *model.graph.initializer, *model.graph.value_info]:
        del thing.metadata_props[:]
        thing.doc_string = ""
    onnx.save(model, path)


def from_torch():
    """Nets by both exporters, in several versions."""
    for i, make in enumerate(NETS):
        torch.manual_seed(i + 1)
        net, shape = make()
        net = trained(net, shape)
        x = torch.rand(5, *shape)
        for exporter, opset in [("script", [11, 13, 17][i % 3]), ("dynamo", [18, 20][i % 2])]:
            name = f"{make.__name__}_{exporter}"
            path = HERE / f"{name}.onnx"
            names = {"input_names": ["x"], "output_names": ["logits"], "opset_version": opset}
            if exporter == "script":
                torch.onnx.export(net, (x,), str(path), dynamo=False, dynamic_axes={"x": {0: "batch"}}, **names)
            else:
                batch = torch.export.Dim("batch", min=1, max=4096)
                torch.onnx.export(net, (x,), str(path), dynamo=True, dynamic_shapes=({0: batch},), external_data=False, **names)
            without_traces(path)
            case(name, x.numpy())
            gap = abs(net(x).detach().numpy() - CASES[f"{name}/y"]).max()
            assert gap < 1e-5, (name, gap)


def write(name, nodes, tensors, shape, classes, opset=17, kind=TensorProto.FLOAT, batch="batch"):
    """A file of these operators, its input x and its output y."""
    if isinstance(classes, int):
        classes = [classes]
    inputs = [helper.make_tensor_value_info("x", kind, [batch, *shape])]
    outputs = [helper.make_tensor_value_info("y", kind, [batch, *classes])]
    initializers = [numpy_helper.from_array(np.asarray(value), key) for key, value in tensors.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="golden")
    model.ir_version = 8
    onnx.save(model, HERE / f"{name}.onnx")


def by_hand():
    """Operators in forms that exporters of other programs write."""
    rng = np.random.default_rng(7)
    node = helper.make_node
    draw = lambda *shape: rng.normal(size=shape).astype(np.float32)  # noqa: E731
    rand = lambda *shape: rng.random(size=(4, *shape), dtype=np.float32)  # noqa: E731

    nodes = [
        node("Gemm", ["x", "a", "c"], ["h"], "first", alpha=0.5, beta=2.0),
        node("Clip", ["h", "low"], ["r"], "clip"),
        node("MatMul", ["r", "b"], ["m"], "second"),
        node("Add", ["bias", "m"], ["y"], "bias"),
    ]
    write("gemm", nodes, {"a": draw(12, 7), "c": draw(1, 7), "b": draw(7, 3), "bias": draw(3), "low": np.float32(0)}, [12], 3)
    case("gemm", rand(12))

    nodes = [
        node("Transpose", ["x"], ["t"], "to_front", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "conv.weight"], ["c"], "conv", auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Add", ["c", "shift"], ["s"], "shift"),
        node("Relu", ["s"], ["r"], "relu"),
        node("Transpose", ["r"], ["l"], "to_back", perm=[0, 2, 3, 1]),
        node("Reshape", ["l", "shape"], ["f"], "flat"),
        node("MatMul", ["f", "fc"], ["y"], "fc"),
    ]
    tensors = {"conv.weight": draw(5, 3, 3, 3), "shift": draw(1, 5, 1, 1), "shape": np.int64([-1, 80]), "fc": draw(80, 3) / 4}
    write("channels_last", nodes, tensors, [8, 8, 3], 3)
    case("channels_last", rand(8, 8, 3))

    nodes = [
        node("Pad", ["x", "pads"], ["p"], "pad"),
        node("Conv", ["p", "w1", "b1"], ["c"], "conv1", pads=[0, 1, 1, 0], kernel_shape=[3, 3], strides=[2, 1]),
        node("AveragePool", ["c"], ["a"], "mean", kernel_shape=[3, 2], strides=[1, 2], pads=[1, 1, 1, 1]),
        node("ConvTranspose", ["a", "w2", "b2"], ["d"], "larger", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 0]),
        node("MaxPool", ["d"], ["m"], "max", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=0),
        node("GlobalMaxPool", ["m"], ["g"], "top"),
        node("Flatten", ["g"], ["y"], "flat"),
    ]
    tensors = {"pads": np.int64([0, 0, 1, 0, 0, 0, 2, 1]), "w1": draw(4, 2, 3, 3), "b1": draw(4), "w2": draw(4, 3, 3, 3), "b2": draw(3)}
    write("borders", nodes, tensors, [2, 7, 8], 3, opset=13)
    case("borders", rand(2, 7, 8))

    nodes = [
        node("Cast", ["x"], ["f"], "to_float", to=TensorProto.FLOAT),
        node("Shape", ["x"], ["s"], "shape"),
        node("Slice", ["s", "zero", "one"], ["n"], "batch"),
        node("Gather", ["s", "places"], ["e"], "extents", axis=0),
        node("ReduceProd", ["e"], ["p"], "product", keepdims=1),
        node("Div", ["p", "two"], ["q"], "half"),
        node("Mul", ["q", "two"], ["t"], "twice"),
        node("Concat", ["n", "t"], ["to"], "target", axis=0),
        node("Reshape", ["f", "to"], ["v"], "reshape"),
        node("Constant", [], ["scale"], "scale", value=numpy_helper.from_array(np.float32(1 / 8))),
        node("Mul", ["v", "scale"], ["u"], "scaled"),
        node("Sub", ["one_f", "u"], ["o"], "inverted"),
        node("Gemm", ["o", "w", "b"], ["h"], "fc", transB=1),
        node("Softplus", ["h"], ["k"], "softplus"),
        node("Sum", ["k", "h", "k"], ["y"], "sum"),
    ]
    ints = {key: np.int64(value) for key, value in {"zero": [0], "one": [1], "places": [1, 2, 3], "two": [2]}.items()}
    write("arithmetic", nodes, ints | {"one_f": np.float32(1), "w": draw(4, 30), "b": draw(4)}, [2, 3, 5], 4, opset=13)
    case("arithmetic", rand(2, 3, 5))

    nodes = [
        node("Sub", ["x", "mean"], ["c"], "centred"),
        node("Reshape", ["c", "shape"], ["f"], "flat"),
        node("MatMul", ["f", "w"], ["h"], "fc"),
        node("BatchNormalization", ["h", "scale", "b", "m", "v"], ["n"], "norm", epsilon=1e-3),
        node("Mul", ["n", "n"], ["q"], "square"),
        node("LayerNormalization", ["q", "g", "z"], ["y"], "layer_norm"),
    ]
    tensors = {"mean": rand(1, 4, 5)[0], "shape": np.int64([1, -1]), "w": draw(20, 6), "scale": draw(6), "b": draw(6), "m": draw(6), "v": abs(draw(6)), "g": draw(6), "z": draw(6)}
    write("fixed_batch", nodes, tensors, [1, 4, 5], 6, batch=1)
    case("fixed_batch", rand(1, 4, 5)[:1])

    tensors = {"fc.weight": draw(6, 12).astype(np.float16), "fc.bias": draw(6).astype(np.float16)}
    write("half", [node("Gemm", ["x", "fc.weight", "fc.bias"], ["y"], "fc", transB=1)], tensors, [12], 6, kind=TensorProto.FLOAT16)
    x = rand(12).astype(np.float16)
    # The numbers are halves; what is computed of them is not rounded to halves here.
    case("half", x)
    CASES["half/y"] = x.astype(np.float32) @ tensors["fc.weight"].astype(np.float32).T + tensors["fc.bias"].astype(np.float32)


def check(folder):
    """What we wrote is sound, and onnxruntime gives our outputs."""
    ours = load_file(folder / "ours.safetensors")
    for path in sorted(folder.glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)
        y, wanted = run(path, ours[f"{path.stem}/x"]), ours[f"{path.stem}/y"]
        gap = abs(y - wanted).max()
        assert y.shape == wanted.shape and gap <= 1e-5, (path.stem, y.shape, wanted.shape, gap)
        print(f"{path.stem}: onnxruntime gives our outputs within {gap:.1e}, the largest is {abs(wanted).max():.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=pathlib.Path, metavar="DIR")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.check:
        check(arguments.check)
    else:
        from_torch()
        by_hand()
        save_file(CASES, HERE / "cases.safetensors")
        (HERE / "cases.safetensors").chmod(0o644)
