use super::plan::Plan;
use super::{forward::forward, input_grad::input_grad, weight_grad::weight_grad};
use crate::{Array, ConvGeometry, Elem, Shape, channel_sum, conv2d, conv2d_input_grad, conv2d_weight_grad};
use proptest::prelude::*;
use sparring_math::simd::Isa;

/// Small whole numbers: every order of summation gives the same exact result.
fn whole<E: Elem>(shape: impl Into<Shape>, salt: usize) -> Array<E> {
    Array::from_fn(shape, |i| E::of(((i * 7919 + salt * 31) % 11) as f64 - 5.0))
}
fn rough(shape: impl Into<Shape>, salt: usize) -> Array<f32> {
    Array::from_fn(shape, |i| ((i * 2654435761 + salt) % 10007) as f32 / 5003.0 - 1.0)
}

/// Every (y, x, w) index of a product that takes part, in the order of a plain loop.
fn walk(p: &Plan, kernel: [usize; 2], g: ConvGeometry, mut f: impl FnMut(usize, usize, usize)) {
    let ([h, w], [kh, kw], [oh, ow], [ic, oc]) =
        (p.block.input(), kernel, p.block.output(), p.block.channels());
    for yi in 0..p.n * oc * oh * ow {
        let (j, i, o, n) = (yi % ow, yi / ow % oh, yi / (ow * oh) % oc, yi / (ow * oh * oc));
        for wi in 0..ic * kh * kw {
            let (kx, ky, c) = (wi % kw, wi / kw % kh, wi / (kw * kh));
            let (y, x) = (i * g.stride[0] + ky, j * g.stride[1] + kx);
            if (g.padding[0]..g.padding[0] + h).contains(&y) && (g.padding[1]..g.padding[1] + w).contains(&x)
            {
                let xi = ((n * ic + c) * h + y - g.padding[0]) * w + x - g.padding[1];
                f(yi, xi, o * ic * kh * kw + wi);
            }
        }
    }
}

/// Of the output's gradient about one in `keep` is not zero: the kernels skip zeros where most are.
fn check<E: Elem>(x: Shape, w: Shape, g: ConvGeometry, keep: usize) {
    let plan = Plan::new("test", x, w, g);
    let out = Shape::new(&plan.result());
    let (xs, ws, b, dy) = (whole::<E>(x, 1), whole::<E>(w, 2), whole::<E>([out[1]], 3), whole::<E>(out, 4));
    let dy =
        Array::from_fn(
            out,
            |i| {
                if (i * 7919 + i / 5).is_multiple_of(keep) { dy.as_slice()[i] } else { E::ZERO }
            },
        );
    let mut y = Array::<E>::from_fn(out, |i| b.as_slice()[i / (out[2] * out[3]) % out[1]]);
    let (mut dx, mut dw) = (Array::<E>::zeros(x), Array::<E>::zeros(w));
    walk(&plan, [w[2], w[3]], g, |yi, xi, wi| {
        y.as_mut_slice()[yi] += xs.as_slice()[xi] * ws.as_slice()[wi];
        dx.as_mut_slice()[xi] += dy.as_slice()[yi] * ws.as_slice()[wi];
        dw.as_mut_slice()[wi] += dy.as_slice()[yi] * xs.as_slice()[xi];
    });
    for isa in Isa::ALL {
        let nan = |s: Shape| Array::<E>::full(s, E::of(f64::NAN));
        let (mut y2, mut dx2, mut dw2) = (nan(out), nan(x), nan(w));
        forward(isa, &plan, xs.as_slice(), ws.as_slice(), Some(b.as_slice()), y2.as_mut_slice());
        input_grad(isa, &plan, dy.as_slice(), ws.as_slice(), dx2.as_mut_slice());
        weight_grad(isa, &plan, xs.as_slice(), dy.as_slice(), dw2.as_mut_slice());
        assert!(
            y == y2 && dx == dx2 && dw == dw2,
            "{isa}: input {x}, weight {w}, {g:?}: {y:?} {y2:?} {dx:?} {dx2:?} {dw:?} {dw2:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn equals_the_plain_loop(
        n in 0usize..4, ic in 1usize..9, oc in 1usize..40, h in 1usize..9, w in 1usize..18, kh in 1usize..6,
        kw in 1usize..6, sy in 1usize..4, sx in 1usize..4, py in 0usize..8, px in 0usize..8, keep in 1usize..9,
    ) {
        let g = ConvGeometry { stride: [sy, sx], padding: [py, px] };
        prop_assume!(g.output([h, w], [kh, kw]).is_ok());
        check::<f32>(Shape::new(&[n, ic, h, w]), Shape::new(&[oc, ic, kh, kw]), g, keep);
        check::<f64>(Shape::new(&[n, ic, h, w]), Shape::new(&[oc, ic, kh, kw]), g, keep);
    }
}

#[test]
fn equals_the_plain_loop_on_the_articles_layers() {
    for (x, w, s, p) in [
        ([2, 1, 28, 28], [16, 1, 4, 4], 2, 1),
        ([2, 16, 14, 14], [32, 16, 4, 4], 2, 1),
        ([1, 1, 28, 28], [32, 1, 5, 5], 1, 2),
        ([1, 32, 14, 14], [64, 32, 5, 5], 1, 2),
        ([1, 3, 9, 9], [70, 3, 3, 3], 1, 1),
        ([520, 1, 5, 5], [2, 1, 3, 3], 1, 0),
        ([2, 0, 5, 5], [3, 0, 2, 2], 1, 0),
        ([2, 3, 5, 5], [0, 3, 2, 2], 1, 0),
    ] {
        for keep in [1, 4, 10, 1000] {
            let g = ConvGeometry { stride: [s; 2], padding: [p; 2] };
            check::<f32>(Shape::new(&x), Shape::new(&w), g, keep);
            check::<f64>(Shape::new(&x), Shape::new(&w), g, keep);
        }
    }
}

/// The bits of `f` under 1, 2 and 7 threads.
fn over_threads(f: impl Fn() -> Vec<u32> + Sync) -> [Vec<u32>; 3] {
    [1, 2, 7].map(|t| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(t)
            .build()
            .unwrap()
            .install(|| crate::team::with_threads(t, &f))
    })
}
fn bits(a: &Array<f32>) -> Vec<u32> {
    a.as_slice().iter().map(|v| v.to_bits()).collect()
}

