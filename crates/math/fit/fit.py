"""Fits the f32 polynomials of this crate and prints their coefficients, lowest power first (needs mpmath).

Each is the weighted least-squares polynomial on 400 Chebyshev nodes, the weight making the error relative to the
function that the polynomial serves; that is within a factor of two of the minimax polynomial.
"""
from mpmath import mp, mpf, cos, sin, pi, exp, log, erf, erfc, sqrt, expm1, log1p, matrix, qr_solve, fabs, findroot
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


def mills(a):
    """Phi(-a) exp(a^2 / 2)."""
    return erfc(a / sqrt(mpf(2))) / 2 * exp(a * a / 2)


def quotient(name, target, place, m, k, value, scale=1, n=120, rounds=25, weight=None):
    """p / q of degrees m and k with p(0) / q(0) = value, at place(t) for t in [-1, 1], both times `scale`.

    The error relative to the target, or to `weight`, is made even by Lawson's weights, each round being linear with the denominator of the last one.
    """
    xs = [place(cos(pi * (2 * i + 1) / (2 * n))) for i in range(n)]
    ys = [target(x) for x in xs]
    sizes = [weight(x) for x in xs] if weight else ys
    at = lambda c, x: sum(v * x**j for j, v in enumerate(c))
    weights, q, best = [mpf(1)] * n, [mpf(1)] + [mpf(0)] * k, None
    for _ in range(rounds):
        a, b = matrix(n, m + k), matrix(n, 1)
        for i, (x, y, size) in enumerate(zip(xs, ys, sizes)):
            w = sqrt(weights[i]) / (at(q, x) * size)
            for j in range(1, m + 1):
                a[i, j - 1] = w * x**j
            for j in range(1, k + 1):
                a[i, m + j - 1] = -w * y * x**j
            b[i] = w * (y - value)
        solution, _ = qr_solve(a, b)
        p, q = [mpf(value)] + list(solution[:m]), [mpf(1)] + list(solution[m:])
        errors = [fabs((at(p, x) / at(q, x) - y) / size) for x, y, size in zip(xs, ys, sizes)]
        if best is None or max(errors) < best[0]:
            best = (max(errors), p, q)
        total = sum(w * e for w, e in zip(weights, errors))
        weights = [max(w * e / total * n, mpf("1e-6")) for w, e in zip(weights, errors)]
    print(name, "worst relative error before rounding", mp.nstr(best[0], 3))
    for c in best[1:]:
        print("   [" + ", ".join("%.9g" % f32(v * scale) for v in c) + "]")


fit("exp: (e^r - 1 - r) / r^2", exp_p, lambda r: r**2 / fabs(expm1(r) if fabs(r) > EPS else 1), -0.3467, 0.3467, 4)
fit("ln: (ln(1+f) - f + f^2/2) / f^3", ln_q, lambda f: fabs(f**3 / log1p(f)) if fabs(f) > EPS else mpf(0), "-0.29290", "0.41422", 8)
fit("erf: erf(x)/x - 1 in x^2", lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: sqrt(z) / erf(sqrt(z)), "1e-12", 1, 6)
# The scale is among those that round best, of 1024 tried, the one whose arithmetic errs least; then single last places were changed
# at random while the largest error of the arithmetic on 800,000 numbers went down (4.11 to 3.94 ulp).
quotient("tail: Phi(-a) e^(a^2/2)", mills, lambda t: mpf("14.5") * ((1 + t) / 2) ** 2, 4, 5, mpf(1) / 2, scale=mpf(1810) / 1024)
# Φ(-a) - a φ(a) without its zero and the limit of what is left; the scale is chosen as above.
ZERO, DENSITY = findroot(lambda a: mills(a) - a / sqrt(2 * pi), mpf("0.75")), 1 / sqrt(2 * pi)
slope = lambda a: (mills(a) - a * DENSITY) / (ZERO - a)
quotient("slope: (Phi(-a) - a phi(a)) e^(a^2/2) / (z - a) - phi(0)", lambda a: slope(a) - DENSITY, lambda t: mpf("14.5") * ((1 + t) / 2) ** 2, 3, 4, 1 / (2 * ZERO) - DENSITY, scale=mpf(1142) / 1024, weight=slope)
quotient("ln(1 + x) / x", lambda x: log1p(x) / x, lambda t: (1 + t) / 2, 2, 3, 1)
fit("sin(x) / x in x^2", lambda z: sin(sqrt(z)) / sqrt(z) if z > EPS else mpf(1), lambda z: 1, 0, (pi / 4) ** 2, 3, fixed=(1,))
fit("cos x in x^2", lambda z: cos(sqrt(z)), lambda z: 1, 0, (pi / 4) ** 2, 4, fixed=(1, "-0.5"))
