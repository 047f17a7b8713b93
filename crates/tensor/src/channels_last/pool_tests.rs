use super::*;
use crate::pooling::{max_pool2d, scatter_pixels};
use crate::{Array, Elem, PoolGeometry};
use proptest::prelude::*;
use sparring_math::simd::Isa;

/// A small set of values, so that ties are frequent, and an occasional NaN.
fn rough<E: Elem>(n: usize, salt: usize, nans: bool) -> Vec<E> {
    let at = |i: usize| (i * 2654435761 + salt * 7919) % 10007;
    (0..n).map(|i| E::of(if nans && at(i) % 97 == 0 { f64::NAN } else { (at(i) % 7) as f64 - 3.0 })).collect()
}
fn bits<E: Elem>(a: &[E]) -> Vec<Option<u64>> {
    a.iter().map(|v| (!v.is_nan()).then(|| (v.to_f64() + 0.0).to_bits())).collect()
}
fn last<E: Elem>(a: &Array<E>) -> Vec<E> {
    let [n, c, h, w] = a.shape().dims4();
    let mut out = vec![E::ZERO; a.len()];
    for n in 0..n {
        let of = n * c * h * w..(n + 1) * c * h * w;
        to_channels_last(&a.as_slice()[of.clone()], c, &mut out[of]);
    }
    out
}

fn check<E: Elem>(n: usize, c: usize, [h, w]: [usize; 2], g: PoolGeometry, nans: bool) {
    let pool = PoolBlock::new([h, w], c, g).unwrap();
    let [oh, ow] = pool.output();
    let z = Array::from_slice([n, c, h, w], &rough::<E>(n * pool.image(), 1, nans));
    let relu = Array::from_slice(
        z.shape(),
        &z.as_slice().iter().map(|&v| if v < E::ZERO { E::ZERO } else { v }).collect::<Vec<_>>(),
    );
    let dy = Array::from_slice([n, c, oh, ow], &rough::<E>(n * pool.result(), 2, false));
    for isa in Isa::ALL {
        for behind_relu in [false, true] {
            let (y, idx) = max_pool2d(if behind_relu { &relu } else { &z }, g);
            let (mut y2, mut at) = (vec![E::ONE; dy.len()], vec![77; dy.len()]);
            let mut dx2 = vec![E::ONE; z.len()];
            let expected = if behind_relu {
                pool.max_on::<E, true>(isa, &last(&z), &mut y2, &mut at);
                pool.unmax_on::<E, true>(isa, &last(&dy), &y2, &at, &mut dx2);
                let pass = |(&d, &y): (&E, &E)| {
                    if y > E::ZERO {
                        d
                    } else if y.is_nan() {
                        y
                    } else {
                        E::ZERO
                    }
                };
                let passed: Vec<E> = dy.as_slice().iter().zip(y.as_slice()).map(pass).collect();
                scatter_pixels(&Array::from_slice(dy.shape(), &passed), &idx, z.shape())
            } else {
                pool.max_on::<E, false>(isa, &last(&z), &mut y2, &mut at);
                pool.unmax_on::<E, false>(isa, &last(&dy), &[], &at, &mut dx2);
                scatter_pixels(&dy, &idx, z.shape())
            };
            assert_eq!(bits(&y2), bits(&last(&y)), "{isa} {g:?} {h} {w} {c}");
            assert_eq!(bits(&dx2), bits(&last(&expected)), "{isa} {g:?} {h} {w} {c} relu {behind_relu}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn pools_as_on_planes(
        n in 1usize..3, c in 1usize..40, h in 1usize..10, w in 1usize..10, kh in 1usize..4, kw in 1usize..4,
        sy in 1usize..4, sx in 1usize..4, py in 0usize..2, px in 0usize..2, halves: bool, nans: bool,
    ) {
        let g = PoolGeometry { kernel: [kh, kw], stride: [sy, sx], padding: [py, px] };
        let g = if halves { PoolGeometry::default() } else { g };
        prop_assume!(g.output([h, w]).is_ok());
        check::<f32>(n, c, [h, w], g, nans);
        check::<f64>(n, c, [h, w], g, nans);
    }
}

#[test]
fn windows_too_large_for_their_winners_are_an_error() {
    let g = PoolGeometry { kernel: [17, 16], stride: [1, 1], padding: [0, 0] };
    assert!(PoolBlock::new([20, 20], 1, g).is_err());
    assert!(PoolBlock::new([20, 20], 1, PoolGeometry { kernel: [16, 16], ..g }).is_ok());
}
