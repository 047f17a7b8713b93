"""Training of GANs in JAX: each function gives the state at the start, and (state, images, beside, key) to (state, sum of losses)."""

import functools

import jax
import jax.numpy as jnp

import rows
import streams
from jax_nets import NETS, Training, adam, fresh, fresh_statistics, running, weights

PENALTY = 10.0


def step(row):
    """One step of D and one of G; D sees real and fake in two batches, as batch norm wants it."""
    of_g, of_d, _, _ = rows.GAN[row]
    g, d = NETS[of_g], NETS[of_d]
    rule = functools.partial(adam, lr=2e-4, b1=0.5)

    def d_loss(pd, real, fake):
        training = Training()
        loss = jnp.mean(jax.nn.softplus(-d(pd, real, training))) + jnp.mean(jax.nn.softplus(d(pd, fake, training)))
        return loss, training.statistics

    def g_loss(pg, pd, z):
        training, of_d = Training(), Training()
        return jnp.mean(jax.nn.softplus(-d(pd, g(pg, z, training), of_d))), (training.statistics, of_d.statistics)

    def one(state, x, _, key):
        (pg, mg, sg), (pd, md, sd) = state
        z = jax.random.normal(key, (2, len(x), 100))
        making = Training()
        fake = g(pg, z[0], making)
        sg = running(sg, making.statistics)
        (of_d, seen), grads = jax.value_and_grad(d_loss, has_aux=True)(pd, x, fake)
        sd = running(running(sd, seen[: len(sd)]), seen[len(sd) :])
        pd, md = rule(pd, md, grads)
        (of_g, (by_g, by_d)), grads = jax.value_and_grad(g_loss, has_aux=True)(pg, pd, z[1])
        pg, mg = rule(pg, mg, grads)
        return ((pg, mg, running(sg, by_g)), (pd, md, running(sd, by_d))), (of_d + of_g) * len(x)

    pg, pd = weights(of_g), weights(of_d, streams.DISCRIMINATOR)
    return ((pg, fresh(pg), fresh_statistics(of_g)), (pd, fresh(pd), fresh_statistics(of_d))), one


def critic_step(row):
    """One step of the critic alone, on fakes that are kept, with the penalty of Gulrajani et al. 2017."""
    name, _, _ = rows.CRITIC[row]
    d = NETS[name]
    rule = functools.partial(adam, lr=1e-4, b1=0.0, b2=0.9)

    def loss(p, x, fake, place):
        between = place * x + (1 - place) * fake
        grad = jax.grad(lambda a: d(p, a).sum())(between)
        penalty = jnp.mean((jnp.sqrt(jnp.sum(grad * grad, 1)) - 1) ** 2)
        return jnp.mean(d(p, fake)) - jnp.mean(d(p, x)) + PENALTY * penalty

    def one(state, x, beside, _):
        p, moments = state
        value, grads = jax.value_and_grad(loss)(p, x, *beside)
        p, moments = rule(p, moments, grads)
        return (p, moments), value * len(x)

    p = weights(name)
    return (p, fresh(p)), one
