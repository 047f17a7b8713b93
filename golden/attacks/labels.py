"""Sizes of what Foolbox's attacks by labels alone find on the stored nets, from given starts.

    python golden/attacks/labels.py

Of each net the first 12 images of NET_cases.safetensors that it gets right; each starts at the next of them, around the end, that is of another class. Prints the
median sizes, which stand in crates/train/tests/golden_labels.rs. The walks are random: other seeds move a median by a few percent. Everything is float32 on one thread.

Foolbox 3.3.4 divides the normals that HopSkipJump estimates by their length over the whole batch, so that steps in L2 shrink with the number of images (a median of 3.88 in place of
3.43 on fgsm_rs). So there every image is run by itself.
"""

import json
import pathlib
import sys

import foolbox as fb
import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recipes"))
import nets  # noqa: E402

N = 12
HSJ_STEPS, BOUNDARY_STEPS = 16, 3000


def sizes(x, adv, norm):
    delta = (adv - x).flatten(1)
    return delta.norm(dim=1) if norm == "l2" else delta.abs().amax(dim=1)


def near(net, x, y, start):
    """The start brought towards its image by ten halvings, as the walk along the boundary begins here."""
    low, high = torch.zeros(len(x)), torch.ones(len(x))
    at = lambda share: x + share.view(-1, 1, 1, 1) * (start - x)  # noqa: E731
    for _ in range(10):
        middle = (low + high) / 2
        with torch.no_grad():
            hit = net(at(middle)).argmax(dim=1) != y
        low, high = torch.where(hit, low, middle), torch.where(hit, middle, high)
    return at(high)


if __name__ == "__main__":
    torch.set_num_threads(1)
    out = {"foolbox": fb.__version__, "torch": torch.__version__}
    for name in ("mlp", "fgsm_rs"):
        net = {"mlp": nets.mlp, "fgsm_rs": nets.fgsm_rs}[name]()
        net.load_state_dict(load_file(HERE / f"{name}.safetensors"))
        net.eval()
        cases = load_file(HERE / f"{name}_cases.safetensors")
        x, y = cases["x"], cases["labels"]
        with torch.no_grad():
            right = (net(x).argmax(dim=1) == y).nonzero().flatten()[:N]
        x, y = x[right], y[right]
        start = torch.stack([x[next((i + j) % N for j in range(1, N) if y[(i + j) % N] != y[i])] for i in range(N)])
        model = fb.PyTorchModel(net, bounds=(0, 1))
        for attack, norm, make in (
            ("hop-skip-jump", "l2", lambda: fb.attacks.HopSkipJumpAttack(steps=HSJ_STEPS, constraint="l2")),
            ("hop-skip-jump", "linf", lambda: fb.attacks.HopSkipJumpAttack(steps=HSJ_STEPS, constraint="linf")),
            ("boundary", "l2", lambda: fb.attacks.BoundaryAttack(steps=BOUNDARY_STEPS)),
        ):
            medians = []
            for seed in range(3):
                torch.manual_seed(seed)
                begin = near(net, x, y, start) if attack == "boundary" else start
                one = lambda i: make().run(model, x[i], fb.criteria.Misclassification(y[i]), starting_points=begin[i])  # noqa: E731
                alone = attack == "hop-skip-jump" and norm == "l2"
                adv = torch.cat([one(slice(i, i + 1)) for i in range(N)]) if alone else one(slice(0, N))
                medians.append(sizes(x, adv, norm).median().item())
            out[f"{name} {attack} {norm}"] = medians
            print(json.dumps(out), flush=True)
