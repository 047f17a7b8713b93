//! What the judge saw besides the figures, as counts over examples, so that the checks of an evaluation in pieces are those of the whole.

use super::findings::{Finding, classes_of_dlr, is_distribution, is_tied, of_walk};
use crate::{AttackInfo, Settings, Threat};
use sparring_oracle::{Batch, Bounds};

/// What the checks of a report are made of, besides its attacks.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ModelStatistics {
    pub(super) classes: usize,
    /// Examples whose logits look like probabilities.
    pub(super) distributions: usize,
    /// Examples whose three largest logits are tied.
    pub(super) tied: usize,
    /// The largest absolute value of a logit, and the largest difference of two passes.
    pub(super) logit: f32,
    pub(super) difference: f32,
    /// The largest absolute value of an input, and the box.
    pub(super) input: f32,
    pub(super) lo: f32,
    pub(super) hi: f32,
    /// Attacks climbed another network: their gradients, and how strong they are, say nothing of the model.
    pub(super) transfers: bool,
    /// What the settings of the attacks alone make doubtful.
    pub(super) walks: Vec<Finding>,
    /// The attacks that climb the DLR, with the classes each needs.
    pub(super) dlr: Vec<(String, usize)>,
}

impl ModelStatistics {
    /// Of the logits of all examples, and of the first of them once more.
    pub(super) fn of_model(x: Batch<'_>, bounds: Bounds, z: &[f32], again: &[f32], classes: usize) -> Self {
        let largest = |v: &[f32]| v.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        Self {
            classes,
            distributions: z.chunks_exact(classes).filter(|row| is_distribution(row)).count(),
            tied: z.chunks_exact(classes).filter(|row| is_tied(row)).count(),
            logit: largest(z),
            difference: again.iter().zip(z).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max),
            input: largest(x.data()),
            lo: bounds.lo(),
            hi: bounds.hi(),
            ..Self::default()
        }
    }
    /// Takes in an attack of the suite.
    pub(super) fn note(&mut self, info: &AttackInfo, settings: &Settings, threat: &Threat) {
        if !self.transfers {
            self.walks.extend(of_walk(info.name, settings, threat));
        }
        self.dlr.extend(classes_of_dlr(info.name, settings).map(|need| (info.name.to_owned(), need)));
    }
    /// Takes in what was seen of more examples.
    pub(super) fn absorb(&mut self, more: &Self) {
        self.distributions += more.distributions;
        self.tied += more.tied;
        self.logit = self.logit.max(more.logit);
        self.difference = self.difference.max(more.difference);
        self.input = self.input.max(more.input);
    }
    /// Of one model, box and suite?
    pub(super) fn belongs_with(&self, other: &Self) -> bool {
        let box_of = |o: &Self| [o.lo, o.hi].map(f32::to_bits);
        (self.classes, self.transfers, box_of(self)) == (other.classes, other.transfers, box_of(other))
            && (&self.walks, &self.dlr) == (&other.walks, &other.dlr)
    }
}
