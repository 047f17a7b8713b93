//! Formulas that several activations, or the learnt and the fixed form of one, have in common.

pub(crate) mod formula;
pub(crate) mod gated;
pub(crate) mod gated_form;
pub(crate) mod hinges;
pub(crate) mod knots;
pub(crate) mod knots_pass;
pub(crate) mod piecewise;
pub(crate) mod polynomial;
pub(crate) mod rational;
mod rational_learnt;
pub(crate) mod rational_turns;
pub(crate) mod ripple;
pub(crate) mod roots;
pub(crate) mod shrink;
pub(crate) mod sine;
pub(crate) mod wave;
