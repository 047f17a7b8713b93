//! Images of intervals and lines around functions: sound on random intervals, and as tight as the hull of a fine grid.

use crate::cases::{all, frequency};
use sparring_activations::{Activation, AnyActivation, Relax, Smoothness, Turns};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Intervals in all activations together; `SPARRING_INTERVALS` asks for another number of them for each.
const INTERVALS: usize = 1_000_000;

/// Numbers in [0, 1) from a 64-bit linear congruence.
struct Uniform(u64);

impl Uniform {
    fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An interval: near 0 and of size 1, wide, narrow, far away, or beginning or ending where the shape changes.
    fn interval(&mut self, a: &AnyActivation) -> (f64, f64) {
        let kind = (6.0 * self.draw()) as usize;
        let scale = [3.0, 30.0, 1e-3, 300.0, 8.0, 8.0][kind];
        let mut x = scale * (2.0 * self.draw() - 1.0);
        if kind >= 2 {
            let turns = [a.extrema(-50.0, 50.0), a.bends(-50.0, 50.0)].concat();
            if !turns.is_empty() {
                x = turns[(self.draw() * turns.len() as f64) as usize];
            }
        }
        if kind == 2 {
            x += 5e-4 * self.draw();
        }
        let y = if kind == 3 { x + 20.0 * self.draw() } else { x + scale * (2.0 * self.draw() - 1.0) };
        (x.min(y), x.max(y))
    }
}

/// Random points of an interval, its ends, and where the shape changes.
fn points(a: &AnyActivation, (l, u): (f64, f64), draw: &mut Uniform) -> Vec<f64> {
    let mut points = vec![l, u];
    points.extend((0..8).map(|_| (l + (u - l) * draw.draw()).clamp(l, u)));
    for t in [a.extrema(l, u), a.bends(l, u)].concat() {
        points.extend([t.next_down(), t, t.next_up()].into_iter().filter(|x| (l..=u).contains(x)));
    }
    points
}

/// Each activation by itself, over the threads there are: a million intervals of each take minutes.
#[test]
fn bounds_hold_on_random_intervals() {
    let count = std::env::var("SPARRING_INTERVALS").map_or(INTERVALS / all().len(), |n| n.parse().unwrap());
    let (activations, next) = (all(), AtomicUsize::new(0));
    let work = || loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        let Some(a) = activations.get(i) else { return };
        bounds_hold(a, Uniform(i as u64 + 1), count);
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            scope.spawn(work);
        }
    });
}

fn bounds_hold(a: &AnyActivation, mut draw: Uniform, count: usize) {
    for _ in 0..count {
        let (l, u) = draw.interval(a);
        let ((low, high), lines) = (a.image(l, u), a.lines(l, u));
        assert!(low <= high, "{a} on [{l}, {u}]: image [{low}, {high}]");
        for x in points(a, (l, u), &mut draw) {
            let y: f64 = a.f(x);
            assert!(low <= y && y <= high, "{a} on [{l}, {u}]: f({x}) = {y} is not in [{low}, {high}]");
            let (under, over) = (lines.lower.at(x), lines.upper.at(x));
            assert!(
                under <= y && y <= over,
                "{a} on [{l}, {u}]: f({x}) = {y}, lines {under} and {over}: {lines:?}"
            );
        }
    }
}

/// The largest value at the middle of chords through points of a grid: the upper hull there.
fn hull(points: &[(f64, f64)], middle: f64) -> f64 {
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in points {
        while let [.., (x0, y0), (x1, y1)] = hull[..]
            && (y1 - y0) * (x - x0) <= (y - y0) * (x1 - x0)
        {
            hull.pop();
        }
        hull.push((x, y));
    }
    let right = hull.iter().position(|p| p.0 >= middle).unwrap().max(1);
    let ((x0, y0), (x1, y1)) = (hull[right - 1], hull[right]);
    y0 + (y1 - y0) * (middle - x0) / (x1 - x0)
}

