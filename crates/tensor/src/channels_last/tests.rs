use super::*;
use crate::{Array, ConvGeometry, Elem, Panels, conv2d, conv2d_input_grad, conv2d_weight_grad};
use proptest::prelude::*;

fn rough<E: Elem>(n: usize, salt: usize) -> Vec<E> {
    (0..n).map(|i| E::of(((i * 2654435761 + salt * 7919) % 10007) as f64 / 5003.0 - 1.0)).collect()
}
fn in_layout<E: Elem>(a: &[E], channels: usize, images: usize, f: fn(&[E], usize, &mut [E])) -> Vec<E> {
    let mut out = vec![E::ZERO; a.len()];
    let one = (a.len() / images.max(1)).max(1);
    a.chunks(one).zip(out.chunks_mut(one)).for_each(|(a, o)| f(a, channels, o));
    out
}

/// All three directions have the numbers of the operations on arrays, bit for bit.
fn check<E: Elem>(n: usize, x: [usize; 3], oc: usize, kernel: [usize; 2], g: ConvGeometry) {
    let [ic, h, w] = x;
    let block = ConvBlock::new([h, w], ic, oc, kernel, g).unwrap();
    let [oh, ow] = block.output();
    let weight = Array::from_slice([oc, ic, kernel[0], kernel[1]], &rough(oc * block.depth(), 1));
    let bias = Array::from_slice([oc], &rough::<E>(oc, 2));
    let x = Array::from_slice([n, ic, h, w], &rough::<E>(n * block.image(), 3));
    let dy = Array::from_slice([n, oc, oh, ow], &rough::<E>(n * block.result(), 4));
    let panels = block.pack(weight.as_slice());
    let mut back = vec![E::ZERO; weight.len()];
    block.unpack(&panels, &mut back);
    assert_eq!(back, weight.as_slice());
    let (tap, c, o) = (kernel[0] * kernel[1] - 1, ic - 1, oc - 1);
    assert_eq!(panels.at(tap * ic + c, o), weight.as_slice()[(o * ic + c) * kernel[0] * kernel[1] + tap]);

    let xs = in_layout(x.as_slice(), ic, n, to_channels_last);
    let dys = in_layout(dy.as_slice(), oc, n, to_channels_last);
    let mut y = rough::<E>(dys.len(), 5);
    block.forward(&panels, Some(bias.as_slice()), &xs, &mut y);
    assert_eq!(in_layout(&y, oc, n, to_channels_first), conv2d(&x, &weight, Some(&bias), g).as_slice());

    let mut transposed = block.backward_panels();
    block.pack_backward(&panels, &mut transposed);
    let mut dx = rough::<E>(xs.len(), 6);
    block.input_grad(&transposed, &dys, &mut dx);
    let expected = conv2d_input_grad(&dy, &weight, x.shape(), g);
    assert_eq!(in_layout(&dx, ic, n, to_channels_first), expected.as_slice());

    // One image a call gives what all at once give.
    let mut acc = Panels::<E>::zeros(block.depth(), oc);
    for (x, dy) in xs.chunks(block.image()).zip(dys.chunks(block.result())) {
        block.weight_grad(x, dy, acc.as_mut_slice());
    }
    block.unpack(&acc, &mut back);
    assert_eq!(back, conv2d_weight_grad(&x, &dy, weight.shape(), g).as_slice());
    let mut whole = Panels::<E>::zeros(block.depth(), oc);
    block.weight_grad(&xs, &dys, whole.as_mut_slice());
    assert_eq!(whole.as_slice(), acc.as_slice());
    // Nor does it matter what lies between them.
    let spread = |x: &[E], size: usize, gap: usize| -> Vec<E> {
        x.chunks(size)
            .flat_map(|x| x.iter().copied().chain(std::iter::repeat_n(E::of(f64::NAN), gap)))
            .collect()
    };
    let (image, result) = (block.image(), block.result());
    let mut rows = Panels::<E>::zeros(block.depth(), oc);
    let (x, dy) = (spread(&xs, image, 3), spread(&dys, result, 5));
    block.weight_grad_of_rows(n, &x, &dy, [image + 3, result + 5], rows.as_mut_slice());
    assert_eq!(rows.as_slice(), acc.as_slice());

    let mut db = vec![E::ONE; oc];
    block.bias_grad(&dys, &mut db);
    for (o, db) in db.iter().enumerate() {
        let sum: f64 = dys[o..].iter().step_by(oc).map(|v| v.to_f64()).sum();
        assert!((db.to_f64() - 1.0 - sum).abs() < 1e-3 * (n * oh * ow) as f64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn blocks_have_the_bits_of_the_arrays(
        n in 1usize..4, ic in 1usize..9, oc in 1usize..70, h in 1usize..9, w in 1usize..18, kh in 1usize..6,
        kw in 1usize..6, sy in 1usize..4, sx in 1usize..4, py in 0usize..8, px in 0usize..8,
    ) {
        let g = ConvGeometry { stride: [sy, sx], padding: [py, px] };
        prop_assume!(g.output([h, w], [kh, kw]).is_ok());
        check::<f32>(n, [ic, h, w], oc, [kh, kw], g);
        check::<f64>(n, [ic, h, w], oc, [kh, kw], g);
    }
}

#[test]
fn blocks_have_the_bits_of_the_arrays_on_the_articles_layers() {
    for (x, oc, k, s, p) in [
        ([1, 28, 28], 16, 4, 2, 1),
        ([16, 14, 14], 32, 4, 2, 1),
        ([1, 28, 28], 32, 5, 1, 2),
        ([32, 14, 14], 64, 5, 1, 2),
    ] {
        check::<f32>(3, x, oc, [k; 2], ConvGeometry { stride: [s; 2], padding: [p; 2] });
    }
}

#[test]
#[should_panic(expected = "conv forward: 5 and 3 numbers are not whole images")]
fn a_length_that_does_not_fit_is_named() {
    let block = ConvBlock::new([1, 3], 1, 1, [1, 1], ConvGeometry::default()).unwrap();
    block.forward(&block.pack(&[1.0f32]), None, &[0.0; 5], &mut [0.0; 3]);
}
