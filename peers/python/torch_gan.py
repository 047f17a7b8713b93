"""Training of GANs and of a variational autoencoder in PyTorch.

Variants as in `torch_train.py`. The penalty of `wgan_gp_b64` and `wgan_gp_train_b64` differentiates a gradient, which torch.compile refuses: those rows have no `compiled`.
"""

import torch
import torch.nn.functional as F

import digits
import rows
import streams
import torch_nets
from torch_train import adam, prepared

PENALTY = 10.0


def variants():
    """Row to variants."""
    return {
        "gan_train_b128": ["eager", "fused", "compiled"],
        "dcgan_train_b128": ["eager", "fused", "channels-last", "compiled"],
        "wgan_gp_b64": ["eager", "fused", "channels-last"],
        "wgan_gp_train_b64": ["eager", "fused", "channels-last"],
        "vae_train_b128": ["eager", "fused", "compiled"],
    }


def halves_at_once(d, real, fake):
    """D's loss on both halves in one batch: the mean over both is half the sum of two means."""
    labels = torch.cat([torch.ones(len(real), 1), torch.zeros(len(fake), 1)])
    return 2 * F.binary_cross_entropy_with_logits(d(torch.cat([real, fake])), labels)


def one_by_one(d, real, fake):
    """D's loss on two batches: batch norm takes the statistics of each."""
    bce = F.binary_cross_entropy_with_logits
    return bce(d(real), torch.ones(len(real), 1)) + bce(d(fake), torch.zeros(len(fake), 1))


def train(args, pace):
    """One step of D, one of G; the loss is D's plus G's."""
    of_g, of_d, batch, examples = rows.GAN[args.only]
    x = torch.from_numpy(digits.train(args.data, examples)[0])
    if of_d == "discriminator":
        x, d_loss_of = x.flatten(1), halves_at_once
    else:
        d_loss_of = one_by_one
    g, call_g = prepared(torch_nets.build(of_g), args.variant)
    d, call_d = prepared(torch_nets.build(of_d, streams.DISCRIMINATOR), args.variant)
    adam_g, adam_d = (adam(net, args.variant, lr=2e-4, betas=(0.5, 0.999)) for net in (g, d))
    real = torch.ones(batch, 1)
    while True:
        total = 0.0
        for index in torch.randperm(examples).split(batch):
            with torch.no_grad():
                made = call_g(torch.randn(batch, 100))
            adam_d.zero_grad(set_to_none=True)
            d_loss = d_loss_of(call_d, x[index], made)
            d_loss.backward()
            adam_d.step()
            d.requires_grad_(False)
            adam_g.zero_grad(set_to_none=True)
            g_loss = F.binary_cross_entropy_with_logits(call_d(call_g(torch.randn(batch, 100))), real)
            g_loss.backward()
            adam_g.step()
            d.requires_grad_(True)
            total += (d_loss.item() + g_loss.item()) * batch
        if not pace.lap(examples, lambda: total / examples):
            return


def penalty_between(d, real, fake, place):
    """mean (|dD/dx| - 1)^2 at place * real + (1 - place) * fake."""
    between = (place * real + (1 - place) * fake).requires_grad_(True)
    (grad,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
    return (grad.flatten(1).norm(dim=1) - 1).square().mean()


def train_wasserstein(args, pace):
    """Steps of the critic with the penalty, and one of G after so many; the loss is mean D(fake) - mean D(real) over the pass, plus G's."""
    of_g, of_d, batch, examples, turns = rows.WASSERSTEIN[args.only]
    x = torch.from_numpy(digits.train(args.data, examples)[0])
    g, _ = prepared(torch_nets.build(of_g), args.variant)
    d, _ = prepared(torch_nets.build(of_d, streams.DISCRIMINATOR), args.variant)
    adam_g, adam_d = (adam(net, args.variant, lr=1e-4, betas=(0.0, 0.9)) for net in (g, d))
    step = 0
    while True:
        d_total, g_total, g_seen = 0.0, 0.0, 0
        for index in torch.randperm(examples).split(batch):
            real = x[index]
            with torch.no_grad():
                fake = g(torch.randn(batch, 100))
            adam_d.zero_grad(set_to_none=True)
            scores = d(torch.cat([fake, real])).flatten()
            apart = scores[:batch].mean() - scores[batch:].mean()
            loss = apart + PENALTY * penalty_between(d, real, fake, torch.rand(batch, 1, 1, 1))
            loss.backward()
            adam_d.step()
            d_total += apart.item() * batch
            step += 1
            if step % turns == 0:
                d.requires_grad_(False)
                adam_g.zero_grad(set_to_none=True)
                g_loss = -d(g(torch.randn(batch, 100))).mean()
                g_loss.backward()
                adam_g.step()
                d.requires_grad_(True)
                g_total += g_loss.item() * batch
                g_seen += batch
        if not pace.lap(examples, lambda: d_total / examples + g_total / g_seen):
            return


def train_vae(args, pace):
    """PyTorch's example: cross-entropy of grey pixels and divergence, summed over numbers, mean over images."""
    of_encoder, of_decoder, batch, examples = rows.VAE[args.only]
    x = torch.from_numpy(digits.train(args.data, examples)[0]).flatten(1)
    encoder = torch_nets.build(of_encoder)
    decoder = torch_nets.build(of_decoder, streams.DISCRIMINATOR)

    def loss_of(image, noise):
        mu, logvar = encoder(image).chunk(2, dim=1)
        logits = decoder(mu + torch.exp(0.5 * logvar) * noise)
        bce = F.binary_cross_entropy_with_logits(logits, image, reduction="sum")
        return (bce - 0.5 * torch.sum(1 + logvar - mu.square() - logvar.exp())) / len(image)

    call = torch.compile(loss_of, dynamic=False) if args.variant == "compiled" else loss_of
    both = torch.nn.ModuleList([encoder, decoder])
    optimiser = adam(both, args.variant, lr=1e-3)
    while True:
        total = 0.0
        for index in torch.randperm(examples).split(batch):
            optimiser.zero_grad(set_to_none=True)
            loss = call(x[index], torch.randn(len(index), 20))
            loss.backward()
            optimiser.step()
            total += loss.item() * len(index)
        if not pace.lap(examples, lambda: total / examples):
            return


def train_critic(args, pace):
    """Steps of the critic alone, on fakes that are kept; the loss is mean D(fake) - mean D(real) + 10 mean (|dD/dx| - 1)^2."""
    name, batch, examples = rows.CRITIC[args.only]
    x = torch.from_numpy(digits.train(args.data, examples)[0])
    fakes, places = map(torch.from_numpy, streams.critic_inputs(examples))
    places = places.reshape(-1, 1, 1, 1)
    d, _ = prepared(torch_nets.build(name), args.variant)
    optimiser = adam(d, args.variant, lr=1e-4, betas=(0.0, 0.9))
    while True:
        total = 0.0
        for index in torch.randperm(examples).split(batch):
            real, fake, place = x[index], fakes[index], places[index]
            optimiser.zero_grad(set_to_none=True)
            penalty = penalty_between(d, real, fake, place)
            # No norm couples the examples, so both kinds go through in one batch.
            scores = d(torch.cat([fake, real])).flatten()
            loss = scores[:batch].mean() - scores[batch:].mean() + PENALTY * penalty
            loss.backward()
            optimiser.step()
            total += loss.item() * batch
        if not pace.lap(examples, lambda: total / examples):
            return
