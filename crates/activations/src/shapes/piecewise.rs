//! Facts of continuous piecewise-linear functions.

use crate::Activation;

/// What [`About`](crate::About) says of a piecewise-linear function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    pub(crate) range: (Option<f64>, Option<f64>),
    pub(crate) lipschitz: f64,
    pub(crate) monotone: bool,
}

/// Facts of a function that is linear between its kinks, given in ascending order.
pub(crate) fn linear(a: &impl Activation<f64>, kinks: &[f64]) -> Linear {
    let inner = kinks.windows(2).map(|w| 0.5 * w[0] + 0.5 * w[1]);
    let (first, last) = (kinks.first().map_or(-1.0, |t| t - 1.0), kinks.last().map_or(1.0, |t| t + 1.0));
    let slopes: Vec<f64> = [first].into_iter().chain(inner).chain([last]).map(|x| a.df(x)).collect();
    let values = kinks.iter().map(|&t| a.f(t));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
    let (left, right) = (slopes[0], slopes[slopes.len() - 1]);
    Linear {
        range: ((left <= 0.0 && right >= 0.0).then_some(low), (left >= 0.0 && right <= 0.0).then_some(high)),
        lipschitz: slopes.iter().fold(0.0, |m, s| s.abs().max(m)),
        monotone: slopes.iter().all(|s| *s >= 0.0),
    }
}
