//! f' and f'' against central differences; f32 against f64; NaN, limits, kinks.

use crate::cases::{all, frequency, has_kink, line, oscillates};
use sparring_activations::{Activation, AnyActivation, Turns};

#[test]
fn derivatives_agree_with_central_differences() {
    for a in all() {
        for x in line(10_000, 20.0) {
            let fast = frequency(&a).max(1.0);
            let h = 2e-5 / fast;
            if has_kink(&a, x, h) {
                continue;
            }
            let first = (a.f(x + h) - a.f(x - h)) / (2.0 * h);
            let second = (a.df(x + h) - a.df(x - h)) / (2.0 * h);
            let (df, d2f): (f64, f64) = (a.df(x), a.d2f(x));
            let (near, near2) =
                (2e-9 * fast * (1.0 + x.abs() + df.abs()), 5e-9 * fast * fast * (1.0 + d2f.abs() + df.abs()));
            assert!((first - df).abs() < near, "{a}: f'({x}) = {df}, difference {first}");
            assert!((second - d2f).abs() < near2, "{a}: f''({x}) = {d2f}, difference {second}");
        }
    }
}

/// The numbers next to a bend have the derivatives of one of its sides, and four ulps from it, where a place that parameters make is not in doubt, of their own: one-sided
/// differences of second order, away from the bend.
#[test]
fn derivatives_beside_a_bend_are_those_of_their_side() {
    let mut seen = 0;
    for a in all() {
        let bends = a.bends(-20.0, 20.0);
        let fast = frequency(&a).max(1.0);
        // f' and f'' by differences from x on, and whether those at `at` are the same.
        let agree = |x: f64, side: f64, at: f64| {
            let h = side * 2e-5 / fast;
            let ahead = |f: &dyn Fn(f64) -> f64| (4.0 * f(x + h) - 3.0 * f(x) - f(x + 2.0 * h)) / (2.0 * h);
            let (first, second) = (ahead(&|x| a.f(x)), ahead(&|x| a.df(x)));
            let (df, d2f): (f64, f64) = (a.df(at), a.d2f(at));
            let near = 1e-8 * fast * (1.0 + x.abs() + df.abs());
            let near2 = 1e-7 * fast * fast * (1.0 + d2f.abs() + df.abs());
            ((first - df).abs() < near && (second - d2f).abs() < near2, [df, d2f, first, second])
        };
        for &bend in bends.iter() {
            // Another bend so near would be seen by the differences.
            if bends.iter().any(|t| *t != bend && (t - bend).abs() < 1e-4) {
                continue;
            }
            let beside = [1.0f64, -1.0].map(|side| {
                let next = |x: f64| if side > 0.0 { x.next_up() } else { x.next_down() };
                (side, next(bend), (0..4).fold(bend, |x, _| next(x)))
            });
            for (side, next, off) in beside {
                let (same, found) = agree(off, side, off);
                assert!(same, "{a}: at {off:e} [f', f'', differences] {found:?}");
                let either = beside.iter().any(|&(side, _, off)| agree(off, side, next).0);
                assert!(either, "{a}: f'({next:e}) is of neither side");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen} sides of bends");
}

/// Error in units of the last place of the f32 nearest to `exact`.
fn ulps(got: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if got == nearest {
        return 0.0;
    }
    let unit = f64::from(f32::from_bits(nearest.abs().to_bits() + 1) - nearest.abs());
    (f64::from(got) - exact).abs() / unit
}

/// f, f' and f'' of many numbers by the slice kernels, on the instruction set in use.
fn by_slices(a: &AnyActivation, x: &[f32]) -> [Vec<f32>; 3] {
    let ones = vec![1.0; x.len()];
    let mut out = [(); 3].map(|()| vec![0.0; x.len()]);
    a.forward(x, &mut out[0]);
    a.backward(x, &ones, &mut out[1]);
    a.backward2(x, &ones, &mut out[2]);
    out
}

/// Scalar calls and slices, which may round otherwise: f and f' within 4 ulps of each, f'', which multiplies more factors, within 10; f' of tanh shrink, the square of tanh, which
/// errs by 2.6, within 6 (a quotient of its own runs at half the speed), and that of Mish within 4.5.
#[test]
fn single_precision_follows_double_away_from_zeros() {
    // Sines, whose argument is rounded, and PAU, whose polynomial cancels, have tests of their own.
    let apart = |a: &AnyActivation| oscillates(a) || a.name() == "pau";
    let mut above = Vec::new();
    let x: Vec<f32> = line(400_000, 110.0)
        .chain(line(400_000, 6.0))
        .chain([1e-45, -1e-45, 1e-40, -1e-38, 1e-20, 1e30, -1e30])
        .map(|x| x as f32)
        .collect();
    for a in AnyActivation::ALL.iter().filter(|a| !apart(a)) {
        let slices = by_slices(a, &x);
        let first = match a.name() {
            "tanh_shrink" => 6.0,
            "mish" => 4.5,
            _ => 4.0,
        };
        type Pair<'a> = (&'a str, f64, &'a dyn Fn(f32) -> f32, &'a dyn Fn(f64) -> f64);
        let functions: [Pair; 3] = [
            ("f", 4.0, &|x| a.f(x), &|x| a.f(x)),
            ("f'", first, &|x| a.df(x), &|x| a.df(x)),
            ("f''", 10.0, &|x| a.d2f(x), &|x| a.d2f(x)),
        ];
        for ((name, allowed, single, double), slice) in functions.into_iter().zip(slices) {
            let mut worst = [(0.0, 0.0f32); 2];
            for (&x, of_slice) in x.iter().zip(slice) {
                let wide = f64::from(x);
                let exact = double(wide);
                // Around a zero of the function a relative error means nothing; 0 itself is exact and stays in.
                let zero_near = double(wide - 0.6) * double(wide + 0.6) <= 0.0 && wide.abs() > 0.6;
                // GELU multiplies subnormal Φ and φ by up to x², its form with tanh by up to 8000: there so many of the smallest units are allowed.
                let units = if matches!(a, AnyActivation::GeluTanh(_)) { 8192.0 } else { 256.0 };
                for (got, worst) in [single(x), of_slice].into_iter().zip(&mut worst) {
                    let (error, gap) = (ulps(got, exact), (f64::from(got) - exact).abs());
                    let tiny = gap < units * f64::from(f32::from_bits(1));
                    assert!(!zero_near || gap < 3e-7, "{a} {name} near a zero, at {x:e}");
                    if !zero_near && !tiny && error > worst.0 {
                        *worst = (error, x);
                    }
                }
            }
            let [(call, at), (slice, slice_at)] = worst;
            println!("{a} {name}: {call:.2} ulp at {at:e}, in slices {slice:.2} at {slice_at:e}");
            if call > allowed || slice > allowed {
                above.push(format!("{a} {name}: {call} ulp at {at:e}, in slices {slice} at {slice_at:e}"));
            }
        }
    }
    assert!(above.is_empty(), "{above:#?}");
}

#[test]
fn nan_stays_nan_and_infinities_give_the_limits() {
    for a in all() {
        for (f, g) in [
            (a.f(f32::NAN), a.f(f64::NAN)),
            (a.df(f32::NAN), a.df(f64::NAN)),
            (a.d2f(f32::NAN), a.d2f(f64::NAN)),
        ] {
            assert!(f.is_nan() && g.is_nan(), "{a}: NaN is lost");
        }
        if oscillates(&a) {
            continue;
        }
        for sign in [-1.0f64, 1.0] {
            // Far out every function has reached its limit, is beyond every bound, or comes nearer as a power of 1/x does: from 1e3 to 1e6 by a thousand at least.
            let (out, far, infinite) = (sign * 1e3, sign * 1e6, sign * f64::INFINITY);
            for (name, before, value, limit, single) in [
                ("f", a.f(out), a.f(far), a.f(infinite), a.f(infinite as f32)),
                ("f'", a.df(out), a.df(far), a.df(infinite), a.df(infinite as f32)),
                ("f''", a.d2f(out), a.d2f(far), a.d2f(infinite), a.d2f(infinite as f32)),
            ] {
                let near = if f64::abs(value) > 1e3 {
                    limit == value * f64::INFINITY
                } else {
                    limit == value
                        || f64::abs(limit - value) <= 1.1e-3 * f64::abs(limit - before)
                            && f64::abs(limit - before) < 0.01
                };
                assert!(near, "{a}: {name}({infinite}) = {limit}, at {far} {value}");
                // A limit that is computed from the parameters is rounded.
                let rounding = if a.name() == "pau" { 1e-6 } else { 2.4e-7 * limit.abs() };
                let same = single == limit as f32 || (f64::from(single) - limit).abs() <= rounding;
                assert!(same, "{a}: f32 {name}({infinite}) = {single}, not {limit}");
            }
            for x in [f32::MAX, f32::MIN_POSITIVE, 1e-45, 1e20, 89.0, 104.0, 709.0] {
                let (x, wide) = (x * sign as f32, f64::from(x) * sign);
                let exact: [f64; 3] = [a.f(wide), a.df(wide), a.d2f(wide)];
                for (got, exact) in [a.f(x), a.df(x), a.d2f(x)].into_iter().zip(exact) {
                    // Near the largest number rounding may decide.
                    let overflows = exact.abs() > 0.99 * f64::from(f32::MAX);
                    assert!(
                        got.is_finite() || (overflows && got.abs() == f32::INFINITY),
                        "{a} at {x}: {got}, exactly {exact}"
                    );
                }
            }
        }
    }
}

#[test]
fn kinks_follow_pytorch() {
    let at_zero = |text: &str| -> (f64, f64) {
        let a: AnyActivation = text.parse().unwrap();
        (a.df(0.0), a.d2f(0.0))
    };
    assert_eq!(at_zero("relu"), (0.0, 0.0));
    assert_eq!(at_zero("leaky_relu"), (0.01, 0.0));
    assert_eq!(at_zero("prelu"), (0.25, 0.0));
    assert_eq!(at_zero("elu"), (1.0, 0.0));
    assert_eq!(at_zero("elu(1.5)"), (1.5, 0.0));
    assert_eq!(at_zero("selu"), (1.758_099_340_847_376_6, 0.0));
    assert_eq!(at_zero("celu(1.5)"), (1.0, 0.0));
}

#[test]
fn the_derivative_of_the_value_is_the_derivative() {
    let near = |df: f64, of_value: f64, tolerance: f64| {
        df == of_value || (df - of_value).abs() <= tolerance * (1.0 + df.abs())
    };
    let mut known = Vec::new();
    for a in all() {
        let Some(at_nan) = a.df_of_value(f64::NAN) else { continue };
        assert!(at_nan.is_nan(), "{a}: NaN is lost");
        known.push(a.to_string());
        for x in line(20_000, 110.0).chain(line(2_000, 1e-3)) {
            let (df, of_value): (f64, f64) = (a.df(x), a.df_of_value(a.f(x)).unwrap());
            assert!(near(df, of_value, 1e-15), "{a} at {x}: {of_value}, f' {df}");
            let x = x as f32;
            let (df, of_value): (f32, f32) = (a.df(x), a.df_of_value(a.f(x)).unwrap());
            assert!(near(df.into(), of_value.into(), 5e-7), "{a} at {x}: {of_value}, f' {df}");
        }
    }
    assert_eq!(
        known,
        [
            "identity",
            "sigmoid",
            "tanh",
            "relu",
            "leaky_relu",
            "prelu",
            "elu",
            "selu",
            "celu",
            "hard_tanh",
            "relu6",
            "exponential",
            "leaky_relu(slope=0.2)",
            "prelu(slope=2)",
            "elu(alpha=0.5)",
            "elu(alpha=2)",
            "celu(alpha=0.5)",
            "celu(alpha=2)",
            "hard_tanh(min=-2, max=0.5)"
        ]
    );
}

/// What rounding an argument to f32 may do: half a unit of the last place of x, times the derivative.
fn of_rounding(x: f64, derivative: f64) -> f64 {
    x.abs() * 0.5f64.powi(24) * derivative.abs()
}

#[test]
fn sines_in_single_precision_are_those_of_the_rounded_argument() {
    for text in ["sin", "sin(1)", "snake", "snake(0.5)", "snake(-3)"] {
        let a: AnyActivation = text.parse().unwrap();
        let w = frequency(&a);
        let mut worst = [0.0f64; 3];
        for x in line(200_000, 100.0).chain(line(200_000, 1.0)).chain([1e-40, 1e6, 7e6, 1e20]) {
            let single = x as f32;
            let wide = f64::from(single);
            let exact: [f64; 4] = [a.f(wide), a.df(wide), a.d2f(wide), w * w * w];
            let got: [f32; 3] = [a.f(single), a.df(single), a.d2f(single)];
            for i in 0..3 {
                // The argument is rounded once; the derivative is taken at its largest nearby, one more of them.
                let size = exact[i].abs().max([1.0, w, w * w][i]);
                let condition = of_rounding(wide, exact[i + 1])
                    + of_rounding(wide, 1.0).min(1.0) * exact[3] * wide.abs() * 0.5f64.powi(24);
                let allowed = 4.0 * size * f64::from(f32::EPSILON) + 2.0 * condition.min(2.0 * size);
                let error = (f64::from(got[i]) - exact[i]).abs();
                assert!(error <= allowed, "{a}, derivative {i}, at {single:e}: {} for {}", got[i], exact[i]);
                worst[i] = worst[i].max(error / allowed);
            }
        }
        println!("{a}: {worst:?} of what is allowed");
    }
}

#[test]
fn sines_have_no_limit() {
    for sign in [-1.0f64, 1.0] {
        for text in ["sin", "snake"] {
            let a: AnyActivation = text.parse().unwrap();
            let (x, single) = (sign * f64::INFINITY, sign as f32 * f32::INFINITY);
            assert!(a.df(x).is_nan() && a.d2f(x).is_nan() && a.df(single).is_nan() && a.d2f(single).is_nan());
            let (f, g): (f64, f32) = (a.f(x), a.f(single));
            let expected = if text == "sin" { f64::NAN } else { x };
            assert!(
                f.to_bits() << 1 == expected.to_bits() << 1 || f.is_nan() && expected.is_nan(),
                "{a}: {f}"
            );
            assert!(f64::from(g) == expected || g.is_nan() && expected.is_nan(), "{a}: {g}");
            // Finite numbers have values, however large.
            assert!(a.f(sign as f32 * 1e30).is_finite() && a.df(sign as f32 * 1e36).is_finite());
        }
    }
}

#[test]
fn pau_in_single_precision_has_the_error_of_its_terms() {
    use sparring_activations::Pau;
    let (mut worst, top) = (0.0f64, [0.02979246, 0.61837738, 2.32335207, 3.05202660, 1.48548002, 0.25103717]);
    for x in line(400_000, 110.0).chain(line(400_000, 6.0)).chain([1e-40, 1e20, -1e30]) {
        let (single, wide) = (x as f32, f64::from(x as f32));
        let exact: f64 = Pau.f(wide);
        // The sum of the sizes of what is added up, from a plain evaluation.
        let bottom = 1.0
            + [1.14201226, 4.39322834, 0.87154450, 0.34720652]
                .iter()
                .zip(1..)
                .map(|(q, j)| q * wide.abs().powi(j))
                .sum::<f64>();
        let size = top.iter().zip(0..).map(|(p, i)| p * wide.abs().powi(i)).sum::<f64>() / bottom;
        let error = (f64::from(Pau.f(single)) - exact).abs() / (size * f64::from(f32::EPSILON));
        if error > worst {
            worst = error;
        }
    }
    println!("pau: {worst:.2} units of the sum of the sizes of its terms");
    assert!(worst <= 4.0, "{worst}");
}
