//! What can go wrong in an attack or an evaluation.

use crate::AnyNorm;
use sparring_math::named::NamedError;
use sparring_oracle::OracleError;

/// Why an attack or an evaluation could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttackError {
    /// The model, or the batch, said no.
    #[error(transparent)]
    Oracle(#[from] OracleError),
    /// There is nothing to evaluate.
    #[error("no example: give at least one")]
    Empty,
    /// Pieces of an evaluation that do not belong together.
    #[error("the pieces are not of one evaluation: their {what} differ")]
    Pieces {
        /// What they do not agree on.
        what: &'static str,
    },
    /// Two things that belong together differ in length.
    #[error("{what}: expected {expected}, got {got}")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        got: usize,
    },
    /// The batch does not have the shape the model takes.
    #[error("the model takes examples of {model:?} (channels, height, width), the batch holds {batch:?}")]
    Shape {
        /// The model's shape.
        model: [usize; 3],
        /// The batch's shape.
        batch: [usize; 3],
    },
    /// A label that the model has no class for.
    #[error("label {label} of example {id}: the model has classes 0 to {}", classes.saturating_sub(1))]
    Label {
        /// The label.
        label: usize,
        /// The example.
        id: u64,
        /// Number of classes.
        classes: usize,
    },
    /// A model with fewer than two classes cannot be fooled.
    #[error("a model with {0} classes cannot be fooled: at least 2 are needed")]
    Classes(usize),
    /// The size of the perturbation is not a size.
    #[error("eps {0}: must be finite and at least 0, in units of the input")]
    Eps(f32),
    /// A list of budgets that does not rise.
    #[error("budgets: give at least one, each larger than the one before it")]
    Budgets,
    /// The size of the perturbation is beyond everything in the model's box.
    #[error(
        "eps {eps} in {norm}: inputs lie in [{lo}, {hi}], where no two are further apart than {diagonal}; give eps in their units (of pixels in [0, 1], 8/255 is 0.031)"
    )]
    BeyondBox {
        /// The size.
        eps: f32,
        /// The norm.
        norm: AnyNorm,
        /// The largest distance in the box.
        diagonal: f64,
        /// Lower end of the box.
        lo: f32,
        /// Upper end of the box.
        hi: f32,
    },
    /// An attack does not work in a norm.
    #[error(
        "{attack} does not work in {norm}, only in {norms}; choose an attack that does (sparring list attacks), or another norm"
    )]
    Norm {
        /// The attack.
        attack: &'static str,
        /// The norm that was asked for.
        norm: AnyNorm,
        /// Those it works in.
        norms: String,
    },
    /// The proposals of an attack are far from their examples in every element.
    #[error(
        "{attack} moves whole images, which count within the whole box alone; its budget must be at least {whole} in linf, not {eps}: give --eps {whole}"
    )]
    WholeBox {
        /// The attack.
        attack: &'static str,
        /// The budget that was asked for.
        eps: f32,
        /// The width of the box.
        whole: f32,
    },
    /// A parameter of an evaluation or a decorator is outside its range.
    #[error("{of}: {parameter} is {value}, must be {need}")]
    Parameter {
        /// `evaluate`, or the decorator.
        of: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        need: &'static str,
    },
    /// An input that is not in the model's box.
    #[error(
        "example {id} holds {value}, outside the model's box [{lo}, {hi}]: scale the data, or correct the bounds"
    )]
    OutOfBox {
        /// The example.
        id: u64,
        /// The number.
        value: f32,
        /// Lower end of the box.
        lo: f32,
        /// Upper end of the box.
        hi: f32,
    },
    /// A logit that is NaN or infinite.
    #[error(
        "the model's logits for example {id} are not finite: no attack can judge it; mend the model first"
    )]
    NonFinite {
        /// The example.
        id: u64,
    },
    /// The model broke the contract of `pullback`.
    #[error(
        "pullback: the model must call the cotangent once with {expected} logits; it called {calls} times, last with {got}"
    )]
    Cotangent {
        /// How often it was called.
        calls: usize,
        /// Logits and places for their cotangents that there should be.
        expected: usize,
        /// The smaller of the two lengths seen last.
        got: usize,
    },
    /// A name, or a parameter of an attack.
    #[error(transparent)]
    Named(#[from] NamedError),
}
