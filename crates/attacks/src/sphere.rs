//! The moves of the boundary attack: where a step goes, and how long steps become.

use crate::AnyNorm;
use crate::decision::size;
use sparring_oracle::Bounds;

/// The last outcomes of something, at most 128 of them.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    bits: u128,
    seen: u32,
}

impl Rate {
    /// Counts one more; the rate of the last `of`, once there are so many.
    fn add(&mut self, hit: bool, of: u32) -> Option<f64> {
        self.bits = (self.bits << 1 | u128::from(hit)) & (u128::MAX >> (128 - of));
        self.seen = (self.seen + 1).min(of);
        (self.seen == of).then(|| f64::from(self.bits.count_ones()) / f64::from(of))
    }
}

/// The steps of one walk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walker {
    spherical: f64,
    pub(crate) source: f64,
    on_sphere: Rate,
    nearer: Rate,
}

impl Walker {
    /// With these shares of the distance as first steps, along the sphere and towards the example.
    pub(crate) fn new(spherical: f64, source: f64) -> Self {
        Self { spherical, source, on_sphere: Rate::default(), nearer: Rate::default() }
    }
    /// Adapts the steps to what became of the candidates of a look.
    pub(crate) fn adapt(&mut self, on_sphere: bool, nearer: bool, by: f64) {
        if let Some(factor) = self.on_sphere.add(on_sphere, 100).and_then(|rate| factor(rate, 0.2, 0.5, by)) {
            self.spherical *= factor;
            self.source *= factor;
            self.on_sphere = Rate::default();
        }
        if let Some(factor) = self.nearer.add(nearer, 30).and_then(|rate| factor(rate, 0.1, 0.25, by)) {
            self.source *= factor;
            self.nearer = Rate::default();
        }
        // A step towards the example never passes it, and one along the sphere of this length is a random point of it.
        (self.source, self.spherical) = (self.source.min(1.0), self.spherical.min(1e3));
    }
}

/// How steps change at this rate of success.
fn factor(rate: f64, low: f64, high: f64, by: f64) -> Option<f64> {
    (rate > high).then_some(by).or((rate < low).then_some(1.0 / by))
}

/// Writes c and c' for one point; `sphere` comes as normal numbers.
pub(crate) fn candidates(
    x: &[f32],
    point: &[f32],
    walker: &Walker,
    bounds: Bounds,
    sphere: &mut [f32],
    nearer: &mut [f32],
) {
    let away = |point: &[f32]| size(AnyNorm::L2, x, point).max(1e-30);
    let to_x = || x.iter().zip(point).map(|(x, p)| f64::from(x - p));
    let radius = away(point);
    let along: f64 = sphere.iter().zip(to_x()).map(|(&s, d)| f64::from(s) * d).sum();
    let along = along / (radius * radius);
    sphere.iter_mut().zip(to_x()).for_each(|(s, d)| *s = (f64::from(*s) - along * d) as f32);
    let scale = walker.spherical * radius / AnyNorm::L2.get().size(sphere).max(1e-30);
    let back = 1.0 / (1.0 + walker.spherical * walker.spherical).sqrt();
    for ((s, &x), d) in sphere.iter_mut().zip(x).zip(to_x()) {
        *s = bounds.clip((f64::from(x) + (f64::from(*s) * scale - d) * back) as f32);
    }
    let now = away(sphere);
    let share = ((walker.source * radius + now - radius) / now).clamp(0.0, 1.0);
    for ((n, &s), &x) in nearer.iter_mut().zip(&*sphere).zip(x) {
        *n = bounds.clip((f64::from(s) + share * f64::from(x - s)) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_lie_on_the_sphere_and_nearer() {
        let bounds = Bounds::new(-9.0, 9.0).unwrap();
        let (x, point) = ([0.0, 0.0, 1.0], [3.0, 0.0, 5.0]);
        let (mut sphere, mut nearer) = ([0.3, -1.0, 0.7], [0.0; 3]);
        candidates(&x, &point, &Walker::new(0.5, 0.1), bounds, &mut sphere, &mut nearer);
        let distance = |a: &[f32], b: &[f32]| size(AnyNorm::L2, a, b);
        assert!((distance(&x, &sphere) - 5.0).abs() < 1e-5 && (distance(&x, &nearer) - 4.5).abs() < 1e-5);
        // Along the tangent by half of the radius, then back onto the sphere: an angle of arctan 0.5.
        let cosine = (3.0 * f64::from(sphere[0]) + 4.0 * f64::from(sphere[2] - 1.0)) / 25.0;
        assert!((cosine - 1.0 / 1.25_f64.sqrt()).abs() < 1e-6, "{cosine}");
    }

    #[test]
    fn steps_follow_the_rates() {
        let mut walker = Walker::new(0.01, 0.01);
        (0..29).for_each(|_| walker.adapt(true, true, 1.5));
        assert_eq!((walker.spherical, walker.source), (0.01, 0.01));
        // The thirtieth look knows the rate of steps towards the example, the hundredth that along the sphere.
        walker.adapt(true, true, 1.5);
        assert_eq!((walker.spherical, walker.source), (0.01, 0.015));
        (30..100).for_each(|i| walker.adapt(true, i % 5 == 0, 1.5));
        assert!(
            (walker.spherical - 0.015).abs() < 1e-12 && (walker.source - 0.0225).abs() < 1e-12,
            "{walker:?}"
        );
    }
}
