//! What an activation of rows is.

use crate::Smoothness;
use sparring_math::Real;
use std::fmt::Debug;

/// Facts about an activation of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AboutRows {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// The formula in plain text.
    pub formula: &'static str,
    /// Paper or standard reference.
    pub source: &'static str,
    /// Infimum and supremum of the outputs over all widths; `None` = unbounded on that side.
    pub range: (Option<f64>, Option<f64>),
    /// Best Lipschitz constant in l2 over all widths; `None` = unbounded.
    pub lipschitz: Option<f64>,
    /// How many derivatives are continuous.
    pub smoothness: Smoothness,
}

/// An activation of whole rows: vector in, vector out. Rows lie one behind the other; what a row gives does not depend on its neighbours.
///
/// # Panics
/// `forward_rows` and `backward_rows` panic unless `outputs(width)` is something, x and dx are a whole number of rows, and y and dy as many.
pub trait RowActivation<E: Real>: Debug + Send + Sync {
    /// Name, formula, source and Lipschitz constant.
    fn about_rows(&self) -> AboutRows;
    /// Numbers that a row of `width` gives; `None` where it cannot be divided as this asks.
    fn outputs(&self, width: usize) -> Option<usize>;
    /// y of one row x.
    fn row(&self, x: &[E], y: &mut [E]);
    /// dx = Jᵀ dy of one row x, J being the Jacobian; at a kink that of one side. All of dx is written.
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]);
    /// y, row by row.
    #[track_caller]
    fn forward_rows(&self, width: usize, x: &[E], y: &mut [E]) {
        let outputs = fitting(self, width, x.len(), y.len());
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(outputs)) {
            self.row(x, y);
        }
    }
    /// dx = Jᵀ dy, row by row.
    #[track_caller]
    fn backward_rows(&self, width: usize, x: &[E], dy: &[E], dx: &mut [E]) {
        let outputs = fitting(self, width, x.len(), dy.len());
        assert_eq!(
            x.len(),
            dx.len(),
            "{}: {} inputs, {} gradients",
            self.about_rows().name,
            x.len(),
            dx.len()
        );
        for ((x, dy), dx) in
            x.chunks_exact(width).zip(dy.chunks_exact(outputs)).zip(dx.chunks_exact_mut(width))
        {
            self.row_grad(x, dy, dx);
        }
    }
}

#[track_caller]
fn fitting<E: Real, A: RowActivation<E> + ?Sized>(
    a: &A,
    width: usize,
    inputs: usize,
    outputs: usize,
) -> usize {
    let row = a.outputs(width).filter(|o| *o > 0 && width > 0);
    let fits = row.is_some_and(|o| inputs.is_multiple_of(width) && inputs / width * o == outputs);
    assert!(fits, "{}: {inputs} inputs in rows of {width} do not fit {outputs} outputs", a.about_rows().name);
    row.expect("asserted above")
}