#[test]
fn threads_and_batches_change_no_bit() {
    for (x, w, s, p) in [
        ([100, 1, 28, 28], [16, 1, 4, 4], 2, 1),
        ([100, 16, 14, 14], [32, 16, 4, 4], 2, 1),
        ([35, 1, 28, 28], [8, 1, 5, 5], 1, 2),
    ] {
        let g = ConvGeometry { stride: [s; 2], padding: [p; 2] };
        let (xs, ws, b) = (rough(x, 1), rough(w, 2), rough([w[0]], 3));
        let dy = rough(conv2d(&xs, &ws, None, g).shape(), 4);
        let all = over_threads(|| {
            let mut out = bits(&conv2d(&xs, &ws, Some(&b), g));
            out.extend(bits(&conv2d_input_grad(&dy, &ws, xs.shape(), g)));
            out.extend(bits(&conv2d_weight_grad(&xs, &dy, ws.shape(), g)));
            out.extend(bits(&channel_sum(&dy)));
            out
        });
        assert!(all[0] == all[1] && all[0] == all[2]);
        let (y, dx) = (conv2d(&xs, &ws, Some(&b), g), conv2d_input_grad(&dy, &ws, xs.shape(), g));
        let cut = |a: &Array<f32>, n: usize| {
            let [_, c, h, w] = a.shape().dims4();
            Array::from_slice([n, c, h, w], &a.as_slice()[..n * c * h * w])
        };
        for n in [1, 32] {
            assert_eq!(bits(&conv2d(&cut(&xs, n), &ws, Some(&b), g)), bits(&cut(&y, n)));
            let part = conv2d_input_grad(&cut(&dy, n), &ws, cut(&xs, n).shape(), g);
            assert_eq!(bits(&part), bits(&cut(&dx, n)));
        }
    }
}

#[test]
fn channel_sums() {
    assert_eq!(channel_sum(&whole::<f32>([3, 2], 1)).as_slice(), {
        let a = whole::<f32>([3, 2], 1);
        let v = a.as_slice();
        [v[0] + v[2] + v[4], v[1] + v[3] + v[5]]
    });
    let a = whole::<f64>([5, 3, 7, 9], 1);
    let mut sums = [0.0; 3];
    a.as_slice().iter().enumerate().for_each(|(i, v)| sums[i / 63 % 3] += v);
    assert_eq!(channel_sum(&a).as_slice(), sums);
    assert_eq!(channel_sum(&Array::<f32>::zeros([0, 4, 2, 2])).as_slice(), [0.0; 4]);
}

#[test]
#[should_panic(expected = "conv2d: input [32, 1, 28, 28] has 1 channel, weight [16, 3, 3, 3] expects 3")]
fn a_broken_shape_names_both() {
    conv2d(&rough([32, 1, 28, 28], 0), &rough([16, 3, 3, 3], 0), None, ConvGeometry::default());
}

#[test]
fn a_kernel_that_does_not_fit_is_an_error() {
    let g = ConvGeometry::default();
    assert_eq!(g.output([28, 28], [5, 3]), Ok([24, 26]));
    assert!(g.output([4, 4], [5, 1]).is_err() && g.output([4, 4], [0, 1]).is_err());
    assert!(ConvGeometry { stride: [0, 1], ..g }.output([4, 4], [1, 1]).is_err());
    assert!(ConvGeometry { padding: [usize::MAX, 0], ..g }.output([4, 4], [1, 1]).is_err());
}
