use super::*;

/// Numbers in (−1, 1) with full mantissas.
fn rough(n: usize, salt: u32) -> Vec<f32> {
    let at = |i: usize| (i as u32).wrapping_mul(2_654_435_761).wrapping_add(salt.wrapping_mul(40_503)) >> 7;
    (0..n).map(|i| at(i) as f32 / (1 << 24) as f32 - 1.0).collect()
}

fn widened(half: u16) -> f32 {
    round::widen(half)
}

#[test]
fn three_parts_hold_all_of_a_number_and_one_rounds_to_nearest() {
    let mut x = rough(77, 3);
    x.extend([0.0, -0.0, 1.0, 1.0 + f32::EPSILON, 3.3e38, f32::MIN_POSITIVE, 1e-30, -7e-20]);
    for unit in [Unit::plain(), Unit::new()] {
        let (n, term) = (x.len(), x.len() + 3);
        let mut to = vec![7u16; 3 * term];
        cut(unit, &x, 3, &mut to, term);
        for (i, &x) in x.iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|p| f64::from(widened(to[p * term + i])));
            let missed = (a + b + c - f64::from(x)).abs();
            assert!(missed <= f64::from(f32::MIN_POSITIVE), "{x:e} by {missed:e}");
            assert!((a - f64::from(x)).abs() <= f64::from(x).abs() / 256.0);
        }
        assert_eq!(to[n], 7, "nothing past the end");
    }
}

#[test]
fn what_is_not_finite_leaves_no_parts() {
    let x = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX];
    for unit in [Unit::plain(), Unit::new()] {
        let mut to = [0u16; 12];
        cut(unit, &x, 3, &mut to, 4);
        let term = |i: usize| to[i..].iter().step_by(4).map(|&h| widened(h)).collect::<Vec<_>>();
        assert_eq!(term(0), [f32::INFINITY, 0.0, 0.0]);
        assert_eq!(term(1), [f32::NEG_INFINITY, 0.0, 0.0]);
        assert!(term(2)[0].is_nan() && term(2)[1..] == [0.0, 0.0]);
        // The largest number rounds up to infinity in 8 bits.
        assert_eq!(term(3), [f32::INFINITY, 0.0, 0.0]);
    }
}

#[test]
fn both_ways_to_cut_give_the_same_halves() {
    if !Unit::new().has_tiles() {
        println!("skipped: no tiles here");
        return;
    }
    let x = rough(1000, 1);
    let mut got = [vec![0u16; 3000], vec![0u16; 3000]];
    for (unit, to) in [Unit::plain(), Unit::new()].into_iter().zip(&mut got) {
        cut(unit, &x, 3, to, 1000);
    }
    assert_eq!(got[0], got[1]);
    let rows: [&[f32; WIDTH]; 2] = [0, 1].map(|r| x[r * 100..][..WIDTH].try_into().unwrap());
    for (unit, to) in [Unit::plain(), Unit::new()].into_iter().zip(&mut got) {
        cut_pair(unit, rows, 3, to, 600, 300);
    }
    assert_eq!(got[0], got[1]);
    assert_eq!(
        widened(got[0][2 * 5 + 1]),
        widened({
            let mut h = [0u16; 1];
            cut(Unit::plain(), &[x[105]], 1, &mut h, 1);
            h[0]
        })
    );
}

/// One block by a unit.
fn block(unit: Unit, rows: usize, terms: usize, depth: usize, from_zero: bool) -> Vec<f32> {
    let steps = depth / STEP;
    let (x, w) = (rough(2 * rows * depth, 5), rough(depth * WIDTH, 9));
    let term = x.len();
    let mut a = vec![0u16; terms * term];
    cut(unit, &x, terms, &mut a, term);
    let mut b = Lines::stale(steps * terms * 2 * TILE);
    let to = halves_mut(b.as_mut_slice());
    for k in (0..depth).step_by(2) {
        let pair = [k, k + 1].map(|k| w[k * WIDTH..][..WIDTH].try_into().unwrap());
        let at = (k / STEP * terms * 2 * TILE + k % STEP / 2) * 32;
        cut_pair(unit, pair, terms, &mut to[at..], 2 * TILE * 32, TILE * 32);
    }
    let offsets: Vec<u32> = (0..steps).map(|s| (s * STEP) as u32).collect();
    let operand = Operand { data: &a, term, first: [0, rows * depth], stride: depth, steps: &offsets };
    let mut c = rough(2 * rows * 40, 2);
    let mut target = Target { data: &mut c, first: [0, rows * 40], stride: 40, from_zero };
    TileSession::new(unit, rows).multiply(&operand, b.as_slice(), terms, &mut target);
    c
}

#[test]
fn tiles_give_the_bits_of_the_plain_sums() {
    let unit = Unit::new();
    if !unit.has_tiles() {
        println!("skipped: no tiles here");
        return;
    }
    for (rows, terms, depth, zero) in
        [(16, 1, 32, true), (16, 3, 96, false), (13, 3, 320, true), (1, 1, 64, false)]
    {
        let [tiles, plain] = [unit, Unit::plain()].map(|u| block(u, rows, terms, depth, zero));
        assert_eq!(tiles, plain, "{rows} rows, {terms} terms, depth {depth}");
    }
}

#[test]
fn six_products_miss_less_than_a_sum_of_f32() {
    let (rows, depth) = (16, 1024);
    let got = block(Unit::new(), rows, 3, depth, true);
    let (x, w) = (rough(2 * rows * depth, 5), rough(depth * WIDTH, 9));
    let (mut split, mut plain) = (0.0f64, 0.0f64);
    for i in 0..2 * rows {
        for j in 0..WIDTH {
            let terms = (0..depth).map(|k| (x[i * depth + k], w[k * WIDTH + j]));
            let exact: f64 = terms.clone().map(|(a, b)| f64::from(a) * f64::from(b)).sum();
            let sum = terms.fold(0.0f32, |s, (a, b)| a.mul_add(b, s));
            split += (f64::from(got[i * 40 + j]) - exact).powi(2);
            plain += (f64::from(sum) - exact).powi(2);
        }
    }
    assert!(split < plain, "squared errors {split:e} and {plain:e}");
}
