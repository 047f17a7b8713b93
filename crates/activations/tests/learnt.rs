//! Slice functions of learnt activations against differences and plain loops: PReLU, and one from outside the crate.

use crate::cases::line;
use sparring_activations::{About, Activation, AnyActivation, Parametric, Prelu, Sharing, Trainable};
use sparring_math::Real;

/// f(x) = a x σ(b x): two parameters, no derivative of which is constant but ∂²f/∂a².
#[derive(Clone, Copy, Debug)]
struct Bent<S> {
    a: S,
    b: S,
}

impl<E: Real, S: Real> Activation<E> for Bent<S> {
    fn name(&self) -> &'static str {
        "bent"
    }
    fn about(&self) -> About {
        About { name: "bent", ..Activation::<f64>::about(&Prelu { slope: 0.0 }) }
    }
    #[inline(always)]
    fn f(&self, x: E) -> E {
        let [a, b] = [self.a, self.b].map(|p| E::of(p.to_f64()));
        a * x * (b * x).sigmoid()
    }
    #[inline(always)]
    fn df(&self, x: E) -> E {
        let [a, b] = [self.a, self.b].map(|p| E::of(p.to_f64()));
        let s = (b * x).sigmoid();
        a * s * (E::ONE + b * x * (E::ONE - s))
    }
    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let [a, b] = [self.a, self.b].map(|p| E::of(p.to_f64()));
        let s = (b * x).sigmoid();
        a * b * s * (E::ONE - s) * (E::of(2.0) + b * x * (E::ONE - E::of(2.0) * s))
    }
}

impl<E: Real> Parametric<E> for Bent<E> {
    const COUNT: usize = 2;
    type With<F: Real> = Bent<F>;
    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Bent<F> {
        Bent { a: p[0], b: p[1] }
    }
    fn write(&self, p: &mut [E]) {
        p.copy_from_slice(&[self.a, self.b]);
    }
    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let s = (self.b * x).sigmoid();
        out[0] = x * s;
        out[1] = self.a * x * x * s * (E::ONE - s);
    }
    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let (s, z, two) = ((self.b * x).sigmoid(), self.b * x, E::of(2.0));
        out[0] = s * (E::ONE + z * (E::ONE - s));
        out[1] = self.a * x * s * (E::ONE - s) * (two + z * (E::ONE - two * s));
    }
    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let s = (self.b * x).sigmoid();
        let mixed = x * x * s * (E::ONE - s);
        out[0] = mixed * v[1];
        out[1] = mixed * v[0] + self.a * x * mixed * (E::ONE - E::of(2.0) * s) * v[1];
    }
}

fn all<E: Real>() -> Vec<Box<dyn Trainable<E>>> {
    let mut all: Vec<_> = AnyActivation::ALL.iter().filter_map(|a| a.trainable::<E>()).collect();
    all.push(Box::new(Bent { a: E::of(0.7), b: E::of(1.3) }));
    all
}

/// f, f', ∂f/∂p, f'', ∂f'/∂p at one point.
fn at<E: Real>(a: &dyn Trainable<E>, p: &[E], x: E) -> (E, E, Vec<E>, E, Vec<E>) {
    let (mut y, mut dx, mut ddx) = ([E::ZERO], [E::ZERO], [E::ZERO]);
    let (mut dp, mut ddp) = (vec![E::ZERO; p.len()], vec![E::ZERO; p.len()]);
    a.forward_with(p, Sharing::WHOLE, &[x], &mut y);
    a.backward_with(p, Sharing::WHOLE, &[x], &[E::ONE], &mut dx, &mut dp);
    a.input_grad_backward(p, Sharing::WHOLE, &[x], &[E::ONE], &mut ddx, &mut ddp);
    (y[0], dx[0], dp, ddx[0], ddp)
}

