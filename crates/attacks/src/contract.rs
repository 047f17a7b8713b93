//! What an attack is.

use crate::{AnyNorm, AttackError, Goal, Start, StepSize, Threat, check_input};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// What an attack asks of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Access {
    /// Gradients.
    White,
    /// Logits only.
    Black,
    /// Nothing while it runs; what it learnt of a model before, it may have learnt by gradients.
    Trained,
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::White => "white",
            Self::Black => "black",
            Self::Trained => "trained",
        })
    }
}

/// What an attack looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum AttackKind {
    /// Something that reaches the goal within the budget.
    FixedBudget,
    /// The smallest change that reaches the goal; the example itself where it is larger than the budget. One run at a large budget answers for every smaller one.
    MinimumNorm,
}

impl std::fmt::Display for AttackKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::FixedBudget => "fixed budget",
            Self::MinimumNorm => "minimum norm",
        })
    }
}

/// A row of the table of attacks.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AttackInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// Other spellings that are understood.
    pub aliases: &'static [&'static str],
    /// Where it comes from.
    pub paper: &'static str,
    /// What it asks of the model.
    pub access: Access,
    /// What it looks for.
    pub kind: AttackKind,
    /// The norms it works in.
    pub norms: &'static [AnyNorm],
    /// Its parameters when nothing is said.
    pub defaults: &'static str,
}

impl AttackInfo {
    /// Refuses a budget in a norm that the attack does not work in.
    ///
    /// # Errors
    /// [`AttackError::Norm`].
    pub fn admits(&self, threat: &Threat) -> Result<(), AttackError> {
        if self.norms.contains(&threat.norm) {
            return Ok(());
        }
        let norms = self.norms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Err(AttackError::Norm { attack: self.name, norm: threat.norm, norms })
    }
    /// How every attack begins: refuses a budget or an input that is not right, and writes the examples themselves into `out`.
    ///
    /// # Errors
    /// Those of [`Threat::validate`], [`admits`](Self::admits) and [`check_input`].
    pub fn begin<M: Classifier + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        threat.validate()?;
        self.admits(threat)?;
        check_input(model, x, goal, out)?;
        out.copy_from_slice(x.data());
        Ok(())
    }
}

/// The parameters of one attack as it stands, for cards and tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Gradient steps of one restart (0: none are taken).
    pub steps: usize,
    /// Starts (or samples, where there are no steps).
    pub restarts: usize,
    /// Every other parameter, by name.
    pub others: Vec<(&'static str, String)>,
    /// How it walks, if the number of its steps and their length are for the user to choose.
    pub walk: Option<Walk>,
}

impl Settings {
    /// An attack of so many steps and restarts and no other parameter; more with `..`, which stays right if a field is added:
    ///
    /// ```
    /// use sparring_attacks::Settings;
    /// let settings = Settings { others: vec![("temperature", "2".into())], ..Settings::new(10, 1) };
    /// assert_eq!((settings.steps, settings.restarts, settings.walk), (10, 1, None));
    /// assert_eq!(Settings { steps: 10, restarts: 1, ..Settings::default() }, Settings::new(10, 1));
    /// ```
    pub fn new(steps: usize, restarts: usize) -> Self {
        Self { steps, restarts, ..Self::default() }
    }
}

/// How an attack walks from a start to its proposal: with the number of steps, how far it can come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walk {
    /// Length of a step.
    pub step_size: StepSize,
    /// Where it begins.
    pub start: Start,
}

impl Walk {
    /// How long `steps` steps are under this threat, and how long they must be to reach every point of the ball: from its centre eps, from a
    /// random point, which may lie at its rim, 2 eps. In units of the input.
    pub fn length_and_need(&self, steps: usize, threat: &Threat) -> (f32, f32) {
        let need = match self.start {
            Start::Clean => threat.eps,
            Start::Random => 2.0 * threat.eps,
        };
        (self.step_size.at(threat.norm, threat.eps, steps) * steps as f32, need)
    }
}

/// A way to look for adversarial examples within a budget. It proposes; [`evaluate`](crate::evaluate()) judges.
///
/// `M` is what the attack needs to see: `M: Differentiable` for white-box attacks, `M: Classifier` for black-box ones.
/// So a white-box attack on a model without gradients does not compile:
///
/// ```compile_fail,E0277
/// use sparring_attacks::{Attack, Pgd, Goal, Threat};
/// use sparring_oracle::{Batch, Classifier};
/// use sparring_seed::Key;
/// fn attack<M: Classifier>(model: &M, x: Batch<'_>, y: &[usize], threat: &Threat, out: &mut [f32]) {
///     Pgd::default().perturb(model, x, Goal::Untargeted(y), threat, Key::new(0), out).unwrap();
/// }
/// ```
pub trait Attack<M: ?Sized> {
    /// Name, paper, access, norms.
    fn about(&self) -> &'static AttackInfo;
    /// The parameters as they stand.
    fn settings(&self) -> Settings;
    /// Writes a proposal for each example into `out` (same shape as `x.data()`, overwritten).
    ///
    /// Randomness is keyed by `key` and each example's id, so a proposal does not depend on the rest of the batch.
    ///
    /// # Errors
    /// If parameters, labels, shapes or inputs are wrong, or the model fails.
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError>;
}

macro_rules! through_a_pointer {
    ($($Pointer:ty),*) => {$(
        impl<M: ?Sized, A: Attack<M> + ?Sized> Attack<M> for $Pointer {
            fn about(&self) -> &'static AttackInfo {
                (**self).about()
            }
            fn settings(&self) -> Settings {
                (**self).settings()
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
                (**self).perturb(model, x, goal, threat, key, out)
            }
        }
    )*};
}
through_a_pointer!(&A, Box<A>);
