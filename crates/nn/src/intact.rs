//! Whether somebody has set a tensor that its layer cannot use.

use crate::{Module, ShapeError};
use sparring_tensor::Elem;

/// Every stored tensor of a module still has the shape its layer was made for: somebody may have set another through
/// [`visit_mut`](Module::visit_mut).
///
/// # Errors
/// [`ShapeError`] naming the first that has not.
pub fn check_parameters<E: Elem>(module: &dyn Module<E>) -> Result<(), ShapeError> {
    let mut wrong = None;
    module.visit("", &mut |name, p| {
        if p.value.shape() != p.shape() && wrong.is_none() {
            let what = format!("set to a tensor of {}, the layer needs {}", p.value.shape(), p.shape());
            wrong = Some(ShapeError { path: name.to_string(), what });
        }
    });
    wrong.map_or(Ok(()), Err)
}
