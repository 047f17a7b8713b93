"""Trainings of a small net by the loops of the authors of some defences, rewritten in float64; writes grad_align, free, awp, sam and asam.safetensors beside it.

    python golden/defenses/make.py

The net is Sequential(Flatten, Linear 8-6, ReLU, Linear 6-3), on inputs of [1, 2, 4] in [0, 1]; batches of 5 in the order of `x`, the last of 2.
`start/KEY` and `end/KEY` are its parameters before and after, under the keys of the state dict; metadata key `about` holds the settings as JSON.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
LEAST = 1e-6  # a gradient nearer to 0 may have another sign in float32


def net():
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(8, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3)
    )


def data():
    x, y = torch.rand(22, 1, 2, 4).float().double(), torch.randint(3, (22,))
    x[0, 0, 0, :2] = torch.tensor([0.0, 1.0])  # on the rim of the box
    return x, y


def state(model, when):
    return {f"{when}/{k}": v.detach().clone().contiguous().float() for k, v in model.state_dict().items()}


def rounded(model):
    """The weights as float32 has them, where both sides begin."""
    for p in model.parameters():
        p.data = p.data.float().double()
    return model


def clamp(x):
    """Into [0, 1]; the gradient passes on the rim, as in the PyTorch of the authors (2.15 stops it there)."""
    return torch.where((x >= 0) & (x <= 1), x, x.detach().clamp(0.0, 1.0))


def free(eps=0.3, step=0.2, replays=3, lr=0.3, batch=5):
    """mahyarnajibi/FreeAdversarialTraining: noise for each place in a batch, carried on; gradient through the clamp; SGD."""
    torch.manual_seed(5)
    model, (x, y) = rounded(net()), data()
    out = state(model, "start")
    optimizer = torch.optim.SGD(model.parameters(), lr)
    carried = torch.zeros(batch, 1, 2, 4)
    losses = []
    for at in range(0, len(x), batch):
        inputs, target = x[at : at + batch], y[at : at + batch]
        for _ in range(replays):
            noise = carried[: len(inputs)].clone().requires_grad_()
            moved = clamp(inputs + noise)
            loss = F.cross_entropy(model(moved), target)
            optimizer.zero_grad()
            loss.backward()
            small = noise.grad.abs()
            assert small[(small > 0)].min() > LEAST, small
            carried[: len(inputs)] += step * torch.sign(noise.grad)
            carried.clamp_(-eps, eps)
            optimizer.step()
            losses.append(loss.item())
    out |= state(model, "end") | {"x": x.float(), "labels": y, "noise": carried.float()}
    out["losses"] = torch.tensor(losses).float()
    about = dict(eps=eps, step_size=step, replays=replays, lr=lr, batch=batch)
    save_file(out, HERE / "free.safetensors", {"about": json.dumps(about)})



def displaced(name, direct, about, lr=0.3, batch=5, **settings):
    """SGD with momentum whose gradient is that at w + d(w, g), on clean examples."""
    torch.manual_seed(6)
    model, (x, y) = rounded(net()), data()
    out = state(model, "start") | {"x": x.float(), "labels": y}
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
    losses = []
    for at in range(0, len(x), batch):
        inputs, target = x[at : at + batch], y[at : at + batch]
        loss = F.cross_entropy(model(inputs), target)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            named = [(k, p, g) for (k, p), g in zip(model.named_parameters(), grads)]
            moves = direct(named, **settings)
            for p, d in zip(model.parameters(), moves):
                p.add_(d)
        there = F.cross_entropy(model(inputs), target)
        optimizer.zero_grad()
        there.backward()
        with torch.no_grad():
            for p, d in zip(model.parameters(), moves):
                p.sub_(d)
        optimizer.step()
        losses.append([loss.item(), there.item()])
    out |= state(model, "end") | {"losses": torch.tensor(losses).float()}
    save_file(out, HERE / f"{name}.safetensors", {"about": json.dumps(dict(settings, lr=lr, batch=batch, about=about))})


def awp(named, gamma):
    """csdongxian/AWP: the proxy's step of SGD against the loss, scaled to the norm of the weight; tensors of rank > 1 called weight."""
    moves = []
    for name, p, g in named:
        if p.dim() <= 1 or "weight" not in name:
            moves.append(torch.zeros_like(p))
            continue
        step = 0.01 * g
        moves.append(gamma * (p.norm() / (step.norm() + 1e-20) * step))
    return moves


