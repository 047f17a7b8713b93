"""The networks in JAX: pure functions of lists of arrays, images channels-last, weights as [in, out]; first weights as everywhere."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import rows
import streams


def weights(name, first=streams.WEIGHTS):
    """The parameters of a network of the table in the layouts of this file."""
    out = []
    for value in streams.parameters(rows.SHAPES[name], first):
        if value.ndim == 4:  # out, in, h, w
            value = value.transpose(2, 3, 1, 0)
        elif value.ndim == 2 and value.shape[1] == np.prod(FLAT.get(name, 0)):  # the map behind the last convolution
            value = value.reshape(-1, *FLAT[name]).transpose(2, 3, 1, 0).reshape(-1, value.shape[0])
        elif value.ndim == 2:
            value = value.T
        out.append(jnp.asarray(np.ascontiguousarray(value)))
    return out


FLAT = {"cnn": (64, 7, 7), "smallcnn": (32, 7, 7)}


def dense(p, x, last=lambda x: x, linear=()):
    """Affine maps with ReLU between them, but behind those of `linear`."""
    n = len(p) // 2
    for i in range(n):
        x = x @ p[2 * i] + p[2 * i + 1]
        if i + 1 < n and i not in linear:
            x = jax.nn.relu(x)
    return last(x)


def conv(x, w, b, stride, padding):
    """A convolution and ReLU."""
    y = lax.conv_general_dilated(
        x, w, (stride, stride), [(padding, padding)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jax.nn.relu(y + b)


def halve(x):
    """Maximum over 2x2."""
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def cnn(p, x):
    """The Madry net."""
    x = halve(conv(x.reshape(-1, 28, 28, 1), p[0], p[1], 1, 2))
    x = halve(conv(x, p[2], p[3], 1, 2))
    return dense(p[4:], x.reshape(len(x), -1))


def small_cnn(p, x):
    """The FGSM-RS net."""
    x = conv(conv(x.reshape(-1, 28, 28, 1), p[0], p[1], 2, 1), p[2], p[3], 2, 1)
    return dense(p[4:], x.reshape(len(x), -1))


NETS = {
    "mlp": dense,
    "cnn": cnn,
    "smallcnn": small_cnn,
    "ae": lambda p, x: dense(p, x, jax.nn.sigmoid, linear=(2,)),
    "generator": lambda p, x: dense(p, x, jax.nn.sigmoid),
    "discriminator": dense,
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
