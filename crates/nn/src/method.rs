//! How weights follow gradients: a rule, transformations of the gradient before it, and groups of parameters that are treated apart.

use crate::Kind;
use serde::{Deserialize, Serialize};
use sparring_optim::{AnyRule, Rule, clip_value};
use sparring_tensor::{Array, Elem};
use std::ops::Range;

/// What is done to all gradients before the rule sees them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clip {
    /// Every element to [−limit, limit].
    Value(f64),
    /// All gradients, as they come, together to this Euclidean norm.
    GlobalNorm(f64),
}

/// Parameters of some kinds, treated apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// Factor of the learning rate.
    pub lr: f64,
    /// Whether the rule decays them.
    pub decay: Decay,
}

/// Whether a rule's weight decay holds for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// As the rule says.
    Kept,
    /// None.
    None,
}

/// A rule of `sparring-optim` with transformations of the gradient and groups of parameters.
///
/// A method without transformations goes number by number, and the engine gives it each gradient as soon as it is made; otherwise gradients are made whole first.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// The update rule.
    pub rule: AnyRule,
    /// Transformations of the gradients, in order.
    pub transforms: Vec<Clip>,
    /// Groups; a parameter belongs to the first that names its kind, to none if there is none.
    pub groups: Vec<Group>,
}

impl From<AnyRule> for Method {
    /// Parameters of learnt activations are not decayed.
    fn from(rule: AnyRule) -> Self {
        let learnt = Group { kinds: vec![Kind::Activation], lr: 1.0, decay: Decay::None };
        Self { rule, transforms: Vec::new(), groups: vec![learnt] }
    }
}

/// Factor of all gradients, decided over all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale(f64);

impl Method {
    /// Whether a number's update depends on its own gradient alone.
    pub(crate) fn is_elementwise(&self) -> bool {
        self.transforms.is_empty()
    }
    fn group(&self, kind: Kind) -> (AnyRule, f64) {
        match self.groups.iter().find(|g| g.kinds.contains(&kind)) {
            None => (self.rule, 1.0),
            Some(g) => (if g.decay == Decay::None { self.rule.without_decay() } else { self.rule }, g.lr),
        }
    }
    /// What transformations that see all gradients make of them: the factor of each, from the sum of all squares.
    pub(crate) fn scale(&self, squares: f64) -> Scale {
        let mut factor = 1.0;
        for transform in &self.transforms {
            if let Clip::GlobalNorm(max) = *transform {
                factor *= (max / (factor * squares.sqrt() + 1e-6)).min(1.0);
            }
        }
        Scale(factor)
    }
    /// The gradient of some numbers as the rule sees it.
    pub(crate) fn transform<E: Elem>(&self, scale: Scale, g: &mut [E]) {
        for transform in &self.transforms {
            match *transform {
                Clip::Value(limit) => clip_value(g, E::of(limit)),
                Clip::GlobalNorm(_) if scale.0 != 1.0 => g.iter_mut().for_each(|v| *v *= E::of(scale.0)),
                Clip::GlobalNorm(_) => {}
            }
        }
    }
    /// The rule on some numbers of a kind.
    pub(crate) fn step<E: Elem>(
        &self,
        kind: Kind,
        step: u64,
        lr: f64,
        w: &mut [E],
        g: &[E],
        slots: &mut [Array<E>],
    ) {
        let all = 0..w.len();
        self.step_range(kind, step, lr, w, g, slots, all);
    }
    /// The same on those that lie in a range of the slots.
    pub(crate) fn step_range<E: Elem>(
        &self,
        kind: Kind,
        step: u64,
        lr: f64,
        w: &mut [E],
        g: &[E],
        slots: &mut [Array<E>],
        range: Range<usize>,
    ) {
        /// The slots of a rule, as many as rules have at most.
        const MOST: usize = 4;
        let (rule, factor) = self.group(kind);
        let (mut few, count) = ([const { None }; MOST], slots.len());
        for (place, slot) in few.iter_mut().zip(slots) {
            *place = Some(&mut slot.as_mut_slice()[range.clone()]);
        }
        let mut few: [&mut [E]; MOST] = few.map(Option::unwrap_or_default);
        rule.update(step, E::of(lr * factor), w, g, &mut few[..count]);
    }
}
