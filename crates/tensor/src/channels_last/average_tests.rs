use super::AveragePoolBlock;
use crate::{Elem, PoolGeometry};
use proptest::prelude::*;
use sparring_math::simd::Isa;

fn numbers<E: Elem>(n: usize, salt: usize) -> Vec<E> {
    (0..n).map(|i| E::of(((i * 2654435761 + salt * 7919) % 10007) as f64 / 5003.0 - 1.0)).collect()
}

/// Both directions against one plain loop in `f64` over windows, pixels and channels.
fn check<E: Elem>(n: usize, c: usize, input: [usize; 2], g: PoolGeometry) {
    let pool = AveragePoolBlock::new(input, c, g).unwrap();
    let (x, dy) = (numbers::<E>(n * pool.image(), 1), numbers::<E>(n * pool.result(), 2));
    let (mut means, mut grads) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
    let area = (g.kernel[0] * g.kernel[1]) as f64;
    for (p, mean) in means.iter_mut().enumerate() {
        let (l, j, i) = (p % c, p / c % pool.output[1], p / c / pool.output[1]);
        let (image, i) = (i / pool.output[0], i % pool.output[0]);
        for (r, q) in (0..g.kernel[0]).flat_map(|r| (0..g.kernel[1]).map(move |q| (r, q))) {
            let (r, q) = (i * g.stride[0] + r, j * g.stride[1] + q);
            let (r, q) = (r.wrapping_sub(g.padding[0]), q.wrapping_sub(g.padding[1]));
            if r < input[0] && q < input[1] {
                let at = ((image * input[0] + r) * input[1] + q) * c + l;
                *mean += x[at].to_f64() / area;
                grads[at] += dy[p].to_f64() / area;
            }
        }
    }
    let near = |a: &[E], b: &[f64]| {
        let tolerance = 8.0 * E::EPSILON.to_f64();
        a.iter().zip(b).all(|(a, b)| (a.to_f64() - b).abs() <= tolerance)
    };
    let mut bits: Option<(Vec<E>, Vec<E>)> = None;
    for isa in Isa::ALL {
        let (mut y, mut dx) = (vec![E::of(7.0); dy.len()], vec![E::of(7.0); x.len()]);
        pool.mean_on(isa, &x, &mut y);
        pool.unmean_on(isa, &dy, &mut dx);
        assert!(near(&y, &means) && near(&dx, &grads), "{isa} {n} {c} {input:?} {g:?}");
        // No multiply-adds: the same bits everywhere.
        assert_eq!(bits.get_or_insert_with(|| (y.clone(), dx.clone())), &(y, dx), "{isa}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn pools_as_a_plain_loop(
        n in 0usize..3, c in 1usize..70, input in [1usize..10, 1usize..10], kernel in [1usize..5, 1usize..5],
        stride in [1usize..5, 1usize..5], padding in [0usize..3, 0usize..3], whole: bool,
    ) {
        let g = PoolGeometry { kernel, stride, padding };
        let g = if whole { PoolGeometry { kernel: input, stride: [1, 1], padding: [0, 0] } } else { g };
        prop_assume!(g.output(input).is_ok());
        check::<f32>(n, c, input, g);
        check::<f64>(n, c, input, g);
    }
}

#[test]
fn global_windows_have_no_limit_and_no_channels_are_no_work() {
    let pool = AveragePoolBlock::global([28, 29], 3).unwrap();
    assert_eq!((pool.output(), pool.image(), pool.result()), ([1, 1], 28 * 29 * 3, 3));
    let mut y = [0.0f32; 3];
    pool.mean(&numbers(pool.image(), 5).iter().map(|v: &f32| v * 0.0 + 2.5).collect::<Vec<_>>(), &mut y);
    assert!(y.iter().all(|y| (y - 2.5).abs() < 1e-6));
    AveragePoolBlock::global([2, 2], 0).unwrap().mean::<f32>(&[], &mut []);
    assert!(AveragePoolBlock::global([0, 2], 3).is_err());
}

#[test]
#[should_panic(expected = "average pool: 5 and 1 numbers are not whole images")]
fn a_length_that_does_not_fit_is_named() {
    AveragePoolBlock::global([2, 2], 1).unwrap().mean(&[0.0f32; 5], &mut [0.0]);
}
