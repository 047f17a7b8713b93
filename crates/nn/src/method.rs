//! How weights follow gradients: transformations of the gradients, a rule behind them, and groups of parameters that are treated apart.

use crate::param::Layout;
use crate::{Decay, Group, ParamKind};
use sparring_optim::{AnyRule, AnyTransform, Needs, OptimError, Rule, Seen, Transform, WholeTensor, squares};
use sparring_tensor::{Array, Elem, Mat, MatMut, gemm};
use std::ops;

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
        Self { rule, transforms: Vec::new(), groups: vec![Group::undecayed()] }
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
            group.validate()?;
            if group.kinds.iter().any(|kind| named.contains(kind)) {
                let must = "kinds that no group before it has";
                return Err(OptimError::value("group", "kinds", format!("{:?}", group.kinds), must));
            }
            named.extend(&group.kinds);
        }
        Ok(())
    }
    /// Slots that the rule and the transformations keep beside a parameter, the rule's first.
    pub(crate) fn slots(&self) -> usize {
        self.rule.slots() + self.transforms.iter().map(Transform::<f64>::slots).sum::<usize>()
    }
    /// Whether a number's update depends on its own gradient and weight alone.
    pub(crate) fn is_elementwise(&self) -> bool {
        rule_needs(&self.rule) == Needs::Nothing && self.transforms.iter().all(|t| needs(t) == Needs::Nothing)
    }
    /// Whether the rule or a transformation has to see whole tensors, in the layout of files.
    pub(crate) fn sees_tensors(&self) -> bool {
        rule_needs(&self.rule) == Needs::Tensor || self.transforms.iter().any(|t| needs(t) == Needs::Tensor)
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
    /// Before the first step, and before any transformation changes a weight: slots begin at the weights.
    pub(crate) fn begin<E: Elem>(
        &self,
        step: u64,
        w: &[E],
        slots: &mut [Array<E>],
        range: ops::Range<usize>,
    ) {
        if step != 1 {
            return;
        }
        let mut rest = &mut slots[self.rule.slots()..];
        for transform in &self.transforms {
            let (own, later) = rest.split_at_mut(Transform::<E>::slots(transform));
            with_slots(own, range.clone(), |own| transform.begin(w, own));
            rest = later;
        }
    }
    /// The transformations of a stage on some numbers of a parameter tensor.
    pub(crate) fn transform<E: Elem>(
        &self,
        stage: ops::Range<usize>,
        step: u64,
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
            transform.apply(Seen { step, lr: lr * factor, norm }, w, g);
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
        self.begin(step, w, slots, range.clone());
        self.transform(0..self.transforms.len(), step, (kind, lr), none, w, g);
        self.step(step, (kind, lr), w, g, slots, range);
    }
    /// The rule on some numbers of a kind, which lie in a range of the slots, and what follows it.
    pub(crate) fn step<E: Elem>(
        &self,
        step: u64,
        (kind, lr): (ParamKind, f64),
        w: &mut [E],
        g: &[E],
        slots: &mut [Array<E>],
        range: ops::Range<usize>,
    ) {
        let stepped = |rule: AnyRule, lr, w: &mut [E], own: &mut [&mut [E]]| rule.update(step, lr, w, g, own);
        let after = |t: &AnyTransform, seen, w: &mut [E], own: &mut [&mut [E]]| t.after(seen, w, own);
        self.step_by(step, (kind, lr), w, slots, range, stepped, after);
    }
    /// `stepped` is the rule's step, `after` what a transformation does after it; both get the slots that are theirs.
    fn step_by<E: Elem>(
        &self,
        step: u64,
        (kind, lr): (ParamKind, f64),
        w: &mut [E],
        slots: &mut [Array<E>],
        range: ops::Range<usize>,
        stepped: impl FnOnce(AnyRule, E, &mut [E], &mut [&mut [E]]),
        after: impl Fn(&AnyTransform, Seen, &mut [E], &mut [&mut [E]]),
    ) {
        let (decay, factor) = self.group(kind);
        let rule = if decay == Decay::None { self.rule.without_decay() } else { self.rule };
        let (own, mut others) = slots.split_at_mut(rule.slots());
        let seen = Seen { step, lr: lr * factor, norm: f64::NAN };
        let acts = |t: &&AnyTransform| decay == Decay::Kept || !Transform::<E>::decays(*t);
        with_slots(own, range.clone(), |own| stepped(rule, E::of(lr * factor), w, own));
        for transform in &self.transforms {
            let (own, later) = others.split_at_mut(Transform::<E>::slots(transform));
            if acts(&transform) {
                with_slots(own, range.clone(), |own| after(transform, seen, w, own));
            }
            others = later;
        }
    }
    /// A step of all tensors, whatever the method needs: the definition. `tensors` shows each of them, as often as it is asked.
    pub(crate) fn step_tensors<E: Elem>(&self, lr: f64, tensors: Tensors<'_, E>) {
        tensors(&mut |t| self.begin(t.step, t.w, t.slots, 0..t.w.len()));
        for transform in &self.transforms {
            let mut norm = f64::NAN;
            if needs(transform) == Needs::GlobalNorm {
                let mut sum = 0.0;
                tensors(&mut |t| sum += squares(t.g));
                norm = sum.sqrt();
            }
            tensors(&mut |t| {
                let (decay, factor) = self.group(t.of.kind);
                if decay == Decay::None && Transform::<E>::decays(transform) {
                    return;
                }
                if needs(transform) == Needs::TensorNorm {
                    norm = squares(t.g).sqrt();
                }
                let seen = Seen { step: t.step, lr: lr * factor, norm };
                t.by_outputs(needs(transform) == Needs::Tensor, |of, w, g, _| {
                    transform.apply_tensor(of, seen, w, g);
                });
            });
        }
        tensors(&mut |t| {
            let (step, kind, all) = (t.step, t.of.kind, 0..t.w.len());
            t.by_outputs(self.sees_tensors(), |of, w, g, slots| {
                let stepped = |rule: AnyRule, lr, w: &mut [E], own: &mut [&mut [E]]| {
                    rule.update_tensor(of, step, lr, w, g, own)
                };
                let after = |t: &AnyTransform, seen, w: &mut [E], own: &mut [&mut [E]]| {
                    t.after_tensor(of, seen, w, own)
                };
                self.step_by(step, (kind, lr), w, slots, all, stepped, after);
            });
        });
    }
}

