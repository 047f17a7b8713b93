//! Square: random search by squares, on logits alone.
//!
//! start    x + eps · random signs, one for each column and channel (L-inf); x + eps · a pattern in each of 5 × 5 tiles (L2, L1)
//! query    L-inf: in a random square the change becomes ±2 eps, one sign a channel, cut to ball and box; L2, L1: a random square takes the
//!          size of another and a pattern on top of its own
//! accept   where the margin falls, or the goal is reached
//! size     √p of the image's side; p = p₀ at first, halved at query 10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000
//! source   Andriushchenko et al. 2020, arXiv:1912.00049; L1: Croce and Hein 2021, arXiv:2103.01208; authors' code in github.com/fra31/auto-attack
//!
//! As in the authors' code the last row and column are never a corner of a square. Squares are drawn for each example by itself. Where the model's first layer is
//! linear and squares are small, a query costs the change of that layer's output; what seems to be reached is asked for once more, as a whole.

use crate::ascent::{OfClass, Said, logits};
use crate::incremental::Incremental;
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::square::{self, Place};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// Random search by squares.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Square {
    /// Queries of a restart.
    pub queries: usize,
    /// Restarts.
    pub restarts: usize,
    /// Share of the pixels in the first squares.
    pub p: f64,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// Whether the squares shrink over the queries there are, as if those were 10,000, or at fixed queries.
    pub rescale: SquareSchedule,
}

/// When the squares of a [`Square`] attack shrink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum SquareSchedule {
    /// At the queries of the paper, however many there are: AutoAttack's choice.
    #[default]
    Fixed,
    /// At the same shares of the queries.
    Scaled,
}

/// Queries after which the first layer's outputs are computed as a whole once more.
const ANEW: usize = 500;

sparring_math::value_of_words!(SquareSchedule { Fixed = "fixed", Scaled = "scaled" });

impl Default for Square {
    /// AutoAttack's: 5,000 queries, squares that begin with 80 % of the pixels.
    fn default() -> Self {
        Self {
            queries: 5000,
            restarts: 1,
            p: 0.8,
            loss: AnyClassLoss::Margin,
            rescale: SquareSchedule::Fixed,
        }
    }
}

sparring_math::named! {
    Square: "square", [], "Andriushchenko et al. 2020, arXiv:1912.00049";
    queries: Range::COUNT, "queries of a restart";
    restarts: Range::COUNT, "starts";
    p: Range::above_to(0.0, 1.0), "share of the pixels in the first squares";
    loss: crate::ascent::LOSS, "what is climbed";
    rescale: Range::Words(SquareSchedule::WORDS), "when squares shrink: at fixed queries, or scaled to as many as there are";
}

impl Square {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: &[AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1],
        defaults: "5000 queries, squares of 80 % of the pixels that shrink; loss margin",
    };
    /// # Errors
    /// If there is no query or restart, or the share is none.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
    /// The share of the pixels in the square of this query, from 0.
    fn share(&self, query: usize) -> f64 {
        let at = match self.rescale {
            SquareSchedule::Fixed => query,
            SquareSchedule::Scaled => (query as f64 / self.queries as f64 * 10_000.0) as usize,
        };
        let halved = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].iter().filter(|&&q| at > q).count();
        self.p / f64::from(1_u32 << halved)
    }
}

impl<M: Classifier + ?Sized> Attack<M> for Square {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("queries", self.queries.to_string()),
            ("p", self.p.to_string()),
            ("loss", self.loss.to_string()),
            ("rescale", self.rescale.to_string()),
        ];
        Settings { others, ..Settings::new(0, self.restarts) }
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
        let (dim, bounds) = (x.dim(), model.bounds());
        let objective = OfClass { goal, loss: self.loss.unsaturated() };
        let mut kept = Kept::new(out, dim);
        for restart in 0..self.restarts {
            let key = key.child(restart as u64);
            let from = x.query() + (restart * (self.queries + 1)) as u64;
            let mut live = Live::of(x, kept.standing());
            let n = live.len();
            let (mut points, mut best) = (Table::zeros(n, dim), Table::zeros(n, dim));
            let mut z = Table::zeros(n, model.classes());
            let (mut said, mut dz) = (vec![Said::NOTHING; n], vec![0.0; model.classes()]);
            let (mut first, mut begun) = (Incremental::of(model, n), false);
            for query in 0..=self.queries {
                if live.is_empty() {
                    break;
                }
                let key = key.child(query as u64);
                for k in 0..live.len() {
                    let place = Place { x: x.row(live.row(k)), shape: x.shape(), threat, bounds };
                    let mut rng = key.rng(live.id(k));
                    let point = points.row_mut(k);
                    match query.checked_sub(1) {
                        None => square::start(&place, &mut rng, point),
                        Some(step) => {
                            point.copy_from_slice(best.row(k));
                            square::change(&place, self.share(step), &mut rng, point);
                        }
                    }
                }
                let share = query.checked_sub(1).map_or(1.0, |step| self.share(step));
                let mut first =
                    first.as_mut().filter(|f| f.is_cheaper(square::reached(threat.norm, x.shape(), share)));
                match &mut first {
                    None => logits(model, x, &live, &points, from + query as u64, &mut z)?,
                    Some(first) => {
                        // Anew every so many queries, so that rounding does not add up.
                        if !begun || query.is_multiple_of(ANEW) {
                            first.begin(x, &live, &best)?;
                            begun = true;
                        }
                        first.query(x, &live, &best, &points, &mut z)?;
                    }
                }
                for k in 0..live.len() {
                    let row = live.row(k);
                    let mut now = Said::of(&objective, row, z.row(k), &mut dz);
                    if now.reached && first.is_some() {
                        let whole =
                            Batch::new(points.row(k), x.shape(), std::slice::from_ref(&x.ids()[row]))?;
                        model.logits(whole.with_query(from + query as u64), z.row_mut(k))?;
                        now = Said::of(&objective, row, z.row(k), &mut dz);
                    }
                    if now.beats(said[k]) {
                        said[k] = now;
                        best.row_mut(k).copy_from_slice(points.row(k));
                        if let Some(first) = &mut first {
                            first.accept(k);
                        }
                    }
                    if now.reached || query == self.queries {
                        kept.offer(row, best.row(k), said[k]);
                    }
                }
                let gone: Vec<bool> = said[..live.len()].iter().map(|s| s.reached).collect();
                match &mut first {
                    Some(first) => live.retain(|k| !gone[k], &mut [&mut best, &mut said, *first]),
                    None => live.retain(|k| !gone[k], &mut [&mut best, &mut said]),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_shrink_at_the_queries_of_the_paper() {
        let square = Square::default();
        for (query, p) in [(0, 0.8), (10, 0.8), (11, 0.4), (50, 0.4), (51, 0.2), (4999, 0.8 / 128.0)] {
            assert_eq!(square.share(query), p, "{query}");
        }
        let scaled = Square { queries: 100, rescale: SquareSchedule::Scaled, ..square };
        assert_eq!([0, 1, 99].map(|q| scaled.share(q)), [0.8, 0.2, 0.8 / 512.0]);
    }
}
