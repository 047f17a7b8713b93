//! How much a layer can stretch differences of its input.

/// How much a layer can stretch differences of its input, in the Euclidean norm of an example and as in evaluation: what products of constants over a network
/// are made of. Of a layer with several inputs it holds for each of them while the others stay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Lipschitz {
    /// No constant is known, or there is none.
    #[default]
    Unknown,
    /// ‖f(x) − f(x')‖ ≤ c ‖x − x'‖ for this c.
    AtMost(f64),
    /// f(x) = A x + b with this largest singular value of A; `None` where it depends on parameters or extents and is for the caller to find.
    Affine(Option<f64>),
}
