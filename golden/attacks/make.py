"""Two small trained nets and what PyTorch's attacks make of them: the truth for the tests of attacks on exported weights.

    python golden/attacks/make.py --data DIR

writes mlp.safetensors, mlp_cases.safetensors, fgsm_rs.safetensors and fgsm_rs_cases.safetensors beside itself.
Everything is float32 on one thread with fixed seeds; the README says what each tensor is.
"""

import argparse
import json
import os
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recipes"))

import fgsm_rs  # noqa: E402
import mnist  # noqa: E402
import nets  # noqa: E402
from attack import accuracy, input_gradient  # noqa: E402

N, EPS, STEP = 32, 0.3, 0.01
L2_EPS, L2_STEP = 2.0, 0.2


def train_mlp(x, y):
    """One epoch of Adam 1e-3, batch 128: not too sure of itself, so its gradients stay far from rounding noise."""
    torch.manual_seed(11)
    net = nets.mlp()
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    for index in mnist.batches(len(y), 128):
        optimiser.zero_grad()
        F.cross_entropy(net(x[index]), y[index]).backward()
        optimiser.step()
    return net


def linf(net, x, y, start, steps):
    """Iterate `steps` of L-inf PGD: step, into the ball around x, into the box."""
    adv = start
    for _ in range(steps):
        _, grad = input_gradient(net, adv, y)
        adv = torch.max(torch.min(adv + STEP * grad.sign(), x + EPS), x - EPS).clamp(0, 1)
    return adv


def length(t):
    """Euclidean length of each example, shaped to divide it."""
    return t.flatten(1).norm(dim=1).view(-1, 1, 1, 1)


def into_l2(x, adv):
    """Into the L2 ball around x, then into the box (which contains x, so this never lengthens the change)."""
    delta = adv - x
    return (x + delta * (L2_EPS / length(delta).clamp_min(L2_EPS))).clamp(0, 1)


def l2(net, x, y, start, steps):
    """Iterate `steps` of L2 PGD: step along g / |g|, into the ball around x, into the box."""
    adv = start
    for _ in range(steps):
        _, grad = input_gradient(net, adv, y)
        adv = into_l2(x, adv + L2_STEP * grad / length(grad).clamp_min(1e-30))
    return adv


def cases(net, x, y):
    """All tensors of one net, in the dtype of x."""
    loss = lambda a: F.cross_entropy(net(a), y, reduction="none").detach()  # noqa: E731
    logits, grad = input_gradient(net, x, y)
    generator = torch.Generator().manual_seed(5)
    noise = torch.rand(x.shape, generator=generator) * (2 * EPS) - EPS
    start = (x + noise.to(x.dtype)).clamp(0, 1)
    out = {"x": x, "labels": y, "logits": logits, "grad": grad, "fgsm": (x + EPS * grad.sign()).clamp(0, 1), "start": start}
    out |= {"linf_1": linf(net, x, y, start, 1), "linf_10": linf(net, x, y, start, 10)}
    # The start lies outside the L2 ball: brought to its rim, so that the projection has work to do from the first step.
    l2_start = into_l2(x, start)
    out |= {"l2_start": l2_start, "l2_1": l2(net, x, y, l2_start, 1), "l2_10": l2(net, x, y, l2_start, 10)}
    out |= {f"loss_{name}": loss(out[name]) for name in ("x", "fgsm", "linf_10", "l2_10")}
    return out


def write(name, net, test_x, test_y):
    """Write the two files of a net; print how far its cases are from being a matter of rounding."""
    x, y = test_x[:N].clone(), test_y[:N].clone()
    got = cases(net, x, y)
    exact = cases(net.double(), x.double(), y)
    net.float()
    pixels = {k: ((got[k].double() - exact[k]).abs() <= 1e-5).double().mean().item() for k in ("fgsm", "linf_1", "linf_10")}
    gap = {k: (got[k].double() - exact[k]).abs().max().item() for k in ("logits", "grad", "l2_1", "l2_10")}
    print(json.dumps({"net": name, "test_accuracy": accuracy(net, test_x, test_y), "equal_pixels_f32_f64": pixels,
                      "max_gap_f32_f64": gap, "zero_gradients": (got["grad"] == 0).double().mean().item()}))  # fmt: skip
    for key in ("x", "fgsm", "linf_10", "l2_10"):
        print(f"  {name} loss at {key}: {got['loss_' + key].mean().item():.4f}")
    assert min(pixels.values()) >= 0.9995, "the cases hang on rounding: choose another seed"
    about = {"eps": EPS, "step": STEP, "l2_eps": L2_EPS, "l2_step": L2_STEP, "gradient_of": "sum of cross-entropies", "torch": torch.__version__}
    for file, tensors in ((f"{name}.safetensors", net.state_dict()), (f"{name}_cases.safetensors", got)):
        # One metadata key: safetensors writes several in no fixed order, and equal runs shall write equal files.
        save_file({k: v.detach().contiguous() for k, v in tensors.items()}, HERE / file, metadata={"about": json.dumps(about)})
        (HERE / file).chmod(0o644)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.path.join(os.environ.get("SPARRING_DATA", "data"), "mnist"))
    folder = parser.parse_args().data
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    x, y, test_x, test_y = mnist.load(folder)
    write("mlp", train_mlp(x, y), test_x, test_y)
    write("fgsm_rs", fgsm_rs.train(12, x, y, epochs=1)[0], test_x, test_y)
