"""Images moved by affine maps (PyTorch) and by smooth random fields (SciPy), in float64; writes cases.csv beside it.

    python golden/augment/make.py

Lines are `case,name,numbers with blanks between`. An affine case is a rotation by `maps[0]` degrees, then a factor of the size `maps[1]`, then a shift down and right of the places
that pixels are taken from, all about the centre and sampled once; an elastic one moves each pixel by alpha times its Gaussian-filtered noise `down` and `right`.
"""

import math
import pathlib

import numpy as np
import scipy.ndimage as ndi
import torch
import torch.nn.functional as F

lines = []


def write(case, name, array):
    lines.append(f"{case},{name}," + " ".join(f"{v:.9g}" for v in np.asarray(array).ravel()))


def image(rng, shape):
    return rng.random(shape).astype(np.float32).astype(np.float64)


def affine(case, shape, degrees, factor, down, right, rng):
    channels, h, w = shape
    x = image(rng, shape)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # In pixels about the centre, (row, column): source = R (p / factor + shift / factor).
    matrix = np.array([[cos, -sin], [sin, cos]]) / factor
    shift = matrix @ np.array([down, right])
    # grid_sample without aligned corners: -1 and 1 are the outer edges of the image, (column, row).
    half = np.array([h / 2, w / 2])
    theta = matrix * half[None, :] / half[:, None]
    theta = np.array([[theta[1, 1], theta[1, 0], shift[1] / half[1]], [theta[0, 1], theta[0, 0], shift[0] / half[0]]])
    grid = F.affine_grid(torch.tensor(theta)[None], [1, channels, h, w], align_corners=False)
    y = F.grid_sample(torch.tensor(x)[None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    write(case, "x", x)
    write(case, "maps", [degrees, factor, down, right])
    write(case, "y", y[0].numpy())


def elastic(case, shape, alpha, sigma, rng):
    channels, h, w = shape
    x, noise = image(rng, shape), 2 * image(rng, (2, h, w)) - 1
    fields = [alpha * ndi.gaussian_filter(n, sigma, mode="constant", truncate=4.0) for n in noise]
    rows, columns = np.meshgrid(np.arange(h), np.arange(w), indexing="ij")
    at = [rows + fields[0], columns + fields[1]]
    write(case, "x", x)
    write(case, "down", noise[0])
    write(case, "right", noise[1])
    write(case, "y", [ndi.map_coordinates(channel, at, order=1, mode="grid-constant", cval=0.0) for channel in x])


rng = np.random.default_rng(3)
affine("affine", (1, 12, 9), 12.5, 1.25, 1.5, -0.75, rng)
affine("affine_rgb", (3, 7, 10), -40.0, 0.75, 0.0, 2.0, rng)
elastic("elastic", (1, 12, 9), 34.0, 4.0, rng)
elastic("elastic_rgb", (3, 7, 10), 8.0, 1.3, rng)
pathlib.Path(__file__).with_name("cases.csv").write_text("\n".join(lines) + "\n")


def mixed(classes, n, share, smoothing, generator):
    """share * CE(label) + (1 - share) * CE(other), the mean over a batch, and how many are right by the larger share."""
    z = (3 * torch.randn(n, classes, generator=generator, dtype=torch.float64)).requires_grad_()
    y, other = (torch.randint(classes, (n,), generator=generator) for _ in range(2))
    loss = share * F.cross_entropy(z, y, label_smoothing=smoothing)
    loss = loss + (1 - share) * F.cross_entropy(z, other, label_smoothing=smoothing)
    loss.backward()
    right = (z.argmax(1) == (y if share >= 0.5 else other)).sum()
    words = [[smoothing], [share], y, other, z.detach(), [loss.item()], z.grad, [right]]
    return ",".join(" ".join(f"{v:.17g}" for v in np.asarray(w, dtype=np.float64).ravel()) for w in words)


generator = torch.Generator().manual_seed(4)
cases = [mixed(*case, generator) for case in [(10, 6, 0.7, 0.0), (10, 6, 0.2, 0.1), (3, 9, 0.5, 0.0), (4, 5, 1.0, 0.3), (2, 4, 0.0, 0.0)]]
head = "smoothing,share,labels,others,logits,loss,gradient,right"
pathlib.Path(__file__).with_name("mixed.csv").write_text("\n".join([head, *cases]) + "\n")
