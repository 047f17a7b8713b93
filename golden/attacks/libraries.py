"""Ten steps of attacks of Foolbox and torchattacks on a stored net, from the images themselves.

    pip install foolbox==3.3.4 torchattacks==3.5.1
    python golden/attacks/libraries.py

Writes library_cases.safetensors beside itself: of the first 3 images of fgsm_rs_cases.safetensors the points after 10 steps by each attack. Everything is
float32 on one thread.
"""

import json
import pathlib
import sys

import foolbox
import torch
import torchattacks
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "recipes"))
import nets  # noqa: E402

N, STEPS = 3, 10
LINF, L2 = (0.2, 0.03), (1.5, 0.3)  # eps, step

if __name__ == "__main__":
    torch.set_num_threads(1)
    net = nets.fgsm_rs()
    net.load_state_dict(load_file(HERE / "fgsm_rs.safetensors"))
    net.eval()
    cases = load_file(HERE / "fgsm_rs_cases.safetensors")
    x, y = cases["x"][:N].clone(), cases["labels"][:N].clone()

    (eps, step), (eps2, step2) = LINF, L2
    ta = {
        "torchattacks.bim": torchattacks.BIM(net, eps=eps, alpha=step, steps=STEPS),
        "torchattacks.pgd": torchattacks.PGD(net, eps=eps, alpha=step, steps=STEPS, random_start=False),
        "torchattacks.pgd_l2": torchattacks.PGDL2(net, eps=eps2, alpha=step2, steps=STEPS, random_start=False),
        "torchattacks.mi_fgsm": torchattacks.MIFGSM(net, eps=eps, alpha=step, steps=STEPS, decay=1.0),
        "torchattacks.ni_fgsm": torchattacks.NIFGSM(net, eps=eps, alpha=step, steps=STEPS, decay=1.0),
    }
    out = {name: attack(x, y) for name, attack in ta.items()}
    fa = foolbox.attacks
    model = foolbox.PyTorchModel(net, bounds=(0, 1), device="cpu")
    walk = {"steps": STEPS, "random_start": False}
    fb = {
        "foolbox.pgd": (fa.LinfProjectedGradientDescentAttack(abs_stepsize=step, **walk), eps),
        "foolbox.pgd_l2": (fa.L2ProjectedGradientDescentAttack(abs_stepsize=step2, **walk), eps2),
        "foolbox.adam_pgd": (fa.LinfAdamProjectedGradientDescentAttack(abs_stepsize=step, **walk), eps),
    }
    for name, (attack, budget) in fb.items():
        out[name] = attack.run(model, x, foolbox.Misclassification(y), epsilon=budget)
    for name, adv in out.items():
        print(name, "fooled", int((net(adv).argmax(1) != y).sum()), "moved", float((adv - x).abs().max()))
    about = {"linf": LINF, "l2": L2, "steps": STEPS, "torch": torch.__version__, "foolbox": foolbox.__version__, "torchattacks": "3.5.1"}
    path = HERE / "library_cases.safetensors"
    save_file({k: v.detach().contiguous() for k, v in out.items()}, path, metadata={"about": json.dumps(about)})
    path.chmod(0o644)