/// The second order through ∂f/∂p: ∂f'/∂p · v, ∂f/∂p · v and ∂²f/∂p² v at one point.
fn along<E: Real>(a: &dyn Trainable<E>, p: &[E], x: E, v: &[E]) -> (E, E, Vec<E>) {
    let (mut dx, mut ddy, mut dp) = ([E::ZERO], [E::ZERO], vec![E::ZERO; p.len()]);
    a.param_grad_backward(p, Sharing::WHOLE, &[x], &[E::ONE], v, &mut dx, &mut ddy, &mut dp);
    (dx[0], ddy[0], dp)
}

#[test]
fn derivatives_agree_with_differences() {
    let names: Vec<_> = all::<f64>().iter().map(|a| a.name()).collect();
    assert_eq!(
        names,
        ["prelu", "swish", "acon_c", "pssilu", "psoftplus", "pelu", "snake", "apl", "pau", "spline", "bent"]
    );
    for a in all::<f64>() {
        let (name, mut p, h) = (a.name(), a.params(), 1e-5);
        for x in line(100, 5.0) {
            let here = at(&*a, &p, x);
            assert_eq!((here.0, here.1), (a.f(x), a.df(x)), "{name} at its own parameters");
        }
        if name == "spline" {
            // Away from the ends of the slopes.
            p.iter_mut().for_each(|p| *p = 0.9 * *p + 0.02);
        }
        assert_eq!(p.len(), a.count());
        // The kinks of PReLU and PELU, and those at which APL and the spline start.
        let at_kink = |x: f64| {
            x.abs() <= h
                || ["apl", "spline"].contains(&name) && (2.0 * x - (2.0 * x).round()).abs() <= 4.0 * h
        };
        for x in line(1_000, 5.0).filter(|x| !at_kink(*x)) {
            let here = at(&*a, &p, x);
            let (up, down) = (at(&*a, &p, x + h), at(&*a, &p, x - h));
            let near = |difference: f64, derivative: f64, of: &str| {
                let error = (difference / (2.0 * h) - derivative).abs();
                // Each derivative of a sine by its frequency has another factor x.
                let allowed = if name == "snake" { 1e-8 * (1.0 + x * x) } else { 1e-8 };
                assert!(error < allowed, "{name}: {of} at {x} differs by {error:e}");
            };
            near(up.0 - down.0, here.1, "df/dx");
            near(up.1 - down.1, here.3, "d2f/dx2");
            for j in 0..p.len() {
                let moved = |sign: f64| {
                    let mut p = p.clone();
                    p[j] += sign * h;
                    at(&*a, &p, x)
                };
                let (up, down) = (moved(1.0), moved(-1.0));
                let mut unit = vec![0.0; p.len()];
                unit[j] = 1.0;
                let (mixed, along, curvature) = along(&*a, &p, x, &unit);
                near(up.0 - down.0, here.2[j], "df/dp");
                near(up.1 - down.1, here.4[j], "d2f/dxdp");
                assert!((along - here.2[j]).abs() + (mixed - here.4[j]).abs() < 1e-14);
                for i in 0..p.len() {
                    near(up.2[i] - down.2[i], curvature[i], "d2f/dp2");
                }
            }
        }
    }
    assert!("relu".parse::<AnyActivation>().unwrap().trainable::<f32>().is_none());
}

