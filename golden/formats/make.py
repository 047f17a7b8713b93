"""Nets saved by PyTorch, and their logits: the truth for the tests of weights that are read through a network's TOML file.

    python golden/formats/make.py                 # writes the files beside itself
    python golden/formats/make.py --check DIR     # loads what we wrote (DIR/NET.safetensors, DIR/NET.npz) by load_state_dict(strict=True), and compares

Each net has NET.toml (the network, written by hand) and its state dict as NET.safetensors and NET.npz; cases.safetensors holds x and the logits at x.
`half` is `madry` in float16 and bfloat16, `double` is `named` in float64; the logits of `half` are those of its rounded numbers in float32.
"""

import argparse
import pathlib

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


class Standardised(nn.Module):
    """What transforms.Normalize does to the images before the net sees them; no parameter, no name."""

    def __init__(self, net, mean, std):
        super().__init__()
        self.net, self.mean, self.std = net, mean, std

    def forward(self, x):
        return self.net((x - self.mean) / self.std)


def mlp():
    """The articles' classifier at an eighth of its widths."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 10))


def madry():
    """The MNIST net of Madry et al. at an eighth of its widths."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(392, 32), nn.ReLU(), nn.Linear(32, 10),
    )  # fmt: skip


def batch_norm():
    """Batch norm of images and of vectors, an average pool, a leaky ReLU, a learnt slope; statistics of four batches."""
    net = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, bias=False), nn.BatchNorm2d(6), nn.LeakyReLU(0.2), nn.AvgPool2d(3, stride=2, padding=1),
        nn.Conv2d(6, 8, (3, 1), padding=(1, 0)), nn.BatchNorm2d(8, eps=1e-3), nn.PReLU(), nn.Flatten(), nn.Linear(392, 12), nn.BatchNorm1d(12),
        nn.SiLU(), nn.Dropout(0.3), nn.Linear(12, 10),
    )  # fmt: skip
    net.train()
    for _ in range(4):
        net(torch.rand(16, 1, 28, 28))
    return net


class Named(nn.Module):
    """Modules in modules, a sum and a concatenation."""

    def __init__(self):
        super().__init__()
        self.feature_extractor = nn.ModuleDict({"conv1": nn.Conv2d(1, 4, 5, stride=3), "norm": nn.LayerNorm([4, 8, 8])})
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.GELU())
        self.fc = nn.Linear(256 + 256, 10)

    def forward(self, x):
        x = self.feature_extractor["norm"](self.feature_extractor["conv1"](x)).relu()
        return self.fc(torch.cat([x + self.block(x), x], dim=1).flatten(1))


def layers():
    """Group, instance and RMS norm, spectral and weight norm, a gated unit, upsampling, dropout of channels and of SELU networks."""
    spectral, weight = nn.utils.parametrizations.spectral_norm, nn.utils.parametrizations.weight_norm
    return nn.Sequential(
        spectral(nn.Conv2d(1, 4, 3, stride=2, padding=1)), nn.GroupNorm(2, 4), nn.ReLU(), nn.Dropout2d(0.2), nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.MaxPool2d(4), nn.InstanceNorm2d(4, affine=True), weight(nn.Conv2d(4, 8, 3)), nn.GLU(1), nn.RMSNorm([5, 5]), nn.Flatten(), nn.AlphaDropout(0.1),
        weight(nn.Linear(100, 16)), nn.SELU(), spectral(nn.Linear(16, 10)),
    )  # fmt: skip


NETS = {"mlp": mlp, "madry": madry, "batch_norm": batch_norm, "named": Named, "layers": layers}


def build(name):
    """The net in evaluation, with parameters larger than PyTorch's own, so that logits are far from 0."""
    torch.manual_seed(sum(map(ord, name)))
    net = NETS[name]()
    with torch.no_grad():
        for key, p in net.named_parameters():
            p.mul_(1.5).add_(0.1 * torch.randn(p.shape) * (p.dim() == 1))
    return net.eval()


def save(file, tensors):
    """Without metadata: equal runs write equal files."""
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, HERE / f"{file}.safetensors")
    (HERE / f"{file}.safetensors").chmod(0o644)


def cases(file, net):
    """Inputs with zeros as digits have them, and the logits there."""
    generator = torch.Generator().manual_seed(3)
    x = (torch.rand(8, 1, 28, 28, generator=generator) - 0.5).clamp_min(0) * 2
    net = Standardised(net, 0.1307, 0.3081) if file == "madry" else net
    with torch.no_grad():
        logits = net(x)
        gap = (net.double()(x.double()) - logits).abs().max().item()
    net.float()
    print(f"{file}: largest logit {logits.abs().max():.3f}, float32 against float64 {gap:.1e}")
    return x, logits


def write():
    """All files."""
    nets = {name: build(name) for name in NETS}
    logits = {}
    for name, net in nets.items():
        save(name, net.state_dict())
        np.savez(HERE / f"{name}.npz", **{key: value.numpy() for key, value in net.state_dict().items()})
        x, logits[name] = cases(name, net)
    kinds = [torch.float16, torch.bfloat16]
    half = {key: value.to(kinds[i % 2]) for i, (key, value) in enumerate(nets["madry"].state_dict().items())}
    save("half", half)
    nets["madry"].load_state_dict({key: value.float() for key, value in half.items()})
    logits["half"] = cases("madry", nets["madry"])[1]
    np.savez_compressed(HERE / "half.npz", **{key: value.half().numpy() for key, value in half.items()})
    nets["madry"].load_state_dict({key: value.half().float() for key, value in half.items()})
    logits["half_npz"] = cases("madry", nets["madry"])[1]
    double = {key: value.double() for key, value in nets["named"].state_dict().items()}
    double["fc.bias"] += 1e-9
    save("double", double)
    save("cases", {"x": x} | logits)


def check(folder):
    """What we wrote loads, strictly, and gives the logits."""
    expected = load_file(HERE / "cases.safetensors")
    for name in NETS:
        files = {"safetensors": load_file(folder / f"{name}.safetensors")}
        with np.load(folder / f"{name}.npz") as arrays:
            files["npz"] = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
        for kind, tensors in files.items():
            net = NETS[name]()
            net.load_state_dict(tensors, strict=True)
            net.eval()
            for key, value in load_file(HERE / f"{name}.safetensors").items():
                assert "num_batches_tracked" in key or torch.equal(net.state_dict()[key], value), (name, kind, key)
            net = Standardised(net, 0.1307, 0.3081) if name == "madry" else net
            with torch.no_grad():
                gap = (net(expected["x"]) - expected[name]).abs().max().item()
            assert gap <= 1e-5, (name, kind, gap)
            print(f"{name}.{kind}: loads strictly, logits within {gap:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=pathlib.Path, metavar="DIR")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.check:
        check(arguments.check)
    else:
        write()
