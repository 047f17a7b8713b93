"""Golden values for the metrics of generative models, from scipy, scikit-learn and the `prdc` package.

Run: python make.py   (needs numpy, scipy, scikit-learn and prdc; writes cases.csv beside itself)

Lines of `case,name,numbers`; `about` holds the versions. Rows are float32, row after row. What no package has is its formula in numpy.
"""

import contextlib
import csv
import io
import pathlib

import numpy as np
import prdc
import scipy
import sklearn
from scipy import linalg, stats
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

HERE = pathlib.Path(__file__).resolve().parent


def features(rng, n, dim, shift):
    """Correlated, skewed rows."""
    x = rng.normal(size=(n, dim)) @ np.linspace(0.2, 1.0, dim * dim).reshape(dim, dim)
    return (np.tanh(x) + 0.3 * rng.normal(size=(n, dim)) + shift).astype(np.float32)


def frechet(a, b):
    """torch-fidelity's formula, eigenvalues of the product by scipy."""
    s1, s2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.sqrt(linalg.eigvals(s1 @ s2).astype(complex)).real.sum()
    return ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * roots


def kernel_distance(a, b):
    """torch-fidelity's polynomial_mmd, mmd_est='unbiased', but for two sets of any size."""
    k = lambda x, y: polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)
    off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return off(k(a, a)) + off(k(b, b)) - 2 * k(a, b).mean()


def pairs(rng):
    for name, n, m, dim, shift in [("near", 60, 45, 3, 0.1), ("far", 30, 40, 7, 1.0)]:
        real32, fake32 = features(rng, n, dim, 0.0), features(rng, m, dim, shift)
        real, fake = real32.astype(float), fake32.astype(float)
        yield name, "dim", [dim]
        yield name, "real", real32.ravel()
        yield name, "fake", fake32.ravel()
        yield name, "frechet", [frechet(real, fake)]
        yield name, "kernel", [kernel_distance(real, fake)]
        subsets = [(rng.permutation(n)[:12], rng.permutation(m)[:15]) for _ in range(4)]
        values = [kernel_distance(real[i], fake[j]) for i, j in subsets]
        for i, j in subsets:
            yield name, "subset", [*i, -1, *j]
        yield name, "kernel_subsets", [np.mean(values), np.std(values)]
        for k in (1, 3, 5):
            with contextlib.redirect_stdout(io.StringIO()):
                found = prdc.compute_prdc(real, fake, k)
            yield name, f"prdc_{k}", [found[key] for key in ("precision", "recall", "density", "coverage")]
        both, own = np.concatenate([real, fake]), np.arange(n + m) < n
        # Without a query, no row is its own neighbour.
        nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(both).kneighbors(return_distance=False)[:, 0]
        right = own[nearest] == own
        yield name, "neighbour_test", [right.mean(), right[:n].mean(), right[n:].mean()]
        half = n // 2
        to_train = NearestNeighbors(n_neighbors=1).fit(real[:half])
        of_fake, of_test = (to_train.kneighbors(x)[0][:, 0] for x in (fake, real[half:]))
        shares = [(of_fake < np.quantile(of_test, q)).mean() for q in (0.1, 0.5)]
        yield name, "memorisation", [np.median(of_fake), np.median(of_test), *shares]


def classes(rng):
    p = rng.dirichlet(np.full(4, 0.4), size=50).astype(np.float32)
    yield "classes", "probabilities", p.ravel()
    p = p.astype(float)
    for splits in (1, 5):
        parts = [stats.entropy(q, q.mean(axis=0, keepdims=True), axis=1).mean() for q in np.split(p, splits)]
        yield "classes", f"score_{splits}", [np.mean(np.exp(parts)), np.std(np.exp(parts))]
    labels = rng.choice(6, size=40, p=[0.3, 0.3, 0.2, 0.1, 0.1, 0.0])
    share = np.bincount(labels, minlength=6) / 40
    yield "classes", "labels", labels
    yield "classes", "histogram", [share.min(), stats.entropy(share), stats.entropy(share, np.full(6, 1 / 6))]


