//! Ascent without gradients: estimated by mirrored differences along random directions, the core of SPSA and NES.
//!
//! v random;  d = clip(x + δ v) − clip(x − δ v);  gᵢ = mean of (J(x + δ v) − J(x − δ v)) · vᵢ² / dᵢ
//!
//! Inside the box dᵢ = 2 δ vᵢ and this is the estimator of the papers, ΔJ · v / 2δ. At its border, where most pixels of a digit lie, half of a
//! difference is cut off; dividing by what is left keeps the estimate unbiased to first order.

use crate::ascent::{Objective, OfClass, Said, logits};
use crate::draw::Draw;
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::{AttackError, AttackInfo, Goal, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::Range;
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// How many queries an estimate may have.
pub(crate) const SAMPLES: Range = Range::Whole { low: 2, high: 1_000_000_000_000 };

/// How random directions are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Directions {
    /// −1 or 1 in each element (SPSA).
    Signs,
    /// Standard normal (NES).
    Normals,
}

/// Projected ascent along estimated gradients, from the example itself.
pub(crate) struct BlindAscent {
    pub(crate) about: &'static AttackInfo,
    pub(crate) loss: AnyClassLoss,
    pub(crate) steps: usize,
    /// Mirrored pairs of queries for each estimate.
    pub(crate) pairs: usize,
    /// δ, in units of the input.
    pub(crate) width: f32,
    pub(crate) directions: Directions,
    /// Numbers that the update keeps for each element of an example; they begin at 0.
    pub(crate) states: usize,
}

/// What an update sees of one candidate. Its point is confined afterwards.
pub(crate) struct Update<'a> {
    /// Number of the step, from 1.
    pub(crate) step: u64,
    pub(crate) x: &'a [f32],
    pub(crate) grad: &'a mut [f32],
    pub(crate) state: &'a mut [f32],
    pub(crate) point: &'a mut [f32],
}

/// The buffers of an estimate.
struct Probes {
    direction: Table,
    ends: [Table; 2],
    z: Table,
    values: Vec<f32>,
    dz: Vec<f32>,
    draw: Draw,
}

impl Probes {
    fn new(n: usize, dim: usize, classes: usize) -> Self {
        let [direction, up, down] = [(); 3].map(|()| Table::zeros(n, dim));
        let (z, values, dz) = (Table::zeros(n, classes), vec![0.0; n], vec![0.0; classes]);
        Self { direction, ends: [up, down], z, values, dz, draw: Draw::new(dim) }
    }
}

impl BlindAscent {
    pub(crate) fn run<M: Classifier + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
        update: &mut dyn FnMut(Update<'_>),
    ) -> Result<(), AttackError> {
        self.about.begin(model, x, goal, threat, out)?;
        let (n, dim, classes, bounds) = (x.len(), x.dim(), model.classes(), model.bounds());
        let objective = OfClass { goal, loss: self.loss.unsaturated() };
        let mut kept = Kept::new(out, dim);
        let mut live = Live::of(x, 0..n);
        let (mut points, mut grad) = (Table::zeros(n, dim), Table::zeros(n, dim));
        let mut state = Table::zeros(n, dim * self.states);
        points.first_mut(n).copy_from_slice(x.data());
        let mut probes = Probes::new(n, dim, classes);
        for step in 0..=self.steps {
            if live.is_empty() {
                break;
            }
            let query = x.query() + (step * (2 * self.pairs + 1)) as u64;
            logits(model, x, &live, &points, query, &mut probes.z)?;
            let mut gone = vec![false; live.len()];
            for k in 0..live.len() {
                let (row, z) = (live.row(k), probes.z.row(k));
                gone[k] = objective.reached(row, z);
                let said = Said { value: objective.eval(row, z, &mut probes.dz), reached: gone[k] };
                kept.offer(row, points.row(k), said);
            }
            live.retain(|k| !gone[k], &mut [&mut points, &mut state]);
            if step == self.steps {
                break;
            }
            let key = key.child(step as u64);
            self.estimate(model, &objective, x, &live, &points, (key, query + 1), &mut probes, &mut grad)?;
            for k in 0..live.len() {
                let x = x.row(live.row(k));
                update(Update {
                    step: step as u64 + 1,
                    x,
                    grad: grad.row_mut(k),
                    state: state.row_mut(k),
                    point: points.row_mut(k),
                });
                threat.confine(x, bounds, points.row_mut(k));
            }
        }
        Ok(())
    }

