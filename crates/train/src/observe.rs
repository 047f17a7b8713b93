//! Watching a training, and ending it early.

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End after this step; the model stays as it is.
    Stop,
}

/// One step done.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// From 1, over the whole training.
    pub step: u64,
    /// Steps of the whole training.
    pub steps: u64,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Mean loss of the batch.
    pub loss: f64,
    /// Learning rate used.
    pub lr: f64,
}

/// One epoch done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Mean training loss over the epoch (on the adversarial examples, where there are any).
    pub train_loss: f64,
    /// Fraction of training examples classified rightly during the epoch, as they were trained on; `None` for autoencoders.
    pub train_accuracy: Option<f64>,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time of the epoch.
    pub seconds: f64,
    /// Examples of the epoch over its time.
    pub examples_per_s: f64,
}

/// Watches a training; all methods may be left out.
pub trait Observer<M> {
    /// After each step.
    fn step(&mut self, step: &Step) -> Flow {
        let _ = step;
        Flow::Continue
    }
    /// After each epoch, with the model as it is then.
    fn epoch(&mut self, epoch: &Epoch, model: &M) -> Flow {
        let _ = (epoch, model);
        Flow::Continue
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;
impl<M> Observer<M> for Quiet {}
