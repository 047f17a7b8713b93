//! Each slice operation gives the bits of the scalar call, on each instruction set and at each length.

use sparring_math::Real;
use sparring_math::simd::{self, Isa, Kernel};

fn inputs() -> Vec<f32> {
    let line = (0..4003).map(|i| (i as f32 - 2000.0) * 0.0531);
    let special =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-45, -1e-45, f32::MAX, -f32::MAX, 1e-39];
    line.chain(special).collect()
}

/// A kernel that calls one function, so that the function is inlined and vectorised for certain.
macro_rules! same_bits {
    ($($function:ident)*) => {$({
        struct Apply<'a>(&'a [f32], &'a mut [f32]);
        impl Kernel for Apply<'_> {
            type Output = ();
            #[inline(always)]
            fn run(self) {
                for (y, &x) in self.1.iter_mut().zip(self.0) {
                    *y = Real::$function(x);
                }
            }
        }
        let x = inputs();
        let mut y = vec![0.0; x.len()];
        for isa in Isa::ALL {
            simd::dispatch_on(isa, Apply(&x, &mut y));
            for (&x, &y) in x.iter().zip(&y) {
                let scalar: f32 = Real::$function(std::hint::black_box(x));
                let same = y.to_bits() == scalar.to_bits() || (y.is_nan() && scalar.is_nan());
                assert!(same, "{}({x:e}) on {isa}: {y:e} and {scalar:e}", stringify!($function));
            }
        }
    })*};
}

#[test]
fn slices_and_scalars_have_the_same_bits() {
    same_bits!(exp exp_nonpos exp_m1 ln ln_1p tanh erf sigmoid softplus normal_cdf normal_tail normal_pdf sqrt sign);
}

#[test]
fn map_zip_and_updates_do_what_they_say() {
    for n in [0, 1, 7, 16, 33, 1000] {
        let a: Vec<f64> = (0..n).map(|i| i as f64 * 0.5).collect();
        let b: Vec<f64> = (0..n).map(|i| 3.0 - i as f64).collect();
        let mut y = vec![0.0; n];
        simd::map(&a, &mut y, |v| v * v);
        assert!((0..n).all(|i| y[i] == a[i] * a[i]));
        simd::zip(&a, &b, &mut y, |a, b| a - 2.0 * b);
        assert!((0..n).all(|i| y[i] == a[i] - 2.0 * b[i]));
        let before = y.clone();
        simd::update(&mut y, &a, |y, a| y + a);
        assert!((0..n).all(|i| y[i] == before[i] + a[i]));
        simd::update2(&mut y, &a, &b, |_, a, b| a * b);
        assert!((0..n).all(|i| y[i] == a[i] * b[i]));
    }
}

#[test]
#[should_panic(expected = "3 inputs, 2 outputs")]
fn lengths_are_checked() {
    simd::map(&[0.0f32; 3], &mut [0.0; 2], |v| v);
}
