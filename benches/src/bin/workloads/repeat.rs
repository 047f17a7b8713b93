//! Passes over something short.

use crate::pace::Pace;
use crate::setting::Setting;
use std::time::Instant;

/// Seconds that a pass of short calls takes.
const PASS: f64 = 0.1;

/// Passes of as many calls of `f` as take about a tenth of a second; `work` is that of one call, `loss` reads the result.
pub fn passes<S>(
    setting: &Setting,
    pace: &mut Pace,
    state: &mut S,
    work: f64,
    mut f: impl FnMut(&mut S),
    loss: impl Fn(&S) -> f64,
) {
    let calls = if setting.tiny { 1 } else { calls(|| f(state)) };
    loop {
        for _ in 0..calls {
            f(state);
        }
        if !pace.lap(calls as f64 * work, || loss(state)) {
            return;
        }
    }
}

/// How many calls fill a pass.
fn calls(mut f: impl FnMut()) -> usize {
    let mut n = 1;
    loop {
        let begun = Instant::now();
        (0..n).for_each(|_| f());
        let seconds = begun.elapsed().as_secs_f64();
        if seconds > PASS / 4.0 {
            return ((n as f64 * PASS / seconds).ceil() as usize).max(1);
        }
        n *= 2;
    }
}
