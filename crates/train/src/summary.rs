//! What a training did.

/// What a training did.
#[derive(Clone, Debug, PartialEq)]
pub struct History<Ep = crate::Epoch> {
    /// The epochs, in order.
    pub epochs: Vec<Ep>,
    /// Wall-clock time, observers included.
    pub seconds: f64,
    /// Whether an observer ended it early.
    pub stopped: bool,
}

impl History {
    /// The epoch whose weights the model has: the best one where a training that is done keeps the best weights, else the last; `None` if none was finished.
    pub fn kept(&self) -> Option<&crate::Epoch> {
        let last = self.epochs.last()?;
        let best = last.best_epoch.filter(|_| !self.stopped);
        best.and_then(|best| self.epochs.iter().find(|e| e.epoch == best)).or(Some(last))
    }
    /// Mean training loss of the [kept](Self::kept) epoch; NaN if none was finished.
    pub fn train_loss(&self) -> f64 {
        self.kept().map_or(f64::NAN, |e| e.train_loss)
    }
    /// Examples over time spent in epochs, observers left out; of a training that was resumed, those since then, and NaN if no epoch ended since.
    pub fn examples_per_s(&self) -> f64 {
        let examples: f64 = self.epochs.iter().map(|e| e.examples_per_s * e.seconds).sum();
        examples / self.epochs.iter().map(|e| e.seconds).sum::<f64>()
    }
}