/// Calls what it is given with each tensor, in order.
pub(crate) type Tensors<'a, E> = &'a mut dyn FnMut(&mut dyn FnMut(TensorStep<'_, E>));

/// A parameter tensor in the layout of files, with its gradient and its slots.
pub(crate) struct TensorStep<'a, E: Elem> {
    pub of: Layout,
    /// Steps in which it had a gradient, with this one.
    pub step: u64,
    pub w: &'a mut [E],
    pub g: &'a mut [E],
    pub slots: &'a mut [Array<E>],
}

impl<E: Elem> TensorStep<'_, E> {
    /// Calls `f` with the tensor as rules and transformations see it: what is no weight counts as a vector, and where they look at the shape the first axis of a weight counts
    /// its outputs.
    fn by_outputs(
        self,
        looks: bool,
        f: impl FnOnce(WholeTensor<'_, E>, &mut [E], &mut [E], &mut [Array<E>]),
    ) {
        let Self { of: Layout { kind, shape, output_axis }, w, g, slots, .. } = self;
        let mut seen = if kind == ParamKind::Weight { shape.to_vec() } else { vec![w.len()] };
        if !looks || kind != ParamKind::Weight || output_axis == 0 {
            return f(WholeTensor { shape: &seen, matmul: &matmul_transposed }, w, g, slots);
        }
        let each = |swap: &dyn Fn(&mut [E]), w: &mut [E], g: &mut [E], slots: &mut [Array<E>]| {
            swap(w);
            swap(g);
            slots.iter_mut().for_each(|slot| swap(slot.as_mut_slice()));
        };
        let (inputs, outputs) = (seen[0], seen[1]);
        seen.swap(0, 1);
        each(&|a| swap_axes(inputs, outputs, a), w, g, slots);
        f(WholeTensor { shape: &seen, matmul: &matmul_transposed }, w, g, slots);
        each(&|a| swap_axes(outputs, inputs, a), w, g, slots);
    }
}

/// [a, b, ..] becomes [b, a, ..].
fn swap_axes<E: Elem>(a: usize, b: usize, numbers: &mut [E]) {
    let (old, inner) = (numbers.to_vec(), numbers.len() / (a * b).max(1));
    for (i, from) in old.chunks_exact(inner.max(1)).enumerate() {
        let to = (i % b) * a + i / b;
        numbers[to * inner..][..inner].copy_from_slice(from);
    }
}

fn needs(transform: &AnyTransform) -> Needs {
    Transform::<f64>::needs(transform)
}

fn rule_needs(rule: &AnyRule) -> Needs {
    Rule::<f64>::needs(rule)
}

/// A range of some slots, as slices.
fn with_slots<E: Elem>(slots: &mut [Array<E>], range: ops::Range<usize>, f: impl FnOnce(&mut [&mut [E]])) {
    /// As many slots as anything has at most.
    const MOST: usize = 4;
    let (mut few, count) = ([const { None }; MOST], slots.len());
    for (place, slot) in few.iter_mut().zip(slots) {
        *place = Some(&mut slot.as_mut_slice()[range.clone()]);
    }
    let mut few: [&mut [E]; MOST] = few.map(Option::unwrap_or_default);
    f(&mut few[..count]);
}

/// out \[m, n\] = a \[m, k\] · bᵀ, where b is \[n, k\].
fn matmul_transposed<E: Elem>([m, k, n]: [usize; 3], a: &[E], b: &[E], out: &mut [E]) {
    gemm(Mat::new(a, m, k), Mat::new(b, n, k).t(), E::ZERO, MatMut::new(out, m, n));
}
