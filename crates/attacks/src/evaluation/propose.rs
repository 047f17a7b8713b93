//! Who proposes: the model itself, or something cheaper that stands in for it.

use super::verdict::{Answer, logits};
use crate::chunked::{on_rayon, perturb_chunked_on};
use crate::{Attack, AttackError, AttackInfo, Counting, Counts, Goal, Settings, Threat, predicted};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// A model that attacks climb in place of the one that is judged: the same network in a faster arithmetic, say.
#[derive(Debug)]
pub struct Proposer<'a, P: ?Sized> {
    /// The stand-in; shape, classes and bounds are those of the model.
    pub model: &'a P,
    /// Its name on the cards.
    pub name: &'a str,
    /// What it is to the model.
    pub role: ProposerRole,
}

/// What a [`Proposer`] is to the model that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposerRole {
    /// The same network, computed more cheaply: where an attack took an example for fooled too early, it is repeated on the model.
    Approximation,
    /// Another network: the model is never asked by an attack, only by the judge, as in [`Transfer`](crate::Transfer).
    Surrogate,
}

impl<P: ?Sized> Clone for Proposer<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P: ?Sized> Copy for Proposer<'_, P> {}

/// Some examples of a batch, side by side.
pub(super) struct Chosen {
    rows: Vec<f32>,
    ids: Vec<u64>,
    shape: [usize; 3],
    query: u64,
    pub labels: Vec<usize>,
}

impl Chosen {
    pub fn new(x: Batch<'_>, labels: &[usize], which: &[usize]) -> Self {
        Self {
            rows: which.iter().flat_map(|&i| x.row(i)).copied().collect(),
            ids: which.iter().map(|&i| x.ids()[i]).collect(),
            shape: x.shape(),
            query: x.query(),
            labels: which.iter().map(|&i| labels[i]).collect(),
        }
    }
    pub fn batch(&self) -> Result<Batch<'_>, AttackError> {
        Ok(Batch::new(&self.rows, self.shape, &self.ids)?.with_query(self.query))
    }
}

/// What an attack works on: its examples, their labels and how they are cut.
pub(super) struct Task<'a> {
    pub x: Batch<'a>,
    pub labels: &'a [usize],
    pub threat: &'a Threat,
    pub key: Key,
    pub batch: usize,
    /// Told the size of each finished chunk.
    pub told: &'a (dyn Fn(usize) + Sync),
}

impl Task<'_> {
    /// The attack's proposals, climbing `model`, and what it asked of it.
    pub fn propose<M, A>(&self, attack: &A, model: &M) -> Result<(Vec<f32>, Counts), AttackError>
    where
        M: Classifier + Sync + ?Sized,
        A: for<'m> Attack<Counting<&'m M>> + Sync,
    {
        let counting = Counting::new(model);
        let mut out = self.x.data().to_vec();
        let goal = Goal::Untargeted(self.labels);
        let (x, threat, key, batch, dim) = (self.x, self.threat, self.key, self.batch, self.x.dim());
        perturb_chunked_on(attack, &counting, x, goal, threat, key, &mut out, batch, &|out, size, run| {
            on_rayon(out, size, &|i, piece| {
                run(i, piece);
                (self.told)(piece.len() / dim);
            });
        })?;
        Ok((out, counting.counts()))
    }

    /// Examples that the stand-in takes for fooled and the model does not: the attack left them too early.
    pub fn left_early<P: Classifier + Sync + ?Sized>(
        &self,
        stand_in: &P,
        proposals: &[f32],
        answers: &[Answer],
    ) -> Result<Vec<usize>, AttackError> {
        let z = logits(stand_in, Batch::new(proposals, self.x.shape(), self.x.ids())?, self.batch)?;
        let fooled = z.chunks_exact(stand_in.classes()).zip(self.labels).map(|(z, &y)| predicted(z) != y);
        let early = fooled.zip(answers.iter().zip(self.labels)).map(|(t, (a, &y))| t && a.prediction == y);
        Ok(early.enumerate().filter(|&(_, early)| early).map(|(k, _)| k).collect())
    }
}

/// The row and the parameters of an attack; names the model type, which a call of `about` alone would leave open.
pub(super) fn describe<M, A: Attack<M>>(attack: &A, _model: &M) -> (&'static AttackInfo, Settings) {
    (attack.about(), attack.settings())
}
