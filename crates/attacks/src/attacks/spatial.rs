//! Spatial: the image rotated and shifted, the worst of a grid or of random tries, on logits alone.
//!
//! x' = x rotated by an angle around its middle, then shifted, by bilinear interpolation; what comes from outside is the lower end of the box (black)
//! grid      31 angles of ±30° × 5 × 5 shifts of ±3 pixels, evenly spaced;  random: the worst of 10, uniform in the same ranges
//! source    Engstrom et al. 2019, arXiv:1712.02779 (MNIST: ±3 pixels, ±30°)
//!
//! A rotated image is no small change of its pixels: it counts within an L-inf budget of the whole box only, which is `--eps 1` for pixels of [0, 1]. The attack
//! refuses a smaller one; a figure under it says nothing about budgets of pixels.

use crate::ascent::{LOSS, Objective, OfClass, Said, logits};
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// The worst of many rotations and shifts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Spatial {
    /// Which are tried.
    pub search: SpatialSearch,
    /// The largest angle, in degrees.
    pub rotation: f64,
    /// The largest shift along rows and along columns, in pixels.
    pub translation: f64,
    /// Angles of the grid.
    pub rotations: usize,
    /// Shifts of the grid along rows, and as many along columns.
    pub translations: usize,
    /// Random tries.
    pub samples: usize,
    /// By which images that do not fool are compared.
    pub loss: AnyClassLoss,
}

/// Which rotations and shifts a [`Spatial`] attack tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SpatialSearch {
    /// All of a grid: the paper's strongest.
    #[default]
    Grid,
    /// Some at random.
    Random,
}

sparring_math::value_of_words!(SpatialSearch { Grid = "grid", Random = "random" });

impl Default for Spatial {
    fn default() -> Self {
        let (search, loss) = (SpatialSearch::Grid, AnyClassLoss::default());
        Self { search, rotation: 30.0, translation: 3.0, rotations: 31, translations: 5, samples: 10, loss }
    }
}

sparring_math::named! {
    Spatial: "spatial", [], "Engstrom et al. 2019, arXiv:1712.02779";
    search: Range::Words(SpatialSearch::WORDS), "what is tried: all of a grid, or random rotations and shifts";
    rotation: Range::from_to(0.0, 180.0), "largest angle, in degrees";
    translation: Range::from_to(0.0, 10_000.0), "largest shift along rows and along columns, in pixels";
    rotations: Range::Whole { low: 1, high: 100_000 }, "angles of the grid";
    translations: Range::Whole { low: 1, high: 100_000 }, "shifts of the grid along rows, and as many along columns";
    samples: Range::COUNT, "random tries";
    loss: LOSS, "by which images that do not fool are compared";
}

impl Spatial {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: &[AnyNorm::Linf],
        defaults: "grid of 31 rotations to 30 degrees and 5 x 5 shifts to 3 pixels; counts at eps 1 (the whole box) only",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
    /// Images tried.
    fn tries(&self) -> usize {
        match self.search {
            SpatialSearch::Grid => self.rotations * self.translations * self.translations,
            SpatialSearch::Random => self.samples,
        }
    }
    /// The angle in degrees and the shifts of a try.
    fn pose(&self, which: usize, key: Key, id: u64) -> [f64; 3] {
        let most = [self.rotation, self.translation, self.translation];
        if self.search == SpatialSearch::Random {
            let mut rng = key.child(which as u64).rng(id);
            return most.map(|most| most * (2.0 * rng.uniform_f64() - 1.0));
        }
        let t = self.translations;
        let even = |i: usize, of: usize, most: f64| match of {
            1 => 0.0,
            _ => most * (2.0 * i as f64 / (of - 1) as f64 - 1.0),
        };
        [
            even(which / (t * t), self.rotations, most[0]),
            even(which / t % t, t, most[1]),
            even(which % t, t, most[2]),
        ]
    }
}

