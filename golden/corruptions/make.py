"""What the formulas of MNIST-C (Mu, Gilmer 2019, arXiv:1906.02337) give by SciPy and scikit-image, for choices that are drawn elsewhere.

    python golden/corruptions/make.py

Needs numpy, scipy, scikit-image (0.26 made the file). Reads the embedded test images of crates/datasets; writes cases.gz beside itself: gzipped IDX, float32,
[cases, 28, 28], in [0, 1], in the order of the list below, which tests/corruptions.rs repeats.
"""
import gzip, math, pathlib, struct
import numpy as np
from skimage import feature, filters, transform

HERE = pathlib.Path(__file__).parent
RAW = gzip.open(HERE / "../../crates/datasets/embedded/t10k-images-idx3-ubyte.gz").read()[16:]
IMAGES = np.frombuffer(RAW, np.uint8).reshape(-1, 28, 28) / 255.0
SEVEN = IMAGES[0]


def affine(x, m):
    """Bilinear, 0 outside, about (13.5, 13.5); m maps output (column, row) to input."""
    m = np.array(m)
    full = np.eye(3)
    full[:2, :2] = m
    full[:2, 2] = 13.5 - m @ [13.5, 13.5]
    return transform.warp(x, transform.AffineTransform(matrix=full))


def moved(x, dx, dy):
    return transform.warp(x, transform.AffineTransform(translation=(dx, dy)))


def stroke(c0, r0, c1, r1):
    columns, rows = np.meshgrid(np.arange(28.0), np.arange(28.0))
    d = np.minimum(abs(rows - (r1 - r0) / (c1 - c0) * (columns - c0) - r0), 2.3 - 1e-10)
    line = np.clip(np.log(1 - d / 2.3) + 1, 0, 1)
    line[(columns < math.floor(c0)) | (columns >= math.ceil(c1))] = 0
    return line


def dotted(x, r0, r1):
    line = stroke(0, r0, 27, r1)
    line[:, (np.arange(28) // 2) % 2 == 0] = 0
    return np.minimum(x + line, 1)


def zigzag(x, r0, r1):
    theta = math.atan((r1 - r0) / 23)
    d = 23 / math.cos(theta)
    points = [(0.0, 0.0)] + [(4 * i + 2, 2 * (-1) ** i) for i in range(int((d - 2) // 4) + 1)]
    points.append((d, points[-1][1] / (2 * (d - 4 * (d // 4)))))
    turn = np.array([[math.cos(theta), -math.sin(theta)], [math.sin(theta), math.cos(theta)]])
    points = [turn @ p + (2, r0) for p in points]
    for a, b in zip(points, points[1:]):
        x = np.minimum(x + stroke(*a, *b), 1)
    return x


def cases():
    for sigma in (1, 2, 3, 4, 6):
        yield filters.gaussian(SEVEN, sigma=sigma)
    for side in (1, -1):
        for by in (0.4, 1.0):
            s = side * by
            yield affine(SEVEN, [[1, -math.sin(s)], [0, math.cos(s)]])
    for side in (1, -1):
        for by in (0.4, 1.0):
            s = side * by
            yield affine(SEVEN, [[math.cos(s), -math.sin(s)], [math.sin(s), math.cos(s)]])
    for to in (0.9, 0.5):
        yield affine(SEVEN, np.eye(2) / to)
    for dx in (3, -3):
        for dy in (3, -3):
            yield moved(SEVEN, dx, dy)
    yield np.minimum(SEVEN + 0.5, 1)
    yield (SEVEN - SEVEN.mean()) * 0.1 + SEVEN.mean()
    yield np.where((np.arange(28) < 7) | (np.arange(28) >= 21), 1 - SEVEN, SEVEN)
    for image in IMAGES[:12]:
        yield feature.canny(image).astype(float)
    # What the stream of example 0 draws for key 0: the tests check it.
    yield dotted(SEVEN, *DOTTED)
    yield zigzag(SEVEN, *ZIGZAG)


DOTTED = (14, 24)
ZIGZAG = (15, 18)

if __name__ == "__main__":
    values = np.clip(np.stack(list(cases())), 0, 1).astype(">f4")
    head = struct.pack(">4B3I", 0, 0, 0x0D, 3, *values.shape)
    (HERE / "cases.gz").write_bytes(gzip.compress(head + values.tobytes(), 9, mtime=0))
    print(values.shape, (HERE / "cases.gz").stat().st_size, "bytes")
