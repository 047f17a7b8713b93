//! The worst that all attacks together made of each example.

use super::clean::Clean;
use super::options::KeepExamples;
use super::report::Adversarials;
use super::verdict::Answer;
use sparring_oracle::Batch;

/// Which examples still stand, and the worst proposal for each if it is to be kept.
pub(super) struct Worst<'a> {
    x: Batch<'a>,
    y: &'a [usize],
    /// The examples that are attacked.
    right: Vec<usize>,
    /// Of each of them: is it right under every attack so far?
    standing: Vec<bool>,
    /// The lowest margin of every example.
    margins: Vec<f32>,
    kept: Option<Adversarials>,
    /// Attacks added.
    attacks: usize,
}

impl<'a> Worst<'a> {
    pub fn new(x: Batch<'a>, y: &'a [usize], clean: &Clean, keep: KeepExamples) -> Self {
        let kept = match keep {
            KeepExamples::Nothing => None,
            KeepExamples::Adversarials => {
                let (x_adv, made_by) = (x.data().to_vec(), vec![None; x.len()]);
                Some(Adversarials { x_adv, predictions: clean.predictions.clone(), made_by })
            }
        };
        let margins = clean.answers.iter().map(|a| a.margin).collect();
        Self {
            x,
            y,
            right: clean.right.clone(),
            standing: vec![true; clean.right.len()],
            margins,
            kept,
            attacks: 0,
        }
    }

    /// One attack's judged proposals for `attacked`, places among the right examples. Returns which of all examples it fooled.
    pub fn add(&mut self, attacked: &[usize], answers: &[Answer], proposals: &[f32]) -> Vec<bool> {
        let (dim, mut fooled) = (self.x.dim(), vec![false; self.x.len()]);
        for (p, (&k, answer)) in attacked.iter().zip(answers).enumerate() {
            let i = self.right[k];
            fooled[i] = answer.prediction != self.y[i];
            self.standing[k] &= !fooled[i];
            if answer.margin >= self.margins[i] {
                continue;
            }
            self.margins[i] = answer.margin;
            if let Some(kept) = &mut self.kept {
                kept.predictions[i] = answer.prediction;
                kept.made_by[i] = Some(self.attacks);
                kept.x_adv[i * dim..(i + 1) * dim].copy_from_slice(&proposals[p * dim..(p + 1) * dim]);
            }
        }
        self.attacks += 1;
        fooled
    }

    /// Of the right examples those that no attack fooled.
    pub fn standing(&self) -> Vec<usize> {
        (0..self.standing.len()).filter(|&k| self.standing[k]).collect()
    }

    /// The lowest margin of each example, and the proposals that were kept.
    pub fn into_parts(self) -> (Vec<f32>, Option<Adversarials>) {
        (self.margins, self.kept)
    }
}
