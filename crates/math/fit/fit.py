"""Fits the f32 polynomials of this crate and prints their coefficients, lowest power first (needs mpmath).

Each is the weighted least-squares polynomial on 400 Chebyshev nodes, the weight making the error relative to the
function that the polynomial serves; that is within a factor of two of the minimax polynomial.
"""
from mpmath import mp, mpf, cos, pi, exp, log, erf, erfc, sqrt, expm1, log1p, matrix, qr_solve, fabs
import struct

mp.dps = 40


def f32(v):
    return struct.unpack("f", struct.pack("f", float(v)))[0]


def fit(name, target, weight, lo, hi, degree, fixed=()):
    """Polynomial p with weight * (p - target) small on [lo, hi]; coefficients in `fixed` are prescribed."""
    n = 400
    xs = [(mpf(lo) + mpf(hi)) / 2 + (mpf(hi) - mpf(lo)) / 2 * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    coefficients = [mpf(c) for c in fixed]
    free = list(range(len(fixed), degree + 1))
    # Round one coefficient at a time and refit the rest, so that rounding errors are absorbed.
    while free:
        a = matrix(n, len(free))
        b = matrix(n, 1)
        for i, x in enumerate(xs):
            w = weight(x)
            for j, p in enumerate(free):
                a[i, j] = w * x**p
            b[i] = w * (target(x) - sum(c * x**p for p, c in enumerate(coefficients)))
        solution, _ = qr_solve(a, b)
        coefficients.append(mpf(f32(solution[0])))
        free.pop(0)
    grid = [mpf(lo) + (mpf(hi) - mpf(lo)) * k / 997 for k in range(998)]
    worst = max(fabs(weight(x) * (sum(c * x**p for p, c in enumerate(coefficients)) - target(x))) for x in grid if x != 0)
    print(name, "worst relative error", mp.nstr(worst, 3))
    print("   [" + ", ".join("%.9g" % float(c) for c in coefficients) + "]")


LN2 = log(mpf(2))
EPS = mpf("1e-12")


def exp_p(r):
    return (expm1(r) - r) / r**2 if fabs(r) > EPS else mpf(1) / 2


def ln_q(f):
    return (log1p(f) - f + f**2 / 2) / f**3 if fabs(f) > EPS else mpf(1) / 3


def mills(u, k):
    """(a + k) * Phi(-a) * exp(a^2 / 2) at a = k (1 + u) / (1 - u)."""
    a = k * (1 + u) / (1 - u)
    return (a + k) * erfc(a / sqrt(mpf(2))) / 2 * exp(a * a / 2)


fit("exp: (e^r - 1 - r) / r^2", exp_p, lambda r: r**2 / fabs(expm1(r) if fabs(r) > EPS else 1), -0.3467, 0.3467, 4)
fit("ln: (ln(1+f) - f + f^2/2) / f^3", ln_q, lambda f: fabs(f**3 / log1p(f)) if fabs(f) > EPS else mpf(0), "-0.29290", "0.41422", 8)
fit("erf: erf(x)/x - 1 in x^2", lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: sqrt(z) / erf(sqrt(z)), "1e-12", 1, 6)
K = mpf("1.75")
TOP = (mpf("14.5") - K) / (mpf("14.5") + K)
BOTTOM = (mpf("0.849") - K) / (mpf("0.849") + K)
fit("far tail: (a+1.75) Phi(-a) e^(a^2/2) in u = (a-1.75)/(a+1.75)", lambda u: mills(u, K), lambda u: 1 / mills(u, K), BOTTOM, TOP, 8)
fit(
    "near tail: (1/2 - Phi(-a)) / a in z = a^2",
    lambda z: erf(sqrt(z / 2)) / (2 * sqrt(z)),
    lambda z: sqrt(z) / (erfc(sqrt(z / 2)) / 2),
    "1e-12",
    "0.7225",
    4,
)