    /// The estimated gradient of the objective at each candidate's point.
    fn estimate<M: Classifier + ?Sized>(
        &self,
        model: &M,
        objective: &dyn Objective,
        x: Batch<'_>,
        live: &Live,
        points: &Table,
        (key, query): (Key, u64),
        probes: &mut Probes,
        grad: &mut Table,
    ) -> Result<(), AttackError> {
        let (m, bounds, share) = (live.len(), model.bounds(), 1.0 / self.pairs as f32);
        grad.first_mut(m).fill(0.0);
        for pair in 0..self.pairs {
            let key = key.child(pair as u64);
            for k in 0..m {
                let (rng, direction) = (&mut key.rng(live.id(k)), probes.direction.row_mut(k));
                match self.directions {
                    Directions::Signs => probes.draw.signs(rng, direction),
                    Directions::Normals => probes.draw.normals(rng, direction),
                }
            }
            for (end, side) in [1.0, -1.0].into_iter().enumerate() {
                let to = probes.ends[end].first_mut(m).iter_mut();
                for ((to, &p), &v) in to.zip(points.first(m)).zip(probes.direction.first(m)) {
                    *to = bounds.clip(p + side * self.width * v);
                }
                let query = query + (2 * pair + end) as u64;
                logits(model, x, live, &probes.ends[end], query, &mut probes.z)?;
                for k in 0..m {
                    let value = objective.eval(live.row(k), probes.z.row(k), &mut probes.dz);
                    probes.values[k] = if end == 0 { value } else { (probes.values[k] - value) * share };
                }
            }
            let [up, down] = &probes.ends;
            for k in 0..m {
                let (rise, ends) = (probes.values[k], up.row(k).iter().zip(down.row(k)));
                for ((g, v), (up, down)) in grad.row_mut(k).iter_mut().zip(probes.direction.row(k)).zip(ends)
                {
                    let d = up - down;
                    *g += if d == 0.0 { 0.0 } else { rise * (v * v / d) };
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UniformNoise;
    use sparring_oracle::{Bounds, OracleError};

    /// Two classes, z₀ = −w·x, z₁ = w·x.
    struct Linear(Vec<f32>);
    impl Classifier for Linear {
        fn shape(&self) -> [usize; 3] {
            [1, 1, self.0.len()]
        }
        fn classes(&self) -> usize {
            2
        }
        fn bounds(&self) -> Bounds {
            Bounds::UNIT
        }
        fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
            for (i, z) in out.chunks_exact_mut(2).enumerate() {
                z[1] = x.row(i).iter().zip(&self.0).map(|(x, w)| x * w).sum();
                z[0] = -z[1];
            }
            Ok(())
        }
    }

    /// With p pairs in d dimensions the squared cosine to the true gradient is about p / (p + c d); c is 1 inside the box. Where a share of two thirds lies at
    /// its border, differences are half as long there, and c = E[d²] E[1/d²] = (2/3 + 4/3) (2/3 + 1/12) = 1.5.
    #[test]
    fn estimates_point_along_the_gradient_at_the_border_of_the_box_too() {
        cosines([0.5, 0.5, 0.5], 1.0);
        cosines([0.0, 0.5, 1.0], 1.5);
    }

    fn cosines(values: [f32; 3], c: f64) {
        let (dim, n, pairs) = (20, 40, 64);
        let mut rng = Key::new(1).rng(0);
        let w: Vec<f32> = (0..dim).map(|_| rng.normal() as f32).collect();
        let data: Vec<f32> = (0..n * dim).map(|i| values[(i * 7 + i / dim) % 3]).collect();
        let ids: Vec<u64> = (0..n as u64).collect();
        let x = Batch::new(&data, [1, 1, dim], &ids).unwrap();
        let labels = vec![0; n];
        let objective = OfClass { goal: Goal::Untargeted(&labels), loss: AnyClassLoss::Margin };
        let norm = |v: &[f32]| v.iter().map(|v| f64::from(v * v)).sum::<f64>().sqrt();
        for (directions, width) in [(Directions::Signs, 0.01), (Directions::Normals, 0.001)] {
            let about = &UniformNoise::INFO;
            let ascent = BlindAscent {
                about,
                loss: AnyClassLoss::Margin,
                steps: 1,
                pairs,
                width,
                directions,
                states: 0,
            };
            let mut points = Table::zeros(n, dim);
            points.first_mut(n).copy_from_slice(&data);
            let mut probes = Probes::new(n, dim, 2);
            let (live, mut grad) = (Live::of(x, 0..n), Table::zeros(n, dim));
            let from = (Key::new(2), 0);
            ascent
                .estimate(&Linear(w.clone()), &objective, x, &live, &points, from, &mut probes, &mut grad)
                .unwrap();
            let cosines: Vec<f64> = (0..n)
                .map(|k| {
                    let g = grad.row(k);
                    g.iter().zip(&w).map(|(g, w)| f64::from(g * w)).sum::<f64>() / norm(g) / norm(&w)
                })
                .collect();
            let mean = cosines.iter().sum::<f64>() / n as f64;
            let expected = (pairs as f64 / (pairs as f64 + c * dim as f64)).sqrt();
            assert!((mean - expected).abs() < 0.03, "{directions:?}: {mean}, expected {expected}");
            assert!(cosines.iter().all(|&c| c > 0.6), "{directions:?}: {cosines:?}");
            // And it has the right length: the mean over examples is the gradient, 2 w.
            let share = 1.0 / n as f32;
            let all: Vec<f32> = (0..dim).map(|i| (0..n).map(|k| grad.row(k)[i] * share).sum()).collect();
            let gap: Vec<f32> = all.iter().zip(&w).map(|(g, w)| g - 2.0 * w).collect();
            assert!(norm(&gap) < 0.2 * norm(&all), "{directions:?}: {gap:?}");
        }
    }
}
