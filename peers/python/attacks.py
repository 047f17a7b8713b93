"""Attacks of torchattacks, Foolbox and AutoAttack's own code on a net of ours, for `cargo xtask attack-speed`.

Reads a line `ROW LIBRARY N` at a time from stdin, attacks the first N test images, and answers with a JSON line: seconds of the attack alone, and how many images
it left right within the budget. `--list` prints `ROW LIBRARY` lines.
"""

import argparse
import contextlib
import importlib
import io
import json
import re
import sys
import time

import numpy as np
import torch
from torch import nn

import digits

EPS = {"linf": 0.3, "l2": 2.0, "l1": 10.0, "l0": 12.0}


def fgsm_rs():
    """The small convolutional net of Wong et al. 2020."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(),
        nn.Flatten(), nn.Linear(1568, 100), nn.ReLU(), nn.Linear(100, 10),
    )  # fmt: skip


def mlp():
    """The article's classifier."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def torchattack(name, **settings):
    def run(net, x, y):
        attack = getattr(importlib.import_module("torchattacks"), name)(net, **settings)
        with contextlib.redirect_stdout(io.StringIO()):
            return attack(x, y).detach()
    return run


def foolbox(name, norm, minimum=False, **settings):
    """A fixed-budget attack at the row's budget; one for the smallest change without any."""
    def run(net, x, y):
        import foolbox as fb
        model = fb.PyTorchModel(net, bounds=(0, 1))
        attack = getattr(fb.attacks, name)(**settings)
        epsilons = None if minimum else EPS[norm]
        return attack(model, x, y, epsilons=epsilons)[1].detach()
    return run


def autoattack(which, norm="linf", **settings):
    """One of AutoAttack's four, or all: by the authors' code."""
    def run(net, x, y):
        import autoattack as aa
        names = {"linf": "Linf", "l2": "L2", "l1": "L1"}
        # The version sets parameters only in a call of its own.
        judge = aa.AutoAttack(net, norm=names[norm], eps=EPS[norm], version="standard", device="cpu", seed=0, verbose=which == "all")
        if which != "all":
            judge.attacks_to_run = [which]
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            adv = judge.run_standard_evaluation(x, y, bs=500)
        stages = re.findall(r"robust accuracy after ([\w-]+): ([\d.]+)%", told.getvalue())
        run.stages = [[name.lower(), round(float(share) / 100 * len(y))] for name, share in stages]
        return adv
    return run


