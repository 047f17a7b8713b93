//! The definition: a network on one tape, and a rule on its parameters one after the other.

use sparring_autograd::Tape;
use sparring_nn::{Cx, Kind, Learned, Mode, Network};
use sparring_optim::{AnyRule, Rule};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

/// What a pass gives.
pub struct Passed<E: Elem> {
    pub y: Vec<E>,
    pub dx: Vec<E>,
    /// In the order of the parameters; empty for buffers.
    pub grads: Vec<Vec<E>>,
}

/// Forward and backward; the gradient at the outputs is `seed(outputs)`. In training running statistics are committed.
pub fn pass<E: Elem>(
    net: &mut Network<E>,
    x: &[E],
    (mode, key, ids): (Mode, Key, &[u64]),
    seed: impl Fn(&[E]) -> Vec<E>,
) -> Passed<E> {
    let [c, h, w] = net.graph().input;
    let n = x.len() / (c * h * w);
    let (tape, learned) = (Tape::new(), Learned::default());
    let cx = Cx::train(&tape, key, ids).in_mode(mode).learning(&learned);
    let input = tape.leaf(Array::from_slice([n, c, h, w], x));
    let z = net.forward(&cx, input);
    let y = z.value();
    let dy = Array::from_slice(z.shape(), &seed(y.as_slice()));
    let grads = tape.backward(z, dy);
    let zeros = || vec![E::ZERO; x.len()];
    let dx = grads.get(input).map_or_else(zeros, |g| g.as_slice().to_vec());
    let of = |p: &sparring_nn::Param<E>| match grads.param(p.id()) {
        Some(g) => g.as_slice().to_vec(),
        None if p.kind() == Kind::Buffer => Vec::new(),
        None => vec![E::ZERO; p.value.len()],
    };
    let grads = net.params.iter().map(of).collect();
    let y = y.as_slice().to_vec();
    drop(tape);
    if mode == Mode::Train {
        for (node, place, value) in learned.into_inner() {
            let name = format!("{}.", net.graph().nodes[node].name);
            let first = net.params.iter().position(|p| p.name().starts_with(&name)).unwrap();
            net.params[first + place].value = value;
        }
    }
    Passed { y, dx, grads }
}

/// A rule's slots for every parameter.
pub struct Steps<E: Elem> {
    rule: AnyRule,
    slots: Vec<Vec<Vec<E>>>,
    step: u64,
}

impl<E: Elem> Steps<E> {
    pub fn new(rule: AnyRule, net: &Network<E>) -> Self {
        let of = |p: &sparring_nn::Param<E>| vec![vec![E::ZERO; p.value.len()]; rule.slots()];
        Self { rule, slots: net.params.iter().map(of).collect(), step: 0 }
    }
    pub fn step(&mut self, net: &mut Network<E>, grads: &[Vec<E>], lr: f64) {
        self.step += 1;
        for ((p, g), slots) in net.params.iter_mut().zip(grads).zip(&mut self.slots) {
            let rule = if p.kind() == Kind::Activation { self.rule.without_decay() } else { self.rule };
            if p.is_trained() {
                let mut slots: Vec<&mut [E]> = slots.iter_mut().map(Vec::as_mut_slice).collect();
                rule.update(self.step, E::of(lr), p.value.as_mut_slice(), g, &mut slots);
            }
        }
    }
}
