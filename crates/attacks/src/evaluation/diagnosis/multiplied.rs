//! An attack with more of something.

use crate::AnyAttack;
use sparring_math::named::Family;

/// The attack with one of its whole numbers multiplied; `None` if it has no such parameter.
pub(super) fn multiplied(attack: &AnyAttack, parameter: &str, by: usize) -> Option<AnyAttack> {
    let (_, now) = attack.settings_as_text().into_iter().find(|(name, _)| *name == parameter)?;
    let value = now.parse::<usize>().ok()?.checked_mul(by)?.to_string();
    let text = attack.to_string();
    let mut call = AnyAttack::TABLE.call(&text).ok()?;
    call.arguments.retain(|(name, _)| *name != Some(parameter));
    call.arguments.push((Some(parameter), &value));
    AnyAttack::TABLE.read(&call).ok()
}