PGD = {"eps": 0.3, "alpha": 0.03, "steps": 40}
ROWS = {
    "fgsm": {"torchattacks": torchattack("FGSM", eps=0.3), "foolbox": foolbox("LinfFastGradientAttack", "linf")},
    "pgd": {
        "torchattacks": torchattack("PGD", **PGD),
        "foolbox": foolbox("LinfProjectedGradientDescentAttack", "linf", abs_stepsize=0.03, steps=40),
    },
    "pgd-l2": {
        "torchattacks": torchattack("PGDL2", eps=2.0, alpha=0.375, steps=40),
        "foolbox": foolbox("L2ProjectedGradientDescentAttack", "l2", abs_stepsize=0.375, steps=40),
    },
    "mi-fgsm": {"torchattacks": torchattack("MIFGSM", eps=0.3, alpha=0.03, steps=10)},
    "ni-fgsm": {"torchattacks": torchattack("NIFGSM", eps=0.3, alpha=0.03, steps=10)},
    "di-fgsm": {"torchattacks": torchattack("DIFGSM", eps=0.3, alpha=0.0375, steps=10, resize_rate=0.9)},
    "adam-pgd": {"foolbox": foolbox("LinfAdamPGD", "linf", rel_stepsize=0.025, steps=50)},
    "apgd": {"torchattacks": torchattack("APGD", norm="Linf", eps=0.3, steps=100), "autoattack": autoattack("apgd-ce")},
    "apgd-t": {"torchattacks": torchattack("APGDT", norm="Linf", eps=0.3, steps=100), "autoattack": autoattack("apgd-t")},
    "fab-t": {
        "torchattacks": torchattack("FAB", norm="Linf", eps=0.3, steps=100, n_restarts=1, multi_targeted=True),
        "autoattack": autoattack("fab-t"),
    },
    "square": {
        "torchattacks": torchattack("Square", norm="Linf", eps=0.3, n_queries=5000),
        "autoattack": autoattack("square"),
    },
    "standard": {"autoattack": autoattack("all")},
    "standard-l2": {"autoattack": autoattack("all", "l2")},
    "deepfool": {"torchattacks": torchattack("DeepFool"), "foolbox": foolbox("L2DeepFoolAttack", "l2", True)},
    "ddn": {"foolbox": foolbox("DDNAttack", "l2", True, steps=100)},
    "fmn": {"foolbox": foolbox("LInfFMNAttack", "linf", True, steps=100)},
    "fmn-l2": {"foolbox": foolbox("L2FMNAttack", "l2", True, steps=100)},
    "cw": {"foolbox": foolbox("L2CarliniWagnerAttack", "l2", True, binary_search_steps=9, steps=200, stepsize=0.01, abort_early=False)},
    "ead": {"foolbox": foolbox("EADAttack", "l1", True, binary_search_steps=9, steps=100, regularization=1e-3, abort_early=False, decision_rule="L1")},
    "spsa": {"torchattacks": torchattack("SPSA", eps=0.3, nb_iter=10, nb_sample=128, max_batch_size=512)},
    "jsma": {"torchattacks": torchattack("JSMA", theta=1.0, gamma=0.145)},
    "one-pixel": {"torchattacks": torchattack("OnePixel", pixels=5, steps=10, popsize=80)},
    "boundary": {"foolbox": foolbox("BoundaryAttack", "l2", True, steps=2000)},
    "hop-skip-jump": {"foolbox": foolbox("HopSkipJumpAttack", "l2", True, steps=8)},
}  # fmt: skip
NORMS = {"pgd-l2": "l2", "standard-l2": "l2", "deepfool": "l2", "ddn": "l2", "fmn-l2": "l2", "cw": "l2", "boundary": "l2",
         "hop-skip-jump": "l2", "ead": "l1", "jsma": "l0", "one-pixel": "l0"}  # fmt: skip


def size(change, norm):
    """Of each change, in a norm."""
    flat = change.flatten(1).double()
    if norm == "l0":
        # Pixels that changed: of one channel they are numbers.
        return (flat != 0).sum(1)
    return {"linf": lambda: flat.abs().amax(1), "l2": lambda: flat.norm(dim=1), "l1": lambda: flat.abs().sum(1)}[norm]()


def left(net, row, x, y, adv):
    """Images that stand: right, or fooled by more than the budget. JSMA and the one-pixel attack have a number of pixels of their own."""
    norm = NORMS.get(row, "linf")
    budget = {"jsma": 113, "one-pixel": 5}.get(row, EPS[norm])
    fooled = net(adv).argmax(1) != y
    wrong = net(x).argmax(1) != y
    within = size(adv - x, norm) <= budget * (1 + 1e-4)
    return int((~wrong & ~(fooled & within)).sum())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights")
    parser.add_argument("--arch", choices=["fgsm-rs", "mlp"], default="fgsm-rs")
    parser.add_argument("--data", help="folder with the gzipped IDX files of MNIST")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--autoattack", help="a clone of github.com/fra31/auto-attack")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    libraries = ["torchattacks", "foolbox"] + (["autoattack"] if args.autoattack else [])
    if args.list:
        for row, all_of in ROWS.items():
            for library in all_of:
                if library in libraries:
                    print(row, library)
        return
    if args.autoattack:
        sys.path.insert(0, args.autoattack)
    from safetensors.torch import load_file
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    net = {"fgsm-rs": fgsm_rs, "mlp": mlp}[args.arch]()
    net.load_state_dict(load_file(args.weights))
    net.eval()
    pixels, labels = digits.four(args.data)[2:]
    pixels = torch.from_numpy(pixels.astype(np.float32)[:, None] / np.float32(255))
    labels = torch.from_numpy(labels.astype(np.int64))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        row, library, n = line.split()
        attack, x, y = ROWS[row][library], pixels[: int(n)], labels[: int(n)]
        begun = time.perf_counter()
        adv = attack(net, x, y)
        seconds = time.perf_counter() - begun
        with torch.no_grad():
            found = {"seconds": seconds, "left": left(net, row, x, y, adv), "stages": getattr(attack, "stages", [])}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
