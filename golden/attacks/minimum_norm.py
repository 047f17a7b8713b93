"""Minimum-norm attacks by other implementations on the stored nets.

    python golden/attacks/minimum_norm.py --adv-lib DIR --auto-attack DIR

where the first DIR is a checkout of github.com/jeromerony/adversarial-library (made with 9dec220e418e2da8e799f682822209277ab8c31d), the second one of
github.com/fra31/auto-attack (a39220048b3c9f2cca9a4d3a54604793c68eca7e); Foolbox 3.3.4 is installed.
Writes minimum_norm_cases.safetensors beside itself: for each net and attack the sizes of the changes found for the first images of NET_cases.safetensors
(infinite where none was), and for the MLP the points after a few steps. Everything is float32 on one thread, one image at a time, since some of these
attacks stop a whole batch together.

FMN in L2 is theirs with one correction: their projection stretches every change to the radius, here the factor is cut at 1 as in the paper.
"""

import argparse
import json
import pathlib
import sys
import types

import foolbox
import torch
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recipes"))
import nets  # noqa: E402

N, POINTS = {"mlp": 6, "fgsm_rs": 4}, 2
INF = float("inf")


def attacks(lib, fmn_module, fab_class):
    """Name, norm, and the attack as a function of net, x and y; those of the second list are short and give points."""

    def project_l2(δ, ε):
        δ = δ.flatten(1)
        return δ.mul_((ε.unsqueeze(1) / δ.norm(p=2, dim=1, keepdim=True).clamp_(min=1e-12)).clamp_(max=1))

    fmn_module.l2_projection_ = project_l2

    def of_foolbox(attack):
        return lambda net, x, y: attack.run(foolbox.PyTorchModel(net, bounds=(0, 1), device="cpu"), x, y)

    fa, ln = foolbox.attacks, {0: "l0", 1: "l1", 2: "l2", INF: "linf"}
    sizes = [
        ("deepfool", 2, of_foolbox(fa.L2DeepFoolAttack())),
        ("deepfool", INF, of_foolbox(fa.LinfDeepFoolAttack())),
        ("ddn", 2, lambda n, x, y: lib.ddn(n, x, y, steps=100, levels=None)),
        ("cw(steps=100, searches=5, c=1, step_size=0.1)", 2, of_foolbox(fa.L2CarliniWagnerAttack(5, 100, 0.1, initial_const=1))),
        ("cw-linf(steps=100, step_size=0.01)", INF, lambda n, x, y: lib.carlini_wagner_linf(n, x, y, max_iterations=100)),
        ("ead(steps=100, searches=5, rule=l1)", 1, of_foolbox(fa.EADAttack(5, 100, regularization=1e-3, decision_rule="L1"))),
        ("sigma-zero(steps=100)", 0, lambda n, x, y: lib.sigma_zero(n, x, y, num_steps=100)),
    ]
    sizes += [("fmn", p, lambda n, x, y, p=p: lib.fmn(n, x, y, norm=p, steps=100)) for p in ln]
    sizes += [("pdpgd(steps=100)", p, lambda n, x, y, p=p: lib.pdpgd(n, x, y, norm=p, num_steps=100)) for p in (1, 2, INF)]
    sizes += [("pdpgd(steps=100)", 0, lambda n, x, y: lib.pdpgd(n, x, y, norm=0, num_steps=100, proximal_operator=23))]
    points = [
        ("deepfool(steps=10)", 2, of_foolbox(fa.L2DeepFoolAttack(steps=10))),
        ("deepfool(steps=10)", INF, of_foolbox(fa.LinfDeepFoolAttack(steps=10))),
        ("ddn(steps=10)", 2, lambda n, x, y: lib.ddn(n, x, y, steps=10, levels=None)),
        ("cw(steps=10, searches=1, c=100, step_size=1)", 2, of_foolbox(fa.L2CarliniWagnerAttack(1, 10, 1.0, initial_const=100))),
        ("fmn(steps=10)", INF, lambda n, x, y: lib.fmn(n, x, y, norm=INF, steps=10)),
        ("pdpgd(steps=10)", 2, lambda n, x, y: lib.pdpgd(n, x, y, norm=2, num_steps=10)),
        ("pdpgd(steps=10)", INF, lambda n, x, y: lib.pdpgd(n, x, y, norm=INF, num_steps=10)),
        ("sigma-zero(steps=10)", 0, lambda n, x, y: lib.sigma_zero(n, x, y, num_steps=10)),
    ]

    def fab(name, steps):
        return lambda net, x, y: fab_class(net, norm=name, n_iter=steps, device="cpu").attack_single_run(x, y)

    for p, name in ((1, "L1"), (2, "L2"), (INF, "Linf")):
        sizes.append(("fab(steps=20)", p, fab(name, 20)))
        points.append(("fab(steps=10)", p, fab(name, 10)))
    return [(f"{a} {ln[p]}", p, f) for a, p, f in sizes], [(f"{a} {ln[p]}", p, f) for a, p, f in points]


def found(net, x, y, p, attack):
    """The point that an attack finds for one image, and the size of the change."""
    point = attack(net, x, y).detach()
    # Foolbox gives a black image where it has found nothing.
    fooled = (net(point).argmax(dim=1) != y).item() and point.any().item()
    return point, (point - x).flatten().norm(p=p) if fooled else torch.tensor(INF)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adv-lib", required=True)
    parser.add_argument("--auto-attack", required=True)
    asked = parser.parse_args()
    sys.path[:0] = [asked.adv_lib, asked.auto_attack]
    # Their plotting, which is not used.
    sys.modules["visdom"] = types.ModuleType("visdom")
    import adv_lib.attacks as lib
    from autoattack.fab_pt import FABAttack_PT

    torch.set_num_threads(1)
    torch.manual_seed(0)
    sizes, points = attacks(lib, sys.modules["adv_lib.attacks.fast_minimum_norm"], FABAttack_PT)
    out = {}
    for name in ("mlp", "fgsm_rs"):
        net = {"mlp": nets.mlp, "fgsm_rs": nets.fgsm_rs}[name]()
        net.load_state_dict(load_file(HERE / f"{name}.safetensors"))
        net.eval()
        cases = load_file(HERE / f"{name}_cases.safetensors")
        images = [(cases["x"][i : i + 1], cases["labels"][i : i + 1]) for i in range(N[name])]
        for title, p, attack in sizes:
            got = torch.stack([found(net, x.clone(), y, p, attack)[1] for x, y in images])
            out[f"{name}.{title}"] = got
            print(name, title, [round(s, 4) for s in got.tolist()], flush=True)
        for title, p, attack in points if name == "mlp" else []:
            got = [found(net, x.clone(), y, p, attack) for x, y in images[:POINTS]]
            out[f"{name}.points.{title}"] = torch.cat([point for point, _ in got])
            print(name, "points", title, [round(s.item(), 4) for _, s in got], flush=True)
    about = {"torch": torch.__version__, "foolbox": foolbox.__version__, "adv-lib": "9dec220e418e2da8e799f682822209277ab8c31d"}
    save_file({k: v.contiguous() for k, v in out.items()}, HERE / "minimum_norm_cases.safetensors", metadata={"about": json.dumps(about)})
    (HERE / "minimum_norm_cases.safetensors").chmod(0o644)
