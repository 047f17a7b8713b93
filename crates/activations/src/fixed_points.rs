//! Where f(x) = x.

use crate::{Activation, Smoothness};

/// Fixed points are looked for on [−REACH, REACH], which holds those of every activation of this crate at its defaults.
const REACH: i32 = 64;
/// Points of the grid in a unit.
const GRID: i32 = 64;

/// The fixed points f(x) = x on [−64, 64], in ascending order, each as an interval [a, b]: a = b for one by itself; an interval for a stretch on which f is
/// the identity, which goes to ±∞ where it reaches the end of the search. Points where f only touches the diagonal are among them. A function may have
/// more further out: Snake has kπ/a for every whole k, of which those with |x| ≤ 64 are listed. Found on a grid of 1/64 and by bisection: some of those
/// that lie within 1/16 of each other may be missed.
///
/// ```
/// use sparring_activations::{Relu, Sigmoid, Snake, fixed_points};
///
/// assert_eq!(fixed_points(&Relu), [(0.0, f64::INFINITY)]);
/// let [(x, _)] = fixed_points(&Sigmoid)[..] else { panic!("one fixed point") };
/// assert!((x - 0.659_046_068_407_429_5).abs() < 1e-12);
/// assert_eq!(fixed_points(&Snake::default()).len(), 41);
/// ```
pub fn fixed_points<A: Activation<f64> + ?Sized>(activation: &A) -> Vec<(f64, f64)> {
    let gap = |x: f64| activation.f(x) - x;
    let at = |i: i32| f64::from(i) / f64::from(GRID);
    let (first, last) = (-REACH * GRID, REACH * GRID);
    let gaps: Vec<f64> = (first..=last).map(|i| gap(at(i))).collect();
    let all = gaps.iter().all(|&g| g == 0.0);
    // Far out x·σ(x) and the like round to x without being it: a smooth function is the identity nowhere or everywhere.
    let straight = all || activation.about().smoothness != Smoothness::Smooth;
    let mut found: Vec<(f64, f64)> = Vec::new();
    let mut i = 0;
    while i < gaps.len() {
        let x = at(first + i as i32);
        if gaps[i] == 0.0 {
            let run = gaps[i..].iter().take_while(|&&g| g == 0.0).count();
            let end = at(first + (i + run - 1) as i32);
            let beside = [i.checked_sub(1), Some(i + 1)]
                .map(|at| at.and_then(|at| gaps.get(at)).copied().unwrap_or(0.0));
            if run == 1 && (straight || crosses(beside) || touches(beside)) {
                found.push((x, x));
            } else if run > 1 && straight {
                let low = if i == 0 { f64::NEG_INFINITY } else { edge(gap, x, at(first + i as i32 - 1)) };
                let high = if i + run == gaps.len() {
                    f64::INFINITY
                } else {
                    edge(gap, end, at(first + (i + run) as i32))
                };
                found.push((low, high));
            }
            i += run;
        } else {
            let next = gaps.get(i + 1).copied().unwrap_or(0.0);
            let roots = if crosses([gaps[i], next]) {
                vec![crossing(gap, x, at(first + i as i32 + 1))]
            } else if i > 0 && is_nearest([gaps[i - 1], gaps[i], next]) {
                touching(activation, [x - at(1), x + at(1)])
            } else {
                Vec::new()
            };
            // Not a jump across the diagonal.
            let holds = |root: &f64| gap(*root).abs() < 1e-9 * (1.0 + root.abs());
            found.extend(roots.into_iter().filter(holds).map(|root| (root, root)));
            i += 1;
        }
    }
    found
}

/// Whether the gap changes its sign, by more than rounding.
fn crosses([before, after]: [f64; 2]) -> bool {
    before * after < 0.0 && before.abs().min(after.abs()) > 1e-12
}

/// Whether the gap has one sign beside a zero, by more than rounding.
fn touches([before, after]: [f64; 2]) -> bool {
    before * after > 0.0 && before.abs().min(after.abs()) > 1e-12
}

/// Whether f comes nearest to the diagonal at the middle one of three gaps, all on one side of it.
fn is_nearest([before, here, after]: [f64; 3]) -> bool {
    let size = here.abs();
    touches([before, after]) && before * here > 0.0 && size <= before.abs() && size < after.abs()
}

/// The roots of the gap about the point in (l, u) where f' = 1, both ends being on one side: none, one that touches, or two.
fn touching<A: Activation<f64> + ?Sized>(activation: &A, [l, u]: [f64; 2]) -> Vec<f64> {
    let gap = |x: f64| activation.f(x) - x;
    let rises = activation.df(l) < 1.0;
    let (mut low, mut high) = (l, u);
    for _ in 0..60 {
        let x = 0.5 * (low + high);
        if (activation.df(x) < 1.0) == rises { low = x } else { high = x }
    }
    let x = 0.5 * (low + high);
    if gap(x).abs() <= 4.0 * f64::EPSILON * (1.0 + x.abs()) {
        vec![x]
    } else if gap(x) * gap(l) < 0.0 {
        vec![crossing(gap, l, x), crossing(gap, x, u)]
    } else {
        Vec::new()
    }
}

/// The last point from `inside` towards `outside` at which the gap is 0.
fn edge(gap: impl Fn(f64) -> f64, mut inside: f64, mut outside: f64) -> f64 {
    for _ in 0..60 {
        let x = 0.5 * (inside + outside);
        if gap(x) == 0.0 { inside = x } else { outside = x }
    }
    inside
}

/// The root of the gap between two points with different signs of it.
fn crossing(gap: impl Fn(f64) -> f64, mut l: f64, mut u: f64) -> f64 {
    let rises = gap(l) < 0.0;
    for _ in 0..60 {
        let x = 0.5 * (l + u);
        if (gap(x) < 0.0) == rises { l = x } else { u = x }
    }
    0.5 * (l + u)
}
