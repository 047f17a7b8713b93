//! What looks wrong in a GAN training.

use super::epoch::GanEpoch;
use crate::pixels;
use sparring_datasets::Split;
use std::fmt;

/// A sign that the game has gone wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alarm {
    /// The discriminator tells real from fake almost surely, three epochs in a row.
    DiscriminatorWins {
        /// The epoch it was noticed.
        epoch: usize,
    },
    /// The samples are far more alike than real examples.
    Collapse {
        /// The epoch it was noticed.
        epoch: usize,
    },
}

impl Alarm {
    /// Name without the epoch.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DiscriminatorWins { .. } => "discriminator-wins",
            Self::Collapse { .. } => "collapse",
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DiscriminatorWins { epoch } => write!(
                f,
                "discriminator-wins: in epoch {epoch} D(x) is above 0.95 and D(G(z)) below 0.05; the generator learns little"
            ),
            Self::Collapse { epoch } => write!(
                f,
                "collapse: up to epoch {epoch} samples differ from each other less than a third as much as real examples do"
            ),
        }
    }
}

/// Samples this much less spread than real examples are collapsed.
const COLLAPSED: f64 = 1.0 / 3.0;
/// Epochs in a row before the discriminator is said to win.
const IN_A_ROW: usize = 3;
/// The generator starts from grey noise: diversity says nothing before it has drawn anything.
const GRACE: usize = 3;

/// New alarms after the last epoch; each kind is raised once.
pub(super) fn raised(epochs: &[GanEpoch], known: &[Alarm]) -> Vec<Alarm> {
    let Some(last) = epochs.last() else { return Vec::new() };
    let wins = |e: &GanEpoch| e.is_odds && e.d_real > 0.95 && e.d_fake < 0.05;
    let mut found = Vec::new();
    // A training shorter than that is judged by what there is of it.
    let (row, ends) = (IN_A_ROW.min(last.epochs).max(1), last.epoch == last.epochs);
    if epochs.len() >= row && epochs[epochs.len() - row..].iter().all(wins) {
        found.push(Alarm::DiscriminatorWins { epoch: last.epoch });
    }
    let collapsed = |e: &GanEpoch| e.diversity < COLLAPSED && (e.epoch > GRACE || e.epoch == e.epochs);
    // A dip of an epoch or two is not the end; what it is at the end counts.
    let lasting = epochs.len() >= row && epochs[epochs.len() - row..].iter().all(collapsed);
    if lasting || (ends && collapsed(last)) {
        found.push(Alarm::Collapse { epoch: last.epoch });
    }
    found.retain(|a| known.iter().all(|k| k.name() != a.name()));
    found
}

/// Mean distance between pairs of real examples.
pub(super) fn spread_of(train: &Split) -> f64 {
    let indices: Vec<usize> = (0..train.len().min(256)).collect();
    let x = pixels(train, &indices);
    let spread = sparring_metrics::mean_pairwise_distance(x.as_slice(), train.dim());
    if spread > 0.0 { spread } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: usize, d_real: f64, d_fake: f64, diversity: f64) -> GanEpoch {
        let (logit_gap, penalty, g_gradient, d_gradient) = (1.0, 0.0, 1.0, 1.0);
        let (d_loss, g_loss, seconds, is_odds) = (1.0, 1.0, 1.0, true);
        GanEpoch {
            epoch,
            epochs: 9,
            d_loss,
            g_loss,
            d_real,
            d_fake,
            logit_gap,
            penalty,
            g_gradient,
            d_gradient,
            is_odds,
            diversity,
            seconds,
        }
    }

    #[test]
    fn alarms_fire_once() {
        let mut epochs: Vec<_> = (1..=3).map(|e| epoch(e, 0.99, 0.01, 1.0)).collect();
        let first = raised(&epochs, &[]);
        assert_eq!(first, [Alarm::DiscriminatorWins { epoch: 3 }]);
        epochs.push(epoch(4, 0.99, 0.01, 0.1));
        epochs.push(epoch(5, 0.99, 0.01, 0.1));
        assert!(raised(&epochs, &first).is_empty(), "a dip");
        epochs.push(epoch(6, 0.99, 0.01, 0.1));
        assert_eq!(raised(&epochs, &first), [Alarm::Collapse { epoch: 6 }]);
        // The last epoch of the training counts by itself.
        assert_eq!(
            raised(&[epoch(8, 0.5, 0.5, 1.0), epoch(9, 0.5, 0.5, 0.1)], &[]),
            [Alarm::Collapse { epoch: 9 }]
        );
        assert!(raised(&[epoch(9, 0.5, 0.5, 0.9)], &[]).is_empty());
        // The only epoch, the last one.
        let lost = GanEpoch { epochs: 1, ..epoch(1, 1.0, 0.0, 0.0) };
        let both = [Alarm::DiscriminatorWins { epoch: 1 }, Alarm::Collapse { epoch: 1 }];
        assert_eq!(raised(&[lost], &[]), both);
        assert!(raised(&[epoch(1, 1.0, 0.0, 0.0)], &[]).is_empty());
        // A critic's values are no probabilities.
        let critic: Vec<_> =
            (1..=3).map(|e| GanEpoch { is_odds: false, ..epoch(e, 0.99, 0.01, 1.0) }).collect();
        assert!(raised(&critic, &[]).is_empty());
    }
}
