//! Parameters on a tape.

use crate::{Tape, Var};
use sparring_tensor::{Array, Elem};

impl<E: Elem> Tape<E> {
    /// The parameter with this number: one node however often it is bound, a leaf or a constant.
    ///
    /// # Panics
    /// If the parameter was changed since it was bound to this tape: reset the tape first.
    #[track_caller]
    pub fn bind(&self, param: u64, value: &Array<E>, wants_grad: bool) -> Var<'_, E> {
        let mut recording = self.recording.borrow_mut();
        if let Some(&(_, _, id)) = recording.bound.iter().find(|b| b.0 == param && b.1 == wants_grad) {
            let same = std::ptr::eq(recording.nodes[id as usize].value.as_slice(), value.as_slice());
            assert!(
                same,
                "bind: a parameter changed while it was on the tape; reset the tape after each step"
            );
            return Var::new(self, id);
        }
        let id = recording.push_leaf(value.clone(), Some(param), wants_grad);
        recording.bound.push((param, wants_grad, id));
        Var::new(self, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn a_parameter_bound_twice_is_one_leaf() {
        let w = Array::<f64>::from_slice([2], &[1.0, 2.0]);
        let mut tape = Tape::new();
        let y = ops::sum(tape.bind(9, &w, true) * tape.bind(9, &w, true));
        assert_eq!(tape.backward(y, Array::scalar(1.0)).param(9).unwrap().as_slice(), &[2.0, 4.0]);
        let frozen = tape.bind(9, &w, false);
        assert!(!frozen.needs_grad());
        tape.reset();
        assert!(tape.is_empty());
    }
}