/// Writes `x` rotated by an angle (degrees, counter-clockwise as seen with row 0 on top) around its middle, then shifted by rows and columns; `outside` is around it.
fn warp(x: &[f32], [_, h, w]: [usize; 3], [angle, rows, columns]: [f64; 3], outside: f32, out: &mut [f32]) {
    let (sin, cos) = angle.to_radians().sin_cos();
    let middle = [(h as f64 - 1.0) / 2.0, (w as f64 - 1.0) / 2.0];
    for (place, i) in (0..h * w).map(|i| ([i / w, i % w], i)) {
        let (r, c) = (place[0] as f64 - rows - middle[0], place[1] as f64 - columns - middle[1]);
        // Where the pixel comes from. Rounded, so that a rotation by 90 degrees copies pixels and mixes none.
        let from =
            [cos * r + sin * c + middle[0], cos * c - sin * r + middle[1]].map(|v| (v * 1e9).round() / 1e9);
        let (low, weight) = (from.map(f64::floor), from.map(|v| (v - v.floor()) as f32));
        for (x, out) in x.chunks_exact(h * w).zip(out.chunks_exact_mut(h * w)) {
            let at = |down: f64, right: f64| {
                let (r, c) = (low[0] + down, low[1] + right);
                let inside = r >= 0.0 && c >= 0.0 && r < h as f64 && c < w as f64;
                if inside { x[r as usize * w + c as usize] } else { outside }
            };
            let along = |down| at(down, 0.0) * (1.0 - weight[1]) + at(down, 1.0) * weight[1];
            out[i] = along(0.0) * (1.0 - weight[0]) + along(1.0) * weight[0];
        }
    }
}

impl<M: Classifier + ?Sized> Attack<M> for Spatial {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("search", self.search.to_string()),
            ("rotation", self.rotation.to_string()),
            ("translation", self.translation.to_string()),
            ("rotations", self.rotations.to_string()),
            ("translations", self.translations.to_string()),
            ("samples", self.samples.to_string()),
            ("loss", self.loss.to_string()),
        ];
        Settings { others, ..Settings::new(0, 1) }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let bounds = model.bounds();
        let whole = bounds.hi() - bounds.lo();
        if threat.eps < whole {
            return Err(AttackError::WholeBox { attack: Self::NAME, eps: threat.eps, whole });
        }
        let (n, dim) = (x.len(), x.dim());
        let objective = OfClass { goal, loss: self.loss.unsaturated() };
        let mut kept = Kept::new(out, dim);
        let mut live = Live::of(x, 0..n);
        let (mut points, mut z) = (Table::zeros(n, dim), Table::zeros(n, model.classes()));
        let mut dz = vec![0.0; model.classes()];
        for which in 0..=self.tries() {
            if live.is_empty() {
                break;
            }
            for k in 0..live.len() {
                let (image, point) = (x.row(live.row(k)), points.row_mut(k));
                match which.checked_sub(1) {
                    None => point.copy_from_slice(image),
                    Some(which) => {
                        let pose = self.pose(which, key, live.id(k));
                        warp(image, x.shape(), pose, bounds.lo(), point);
                        point.iter_mut().for_each(|p| *p = bounds.clip(*p));
                    }
                }
            }
            logits(model, x, &live, &points, x.query() + which as u64, &mut z)?;
            let mut gone = vec![false; live.len()];
            for k in 0..live.len() {
                let (row, z) = (live.row(k), z.row(k));
                gone[k] = objective.reached(row, z);
                kept.offer(
                    row,
                    points.row(k),
                    Said { value: objective.eval(row, z, &mut dz), reached: gone[k] },
                );
            }
            live.retain(|k| !gone[k], &mut []);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_degrees_move_pixels_and_half_a_shift_mixes_two() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let mut out = [0.0; 9];
        warp(&x, [1, 3, 3], [90.0, 0.0, 0.0], -1.0, &mut out);
        assert_eq!(out, [3.0, 6.0, 9.0, 2.0, 5.0, 8.0, 1.0, 4.0, 7.0]);
        warp(&x, [1, 3, 3], [0.0, 1.0, -0.5], -1.0, &mut out);
        assert_eq!(out, [-1.0, -1.0, -1.0, 1.5, 2.5, 1.0, 4.5, 5.5, 2.5]);
        let whole: [f32; 9] = out;
        warp(&[x, x].concat(), [2, 3, 3], [0.0, 1.0, -0.5], -1.0, &mut [0.0; 18]);
        assert_eq!(whole[3], 1.5);
    }

    #[test]
    fn the_grid_is_even_and_has_the_image_itself() {
        let grid = Spatial::default();
        let poses: Vec<_> = (0..grid.tries()).map(|i| grid.pose(i, Key::new(1), 0)).collect();
        assert_eq!((poses.len(), poses[0], poses[774]), (775, [-30.0, -3.0, -3.0], [30.0, 3.0, 3.0]));
        assert!(poses.contains(&[0.0, 0.0, 0.0]) && poses.contains(&[-28.0, 1.5, -1.5]));
    }
}
