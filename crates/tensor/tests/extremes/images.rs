//! Convolution and pooling.

use super::memory::{Calls, Fenced, Random};
use sparring_tensor::channels_last::{ConvBlock, PoolBlock, to_channels_first, to_channels_last};
use sparring_tensor::{
    Array, ConvGeometry, Elem, Panels, PoolGeometry, Precision, Shape, TensorError, TilePanels, conv2d,
    conv2d_input_grad, conv2d_weight_grad, pooling,
};

/// A convolution, or why there is none.
fn block(r: &mut Random) -> Result<ConvBlock, TensorError> {
    let ([h, w, ic, kh, kw], oc) = (r.sizes(12, 40), r.size(70, 40));
    let g = ConvGeometry { stride: r.sizes::<2>(4, 15).map(|s| s.max(1)), padding: r.sizes(4, 40) };
    ConvBlock::new([h, w], ic, oc, [kh, kw].map(|k| if k < 12 { k / 3 + 1 } else { k }), g)
}

/// `len`, most often.
fn near(r: &mut Random, len: usize) -> usize {
    if r.below(12) == 0 { r.below(len + 40) } else { len }
}

fn convolutions<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    for _ in 0..12_000 {
        let (block, n, way) = (block(&mut r), r.below(3), r.below(7));
        let Ok(block) = block else {
            calls.call(&mut Fenced::<E>::new(0), |_| panic!("{}", block.unwrap_err()));
            continue;
        };
        let [image, result, depth] = [block.image(), block.result(), block.depth()];
        let [ic, oc] = block.channels();
        let x = if r.yes() { Fenced::<E>::new(near(&mut r, n * image)) } else { Fenced::sparse(n * image) };
        let dy =
            if r.yes() { Fenced::<E>::new(near(&mut r, n * result)) } else { Fenced::sparse(n * result) };
        let (weight, bias) = (Fenced::<E>::new(near(&mut r, oc * depth)), Fenced::<E>::new(near(&mut r, oc)));
        let width = Panels::<E>::zeros(1, 1).width();
        let panel = depth * oc.next_multiple_of(width);
        let outputs = [n * result, n * image, panel, panel, oc, n * result, oc * depth];
        let mut out = Fenced::new(near(&mut r, outputs[way]));
        let precision = Precision::ALL[r.below(3)];
        calls.call(&mut out, |out| match way {
            0 => block.forward(&block.pack(weight.get()), r.yes().then(|| bias.get()), x.get(), out),
            1 => {
                let mut transposed = block.backward_panels_in(precision);
                block.pack_backward(&block.pack(weight.get()), &mut transposed);
                block.input_grad(&transposed, dy.get(), out);
            }
            2 => block.weight_grad(x.get(), dy.get(), out),
            3 => {
                let apart = [if r.yes() { image } else { r.size(900, 3) }, result.max(r.size(900, 5))];
                block.weight_grad_of_rows(r.size(3, 6), x.get(), dy.get(), apart, out);
            }
            4 => block.bias_grad(dy.get(), out),
            5 => {
                let panels = block.pack(weight.get());
                let tiles = block.tiles(&panels, precision);
                let other = || TilePanels::new(&panels, Precision::Bf16);
                match if r.yes() { tiles } else { tiles.or_else(other) } {
                    Some(tiles) => block.forward_in_tiles(&tiles, Some(bias.get()), x.get(), out),
                    None => block.forward(&panels, None, x.get(), out),
                }
            }
            _ => {
                let mut panels = Panels::zeros(near(&mut r, depth), oc + usize::from(r.below(9) == 0) * ic);
                block.pack_into(weight.get(), &mut panels);
                block.unpack(&panels, out);
            }
        });
    }
    calls.both();
}

