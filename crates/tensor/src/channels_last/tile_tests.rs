//! Convolutions in tiles beside those of `f64`.

use super::*;
use crate::{ConvGeometry, Precision};

fn rough(n: usize, salt: u32) -> Vec<f32> {
    let at = |i: usize| (i as u32).wrapping_mul(2_654_435_761).wrapping_add(salt.wrapping_mul(40_503)) >> 7;
    (0..n).map(|i| at(i) as f32 / (1 << 24) as f32 - 1.0).collect()
}
fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&v| f64::from(v)).collect()
}
/// The error, root mean square.
fn error(got: &[f32], exact: &[f64]) -> f64 {
    let squares = got.iter().zip(exact).map(|(&g, &e)| (f64::from(g) - e).powi(2)).sum::<f64>();
    (squares / exact.len() as f64).sqrt()
}

#[test]
fn forward_and_input_gradient_are_right_in_tiles() {
    let geometry = |stride, padding| ConvGeometry { stride: [stride; 2], padding: [padding; 2] };
    for ([h, w], ic, oc, kernel, g) in [
        ([14, 14], 32, 64, [5, 5], geometry(1, 2)),
        ([14, 14], 16, 32, [4, 4], geometry(2, 1)),
        ([9, 23], 20, 40, [3, 2], geometry(1, 0)),
        ([7, 40], 24, 33, [1, 4], geometry(3, 2)),
    ] {
        let block = ConvBlock::new([h, w], ic, oc, kernel, g).unwrap();
        let (x, dy) = (rough(3 * block.image(), 1), rough(3 * block.result(), 2));
        let (weight, bias) = (rough(oc * block.depth(), 3), rough(oc, 4));
        let (panels, exact) = (block.pack(&weight), block.pack(&wide(&weight)));
        let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
        block.forward(&exact, Some(&wide(&bias)), &wide(&x), &mut y);
        let mut transposed = block.backward_panels();
        block.pack_backward(&exact, &mut transposed);
        block.input_grad(&transposed, &wide(&dy), &mut dx);
        let mut errors = Vec::new();
        for precision in Precision::ALL {
            let (mut got, mut grad) = (vec![f32::NAN; y.len()], vec![f32::NAN; dx.len()]);
            match block.tiles(&panels, precision) {
                Some(tiles) => block.forward_in_tiles(&tiles, Some(&bias), &x, &mut got),
                None => block.forward(&panels, Some(&bias), &x, &mut got),
            }
            let mut transposed = block.backward_panels_in(precision);
            block.pack_backward(&panels, &mut transposed);
            // A second packing updates the tiles.
            block.pack_backward(&panels, &mut transposed);
            block.input_grad(&transposed, &dy, &mut grad);
            errors.push([error(&got, &y), error(&grad, &dx)]);
        }
        let [plain, split, half] = [0, 1, 2].map(|i| errors[i]);
        // Not a test of `f32` by itself.
        assert!(ic != 32 || split != plain && split != half);
        for d in 0..2 {
            assert!(
                split[d] <= plain[d] * 1.1 && plain[d] < half[d],
                "{block:?}: {plain:?} {split:?} {half:?}"
            );
            assert!(half[d] < 0.05, "{block:?}: {half:?}");
        }
    }
}
