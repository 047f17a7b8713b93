"""The networks in JAX: functions of a list of arrays and the images, channels-last, weights as [in, out]; first weights as everywhere.

What a network needs beside its parameters in training (keys of dropout, places for the statistics of batch norm) stands in its `Training`.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import rows
import streams


class Training:
    """A training pass: dropout draws from the key; batch norms leave the mean and the unbiased variance of the batch in `statistics`."""

    def __init__(self, key=None):
        self.key, self.statistics = key, []

    def uniform(self, shape):
        """Numbers in [0, 1), other ones at each call."""
        self.key, key = jax.random.split(self.key)
        return jax.random.uniform(key, shape)


def weights(name, first=streams.WEIGHTS):
    """The parameters of a network of the table in the layouts of this file."""
    out = []
    for value in streams.parameters(rows.SHAPES[name], first):
        if value.ndim == 4 and name == "dcgan_generator":  # in, out, h, w
            value = value.transpose(2, 3, 0, 1)[::-1, ::-1]
        elif value.ndim == 4:  # out, in, h, w
            value = value.transpose(2, 3, 1, 0)
        elif value.ndim == 2 and value.shape[1] == np.prod(FLAT.get(name, 0)):  # the map behind the last convolution
            value = value.reshape(-1, *FLAT[name]).transpose(2, 3, 1, 0).reshape(-1, value.shape[0])
        elif value.ndim == 2 and name == "dcgan_generator":  # the map before the first
            value = value.reshape(128, 7, 7, -1).transpose(3, 1, 2, 0).reshape(value.shape[1], -1)
        elif value.ndim == 2:
            value = value.T
        out.append(jnp.asarray(np.ascontiguousarray(value)))
    return out


FLAT = {name: (64, 7, 7) for name in ("cnn", "cnn_bn", "cnn_prelu")} | {"smallcnn": (32, 7, 7)}
FLAT |= {name: (128, 7, 7) for name in ("dcgan_discriminator", "critic")}


def dense(p, x, training=None, last=lambda x: x, linear=()):
    """Affine maps with ReLU between them, but behind those of `linear`."""
    n = len(p) // 2
    for i in range(n):
        x = x @ p[2 * i] + p[2 * i + 1]
        if i + 1 < n and i not in linear:
            x = jax.nn.relu(x)
    return last(x)


def prelu(x, slope):
    """One slope for all."""
    return jnp.where(x > 0, x, slope * x)


def batch_norm(x, weight, bias, training, eps=1e-5):
    """Over all axes but the last, in training."""
    axes = tuple(range(x.ndim - 1))
    mean, count = x.mean(axes), x.size // x.shape[-1]
    variance = jnp.square(x - mean).mean(axes)
    training.statistics.append((lax.stop_gradient(mean), lax.stop_gradient(variance) * (count / (count - 1))))
    return (x - mean) * (weight * lax.rsqrt(variance + eps)) + bias


def mlp_dropout(p, x, training):
    """ReLU and dropout 0.2 behind the hidden maps."""
    for i in range(2):
        x = jax.nn.relu(x @ p[2 * i] + p[2 * i + 1])
        x = jnp.where(training.uniform(x.shape) < 0.2, 0, x / 0.8)
    return x @ p[4] + p[5]


def mlp_prelu(p, x, training):
    """PReLU behind the hidden maps."""
    x = prelu(x @ p[0] + p[1], p[2])
    x = prelu(x @ p[3] + p[4], p[5])
    return x @ p[6] + p[7]


def mlp_bn(p, x, training):
    """Batch norm and ReLU behind the hidden maps, which have no bias."""
    x = jax.nn.relu(batch_norm(x @ p[0], p[1], p[2], training))
    x = jax.nn.relu(batch_norm(x @ p[3], p[4], p[5], training))
    return x @ p[6] + p[7]


def conv(x, w, stride, padding, dilation=1):
    """A convolution; with `dilation` of the input a transposed one, whose weights are flipped."""
    return lax.conv_general_dilated(
        x, w, (stride, stride), [(padding, padding)] * 2, lhs_dilation=(dilation, dilation), dimension_numbers=("NHWC", "HWIO", "NHWC")
    )  # fmt: skip


def halve(x):
    """Maximum over 2x2."""
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def cnn(p, x, training=None):
    """The Madry net."""
    x = halve(jax.nn.relu(conv(x.reshape(-1, 28, 28, 1), p[0], 1, 2) + p[1]))
    x = halve(jax.nn.relu(conv(x, p[2], 1, 2) + p[3]))
    return dense(p[4:], x.reshape(len(x), -1))


def cnn_bn(p, x, training):
    """Its convolutions without bias, batch norm behind them."""
    x = halve(jax.nn.relu(batch_norm(conv(x.reshape(-1, 28, 28, 1), p[0], 1, 2), p[1], p[2], training)))
    x = halve(jax.nn.relu(batch_norm(conv(x, p[3], 1, 2), p[4], p[5], training)))
    return dense(p[6:], x.reshape(len(x), -1))


def cnn_prelu(p, x, training):
    """PReLU in all three places."""
    x = halve(prelu(conv(x.reshape(-1, 28, 28, 1), p[0], 1, 2) + p[1], p[2]))
    x = halve(prelu(conv(x, p[3], 1, 2) + p[4], p[5]))
    return prelu(x.reshape(len(x), -1) @ p[6] + p[7], p[8]) @ p[9] + p[10]


def small_cnn(p, x, training=None):
    """The FGSM-RS net."""
    x = jax.nn.relu(conv(x.reshape(-1, 28, 28, 1), p[0], 2, 1) + p[1])
    x = jax.nn.relu(conv(x, p[2], 2, 1) + p[3])
    return dense(p[4:], x.reshape(len(x), -1))


def resnet(p, x, training):
    """Stem, three blocks, global average, linear."""
    p = iter(p)

    def conv_norm(x, stride, padding):
        return batch_norm(conv(x, next(p), stride, padding), next(p), next(p), training)

    x = jax.nn.relu(conv_norm(x.reshape(-1, 28, 28, 1), 1, 1))
    for inputs, channels, stride in rows.BLOCKS:
        y = conv_norm(jax.nn.relu(conv_norm(x, stride, 1)), 1, 1)
        x = jax.nn.relu(y + (conv_norm(x, stride, 0) if stride != 1 or inputs != channels else x))
    return x.mean((1, 2)) @ next(p) + next(p)


def dcgan_generator(p, z, training):
    """From 100 numbers to an image in [0, 1]."""
    x = jax.nn.relu(batch_norm((z @ p[0]).reshape(-1, 7, 7, 128), p[1], p[2], training))
    x = jax.nn.relu(batch_norm(conv(x, p[3], 1, 2, dilation=2), p[4], p[5], training))
    return jax.nn.sigmoid(conv(x, p[6], 1, 2, dilation=2) + p[7]).reshape(len(z), -1)


def dcgan_discriminator(p, x, training):
    """From an image to a logit."""
    x = jax.nn.leaky_relu(conv(x.reshape(-1, 28, 28, 1), p[0], 2, 1) + p[1], 0.2)
    x = jax.nn.leaky_relu(batch_norm(conv(x, p[2], 2, 1), p[3], p[4], training), 0.2)
    return x.reshape(len(x), -1) @ p[5] + p[6]


def critic(p, x, training=None):
    """The same without batch norm."""
    x = jax.nn.leaky_relu(conv(x.reshape(-1, 28, 28, 1), p[0], 2, 1) + p[1], 0.2)
    x = jax.nn.leaky_relu(conv(x, p[2], 2, 1) + p[3], 0.2)
    return x.reshape(len(x), -1) @ p[4] + p[5]


NETS = {
    "mlp": dense,
    "mlp_dropout": mlp_dropout,
    "mlp_prelu": mlp_prelu,
    "mlp_bn": mlp_bn,
    "cnn": cnn,
    "cnn_bn": cnn_bn,
    "cnn_prelu": cnn_prelu,
    "smallcnn": small_cnn,
    "resnet": resnet,
    "ae": lambda p, x, training=None: dense(p, x, last=jax.nn.sigmoid, linear=(2,)),
    "generator": lambda p, x, training=None: dense(p, x, last=jax.nn.sigmoid),
    "discriminator": dense,
    "dcgan_generator": dcgan_generator,
    "dcgan_discriminator": dcgan_discriminator,
    "critic": critic,
}


def cross_entropy(logits, y):
    """Of each row."""
    return jax.nn.logsumexp(logits, 1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]


def adam(p, state, grads, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    """PyTorch's Adam."""
    m, v, t = state
    t = t + 1
    m = [b1 * m + (1 - b1) * g for m, g in zip(m, grads)]
    v = [b2 * v + (1 - b2) * g * g for v, g in zip(v, grads)]
    c1, c2 = 1 - b1**t, 1 - b2**t
    p = [p - lr / c1 * m / (jnp.sqrt(v / c2) + eps) for p, m, v in zip(p, m, v)]
    return p, (m, v, t)


def fresh(p):
    """Adam's state at the start."""
    return [jnp.zeros_like(a) for a in p], [jnp.zeros_like(a) for a in p], jnp.float32(0)


def fresh_statistics(name):
    """Running mean 0 and variance 1 of every batch norm."""
    shapes = [s for s in rows.SHAPES[name] if isinstance(s[0], tuple)]
    return [(jnp.zeros(s), jnp.ones(s)) for (s, value) in shapes if value == 0.0]


def running(old, batch, momentum=0.1):
    """Running statistics after a batch."""
    return [tuple((1 - momentum) * a + momentum * b for a, b in zip(*pair)) for pair in zip(old, batch)]


def clipped(grads, limit):
    """Scaled so that the norm of all together is at most `limit`, as PyTorch does it."""
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in grads))
    return [g * jnp.minimum(1, limit / (norm + 1e-6)) for g in grads]