/// Each slice function against a plain loop over one-element calls, summed in `f64`.
fn check<E: Real>(tolerance: f64) {
    for a in all::<E>() {
        for (s, period) in [
            (Sharing::WHOLE, 1),
            (Sharing { groups: 1, run: 7 }, 1),
            (Sharing::channels_last(1), 1),
            (Sharing::channels_last(5), 5),
            (Sharing::channels_last(37), 37),
            (Sharing::channels_first(3, 2), 6),
            (Sharing::channels_first(3, 41), 123),
        ] {
            for n in [0, 1, 2, 9, 16, 31, 66].map(|n| n * period) {
                let (k, name) = (a.count(), a.name());
                let values = |seed: f64, n: usize| -> Vec<E> {
                    (0..n).map(|i| E::of(3.0 * (seed * (i as f64 + 1.0)).sin())).collect()
                };
                let (p, v) = (values(0.9, s.groups * k), values(1.1, s.groups * k));
                let (x, dy) = (values(1.7, n), values(2.3, n));
                let begun = values(3.1, s.groups * k);
                let mut outs = [(); 5].map(|()| vec![E::of(9.0); n]);
                let mut sums = [(); 3].map(|()| begun.clone());
                let [y, dx, only_dx, ddx, mixed] = &mut outs;
                let (mut ddy, [dp, ddp, ddpp]) = (vec![E::of(9.0); n], &mut sums);
                a.forward_with(&p, s, &x, y);
                a.backward_with(&p, s, &x, &dy, dx, dp);
                a.input_grad_with(&p, s, &x, &dy, only_dx);
                a.input_grad_backward(&p, s, &x, &dy, ddx, ddp);
                a.param_grad_backward(&p, s, &x, &dy, &v, mixed, &mut ddy, ddpp);
                assert_eq!(dx, only_dx, "{name} {s:?}");
                let wide = |b: &[E]| b.iter().map(|b| b.to_f64()).collect::<Vec<_>>();
                let mut plain = [(); 3].map(|()| wide(&begun));
                for i in 0..n {
                    let here = s.group(i) * k..(s.group(i) + 1) * k;
                    let (f, df, fp, d2f, fxp) = at(&*a, &p[here.clone()], x[i]);
                    let (m, along, fpp) = along(&*a, &p[here.clone()], x[i], &v[here.clone()]);
                    let exact = [f, dy[i] * df, dy[i] * d2f, dy[i] * m, along];
                    for (got, want) in [&*y, dx, ddx, mixed, &ddy].iter().zip(exact) {
                        assert_eq!(got[i].to_f64(), want.to_f64(), "{name} {s:?} at {}", x[i]);
                    }
                    for (sums, terms) in plain.iter_mut().zip([fp, fxp, fpp]) {
                        let add = |(s, t): (&mut f64, &E)| *s += dy[i].to_f64() * t.to_f64();
                        sums[here.clone()].iter_mut().zip(&terms).for_each(add);
                    }
                }
                for (got, want) in sums.iter().zip(plain) {
                    for (got, want) in got.iter().zip(want) {
                        let error = (got.to_f64() - want).abs();
                        let allowed = tolerance * (10.0 + n as f64) * (1.0 + want.abs());
                        assert!(error <= allowed, "{name} {s:?} {n}: {got} {want}");
                    }
                }
            }
        }
    }
}

#[test]
fn slices_are_plain_loops() {
    check::<f32>(3e-7);
    check::<f64>(1e-14);
}

#[test]
#[should_panic(expected = "prelu: 2 parameters, 3 elements and Sharing { groups: 2, run: 1 } do not fit")]
fn a_period_is_never_cut() {
    Prelu { slope: 0.1f32 }.forward_with(&[0.1, 0.2], Sharing::channels_last(2), &[0.0; 3], &mut [0.0; 3]);
}

#[test]
#[should_panic(expected = "prelu: 1 parameters, 3 elements")]
fn lengths_are_checked() {
    let whole = Sharing::WHOLE;
    Prelu { slope: 0.1f32 }.backward_with(&[0.1], whole, &[0.0; 3], &[0.0; 3], &mut [0.0; 2], &mut [0.0]);
}

/// The facts of a learnt form are those of the activation it starts as.
#[test]
fn learnt_forms_have_the_facts_of_their_start() {
    for a in crate::cases::all() {
        let Some(learnt) = a.trainable::<f64>() else { continue };
        let (found, start) = (learnt.about(), a.about());
        assert_eq!((found.name, found.formula, found.source), (start.name, start.formula, start.source));
        assert_eq!((found.smoothness, found.monotone), (start.smoothness, start.monotone), "{a}");
        assert_eq!(
            (found.range, found.lipschitz, found.curvature),
            (start.range, start.lipschitz, start.curvature),
            "{a}"
        );
        for (one, other) in
            [(found.gain_forward, start.gain_forward), (found.gain_backward, start.gain_backward)]
        {
            assert!((one.unwrap() - other.unwrap()).abs() < 1e-12, "{a}: {one:?} {other:?}");
        }
    }
}
