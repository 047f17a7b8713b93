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
import jax_gan
from jax_nets import NETS, Training, adam, clipped, cross_entropy, fresh, fresh_statistics, running, weights


def activation(name):
    """The function of a row, or None."""
    own = {"identity": lambda x: x, "prelu": lambda x: jnp.where(x > 0, x, jnp.float32(0.25) * x), "softsign": jax.nn.soft_sign,
           "gelu": functools.partial(jax.nn.gelu, approximate=False), "tanh": jnp.tanh, "exponential": jnp.exp,
           "gelu_tanh": functools.partial(jax.nn.gelu, approximate=True), "gauss": lambda x: jnp.exp(-x * x)}  # fmt: skip
    return own.get(name) or getattr(jax.nn, name)


ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "softplus", "mish",
               "hard_swish", "softsign", "log_sigmoid", "hard_sigmoid", "hard_tanh", "relu6", "gelu_tanh", "squareplus", "sparse_plus",
               "sparse_sigmoid", "exponential", "gauss", "softmax", "log_softmax")  # fmt: skip


def variants():
    """Row to variants."""
    out = {row: ["step", "scan"] for row in [*rows.TRAIN, *rows.GAN, *rows.CRITIC]}
    short = [f"act_{name}_{kind}@{size}" for name in ACTIVATIONS for kind in ("fwd", "fwdbwd") for size in rows.SIZES]
    return out | {row: ["jit"] for row in [*rows.ATTACK, *short, *rows.gemm_rows(), *rows.LATENCY]} | {"startup": ["import"]}


def pgd(net, p, x, y, key, eps, step, steps):
    """PGD from a uniform start; every example takes every step."""
    gradient = jax.grad(lambda adv: cross_entropy(net(p, adv), y).sum())
    low, high = jnp.maximum(x - eps, 0), jnp.minimum(x + eps, 1)
    adv = jnp.clip(x + jax.random.uniform(key, x.shape, minval=-eps, maxval=eps), 0, 1)
    return lax.fori_loop(0, steps, lambda _, adv: jnp.clip(adv + step * jnp.sign(gradient(adv)), low, high), adv)


def supervised_step(row):
    """The state at the start, and (state, images, labels, key) to (state, sum of losses)."""
    name, _, _ = rows.TRAIN[row]
    net, limit = NETS[name], rows.CLIP.get(row)

    def loss(p, x, y, key):
        training = Training(key)
        out = net(p, x, training)
        each = jnp.mean((out - x) ** 2, 1) if name == "ae" else cross_entropy(out, y)
        return jnp.mean(each), training.statistics

    def step(state, x, y, key):
        p, moments, statistics = state
        if row == "smallcnn_advtrain_b128":
            x = pgd(net, p, x, y, key, 0.3, 0.075, 7)
        (value, seen), grads = jax.value_and_grad(loss, has_aux=True)(p, x, y, key)
        p, moments = adam(p, moments, grads if limit is None else clipped(grads, limit))
        return (p, moments, running(statistics, seen)), value * len(x)

    p = weights(name)
    return (p, fresh(p), fresh_statistics(name)), step


def train(args, pace):
    """A pass is one epoch; the loss is its mean."""
    if args.only in rows.TRAIN:
        _, batch, examples = rows.TRAIN[args.only]
        state, step = supervised_step(args.only)
        second = None
    elif args.only in rows.GAN:
        *_, batch, examples = rows.GAN[args.only]
        state, step = jax_gan.step(args.only)
        second = None
    else:
        _, batch, examples = rows.CRITIC[args.only]
        state, step = jax_gan.critic_step(args.only)
        second = streams.critic_inputs(examples)
    x, y = digits.train(args.data, examples)
    x = jnp.asarray(x.reshape(examples, -1))
    # What stands beside the images: labels, or the critic's fakes and places.
    y = jnp.asarray(y.astype(np.int32)) if second is None else tuple(jnp.asarray(a.reshape(examples, -1)) for a in second)
    whole = examples // batch

    def one(state, index, key):
        return step(state, x[index], jax.tree.map(lambda a: a[index], y), key)

    @functools.partial(jax.jit, donate_argnums=0)
    def epoch(state, key):
        order, noise = jax.random.split(key)
        permuted = jax.random.permutation(order, examples)
        keys = jax.random.split(noise, whole + 1)
        state, losses = lax.scan(
            lambda s, at: one(s, *at), state, (permuted[: whole * batch].reshape(whole, batch), keys[:whole])
        )
        total = losses.sum()
        if whole * batch < examples:
            state, rest = one(state, permuted[whole * batch :], keys[whole])
            total += rest
        return state, total

    jitted = jax.jit(one, donate_argnums=0)
    shuffle = np.random.default_rng(1)

    def by_steps(state, key):
        permuted, total = shuffle.permutation(examples), 0.0
        for i, at in enumerate(range(0, examples, batch)):
            state, loss = jitted(state, permuted[at : at + batch], jax.random.fold_in(key, i) if needs_key else key)
            total += loss
        return state, total

    needs_key = args.only in [*rows.GAN, "smallcnn_advtrain_b128", "mlp_dropout_b128"]
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
    if row in rows.TRAIN:
        return train(args, new_pace("examples/s"))
    if row in rows.GAN | rows.CRITIC:
        return train(args, new_pace("images/s"))
    if row in rows.ATTACK:
        return attack(args, new_pace("examples/s"))
    if row.startswith("gemm_"):
        return product(args, new_pace("GFLOP/s"))
    if row in rows.LATENCY:
        return latency(args, new_pace("microseconds"))
    return start(args, new_pace("ms")) if row == "startup" else elementwise(args, new_pace("elements/s"))
