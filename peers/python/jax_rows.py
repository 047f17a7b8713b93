"""The rows in JAX. Variants of training: `step`, a jitted step in a Python loop; `scan`, the whole epoch in one `lax.scan`."""

import functools
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import clock
import digits
import rows
import streams
from jax_nets import NETS, adam, cross_entropy, fresh, weights


def activation(name):
    """The function of a row, or None."""
    own = {"identity": lambda x: x, "prelu": lambda x: jnp.where(x > 0, x, jnp.float32(0.25) * x), "hardswish": jax.nn.hard_swish,
           "softsign": jax.nn.soft_sign, "gelu": functools.partial(jax.nn.gelu, approximate=False), "tanh": jnp.tanh}  # fmt: skip
    return own.get(name) or getattr(jax.nn, name)


ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "softplus", "mish",
               "hardswish", "softsign", "softmax", "log_softmax")  # fmt: skip


def variants():
    """Row to variants."""
    out = {row: ["step", "scan"] for row in [*rows.TRAIN, rows.GAN[0]]}
    short = [f"act_{name}_{kind}@{size}" for name in ACTIVATIONS for kind in ("fwd", "fwdbwd") for size in rows.SIZES]
    return out | {row: ["jit"] for row in [*rows.ATTACK, *short, *rows.gemm_rows(), *rows.LATENCY]} | {"startup": ["import"]}


def pgd(net, p, x, y, key, eps, step, steps):
    """PGD from a uniform start; every example takes every step."""
    gradient = jax.grad(lambda adv: cross_entropy(net(p, adv), y).sum())
    low, high = jnp.maximum(x - eps, 0), jnp.minimum(x + eps, 1)
    adv = jnp.clip(x + jax.random.uniform(key, x.shape, minval=-eps, maxval=eps), 0, 1)
    return lax.fori_loop(0, steps, lambda _, adv: jnp.clip(adv + step * jnp.sign(gradient(adv)), low, high), adv)


def supervised_step(name, adversarial):
    """(state, batch, key) to (state, sum of losses)."""
    net = NETS[name]

    def loss(p, x, y):
        out = net(p, x)
        each = jnp.mean((out - x) ** 2, 1) if name == "ae" else cross_entropy(out, y)
        return jnp.mean(each)

    def step(state, x, y, key):
        p, moments = state
        if adversarial:
            x = pgd(net, p, x, y, key, 0.3, 0.075, 7)
        value, grads = jax.value_and_grad(loss)(p, x, y)
        return adam(p, moments, grads), value * len(x)

    p = weights(name)
    return (p, fresh(p)), step


def gan_step():
    """The same for one step of D and one of G."""
    g, d = NETS["generator"], NETS["discriminator"]
    rule = functools.partial(adam, lr=2e-4, b1=0.5)

    def d_loss(pd, real, fake):
        return jnp.mean(jax.nn.softplus(-d(pd, real))) + jnp.mean(jax.nn.softplus(d(pd, fake)))

    def g_loss(pg, pd, z):
        return jnp.mean(jax.nn.softplus(-d(pd, g(pg, z))))

    def step(state, x, _, key):
        (pg, mg), (pd, md) = state
        z = jax.random.normal(key, (2, len(x), 100))
        of_d, grads = jax.value_and_grad(d_loss)(pd, x, g(pg, z[0]))
        pd, md = rule(pd, md, grads)
        of_g, grads = jax.value_and_grad(g_loss)(pg, pd, z[1])
        return (rule(pg, mg, grads), (pd, md)), (of_d + of_g) * len(x)

    pg, pd = weights("generator"), weights("discriminator", streams.DISCRIMINATOR)
    return ((pg, fresh(pg)), (pd, fresh(pd))), step


