//! The moves of the Square attack: where it begins, and what it changes in a square.

use crate::{AnyNorm, Threat};
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// An example, and where its candidates may go.
pub(crate) struct Place<'a> {
    pub(crate) x: &'a [f32],
    /// Channels, height, width.
    pub(crate) shape: [usize; 3],
    pub(crate) threat: &'a Threat,
    pub(crate) bounds: Bounds,
}

/// A whole number below `n`; 0 if there is none.
fn below(rng: &mut Stream, n: usize) -> usize {
    ((rng.uniform_f64() * n as f64) as usize).min(n.saturating_sub(1))
}

fn sign(rng: &mut Stream) -> f32 {
    if rng.uniform_f64() < 0.5 { -1.0 } else { 1.0 }
}

/// Some rows and columns of all channels.
#[derive(Clone, Copy)]
struct Window {
    top: usize,
    left: usize,
    side: usize,
}

impl Window {
    /// A random one; its corner is never in the last row or column that is possible, as in the authors' code.
    fn random(rng: &mut Stream, [_, h, w]: [usize; 3], side: usize) -> Self {
        Self { top: below(rng, h - side), left: below(rng, w - side), side }
    }
    /// The places of its pixels in a channel, row by row, cut to the image.
    fn pixels(self, [_, h, w]: [usize; 3]) -> impl Iterator<Item = (usize, usize)> {
        let Self { top, left, side } = self;
        let rows = (0..side).filter(move |i| top + i < h);
        rows.flat_map(move |i| {
            (0..side).filter(move |j| left + j < w).map(move |j| (i * side + j, (top + i) * w + left + j))
        })
    }
    fn has(self, width: usize, pixel: usize) -> bool {
        let (row, column) = (pixel / width, pixel % width);
        (self.top..self.top + self.side).contains(&row)
            && (self.left..self.left + self.side).contains(&column)
    }
}

/// The side of the square with this share of the pixels, at least `least`; odd where patterns are laid on it.
fn side([_, h, w]: [usize; 3], share: f64, least: usize, odd: bool) -> usize {
    let side = ((share * (h * w) as f64).sqrt().round() as usize).max(least);
    let side = if odd && side.is_multiple_of(2) { side + 1 } else { side };
    side.min(h.min(w))
}

/// Numbers that a change of a square with this share of the pixels reaches at most; in L2 and L1 all, since the whole change is brought back to the budget.
pub(crate) fn reached(norm: AnyNorm, shape: [usize; 3], share: f64) -> usize {
    match norm {
        AnyNorm::Linf => shape[0] * side(shape, share, 1, false).pow(2),
        _ => shape.iter().product(),
    }
}

/// Where the search begins.
pub(crate) fn start(place: &Place<'_>, rng: &mut Stream, point: &mut [f32]) {
    let Place { x, shape, threat, bounds } = *place;
    let [channels, h, w] = shape;
    let area = h * w;
    if threat.norm == AnyNorm::Linf {
        for c in 0..channels {
            let signs: Vec<f32> = (0..w).map(|_| sign(rng)).collect();
            for pixel in 0..area {
                let at = c * area + pixel;
                point[at] = bounds.clip(x[at] + threat.eps * signs[pixel % w]);
            }
        }
        return;
    }
    let tile = (h.min(w) / 5).max(1);
    let edge = h.saturating_sub(5 * tile) / 2;
    let mut delta = vec![0.0; x.len()];
    for row in 0..h / tile {
        for column in 0..w / tile {
            let window = Window { top: edge + row * tile, left: edge + column * tile, side: tile };
            let pattern = pattern(threat.norm, tile, rng);
            for channel in delta.chunks_exact_mut(area) {
                let sign = sign(rng);
                window.pixels(shape).for_each(|(own, at)| channel[at] += sign * pattern[own]);
            }
        }
    }
    finish(place, &delta, point);
}

/// Changes the point in a square that has this share of the pixels.
pub(crate) fn change(place: &Place<'_>, share: f64, rng: &mut Stream, point: &mut [f32]) {
    let Place { x, shape, threat, bounds } = *place;
    let area = shape[1] * shape[2];
    let eps = threat.eps;
    if threat.norm == AnyNorm::Linf {
        let window = Window::random(rng, shape, side(shape, share, 1, false));
        for c in 0..shape[0] {
            let by = 2.0 * eps * sign(rng);
            for (_, pixel) in window.pixels(shape) {
                let at = c * area + pixel;
                point[at] = bounds.clip((point[at] + by).max(x[at] - eps).min(x[at] + eps));
            }
        }
        return;
    }
    let side = side(shape, share, 3, true);
    let window = Window::random(rng, shape, side);
    let other = Window::random(rng, shape, side);
    let pattern = pattern(threat.norm, side, rng);
    let mut delta: Vec<f32> = point.iter().zip(x).map(|(p, x)| p - x).collect();
    let size = Size(threat.norm);
    let left = size.left(eps, size.of(delta.iter().copied())) / shape[0] as f64;
    for channel in delta.chunks_exact_mut(area) {
        // What both windows hold is moved into one, with what the budget has left.
        let inside = |pixel: &usize| window.has(shape[2], *pixel) || other.has(shape[2], *pixel);
        let both = size.of((0..area).filter(inside).map(|pixel| channel[pixel]));
        let own = size.of(window.pixels(shape).map(|(_, at)| channel[at])) + 1e-12;
        let sign = sign(rng);
        let mut new = vec![0.0_f64; side * side];
        for (own_at, at) in window.pixels(shape) {
            new[own_at] = f64::from(sign * pattern[own_at]) + f64::from(channel[at]) / own;
        }
        let whole = size.of(new.iter().map(|&v| v as f32)) + 1e-12;
        let scale = size.together(left, both, shape[0]) / whole;
        for (_, at) in other.pixels(shape) {
            channel[at] = 0.0;
        }
        for (own_at, at) in window.pixels(shape) {
            channel[at] = (new[own_at] * scale) as f32;
        }
    }
    finish(place, &delta, point);
}

