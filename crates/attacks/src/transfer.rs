//! Transfer: an attack climbs one network, another is attacked.
//!
//! source    Papernot, McDaniel and Goodfellow 2016, arXiv:1605.07277

use crate::goal::check_input;
use crate::{Attack, AttackError, AttackInfo, Goal, Settings, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// An attack on any model that never asks it: `attack` climbs the surrogate, and what it finds is the proposal.
///
/// Whatever the attack needs, it needs of the surrogate, so a model with logits only is attacked by gradients. Name and norms are those of the attack. One that
/// stops as soon as the surrogate is fooled (`Stop::WhenFooled`) transfers less than one that goes on.
///
/// ```
/// # use sparring_attacks::{Attack, Goal, Pgd, Stop, Threat, Transfer};
/// # use sparring_oracle::{Batch, Classifier, Differentiable};
/// # use sparring_seed::Key;
/// # fn attack<M: Classifier, S: Differentiable>(model: &M, mine: &S, x: Batch<'_>, y: &[usize], out: &mut [f32]) {
/// let transfer = Transfer { surrogate: mine, attack: Pgd { stop: Stop::Never, ..Pgd::default() } };
/// transfer.perturb(model, x, Goal::Untargeted(y), &Threat::linf(0.3).unwrap(), Key::new(1), out).unwrap();
/// # }
/// ```
#[derive(Debug)]
pub struct Transfer<'a, S: ?Sized, A> {
    /// What is climbed; shape, classes and box must be those of the model.
    pub surrogate: &'a S,
    /// What climbs.
    pub attack: A,
}

impl<M, S, A> Attack<M> for Transfer<'_, S, A>
where
    M: Classifier + ?Sized,
    S: Classifier + ?Sized,
    A: Attack<S>,
{
    fn about(&self) -> &'static AttackInfo {
        self.attack.about()
    }
    fn settings(&self) -> Settings {
        let mut settings = self.attack.settings();
        settings.others.push(("climbs", "surrogate".into()));
        settings
    }
    /// # Errors
    /// As the attack's, and if the surrogate takes other examples than the model.
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        check_input(model, x, goal, out)?;
        self.attack.perturb(self.surrogate, x, goal, threat, key, out)?;
        // The surrogate's box may be wider.
        let bounds = model.bounds();
        out.iter_mut().for_each(|p| *p = bounds.clip(*p));
        Ok(())
    }
}