def train(args, pace):
    """A pass is one epoch; the loss is its mean."""
    if args.only == rows.GAN[0]:
        (_, batch, examples), (state, step) = rows.GAN, gan_step()
    else:
        name, batch, examples = rows.TRAIN[args.only]
        state, step = supervised_step(name, args.only == "smallcnn_advtrain_b128")
    x, y = digits.train(args.data, examples)
    x, y = jnp.asarray(x.reshape(examples, -1)), jnp.asarray(y.astype(np.int32))
    whole = examples // batch

    def one(state, index, key):
        return step(state, x[index], y[index], key)

    @functools.partial(jax.jit, donate_argnums=0)
    def epoch(state, key):
        order, noise = jax.random.split(key)
        turns = jax.random.permutation(order, examples)
        keys = jax.random.split(noise, whole + 1)
        state, losses = lax.scan(
            lambda s, at: one(s, *at), state, (turns[: whole * batch].reshape(whole, batch), keys[:whole])
        )
        total = losses.sum()
        if whole * batch < examples:
            state, rest = one(state, turns[whole * batch :], keys[whole])
            total += rest
        return state, total

    jitted = jax.jit(one, donate_argnums=0)
    shuffle = np.random.default_rng(1)

    def by_steps(state, key):
        turns, total = shuffle.permutation(examples), 0.0
        for i, at in enumerate(range(0, examples, batch)):
            state, loss = jitted(state, turns[at : at + batch], jax.random.fold_in(key, i) if needs_key else key)
            total += loss
        return state, total

    needs_key = args.only in (rows.GAN[0], "smallcnn_advtrain_b128")
    run, number = (epoch if args.variant == "scan" else by_steps), 0
    while True:
        state, total = run(state, jax.random.key(number))
        total = float(total)
        number += 1
        if not pace.lap(examples, lambda: total / examples):
            return


def attack(args, pace):
    """A pass is one batch, the whole attack in one jit."""
    name, batch = rows.ATTACK[args.only]
    x, y = digits.train(args.data, batch)
    x, y, p = jnp.asarray(x.reshape(batch, -1)), jnp.asarray(y.astype(np.int32)), weights(name)
    run = jax.jit(lambda x, y, key: pgd(NETS[name], p, x, y, key, 0.3, 0.01, 40))
    number = 0
    while True:
        adv = run(x, y, jax.random.key(number)).block_until_ready()
        number += 1
        if not pace.lap(batch, lambda: cross_entropy(NETS[name](p, adv), y).mean()):
            return


def elementwise(args, pace):
    """One sweep forward, or one each way with both results kept."""
    row, size = args.only.split("@")
    _, *name, kind = row.split("_")
    f, soft = activation("_".join(name)), name[-1] == "softmax"
    n = rows.SIZES[size] // rows.CLASSES * rows.CLASSES if soft else rows.SIZES[size]
    shape = (n // rows.CLASSES, rows.CLASSES) if soft else (n,)
    x, dy = (jnp.asarray(streams.uniform(s, n, *ends).reshape(shape)) for s, ends in ((1, (-4, 4)), (2, (0, 1))))

    def both(x, dy):
        y, back = jax.vjp(f, x)
        return y, back(dy)[0]

    forward, backward = jax.jit(f), jax.jit(both)
    call = (lambda: jax.block_until_ready(backward(x, dy))[1]) if kind == "fwdbwd" else lambda: forward(x).block_until_ready()
    clock.passes(pace, n, call, lambda r: np.asarray(r[:, 0] if soft else r, np.float64).mean())


def product(args, pace):
    """A matrix product."""
    m, k, n, form = rows.gemm(args.only)
    a, b = (streams.uniform(s, c, 0, 1) for s, c in ((1, m * k), (2, k * n)))
    a, b = jnp.asarray(a.reshape((k, m) if form == "tn" else (m, k))), jnp.asarray(b.reshape((n, k) if form == "nt" else (k, n)))
    f = jax.jit(lambda a, b: (a.T if form == "tn" else a) @ (b.T if form == "nt" else b))
    clock.passes(pace, 2 * m * k * n, lambda: f(a, b).block_until_ready(), lambda c: np.asarray(c, np.float64).mean())


def latency(args, pace):
    """One example forward."""
    name = rows.LATENCY[args.only]
    p, x = weights(name), jnp.asarray(digits.train(args.data, 1)[0].reshape(1, -1))
    f = jax.jit(NETS[name])
    clock.passes(pace, 1, lambda: f(p, x).block_until_ready(), lambda z: np.asarray(z, np.float64).mean())


def start(args, pace):
    """A Python that imports jax."""
    while True:
        subprocess.run([sys.executable, "-c", "import jax"], check=True)
        if not pace.lap(1, lambda: 0):
            return


def run(args, new_pace):
    """Any row."""
    row = args.only
    if row in rows.TRAIN or row == rows.GAN[0]:
        return train(args, new_pace("images/s" if row == rows.GAN[0] else "examples/s"))
    if row in rows.ATTACK:
        return attack(args, new_pace("examples/s"))
    if row.startswith("gemm_"):
        return product(args, new_pace("GFLOP/s"))
    if row in rows.LATENCY:
        return latency(args, new_pace("microseconds"))
    return start(args, new_pace("ms")) if row == "startup" else elementwise(args, new_pace("elements/s"))