fn pools<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    for _ in 0..12_000 {
        let ([h, w], c, n, way) = (r.sizes(12, 20), r.size(40, 20), r.below(3), r.below(4));
        let plain = PoolGeometry::default();
        let g = PoolGeometry { kernel: r.sizes(5, 20), stride: r.sizes(5, 8), padding: r.sizes(2, 20) };
        let Ok(pool) = PoolBlock::new([h, w], c, if r.yes() { plain } else { g }) else {
            calls.call(&mut Fenced::<E>::new(0), |_| panic!("no such pooling"));
            continue;
        };
        let [x, y] = [pool.image(), pool.result()].map(|e| Fenced::<E>::new(near(&mut r, n * e)));
        let outputs = if way < 2 { pool.result() } else { pool.image() };
        let mut out = Fenced::new(near(&mut r, n * outputs));
        let mut at: Vec<u8> =
            (0..near(&mut r, n * pool.result())).map(|_| r.below(5) as u8 / 4 * 250).collect();
        calls.call(&mut out, |out| match way {
            0 => pool.max(x.get(), out, &mut at),
            1 => pool.relu_max(x.get(), out, &mut at),
            2 => pool.unmax(y.get(), &at, out),
            _ => pool.relu_unmax(y.get(), y.get(), &at, out),
        });
    }
    calls.both();
}

fn arrays<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    for _ in 0..3000 {
        let ([n, ic, h, w], [oc, kh, kw], way) = (r.sizes(7, 40), r.sizes(5, 40), r.below(5));
        let g = ConvGeometry { stride: r.sizes(4, 12), padding: r.sizes(4, 30) };
        calls.call(&mut Fenced::new(0), |_: &mut [E]| {
            let shape = |dims: [usize; 4]| Shape::checked(&dims).expect("a shape");
            let (x, k) = (shape([n, ic, h, w]), shape([oc, ic, kh, kw]));
            let array = |s: Shape| {
                assert!(s.numel() < 1 << 16, "no memory is given to {s}");
                Array::from_slice(s, Fenced::<E>::new(s.numel()).get())
            };
            let out = match g.output([h, w], [kh, kw]) {
                Ok([oh, ow]) => array(shape([n, oc, oh, ow])),
                Err(_) => array(shape([n, oc, 1, 1])),
            };
            let windows = PoolGeometry { kernel: [kh, kw], stride: g.stride, padding: g.padding };
            let got = match way {
                0 => conv2d(&array(x), &array(k), None, g),
                1 => conv2d_input_grad(&out, &array(k), x, g),
                2 => conv2d_weight_grad(&array(x), &out, k, g),
                3 => pooling::max_pool2d(&array(x), windows).0,
                _ => pooling::avg_pool2d(&array(x), windows),
            };
            assert!(!got.as_slice().iter().any(|v| v.is_nan()), "{name}: read outside");
        });
    }
    calls.both();
}

#[test]
fn convolutions_panic_or_stay_inside() {
    convolutions::<f32>("ConvBlock of f32", 11);
    convolutions::<f64>("ConvBlock of f64", 12);
}

#[test]
fn pools_panic_or_stay_inside() {
    pools::<f32>("PoolBlock of f32", 13);
    pools::<f64>("PoolBlock of f64", 14);
}

#[test]
fn operations_on_arrays_panic_or_stay_inside() {
    arrays::<f32>("convolution and pooling of f32", 15);
    arrays::<f64>("convolution and pooling of f64", 16);
}

#[test]
fn layouts_panic_or_stay_inside() {
    let (mut r, mut calls) = (Random::new(17), Calls::of("planes"));
    for _ in 0..2000 {
        let (pixels, channels, go) =
            (r.below(40), r.size(40, 6), [to_channels_first, to_channels_last][r.below(2)]);
        let x = Fenced::<f32>::exactly(&mut r, &[pixels, channels]);
        let mut out = Fenced::new(near(&mut r, x.get().len()));
        calls.call(&mut out, |out| go(x.get(), channels, out));
    }
    calls.both();
}
