//! What a schedule is.

/// Name and facts of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
}

/// A learning-rate schedule: a factor on the base learning rate as a function of the progress of training.
pub trait Schedule: std::fmt::Debug + Send + Sync {
    /// Factor at progress `t` = steps done / all steps, in [0, 1]; outside, the value at the nearer end.
    fn factor(&self, t: f64) -> f64;

    /// Learning rate of step `step` (from 1, as in [`Rule::update`](crate::Rule::update)) of `steps`.
    ///
    /// By default the factor at the steps done before, `(step - 1) / steps`, as PyTorch's schedulers count. A schedule that
    /// rises from 0 counts the present step too, so that no step is lost at rate 0; it says so.
    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        base * self.factor(before(step, steps))
    }
}

/// Progress counts as a milestone this little before it: 0.3 / 0.1 is just below 3, and what happens there happens on the step that was meant.
pub(super) const NEAR: f64 = 1e-9;

/// Progress before step `step`.
pub(super) fn before(step: u64, steps: u64) -> f64 {
    after(step.saturating_sub(1), steps)
}

/// Progress after step `step`.
pub(super) fn after(step: u64, steps: u64) -> f64 {
    (step as f64 / steps.max(1) as f64).min(1.0)
}
