//! Matmul.
//!
//! Y = op(A) · op(B), op = transpose or not.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp};
use sparring_tensor::{Array, Elem, Trans, matmul as multiply, matmul_acc};

#[derive(Debug)]
struct MatMul {
    ta: Trans,
    tb: Trans,
}

/// The backward rule for values and variables alike: which matmul gives the cotangent of A and of B. `G` is the cotangent of Y.
///
/// Y = A B: dA = G Bᵀ, dB = Aᵀ G. A transposed operand gets the transpose of that.
impl MatMul {
    fn da<T, Y>(&self, b: T, g: T, mul: impl FnOnce(T, Trans, T, Trans) -> Y) -> Y {
        match self.ta {
            Trans::No => mul(g, Trans::No, b, flip(self.tb)),
            Trans::Yes => mul(b, self.tb, g, Trans::Yes),
        }
    }
    fn db<T, Y>(&self, a: T, g: T, mul: impl FnOnce(T, Trans, T, Trans) -> Y) -> Y {
        match self.tb {
            Trans::No => mul(a, flip(self.ta), g, Trans::No),
            Trans::Yes => mul(g, Trans::Yes, a, self.ta),
        }
    }
}

/// `sum += op(A) · op(B)`, the accumulation inside the matmul.
fn more<'a, E: Elem>(sum: &'a mut Array<E>) -> impl FnOnce(&Array<E>, Trans, &Array<E>, Trans) + 'a {
    move |x, tx, y, ty| matmul_acc(x, tx, y, ty, sum)
}

fn flip(t: Trans) -> Trans {
    match t {
        Trans::No => Trans::Yes,
        Trans::Yes => Trans::No,
    }
}

impl<E: Elem> Op<E> for MatMul {
    fn name(&self) -> &'static str {
        "matmul"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        multiply(x[0], self.ta, x[1], self.tb)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        vec![at.when(0, || self.da(b, g, matmul_t)), at.when(1, || self.db(a, g, matmul_t))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let (a, b, g) = (at.inputs[0], at.inputs[1], at.grad);
        let first = multiply::<E>;
        sinks.join(0, || self.da(b, g, first), |sum| self.da(b, g, more(sum)));
        sinks.join(1, || self.db(a, g, first), |sum| self.db(a, g, more(sum)));
        Handled::Yes
    }
}

/// A · B.
///
/// # Panics
/// If the inner extents differ or an operand is not of rank 2.
#[track_caller]
pub fn matmul<'t, E: Elem>(a: Var<'t, E>, b: Var<'t, E>) -> Var<'t, E> {
    matmul_t(a, Trans::No, b, Trans::No)
}

/// op(A) · op(B).
///
/// # Panics
/// If the inner extents differ or an operand is not of rank 2.
#[track_caller]
pub fn matmul_t<'t, E: Elem>(a: Var<'t, E>, ta: Trans, b: Var<'t, E>, tb: Trans) -> Var<'t, E> {
    a.tape().apply(MatMul { ta, tb }, &[a, b])
}
