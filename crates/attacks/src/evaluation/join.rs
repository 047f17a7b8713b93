//! Pieces of an evaluation, of examples side by side, as one.

use super::card::AttackCard;
use super::curve::BudgetCurve;
use super::findings::of_report;
use super::report::{AttackResult, Report};
use crate::AttackError;

/// What the whole says that the pieces do not agree on.
fn apart(what: &'static str) -> AttackError {
    AttackError::Pieces { what }
}

impl Report {
    /// The report of all examples, from reports of pieces of them, in order: the figures and the checks of one evaluation of the whole with the same key, whatever the
    /// cut (of a randomised model the size of its randomness is that of more repeated examples); seconds add up. That the pieces are of one model is the caller's to know.
    /// Rows that [`diagnose`](crate::diagnose) made are not taken over: give [`Report::add_findings`] those of [`diagnostic_findings`](crate::diagnostic_findings).
    ///
    /// ```
    /// # use sparring_attacks::{AttackError, Report, Threat, evaluate, suites};
    /// # use sparring_oracle::{Batch, Differentiable};
    /// # use sparring_seed::Key;
    /// fn by_tens<M: Differentiable + Sync>(model: &M, x: Batch<'_>, y: &[usize]) -> Result<Report, AttackError> {
    ///     let threat = Threat::linf(0.1)?;
    ///     let of = |from: usize| {
    ///         let piece = from..y.len().min(from + 10);
    ///         evaluate(model, x.slice(piece.clone()), &y[piece], &suites::quick(), &threat, Key::new(1))
    ///     };
    ///     Report::join((0..y.len()).step_by(10).map(of).collect::<Result<Vec<_>, _>>()?)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`AttackError::Empty`] without pieces, [`AttackError::Pieces`] if they are not of one suite with the same settings, key, threat, course, box and number of classes, or only
    /// some keep their examples.
    pub fn join(pieces: impl IntoIterator<Item = Self>) -> Result<Self, AttackError> {
        let mut pieces = pieces.into_iter();
        let mut whole = pieces.next().ok_or(AttackError::Empty)?;
        let mut right = Right::of(&whole);
        for piece in pieces {
            right.add(&Right::of(&piece));
            whole.absorb(piece)?;
        }
        let n = whole.n as f64;
        whole.clean = right.clean as f64 / n;
        whole.robust_accuracy = right.robust as f64 / n;
        for a in &mut whole.attacks {
            a.accuracy = a.survivors as f64 / n;
        }
        whole.findings = of_report(&whole.observed, &whole.attacks, whole.course, whole.n);
        Ok(whole)
    }

    fn absorb(&mut self, piece: Self) -> Result<(), AttackError> {
        if self.threat != piece.threat {
            return Err(apart("threats"));
        }
        if self.course != piece.course {
            return Err(apart("courses (each attack on all examples, or a cascade)"));
        }
        if !self.observed.belongs_with(&piece.observed) {
            return Err(apart("models or suites"));
        }
        if self.attacks.len() != piece.attacks.len() {
            return Err(apart("suites"));
        }
        match (&mut self.adversarials, piece.adversarials) {
            (Some(whole), Some(piece)) => {
                whole.x_adv.extend(piece.x_adv);
                whole.predictions.extend(piece.predictions);
                whole.made_by.extend(piece.made_by);
            }
            (None, None) => {}
            _ => return Err(apart("examples that were kept")),
        }
        self.attacks.iter_mut().zip(piece.attacks).try_for_each(|(whole, piece)| whole.absorb(piece))?;
        self.n += piece.n;
        self.predictions.extend(piece.predictions);
        self.margins.extend(piece.margins);
        self.observed.absorb(&piece.observed);
        Ok(())
    }
}

/// Examples that are right, of the shares that a report has.
struct Right {
    clean: usize,
    robust: usize,
}

impl Right {
    fn of(report: &Report) -> Self {
        let count = |share: f64| (share * report.n as f64).round() as usize;
        Self { clean: count(report.clean), robust: count(report.robust_accuracy) }
    }
    fn add(&mut self, more: &Self) {
        self.clean += more.clean;
        self.robust += more.robust;
    }
}

impl AttackResult {
    fn absorb(&mut self, piece: Self) -> Result<(), AttackError> {
        self.card.absorb(&piece.card)?;
        self.survivors += piece.survivors;
        self.forwards += piece.forwards;
        self.backwards += piece.backwards;
        self.zero_gradients += piece.zero_gradients;
        self.non_finite_gradients += piece.non_finite_gradients;
        self.seconds += piece.seconds;
        self.fooled.extend(piece.fooled);
        self.refused.add(&piece.refused);
        self.refused.allowed = self.refused.allowed.max(piece.refused.allowed);
        Ok(())
    }
}

impl AttackCard {
    /// Adds the figure of more examples.
    fn absorb(&mut self, piece: &Self) -> Result<(), AttackError> {
        let fixed = |card: &Self| Self { n: 0, survivors: 0, forwards: 0, backwards: 0, ..card.clone() };
        if fixed(self) != fixed(piece) {
            return Err(apart("cards (settings of the attacks, key or version)"));
        }
        self.n += piece.n;
        self.survivors += piece.survivors;
        self.forwards += piece.forwards;
        self.backwards += piece.backwards;
        Ok(())
    }
}

impl BudgetCurve {
    /// The curve of all examples, from those of pieces of them, in order.
    ///
    /// # Errors
    /// [`AttackError::Empty`] without pieces, [`AttackError::Pieces`] if they are not of one attack and the same budgets.
    pub fn join(pieces: impl IntoIterator<Item = Self>) -> Result<Self, AttackError> {
        let mut pieces = pieces.into_iter();
        let mut whole = pieces.next().ok_or(AttackError::Empty)?;
        for piece in pieces {
            let budgets = |c: &Self| c.points.iter().map(|p| p.eps.to_bits()).collect::<Vec<_>>();
            if budgets(&whole) != budgets(&piece) {
                return Err(apart("budgets"));
            }
            whole.card.absorb(&piece.card)?;
            whole.sizes.extend(piece.sizes);
            whole.seconds += piece.seconds;
        }
        whole.follow();
        Ok(whole)
    }
}
