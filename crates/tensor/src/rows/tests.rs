use super::*;
use crate::Elem;
use proptest::prelude::*;

/// Numbers with zeros of both signs and a NaN now and then.
fn numbers<E: Elem>(n: usize, salt: usize) -> Vec<E> {
    let at = |i: usize| (i * 2654435761 + salt * 7919) % 10007;
    (0..n).map(|i| E::of(if at(i) % 53 == 0 { f64::NAN } else { (at(i) % 41) as f64 / 4.0 - 5.0 })).collect()
}

/// The plain loop: what `f` says of the elements of each row, what lies between rows as it was.
fn expected<E: Elem, const S: usize>(
    [n, len]: [usize; 2],
    y: (&[E], usize),
    x: [(&[E], usize); S],
    f: impl Fn(f64, [f64; S]) -> f64,
) -> Vec<E> {
    let mut out = y.0.to_vec();
    for i in 0..n {
        for l in 0..len {
            let at = i * y.1 + l;
            out[at] = E::of(f(y.0[at].to_f64(), x.map(|(x, apart)| x[i * apart + l].to_f64())));
        }
    }
    out
}

fn same<E: Elem>(a: &[E], b: &[E]) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())), "{a:?} and {b:?}");
}

fn check<E: Elem>(n: usize, len: usize, gaps: [usize; 3]) {
    let apart = gaps.map(|gap| len + gap);
    let size = |k: usize| (n * apart[k]).saturating_sub(gaps[k]);
    let (a, b, y) = (numbers::<E>(size(0), 1), numbers::<E>(size(1), 2), numbers::<E>(size(2), 3));
    let (rows, out) = ([n, len], (&y[..], apart[2]));
    let (from, two) = ([(&a[..], apart[0])], [(&a[..], apart[0]), (&b[..], apart[1])]);
    let ends = [apart[0], apart[2]];
    let done = |f: &dyn Fn(&mut [E])| {
        let mut y = y.clone();
        f(&mut y);
        y
    };
    same(&done(&|y| copy(n, len, &a, y, ends)), &expected(rows, out, from, |_, [x]| x));
    same(&done(&|y| accumulate(n, len, &a, y, ends)), &expected(rows, out, from, |y, [x]| y + x));
    same(&done(&|y| add(n, len, &a, &b, y, apart)), &expected(rows, out, two, |_, [a, b]| a + b));
    let sum = |_: f64, [a, b]: [f64; 2]| if (a + b).is_nan() { f64::NAN } else { (a + b).max(0.0) };
    same(&done(&|y| add_relu(n, len, &a, &b, y, apart)), &expected(rows, out, two, sum));
    let grad = |_: f64, [dy, y]: [f64; 2]| {
        if y.is_nan() {
            f64::NAN
        } else if y > 0.0 {
            dy
        } else {
            0.0
        }
    };
    same(&done(&|y| relu_grad(n, len, &a, &b, y, apart)), &expected(rows, out, two, grad));
}

fn check_dropout<E: Elem>(n: usize, threshold: u32) {
    let (x, words) =
        (numbers::<E>(n, 4), (0..n as u32).map(|i| i.wrapping_mul(2654435761)).collect::<Vec<_>>());
    let wanted: Vec<E> =
        (0..n).map(|i| if words[i] < threshold { E::ZERO } else { E::of(x[i].to_f64() * 1.25) }).collect();
    let (mut y, mut in_place) = (vec![E::of(7.0); n], x.clone());
    dropout(&words, threshold, E::of(1.25), &x, &mut y);
    dropout_in_place(&words, threshold, E::of(1.25), &mut in_place);
    same(&y, &wanted);
    same(&in_place, &wanted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn rows_are_plain_loops(n in 0usize..9, len in 0usize..70, gaps in [0usize..4, 0usize..4, 0usize..4]) {
        check::<f32>(n, len, gaps);
        check::<f64>(n, len, gaps);
        check::<f32>(n, len, [0; 3]);
    }
    #[test]
    fn dropout_is_a_plain_loop(n in 0usize..200, threshold: u32) {
        check_dropout::<f32>(n, threshold);
        check_dropout::<f64>(n, threshold);
    }
}

#[test]
fn all_probabilities_have_a_threshold() {
    assert_eq!([0.0, 0.25, 1.0].map(drop_threshold), [0, 1 << 30, u32::MAX]);
    let mut x = [1.0f32, 2.0];
    dropout_in_place(&[0, u32::MAX], drop_threshold(0.0), 1.0, &mut x);
    assert_eq!(x, [1.0, 2.0], "nothing is dropped");
}

#[test]
#[should_panic(expected = "rows::copy: rows of 3 numbers overlap 2 apart")]
fn overlapping_rows_are_named() {
    copy(2, 3, &[0.0f32; 6], &mut [0.0; 6], [3, 2]);
}

#[test]
#[should_panic(expected = "rows::add: [2, 3] with strides [4, 1] does not fit into 6 numbers")]
fn short_slices_are_named() {
    add(2, 3, &[0.0f32; 6], &[0.0; 7], &mut [0.0; 6], [4, 3, 3]);
}
