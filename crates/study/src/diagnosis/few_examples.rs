//! What figures of few examples cannot tell.

/// Fewer examples than this are few.
const FEW: usize = 1000;

/// What must be said beside figures of so few examples; `None` of 1000 or more. By the rule of three: a unit that is active on a share p of all data is silent on n examples with a
/// probability of (1 − p)ⁿ, more than 5 % for p < 3/n.
///
/// ```
/// use sparring_study::few_examples;
/// assert!(few_examples(32).unwrap().contains("fewer than 9.4 %") && few_examples(1000).is_none());
/// ```
pub fn few_examples(n: usize) -> Option<String> {
    let share = (300.0 / n.max(1) as f64).min(100.0);
    (n < FEW).then(|| {
        format!(
            "figures of {n} example{}: a unit that is active on fewer than {share:.1} % of all data may count as dead here, and shares, ranks and gradients are rough",
            if n == 1 { "" } else { "s" }
        )
    })
}