/// How sizes in L2 and L1 add up.
struct Size(AnyNorm);

impl Size {
    fn of(&self, values: impl Iterator<Item = f32>) -> f64 {
        match self.0 {
            AnyNorm::L1 => values.map(|v| f64::from(v).abs()).sum(),
            _ => values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt(),
        }
    }
    /// What the budget has left, squared in L2.
    fn left(&self, eps: f32, used: f64) -> f64 {
        let eps = f64::from(eps);
        match self.0 {
            AnyNorm::L1 => (eps - used).max(0.0),
            _ => (eps * eps - used * used).max(0.0),
        }
    }
    /// The size that a channel's window gets.
    fn together(&self, left: f64, both: f64, channels: usize) -> f64 {
        match self.0 {
            AnyNorm::L1 => (left + both) * channels as f64,
            _ => (left + both * both).sqrt(),
        }
    }
}

/// The change, brought to the whole budget (L2) or into it (L1), and into the box.
fn finish(place: &Place<'_>, delta: &[f32], point: &mut [f32]) {
    let Place { x, threat, bounds, .. } = *place;
    if threat.norm == AnyNorm::L1 {
        point.iter_mut().zip(delta).zip(x).for_each(|((p, d), x)| *p = x + d);
        threat.norm.get().confine(x, threat.eps, bounds, point);
        return;
    }
    let scale = f64::from(threat.eps) / (Size(threat.norm).of(delta.iter().copied()) + 1e-12);
    for ((p, &d), &x) in point.iter_mut().zip(delta).zip(x) {
        *p = x + (f64::from(d) * scale) as f32;
    }
    threat.confine(x, bounds, point);
}

/// Rings of rectangles around the middle of a `rows` × `columns` rectangle, each lower than the one within, of size 1.
fn rings(norm: AnyNorm, rows: usize, columns: usize) -> Vec<f32> {
    let power = if norm == AnyNorm::L1 { 4 } else { 2 };
    let mut all = vec![0.0_f32; rows * columns];
    let middle = [rows / 2, columns / 2];
    for ring in 0..=middle[0].max(middle[1]) {
        let reach = |middle: usize, end: usize| middle.saturating_sub(ring)..(middle + ring + 1).min(end);
        for row in reach(middle[0], rows) {
            for column in reach(middle[1], columns) {
                all[row * columns + column] += 1.0 / ((ring + 1) as f32).powi(power);
            }
        }
    }
    normalised(norm, all)
}

fn normalised(norm: AnyNorm, mut all: Vec<f32>) -> Vec<f32> {
    let size = Size(norm).of(all.iter().copied());
    if size > 0.0 {
        all.iter_mut().for_each(|v| *v = (f64::from(*v) / size) as f32);
    }
    all
}

/// Rings of one sign in one half of a square, of the other in the other, of size 1; lying or standing by chance.
fn pattern(norm: AnyNorm, side: usize, rng: &mut Stream) -> Vec<f32> {
    let half = side / 2;
    let mut all = rings(norm, half, side);
    all.extend(rings(norm, side - half, side).into_iter().map(|v| -v));
    let all = normalised(norm, all);
    if rng.uniform_f64() > 0.5 {
        return (0..side * side).map(|at| all[at % side * side + at / side]).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    #[test]
    fn rings_are_those_of_the_authors() {
        // eta_rectangles(2, 5) before it is normalised: [[.., 1/9 in the corners ..]].
        let all = rings(AnyNorm::L2, 1, 3);
        let want = [0.25, 1.25, 0.25];
        let size = want.iter().map(|v: &f32| v * v).sum::<f32>().sqrt();
        assert!(all.iter().zip(want).all(|(a, w)| (a - w / size).abs() < 1e-6), "{all:?}");
        assert_eq!(rings(AnyNorm::L1, 0, 3), Vec::<f32>::new());
    }

    #[test]
    fn every_point_lies_in_ball_and_box() {
        for (norm, eps) in [(AnyNorm::Linf, 0.2), (AnyNorm::L2, 1.5), (AnyNorm::L1, 4.0)] {
            let threat = Threat { norm, eps };
            for shape in [[1, 9, 9], [3, 8, 6], [1, 1, 7], [1, 2, 1]] {
                let dim = shape.iter().product();
                let mut rng = Key::new(3).rng(0);
                let x: Vec<f32> = (0..dim).map(|_| rng.uniform_f64() as f32).collect();
                let place = Place { x: &x, shape, threat: &threat, bounds: Bounds::UNIT };
                let mut point = vec![0.0; dim];
                start(&place, &mut rng, &mut point);
                assert_eq!(threat.check(&x, Bounds::UNIT, &point), Ok(()), "{norm} {shape:?}");
                for query in 0..40 {
                    change(&place, 0.8 / (1 + query) as f64, &mut rng, &mut point);
                    assert_eq!(threat.check(&x, Bounds::UNIT, &point), Ok(()), "{norm} {shape:?} {query}");
                }
            }
        }
    }
}
