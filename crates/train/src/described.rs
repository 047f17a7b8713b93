//! What a step depends on, in words: a saved training goes on only where they are the same.

use sparring_nn::Group;
use sparring_optim::{AnyRule, AnyTransform};

/// Texts with commas between.
pub(crate) fn list<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// How parameters follow their gradients.
pub(crate) fn method(rule: &AnyRule, transforms: &[AnyTransform], groups: &[Group]) -> String {
    format!("rule {rule}, transformations [{}], groups [{}]", list(transforms), list(groups))
}
