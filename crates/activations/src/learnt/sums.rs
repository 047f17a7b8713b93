//! Passes that write outputs element by element and sum the gradient of the parameters.

use super::parametric::{MOST, Parametric};
use super::rules::Rule;
use super::sharing::{Sharing, group};
use sparring_math::Real;
use sparring_math::simd::{self, Kernel, dispatch};

/// Partial sums of a run: element i goes to lane i mod 16.
const LANES: usize = 16;
/// Elements after which the lanes are added up: short blocks keep the rounding error of long sums small.
const BLOCK: usize = 1024;

/// Outputs and sums of a rule.
pub(super) fn pass<R: Rule, E: Real, A: Parametric<E>>(
    rule: R,
    a: &A,
    s: Sharing,
    [p, x, dy, v]: [&[E]; 4],
    [out, second, dp]: [&mut [E]; 3],
) {
    if simd::fuses() {
        let [p, x, dy, v] = [p, x, dy, v].map(simd::fused);
        let [out, second, dp] = [out, second, dp].map(simd::fused_mut);
        dispatch(Pass { rule, a: a.with(&p[..A::COUNT]), s, p, x, dy, v, out, second, dp });
    } else {
        dispatch(Pass { rule, a: *a, s, p, x, dy, v, out, second, dp });
    }
}

struct Pass<'a, R, E, A> {
    rule: R,
    a: A,
    s: Sharing,
    p: &'a [E],
    x: &'a [E],
    dy: &'a [E],
    v: &'a [E],
    out: &'a mut [E],
    second: &'a mut [E],
    dp: &'a mut [E],
}

impl<R: Rule, E: Real, A: Parametric<E>> Kernel for Pass<'_, R, E, A> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { rule, a, s, p, x, dy, v, out, second, dp } = self;
        let size = if s.groups == 1 {
            x.len().max(1)
        } else if s.run == 1 {
            s.groups
        } else {
            s.run
        };
        let mut second = second.chunks_exact_mut(size);
        let pieces = x.chunks_exact(size).zip(dy.chunks_exact(size)).zip(out.chunks_exact_mut(size));
        for (i, ((x, dy), out)) in pieces.enumerate() {
            let second = second.next().unwrap_or_default();
            if s.groups > 1 && s.run == 1 {
                pass_interleaved(&rule, &a, p, v, x, dy, out, second, dp);
            } else {
                let g = i % s.groups;
                let (v, dp) = (group(v, g, A::COUNT), &mut dp[g * A::COUNT..][..A::COUNT]);
                pass_run(&rule, a.with(group(p, g, A::COUNT)), v, x, dy, out, second, dp);
            }
        }
    }
}

/// Elements that share their parameters.
#[inline(always)]
fn pass_run<R: Rule, E: Real, A: Parametric<E>>(
    rule: &R,
    a: A,
    v: &[E],
    x: &[E],
    dy: &[E],
    out: &mut [E],
    second: &mut [E],
    dp: &mut [E],
) {
    let mut seconds = second.chunks_mut(BLOCK);
    for ((x, dy), out) in x.chunks(BLOCK).zip(dy.chunks(BLOCK)).zip(out.chunks_mut(BLOCK)) {
        let (seconds, second_rest) = seconds.next().unwrap_or_default().as_chunks_mut::<LANES>();
        let mut lanes = [[E::ZERO; LANES]; MOST];
        let ((xs, x_rest), (dys, dy_rest)) = (x.as_chunks::<LANES>(), dy.as_chunks::<LANES>());
        let (outs, out_rest) = out.as_chunks_mut::<LANES>();
        for (i, ((x, dy), out)) in xs.iter().zip(dys).zip(outs).enumerate() {
            let second = if R::TWO { Some(&mut seconds[i]) } else { None };
            pass_row(rule, &a, v, [x, dy], out, second, &mut lanes);
        }
        for (i, (&x, &dy)) in x_rest.iter().zip(dy_rest).enumerate() {
            let mut terms = [E::ZERO; MOST];
            let [first, other] = rule.at(&a, v, x, dy, &mut terms[..A::COUNT]);
            out_rest[i] = first;
            if R::TWO {
                second_rest[i] = other;
            }
            for j in 0..A::COUNT {
                lanes[j][i] = dy.madd(terms[j], lanes[j][i]);
            }
        }
        for (dp, lanes) in dp.iter_mut().zip(lanes) {
            *dp += fold(lanes);
        }
    }
}

/// One element for each lane. The outputs are arrays of their own until all are known, so that the loop vectorises.
#[inline(always)]
fn pass_row<R: Rule, E: Real, A: Parametric<E>>(
    rule: &R,
    a: &A,
    v: &[E],
    [x, dy]: [&[E; LANES]; 2],
    out: &mut [E; LANES],
    second: Option<&mut [E; LANES]>,
    lanes: &mut [[E; LANES]; MOST],
) {
    let mut outputs = [[E::ZERO; LANES]; 2];
    let mut terms = [[E::ZERO; LANES]; MOST];
    for i in 0..LANES {
        let mut here = [E::ZERO; MOST];
        [outputs[0][i], outputs[1][i]] = rule.at(a, v, x[i], dy[i], &mut here[..A::COUNT]);
        for j in 0..A::COUNT {
            terms[j][i] = here[j];
        }
    }
    *out = outputs[0];
    if let Some(second) = second {
        *second = outputs[1];
    }
    for j in 0..A::COUNT {
        for i in 0..LANES {
            lanes[j][i] = dy[i].madd(terms[j][i], lanes[j][i]);
        }
    }
}

/// One element of each group.
#[inline(always)]
fn pass_interleaved<R: Rule, E: Real, A: Parametric<E>>(
    rule: &R,
    a: &A,
    p: &[E],
    v: &[E],
    x: &[E],
    dy: &[E],
    out: &mut [E],
    second: &mut [E],
    dp: &mut [E],
) {
    for (i, &dy) in dy.iter().enumerate() {
        let mut terms = [E::ZERO; MOST];
        let (a, v) = (a.with(group(p, i, A::COUNT)), group(v, i, A::COUNT));
        let [first, other] = rule.at(&a, v, x[i], dy, &mut terms[..A::COUNT]);
        out[i] = first;
        if R::TWO {
            second[i] = other;
        }
        for (dp, &term) in dp[i * A::COUNT..][..A::COUNT].iter_mut().zip(&terms) {
            *dp = dy.madd(term, *dp);
        }
    }
}

/// Adds the lanes: halves first.
#[inline(always)]
fn fold<E: Real>(mut lanes: [E; LANES]) -> E {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}
