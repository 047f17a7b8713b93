//! The classes that an attack aims at one after another: what APGD-T and FAB-T share.

use crate::ascent::logits;
use crate::goal::predicted;
use crate::live::{Live, Table};
use crate::{AttackError, Goal};
use sparring_oracle::{Batch, Classifier};

/// Of each example the label and the classes aimed at, turn by turn.
pub(crate) struct Targets {
    /// The logits at the examples.
    pub(crate) z: Table,
    /// How many classes are tried.
    pub(crate) turns: usize,
    orders: Vec<Vec<[usize; 2]>>,
}

impl Targets {
    /// The `most` classes of largest logits at the example itself without its label, or the goal's target; one query, `query`.
    ///
    /// # Errors
    /// If the model fails or says something that is not finite.
    pub(crate) fn rank<M: Classifier + ?Sized>(
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        most: usize,
        query: u64,
    ) -> Result<Self, AttackError> {
        let (n, classes) = (x.len(), model.classes());
        let (mut points, mut z) = (Table::zeros(n, x.dim()), Table::zeros(n, classes));
        points.first_mut(n).copy_from_slice(x.data());
        logits(model, x, &Live::of(x, 0..n), &points, query, &mut z)?;
        let turns = match goal {
            Goal::Untargeted(_) => most.min(classes - 1),
            Goal::Targeted(_) => 1,
        };
        let orders = (0..n).map(|row| order(goal, row, z.row(row), turns)).collect();
        Ok(Self { z, turns, orders })
    }
    /// The label and the class aimed at, of each example.
    pub(crate) fn pairs(&self, turn: usize) -> Vec<[usize; 2]> {
        self.orders.iter().map(|order| order[turn]).collect()
    }
}

fn order(goal: Goal<'_>, row: usize, z: &[f32], turns: usize) -> Vec<[usize; 2]> {
    match goal {
        Goal::Targeted(to) => vec![[predicted(z), to[row]]],
        Goal::Untargeted(y) => {
            let mut others: Vec<usize> = (0..z.len()).filter(|&class| class != y[row]).collect();
            others.sort_by(|&a, &b| z[b].total_cmp(&z[a]));
            others.iter().take(turns).map(|&class| [y[row], class]).collect()
        }
    }
}