#[test]
fn bounds_are_as_tight_as_can_be() {
    for (i, a) in all().iter().enumerate() {
        let mut draw = Uniform(i as u64 + 100);
        for _ in 0..60 {
            let (l, u) = draw.interval(a);
            if u - l < 0.05 {
                continue;
            }
            let n = 4000;
            let mut grid: Vec<f64> =
                (0..=n).map(|k| (l + (u - l) * f64::from(k) / f64::from(n)).clamp(l, u)).collect();
            grid.extend(points(a, (l, u), &mut draw));
            grid.sort_by(f64::total_cmp);
            // Points a few last places apart would make slopes of rounding errors; at a jump they are needed.
            let apart = if a.about().smoothness == Smoothness::Jumps { 0.0 } else { 1e-9 };
            grid.dedup_by(|x, before| *x - *before <= apart);
            let grid: Vec<(f64, f64)> = grid.into_iter().map(|x| (x, a.f(x))).collect();
            let found =
                grid.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.1), h.max(p.1)));
            let size = (found.1 - found.0).max(1e-3 * found.0.abs().max(found.1.abs())).max(1e-9);
            let (image, lines, m) = (a.image(l, u), a.lines(l, u), 0.5 * (l + u));
            let loose = (found.0 - image.0).max(image.1 - found.1) / size;
            assert!(loose < 1e-5, "{a} on [{l}, {u}]: image {image:?}, seen {found:?}");
            let above = hull(&grid, m);
            let mirrored: Vec<_> = grid.iter().map(|&(x, y)| (x, -y)).collect();
            let below = -hull(&mirrored, m);
            let loose = (lines.upper.at(m) - above).max(below - lines.lower.at(m)) / size;
            assert!(
                loose < 1e-4,
                "{a} on [{l}, {u}]: {lines:?} at {m}: hull {below} to {above}, looser by {loose} of {size}"
            );
        }
    }
}

#[test]
fn points_and_endless_intervals() {
    for a in all() {
        for x in [-3.0, 0.0, 0.7] {
            let (y, lines): (f64, _) = (a.f(x), a.lines(x, x));
            assert!(
                lines.lower.at(x) <= y
                    && y <= lines.upper.at(x)
                    && lines.upper.at(x) - lines.lower.at(x) < 1e-14 * (1.0 + y.abs()),
                "{a} at {x}"
            );
        }
        let about = a.about();
        for (l, u) in [(f64::NEG_INFINITY, f64::INFINITY), (f64::NEG_INFINITY, 0.5), (-0.5, f64::INFINITY)] {
            let ((low, high), lines) = (a.image(l, u), a.lines(l, u));
            for x in [-1e9, -40.0, -1.0, -0.5, 0.0, 0.5, 2.0, 40.0, 1e9] {
                if (l..=u).contains(&x) {
                    let y: f64 = a.f(x);
                    assert!(
                        low <= y && y <= high && lines.lower.at(x) <= y && y <= lines.upper.at(x),
                        "{a} on [{l}, {u}]"
                    );
                }
            }
            if l == f64::NEG_INFINITY && u == f64::INFINITY {
                let near = |bound: Option<f64>, found: f64| {
                    bound.map_or(found.is_infinite(), |b| (b - found).abs() < 1e-12)
                };
                assert!(
                    near(about.range.0, low) && near(about.range.1, high),
                    "{a}: [{low}, {high}], declared {:?}",
                    about.range
                );
            }
        }
    }
}

/// Where neighbours of `f64` are further apart than a wave is long, or where differences overflow.
#[test]
fn bounds_hold_on_huge_intervals() {
    let mut ends = vec![f64::NEG_INFINITY, -1.0, 0.0, 1.0, f64::INFINITY];
    for size in [1e9, 1e12, 1e15, 1e17, 1e100, 1e200, 1e308, f64::MAX] {
        ends.extend([-size, size, (0.5 * size).next_down(), (-0.5 * size).next_up()]);
        ends.extend([size.next_down(), size * (1.0 - 1e-12)]);
    }
    ends.sort_by(f64::total_cmp);
    for (i, a) in all().iter().enumerate() {
        let mut draw = Uniform(i as u64 + 7);
        for (j, &l) in ends.iter().enumerate() {
            for &u in &ends[j..] {
                if l.is_infinite() && l == u {
                    continue;
                }
                let ((low, high), lines) = (a.image(l, u), a.lines(l, u));
                assert!(low <= high, "{a} on [{l:e}, {u:e}]: image [{low:e}, {high:e}]");
                let inside = (0..4).map(|_| draw.draw()).map(|t| ((1.0 - t) * l + t * u).clamp(l, u));
                let near = [-1e3, -2.0, -0.1, 0.3, 5.0, 1e4].into_iter().chain(inside);
                for x in near.chain([l, u]).filter(|x| x.is_finite() && (l..=u).contains(x)) {
                    let (y, under, over): (f64, _, _) = (a.f(x), lines.lower.at(x), lines.upper.at(x));
                    // The argument of the sine overflows.
                    if y.is_nan() && (frequency(a) * x).is_infinite() {
                        continue;
                    }
                    assert!(
                        low <= y && y <= high && under <= y && y <= over,
                        "{a} on [{l:e}, {u:e}]: f({x:e}) = {y:e}, image [{low:e}, {high:e}], {lines:?}"
                    );
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "tanh: no interval from 2 to 1")]
fn an_interval_has_an_order() {
    "tanh".parse::<AnyActivation>().unwrap().lines(2.0, 1.0);
}
