//! The classes that an attack aims at one after another.

use crate::ascent::logits;
use crate::goal::predicted;
use crate::live::{Live, Table};
use crate::pullback::pullbacks;
use crate::{AttackError, Goal, Norm};
use sparring_oracle::{Batch, Differentiable};

/// In which order an attack aims at classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum TargetOrder {
    /// The class of largest logit first: AutoAttack's choice.
    #[default]
    Logits,
    /// The class first whose boundary with the label is nearest in the linear model at the example, (z_y − z_t) / ‖∇(z_t − z_y)‖*, of the 100 of largest logits:
    /// Melamed, Yehudai and Shamir 2024 (arXiv:2407.02240). One gradient for each of them.
    Malt,
}

sparring_math::value_of_words!(TargetOrder { Logits = "logits", Malt = "malt" });

impl TargetOrder {
    /// What it asks of the model.
    pub(crate) fn queries(self) -> u64 {
        match self {
            Self::Logits => 1,
            Self::Malt => 2,
        }
    }
}

/// Classes whose boundaries MALT measures at most.
const MEASURED: usize = 100;

/// Of each example the label and the classes aimed at, turn by turn.
pub(crate) struct Targets {
    /// The logits at the examples.
    pub(crate) z: Table,
    /// How many classes are tried.
    pub(crate) turns: usize,
    orders: Vec<Vec<[usize; 2]>>,
}

impl Targets {
    /// The first `most` classes in this order, without the label; or the goal's target. Queries from `query` on.
    ///
    /// # Errors
    /// If the model fails or says something that is not finite.
    pub(crate) fn rank<M: Differentiable + ?Sized>(
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        norm: &dyn Norm,
        most: usize,
        order: TargetOrder,
        query: u64,
    ) -> Result<Self, AttackError> {
        let (n, classes, live) = (x.len(), model.classes(), Live::of(x, 0..x.len()));
        let (mut points, mut z) = (Table::zeros(n, x.dim()), Table::zeros(n, classes));
        points.first_mut(n).copy_from_slice(x.data());
        logits(model, x, &live, &points, query, &mut z)?;
        let mut orders: Vec<Vec<[usize; 2]>> = (0..n).map(|row| by_logits(goal, row, z.row(row))).collect();
        let turns = match goal {
            Goal::Untargeted(_) => most.min(classes - 1),
            Goal::Targeted(_) => 1,
        };
        if order == TargetOrder::Malt && turns > 0 && n > 0 && matches!(goal, Goal::Untargeted(_)) {
            let measured = (classes - 1).min(MEASURED.max(turns));
            let mut grads = Table::zeros(measured * n, x.dim());
            let cotangent = &mut |plane: usize, _: &[f32], dz: &mut [f32]| {
                for (order, dz) in orders.iter().zip(dz.chunks_exact_mut(classes)) {
                    let [label, target] = order[plane];
                    dz[target] += 1.0;
                    dz[label] -= 1.0;
                }
            };
            let batch = live.batch(x, &points, query + 1)?;
            pullbacks(model, batch, measured, cotangent, grads.first_mut(measured * n))?;
            for (row, order) in orders.iter_mut().enumerate() {
                order.truncate(measured);
                let mut far: Vec<(f64, [usize; 2])> = order
                    .iter()
                    .enumerate()
                    .map(|(plane, &[label, target])| {
                        let z = z.row(row);
                        let away = f64::from(z[label] - z[target]) / norm.dual(grads.row(plane * n + row));
                        (if away.is_nan() { f64::INFINITY } else { away }, [label, target])
                    })
                    .collect();
                // A stable sort: of equals the larger logit comes first.
                far.sort_by(|a, b| a.0.total_cmp(&b.0));
                *order = far.into_iter().map(|(_, pair)| pair).collect();
            }
        }
        Ok(Self { z, turns, orders })
    }
    /// The label and the class aimed at, of each example.
    pub(crate) fn pairs(&self, turn: usize) -> Vec<[usize; 2]> {
        self.orders.iter().map(|order| order[turn]).collect()
    }
}

/// The label of an example and each other class, the largest logit first; or what is predicted and the target.
pub(crate) fn by_logits(goal: Goal<'_>, row: usize, z: &[f32]) -> Vec<[usize; 2]> {
    match goal {
        Goal::Targeted(to) => vec![[predicted(z), to[row]]],
        Goal::Untargeted(y) => {
            let mut others: Vec<usize> = (0..z.len()).filter(|&class| class != y[row]).collect();
            others.sort_by(|&a, &b| z[b].total_cmp(&z[a]));
            others.iter().map(|&class| [y[row], class]).collect()
        }
    }
}
