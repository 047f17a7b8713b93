//! A defence chosen by its name, with some of its fields.

use super::{Defense, pgd_step};

/// A value for a field that some defences have beside their budget.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum DefenseField {
    /// `steps`: attack steps; each is then 2.5 eps / steps long.
    Steps(usize),
    /// `step_size`: length of a step.
    StepSize(f32),
    /// `noise`: reach of the noise in multiples of eps.
    Noise(f32),
    /// `warm_up`: fraction of the training over which the budget grows.
    WarmUp(f64),
}

impl Defense {
    /// The defence of this name in [`DEFENSES`](crate::DEFENSES) with the budget `eps`, all else as usual; `None` if there is none.
    pub fn named(name: &str, eps: f32) -> Option<Self> {
        let all = [Self::None, Self::fgsm_rs(eps), Self::n_fgsm(eps), Self::pgd(eps)];
        all.into_iter().find(|d| d.name() == name)
    }
    /// The same with another value of one field; `None` if this defence does not have it.
    ///
    /// ```
    /// use sparring_train::{Defense, DefenseField::{Noise, Steps}};
    /// let Some(Defense::Pgd { steps: 10, step_size, .. }) = Defense::pgd(0.2).with(Steps(10)) else { panic!() };
    /// assert!((step_size - 0.05).abs() < 1e-7);
    /// assert_eq!(Defense::pgd(0.2).with(Noise(1.0)), None);
    /// ```
    #[must_use]
    pub fn with(mut self, field: DefenseField) -> Option<Self> {
        match (&mut self, field) {
            (Self::Pgd { eps, steps, step_size, .. }, DefenseField::Steps(n)) => {
                (*steps, *step_size) = (n, pgd_step(*eps, n.max(1)));
            }
            (
                Self::FgsmRs { step_size, .. } | Self::NFgsm { step_size, .. } | Self::Pgd { step_size, .. },
                DefenseField::StepSize(length),
            ) => *step_size = length,
            (Self::NFgsm { noise, .. }, DefenseField::Noise(reach)) => *noise = reach,
            (Self::NFgsm { warm_up, .. } | Self::Pgd { warm_up, .. }, DefenseField::WarmUp(share)) => {
                *warm_up = share;
            }
            _ => return None,
        }
        Some(self)
    }
}
