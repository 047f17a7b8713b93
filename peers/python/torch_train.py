"""Training of classifiers and autoencoders, and attacks, in PyTorch.

Variants: `eager` as users write it; `fused` with the fused Adam; `channels-last` fused, with that memory format; `compiled` fused,
the forward and backward through torch.compile. Attacks: `tight`, a hand-written loop that takes no gradient of the weights.
"""

import torch
import torch.nn.functional as F

import digits
import rows
import torch_nets

CONV = ("cnn", "cnn_bn", "cnn_prelu", "smallcnn", "resnet")


def variants():
    """Row to variants."""
    out = {}
    for row, (net, _, _) in rows.TRAIN.items():
        out[row] = ["eager", "fused"] + (["channels-last", "compiled"] if net in CONV else ["compiled"])
    for row, (net, _) in rows.ATTACK.items():
        out[row] = ["tight"] + (["channels-last"] if net in CONV else []) + ["compiled", "torchattacks", "foolbox"]
    return out


def prepared(net, variant):
    """The network in the variant's memory format, and what is called (compiled or not)."""
    if variant == "channels-last":
        net = net.to(memory_format=torch.channels_last)
    # Two batch sizes occur, the last one of a pass is smaller: a graph for each, none with symbolic sizes.
    return net, torch.compile(net, dynamic=False) if variant == "compiled" else net


def adam(net, variant, **options):
    """Adam with PyTorch's defaults, fused unless it is as users write it."""
    return torch.optim.Adam(net.parameters(), fused=variant != "eager", **options)


def pgd(net, x, y, eps, step, steps):
    """PGD from a uniform start, every step taken by every example; gradients of the input alone."""
    adv = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp_(0, 1)
    low, high = (x - eps).clamp_(min=0), (x + eps).clamp_(max=1)
    for _ in range(steps):
        adv.requires_grad_(True)
        (grad,) = torch.autograd.grad(F.cross_entropy(net(adv), y, reduction="sum"), adv)
        adv = torch.clamp(adv.detach() + step * grad.sign(), low, high)
    return adv


def train(args, pace):
    """A pass is one epoch; the loss is its mean."""
    name, batch, examples = rows.TRAIN[args.only]
    x, y = map(torch.from_numpy, digits.train(args.data, examples))
    net, call = prepared(torch_nets.build(name), args.variant)
    optimiser, limit = adam(net, args.variant), rows.CLIP.get(args.only)
    while True:
        total = 0.0
        for index in torch.randperm(examples).split(batch):
            image, label = x[index], y[index]
            if args.only == "smallcnn_advtrain_b128":
                net.requires_grad_(False)
                image = pgd(call, image, label, 0.3, 0.075, 7)
                net.requires_grad_(True)
            optimiser.zero_grad(set_to_none=True)
            out = call(image)
            loss = F.mse_loss(out, image.flatten(1)) if name == "ae" else F.cross_entropy(out, label)
            loss.backward()
            if limit is not None:
                torch.nn.utils.clip_grad_norm_(net.parameters(), limit)
            optimiser.step()
            total += loss.item() * len(index)
        if not pace.lap(examples, lambda: total / examples):
            return


def attack(args, pace):
    """A pass is one batch; the loss is the mean cross-entropy on what came out."""
    name, batch = rows.ATTACK[args.only]
    x, y = map(torch.from_numpy, digits.train(args.data, batch))
    net, call = prepared(torch_nets.build(name).eval().requires_grad_(False), args.variant)
    if args.variant == "channels-last":
        x = x.contiguous(memory_format=torch.channels_last)
    run = {"torchattacks": torchattacks_pgd, "foolbox": foolbox_pgd}.get(args.variant, tight_pgd)(call)
    while True:
        adv = run(x, y)
        if not pace.lap(batch, lambda: F.cross_entropy(net(adv), y).item()):
            return


def tight_pgd(net):
    """The hand-written loop."""
    return lambda x, y: pgd(net, x, y, 0.3, 0.01, 40)


def torchattacks_pgd(net):
    """The package of that name."""
    import torchattacks

    return torchattacks.PGD(net, eps=0.3, alpha=0.01, steps=40, random_start=True)


def foolbox_pgd(net):
    """Foolbox's L-inf PGD, which also takes all steps."""
    import foolbox

    model = foolbox.PyTorchModel(net, bounds=(0, 1), device="cpu")
    attack = foolbox.attacks.LinfPGD(abs_stepsize=0.01, steps=40, random_start=True)
    return lambda x, y: attack.run(model, x, foolbox.criteria.Misclassification(y), epsilon=0.3)
