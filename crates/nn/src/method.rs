//! How weights follow gradients: transformations of the gradients, a rule behind them, and groups of parameters that are treated apart.

use crate::ParamKind;
use sparring_math::named::Range;
use sparring_optim::{AnyRule, AnyTransform, Needs, OptimError, Rule, Seen, Transform};
use sparring_tensor::{Array, Elem};
use std::ops;

/// Parameters of some kinds, treated apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The kinds.
    pub kinds: Vec<ParamKind>,
    /// Factor of the learning rate, at least 0.
    pub lr: f64,
    /// Whether they are decayed.
    pub decay: Decay,
}

/// Whether weight decay holds for a group: the rule's own, and transformations that pull weights towards zero (L1, L2, decoupled decay).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// As rule and transformations say.
    Kept,
    /// None.
    None,
}

/// A rule of `sparring-optim` behind a chain of gradient transformations, as in optax, and groups of parameters.
///
/// Transformations act in the order written: after `[clip-value, clip-norm]` the norm is that of the clipped gradient. Where all of them are element-wise the engine gives
/// the method each gradient as soon as it is made; a norm needs whole gradients, and one pass over them for each norm behind the first link.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// The update rule.
    pub rule: AnyRule,
    /// Transformations of the gradients, in order.
    pub transforms: Vec<AnyTransform>,
    /// Groups; a parameter belongs to the first that names its kind, to none if there is none.
    pub groups: Vec<Group>,
}

impl From<AnyRule> for Method {
    /// No transformation; biases, parameters of normalisations and of learnt activations are not decayed, the usual practice in PyTorch. With `groups` empty all parameters
    /// are, as they are by `torch.optim` where its groups are not used.
    fn from(rule: AnyRule) -> Self {
        let kinds = vec![ParamKind::Bias, ParamKind::Norm, ParamKind::Activation];
        Self { rule, transforms: Vec::new(), groups: vec![Group { kinds, lr: 1.0, decay: Decay::None }] }
    }
}

/// Euclidean norms of the gradients as they stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Norms {
    /// Of one parameter tensor.
    pub tensor: f64,
    /// Of all of them.
    pub global: f64,
}

impl Method {
    /// Checks rule, transformations and groups.
    ///
    /// # Errors
    /// [`OptimError`] of the first number that makes no sense, or of a group of no kind, of buffers, or of a kind that another group has.
    pub fn validate(&self) -> Result<(), OptimError> {
        self.rule.validate()?;
        self.transforms.iter().try_for_each(AnyTransform::validate)?;
        let mut named: Vec<ParamKind> = Vec::new();
        for group in &self.groups {
            let factor = Range::at_least(0.0).in_f32();
            if !factor.holds(group.lr) {
                return Err(OptimError::value("group", "lr", group.lr, factor));
            }
            let kinds = |must| OptimError::value("group", "kinds", format!("{:?}", group.kinds), must);
            if group.kinds.is_empty() || group.kinds.contains(&ParamKind::Buffer) {
                return Err(kinds("one or more kinds of trained parameters"));
            }
            if group.kinds.iter().any(|kind| named.contains(kind)) {
                return Err(kinds("kinds that no group before it has"));
            }
            named.extend(&group.kinds);
        }
        Ok(())
    }
    /// Whether a number's update depends on its own gradient and weight alone.
    pub(crate) fn is_elementwise(&self) -> bool {
        self.transforms.iter().all(|t| needs(t) == Needs::Nothing)
    }
    /// Transformations that can act in one pass over the gradients: those from `from` on, up to the next that needs a norm of what they leave.
    pub(crate) fn stage(&self, from: usize) -> ops::Range<usize> {
        let later = self.transforms.iter().enumerate().skip(from + 1);
        let mut next = later.filter(|(_, t)| needs(t) != Needs::Nothing).map(|(i, _)| i);
        from..next.next().unwrap_or(self.transforms.len())
    }
    /// Decay and factor of the learning rate.
    fn group(&self, kind: ParamKind) -> (Decay, f64) {
        self.groups.iter().find(|g| g.kinds.contains(&kind)).map_or((Decay::Kept, 1.0), |g| (g.decay, g.lr))
    }
    /// The transformations of a stage on some numbers of a parameter tensor.
    pub(crate) fn transform<E: Elem>(
        &self,
        stage: ops::Range<usize>,
        (kind, lr): (ParamKind, f64),
        norms: Norms,
        w: &mut [E],
        g: &mut [E],
    ) {
        let (decay, factor) = self.group(kind);
        for transform in &self.transforms[stage] {
            if decay == Decay::None && Transform::<E>::decays(transform) {
                continue;
            }
            let norm = if needs(transform) == Needs::TensorNorm { norms.tensor } else { norms.global };
            transform.apply(Seen { lr: lr * factor, norm }, w, g);
        }
    }
    /// All transformations and the rule on some numbers; nothing needs a norm.
    pub(crate) fn step_elementwise<E: Elem>(
        &self,
        step: u64,
        (kind, lr): (ParamKind, f64),
        w: &mut [E],
        g: &mut [E],
        slots: &mut [Array<E>],
        range: ops::Range<usize>,
    ) {
        let none = Norms { tensor: f64::NAN, global: f64::NAN };
        self.transform(0..self.transforms.len(), (kind, lr), none, w, g);
        self.step(step, (kind, lr), w, g, slots, range);
    }
    /// The rule on some numbers of a kind, which lie in a range of the slots.
    pub(crate) fn step<E: Elem>(
        &self,
        step: u64,
        (kind, lr): (ParamKind, f64),
        w: &mut [E],
        g: &[E],
        slots: &mut [Array<E>],
        range: ops::Range<usize>,
    ) {
        /// The slots of a rule, as many as rules have at most.
        const MOST: usize = 4;
        let (decay, factor) = self.group(kind);
        let rule = if decay == Decay::None { self.rule.without_decay() } else { self.rule };
        let (mut few, count) = ([const { None }; MOST], slots.len());
        for (place, slot) in few.iter_mut().zip(slots) {
            *place = Some(&mut slot.as_mut_slice()[range.clone()]);
        }
        let mut few: [&mut [E]; MOST] = few.map(Option::unwrap_or_default);
        rule.update(step, E::of(lr * factor), w, g, &mut few[..count]);
    }
}

fn needs(transform: &AnyTransform) -> Needs {
    Transform::<f64>::needs(transform)
}