def modes(rng):
    """The evaluation of PacGAN: a sample counts for its nearest centre if it is less than 3 sigma away."""
    a = np.pi / 4 * np.arange(8)
    ring = np.stack([np.cos(a), np.sin(a)], axis=1)
    grid = np.array([[x, y] for x in range(-4, 5, 2) for y in range(-4, 5, 2)], dtype=float)
    for name, centres, sigma in [("ring", ring, 0.01), ("grid", grid, 0.05)]:
        kept = centres[: len(centres) - 2]
        x = kept[rng.integers(len(kept), size=120) ** 2 % len(kept)]
        x = (x + 1.7 * sigma * rng.normal(size=x.shape)).astype(np.float32)
        yield name, "samples", x.ravel()
        d = np.linalg.norm(x[:, None].astype(float) - centres, axis=2)
        count = np.bincount(d.argmin(axis=1)[d.min(axis=1) < 3 * sigma], minlength=len(centres))
        yield name, "score", [(count > 0).sum(), count.sum() / len(x), stats.entropy(count, np.ones(len(centres)))]


def codes(rng):
    centres = rng.normal(size=(4, 5))
    labels = rng.integers(4, size=140)
    x32 = (centres[labels] + 0.8 * rng.normal(size=(140, 5)) + 2.0).astype(np.float32)
    x, train = x32.astype(float), 90
    yield "codes", "x", x32.ravel()
    yield "codes", "labels", labels
    for k in (1, 5, 12):
        of = KNeighborsClassifier(k, algorithm="brute").fit(x[:train], labels[:train])
        yield "codes", f"neighbours_{k}", [of.score(x[train:], labels[train:])]
    for alpha in (0.01, 30.0):
        probe = Ridge(alpha).fit(x[:train], np.eye(4)[labels[:train]])
        yield "codes", f"ridge_{alpha}", probe.predict(x[train:]).ravel()
        score = RidgeClassifier(alpha).fit(x[:train], labels[:train]).score(x[train:], labels[train:])
        yield "codes", f"ridge_accuracy_{alpha}", [score]


def mixtures(rng):
    mix = np.array([[1.0, 0.0, 0.0], [0.6, 0.5, 0.0], [-0.3, 0.2, 0.8]])
    x32 = np.concatenate([rng.normal(size=(50, 3)) @ mix.T, rng.normal(size=(40, 3)) + 2.5]).astype(np.float32)
    x = x32.astype(float)
    start = x[[3, 40, 70]]
    yield "mixture", "x", x32.ravel()
    yield "mixture", "start", start.ravel()
    for kind in ("full", "diag"):
        cov = np.cov(x, rowvar=False, bias=True)
        precision = np.linalg.inv(cov) if kind == "full" else 1 / np.diag(cov)
        for steps in (1, 12):
            of = GaussianMixture(
                3,
                covariance_type=kind,
                tol=0.0,
                reg_covar=0.0,
                max_iter=steps,
                weights_init=np.full(3, 1 / 3),
                means_init=start,
                precisions_init=np.stack([precision] * 3),
            ).fit(x)
            case = f"mixture_{kind}_{steps}"
            yield case, "weights", of.weights_
            yield case, "means", of.means_.ravel()
            yield case, "covariances", of.covariances_.ravel()
            yield case, "log_density", of.score_samples(x[:10])
            yield case, "score", [of.score(x)]


def main():
    import warnings

    warnings.simplefilter("ignore")  # fits that stop early
    versions = [("numpy", np), ("scipy", scipy), ("scikit-learn", sklearn)]
    lines = [["about", name, module.__version__] for name, module in versions]
    lines.append(["about", "prdc", __import__("importlib.metadata").metadata.version("prdc")])
    rng = np.random.default_rng(7)
    for part in (pairs, classes, modes, codes, mixtures):
        for case, name, numbers in part(rng):
            integers = np.issubdtype(np.asarray(numbers).dtype, np.integer)
            lines.append([case, name, *(repr(int(v) if integers else float(v)) for v in numbers)])
    with open(HERE / "cases.csv", "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(lines)


main()
