"""Walks of APGD by its authors' code on the stored nets, from given starts.

    python golden/attacks/apgd.py --authors DIR

where DIR is a checkout of github.com/fra31/auto-attack (made with a39220048b3c9f2cca9a4d3a54604793c68eca7e). Writes apgd_cases.safetensors beside
itself: the first 4 images of NET_cases.safetensors and, for each net, norm and loss, the start, the best points after 10 steps and which examples were
fooled. Everything is float32 on one thread.
"""

import argparse
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recipes"))
import nets  # noqa: E402

N, STEPS = 4, 10
EPS = {"mlp": {"Linf": 0.03, "L2": 0.4, "L1": 4.0}, "fgsm_rs": {"Linf": 0.2, "L2": 1.5, "L1": 12.0}}


def start(x, norm, eps):
    """A point of ball and box: noise of the rim, brought in; sparse in L1."""
    from autoattack.autopgd_base import L1_projection

    t = torch.randn(x.shape, generator=torch.Generator().manual_seed(3))
    if norm == "Linf":
        return (x + eps * t.sign()).clamp(0, 1)
    if norm == "L2":
        return (x + eps * t / t.flatten(1).norm(dim=1).view(-1, 1, 1, 1)).clamp(0, 1)
    return x + t + L1_projection(x, t, 0.999 * eps)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--authors", required=True)
    sys.path.insert(0, parser.parse_args().authors)
    from autoattack.autopgd_base import APGDAttack, APGDAttack_targeted

    torch.set_num_threads(1)
    out = {}
    for name, budgets in EPS.items():
        net = {"mlp": nets.mlp, "fgsm_rs": nets.fgsm_rs}[name]()
        net.load_state_dict(load_file(HERE / f"{name}.safetensors"))
        net.eval()
        cases = load_file(HERE / f"{name}_cases.safetensors")
        x, y = cases["x"][:N], cases["labels"][:N]
        for norm, eps in budgets.items():
            x_init = start(x, norm, eps)
            out[f"{name}.{norm}.start"] = x_init
            for loss in ("ce", "dlr", "targeted"):
                if loss == "targeted":
                    attack = APGDAttack_targeted(net, n_iter=STEPS, norm=norm, eps=eps, device="cpu")
                    attack.y_target = net(x).sort(dim=1)[1][:, -2]
                else:
                    attack = APGDAttack(net, n_iter=STEPS, norm=norm, eps=eps, loss=loss, device="cpu")
                attack.init_hyperparam(x)
                best, acc, value, _ = attack.attack_single_run(x.clone(), y, x_init=x_init.clone())
                out[f"{name}.{norm}.{loss}"] = best
                out[f"{name}.{norm}.{loss}.fooled"] = (~acc.bool()).to(torch.int64)
                print(name, norm, loss, "fooled", int((~acc.bool()).sum()), "loss", float(value.mean()))
    about = {"eps": EPS, "steps": STEPS, "torch": torch.__version__}
    save_file({k: v.detach().contiguous() for k, v in out.items()}, HERE / "apgd_cases.safetensors", metadata={"about": json.dumps(about)})
    (HERE / "apgd_cases.safetensors").chmod(0o644)
