//! PGD, projected gradient descent (here: ascent of the loss).
//!
//! for each restart:
//!     x₀ = x + u, u uniform in the ball (or x itself), cut to the box
//!     x_{k+1} = box ∩ ball of (x_k + α · steepest(∇ loss(x_k, y))), α = 4 ε/steps unless given
//!     an example that is fooled is kept as it is and costs nothing more (`Stop::WhenFooled`)
//! of several restarts the fooling one is kept, else the one of highest loss; of one restart the last iterate
//! source    Madry et al. 2018, arXiv:1706.06083

use crate::ascent::{Ascent, LENGTH, LOSS, Origin, check_start};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Stop,
    Threat, Walk,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Steps along the steepest ascent of the loss, each followed by a projection onto ball and box.
///
/// ```
/// use sparring_attacks::{Pgd, StepSize, Stop};
/// // Seven steps that never stop early, each 4 eps/7 long in L∞, as for adversarial training.
/// let inner = Pgd { steps: 7, stop: Stop::Never, ..Pgd::default() };
/// assert!(inner.validate().is_ok() && inner.step_size == StepSize::Auto);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Pgd {
    /// Number of steps of a restart.
    pub steps: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// Where a restart starts.
    pub start: Start,
    /// Number of restarts.
    pub restarts: usize,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// When an example is left alone.
    pub stop: Stop,
    /// Gradients that are averaged at each point, for randomised models.
    pub eot: usize,
}

impl Default for Pgd {
    /// 40 steps of 4 eps/steps (7.5 eps/steps in L2) from a random start.
    fn default() -> Self {
        Self {
            steps: 40,
            step_size: StepSize::default(),
            start: Start::Random,
            restarts: 1,
            loss: AnyClassLoss::default(),
            stop: Stop::WhenFooled,
            eot: 1,
        }
    }
}

sparring_math::named! {
    Pgd: "pgd", [], "Madry et al. 2018, arXiv:1706.06083";
    steps: Range::COUNT, "gradient steps of a restart";
    step_size: LENGTH, "length of a step, in units of the input or as in eps/4; auto: 4 eps / steps, in l2 7.5 eps / steps";
    start: Range::Words(Start::WORDS), "where a restart starts";
    restarts: Range::COUNT, "starts, of which the best counts";
    loss: LOSS, "what is climbed";
    stop: Range::Words(Stop::WORDS), "when an example is left alone";
    eot: Range::COUNT, "gradients averaged at each point, for randomised models";
}

impl Pgd {
    /// Madry et al.'s evaluation on MNIST, meant for L∞ at eps 0.3: 40 steps of 0.01 from a random start.
    ///
    /// Together they are 0.4 long, so a walk crosses the ball only from its inner part: the default is stronger.
    pub fn madry_mnist() -> Self {
        Self { steps: 40, step_size: StepSize::Absolute(0.01), ..Self::default() }
    }
    /// Madry et al.'s evaluation on CIFAR-10, meant for L∞ at eps 8/255: 20 steps of 2/255 from a random start.
    pub fn madry_cifar10() -> Self {
        Self { steps: 20, step_size: StepSize::Absolute(2.0 / 255.0), ..Self::default() }
    }
    /// The evaluation of Wong, Rice and Kolter 2020 (arXiv:2001.03994) on MNIST, meant for L∞ at eps 0.3: 50 steps of 0.01,
    /// the best of 10 random starts.
    pub fn fast_mnist() -> Self {
        Self { steps: 50, step_size: StepSize::Absolute(0.01), restarts: 10, ..Self::default() }
    }
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "40 steps of 4 eps/steps (l2: 7.5), random start, 1 restart; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, restart or gradient, or a step is not finite and positive.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }

    /// One walk from given points (shape of `x.data()`; brought into ball and box first) instead of
    /// [`start`](Self::start) and [`restarts`](Self::restarts): to compare with another implementation step by step.
    ///
    /// # Errors
    /// As [`Attack::perturb`].
    pub fn perturb_from<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        start: &[f32],
        goal: Goal<'_>,
        threat: &Threat,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        check_start(x, start)?;
        self.walk(Origin::Given(start), 1).run(model, x, goal, threat, Key::new(0), out)
    }

    fn walk<'a>(&self, from: Origin<'a>, restarts: usize) -> Ascent<'a> {
        let (step, steps, stop, eot) = (self.step_size, self.steps, self.stop, self.eot);
        Ascent { from, step, steps, restarts, stop, eot, ..Ascent::one_step(&Self::INFO, self.loss) }
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Pgd {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let mut others = vec![
            ("step_size", self.step_size.to_string()),
            ("start", self.start.to_string()),
            ("loss", self.loss.to_string()),
            ("stop", self.stop.to_string()),
        ];
        if self.eot > 1 {
            others.push(("eot", self.eot.to_string()));
        }
        let walk = Some(Walk { step_size: self.step_size, start: self.start });
        Settings { steps: self.steps, restarts: self.restarts, others, walk }
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
        self.walk(Origin::Start(self.start), self.restarts).run(model, x, goal, threat, key, out)
    }
}