def sam(named, rho):
    """davda54/sam, not adaptive."""
    norm = torch.norm(torch.stack([g.norm() for _, _, g in named]))
    return [g * (rho / (norm + 1e-12)) for _, _, g in named]


def asam(named, rho, eta):
    """SamsungLabs/ASAM."""
    sizes = [p.abs() + eta if "weight" in name else torch.ones_like(p) for name, p, _ in named]
    norm = torch.norm(torch.stack([(t * g).norm() for t, (_, _, g) in zip(sizes, named)])) + 1e-16
    return [t * t * g * (rho / norm) for t, (_, _, g) in zip(sizes, named)]



def grad_align(eps=0.3):
    """tml-epfl/understanding-fast-adv-training: the mean cosine between the gradients at x and at x + u, over the examples where neither is 0."""
    torch.manual_seed(7)
    model, (x, y) = rounded(net()), data()
    near = (x + (2 * torch.rand_like(x) - 1) * eps).float().double()

    def gradient(at):
        at = at.clone().requires_grad_()
        return torch.autograd.grad(F.cross_entropy(model(at), y), at, create_graph=True)[0].flatten(1)

    first, second = gradient(x), gradient(near)
    counts = (first.norm(dim=1) != 0) & (second.norm(dim=1) != 0)
    first, second = first[counts], second[counts]
    cosine = ((first / first.norm(dim=1, keepdim=True)) * (second / second.norm(dim=1, keepdim=True))).sum(1).mean()
    grads = torch.autograd.grad(cosine, list(model.parameters()), allow_unused=True)
    out = state(model, "start") | {"x": x.float(), "labels": y, "near": near.float(), "cosine": cosine.detach().float()[None]}
    for (name, p), g in zip(model.named_parameters(), grads):
        out[f"d/{name}"] = (torch.zeros_like(p) if g is None else g).detach().float().contiguous()
    print(int(counts.sum()), "of", len(x), "count")
    save_file(out, HERE / "grad_align.safetensors", {"about": json.dumps(dict(eps=eps))})


def forw_abs(eps=0.3, coefficient=0.5):
    """The authors' compute_forwabs_reg for Conv, BatchNorm, ReLU, Linear, ReLU, Linear: half the width of the box through absolute weights, without biases; the mean over the batch instead of the sum.
    Batch norms divide by their running deviation and, as the authors' have no gain there, multiply by the size of theirs."""
    torch.manual_seed(8)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3, 2, 1), torch.nn.BatchNorm2d(3), torch.nn.ReLU(), torch.nn.Flatten(),
        torch.nn.Linear(18, 6), torch.nn.ReLU(), torch.nn.Linear(6, 4),
    )
    rounded(model)
    with torch.no_grad():
        model[1].weight.copy_((torch.rand(3) - 0.3).float().double())
        model[1].running_var.copy_((torch.rand(3) + 0.5).float().double())
        model[1].running_mean.copy_(torch.rand(3).float().double())
    x = torch.rand(5, 1, 4, 5).float().double()
    x[0, 0, 0, :2] = torch.tensor([0.0, 1.0])
    conv, norm, first, last = model[0], model[1], model[4], model[6]
    width = ((x + eps).clamp(max=1.0) - (x - eps).clamp(min=0.0)) / 2
    y = F.conv2d(width, conv.weight.abs(), None, conv.stride, conv.padding)
    y = y * (norm.weight.abs() / torch.sqrt(norm.running_var + norm.eps))[None, :, None, None]
    y = F.linear(F.linear(y.flatten(1), first.weight.abs()), last.weight.abs())
    penalty = coefficient * y.sum() / len(x)
    grads = torch.autograd.grad(penalty, list(model.parameters()), allow_unused=True)
    out = {k: v for k, v in state(model, "start").items() if "num_batches" not in k}
    out |= {"x": x.float(), "penalty": penalty.detach().float()[None]}
    for (name, p), g in zip(model.named_parameters(), grads):
        out[f"d/{name}"] = (torch.zeros_like(p) if g is None else g).detach().float().contiguous()
    save_file(out, HERE / "forw_abs.safetensors", {"about": json.dumps(dict(eps=eps, coefficient=coefficient))})


grad_align()
forw_abs()
free()
displaced("awp", awp, "adversarial weight perturbation", gamma=0.1)
displaced("sam", sam, "sharpness-aware minimisation", rho=0.3)
displaced("asam", asam, "adaptive sharpness-aware minimisation", rho=0.7, eta=0.05)
