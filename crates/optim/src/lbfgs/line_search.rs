//! A step along a direction that meets the strong Wolfe conditions: bracketed, then narrowed, by cubics through two points.

/// Sufficient fall, and curvature.
const WOLFE: [f64; 2] = [1e-4, 0.9];
/// Most trials after the first.
const MOST: usize = 25;

/// The function along a line.
pub(super) struct Line<'a> {
    pub x: &'a [f64],
    pub d: &'a [f64],
    pub f: &'a mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    pub evaluations: usize,
}

/// A point of the line at `x + t d`: value, derivative along d, gradient.
#[derive(Clone)]
pub(super) struct Point {
    pub t: f64,
    pub value: f64,
    pub derivative: f64,
    pub g: Vec<f64>,
}

impl Point {
    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.g.iter().all(|g| g.is_finite())
    }
}

impl Line<'_> {
    fn at(&mut self, t: f64) -> Point {
        let x: Vec<f64> = self.x.iter().zip(self.d).map(|(x, d)| x + t * d).collect();
        let mut g = vec![0.0; x.len()];
        self.evaluations += 1;
        let value = (self.f)(&x, &mut g);
        let derivative = g.iter().zip(self.d).map(|(g, d)| g * d).sum();
        Point { t, value, derivative, g }
    }
}

/// The point of the search, beginning at step `t` from `start`; brackets shorter than `shortest` are not cut.
pub(super) fn search(line: &mut Line<'_>, t: f64, start: &Point, shortest: f64) -> Point {
    let [fall, curvature] = WOLFE;
    // Every comparison with NaN is false, so finiteness is asked first.
    let too_high = |p: &Point| !p.is_finite() || p.value > start.value + fall * p.t * start.derivative;
    let flat = |p: &Point| p.derivative.abs() <= -curvature * start.derivative;
    let (mut before, mut now, mut trials) = (start.clone(), line.at(t), 0);
    // Longer and longer steps, until two of them have a good one between them.
    let mut bracket = loop {
        if too_high(&now) || trials > 1 && now.value >= before.value {
            break [before, now];
        }
        if flat(&now) {
            return now;
        }
        if now.derivative >= 0.0 {
            break [before, now];
        }
        if trials == MOST {
            break [start.clone(), now];
        }
        let next = minimum_of_cubic(&before, &now, now.t + 0.01 * (now.t - before.t), 10.0 * now.t);
        before = std::mem::replace(&mut now, line.at(next));
        trials += 1;
    };
    let length = line.d.iter().fold(0.0, |most, d| f64::max(most, d.abs()));
    // The better end comes first.
    let order = |bracket: &mut [Point; 2]| {
        if bracket[1].is_finite() && bracket[1].value < bracket[0].value {
            bracket.swap(0, 1);
        }
    };
    order(&mut bracket);
    let mut near_an_end = false;
    while trials < MOST && (bracket[1].t - bracket[0].t).abs() * length >= shortest {
        let (low, high) = (bracket[0].t.min(bracket[1].t), bracket[0].t.max(bracket[1].t));
        let [left, right] = if bracket[0].t == low { [0, 1] } else { [1, 0] };
        let mut t = minimum_of_cubic(&bracket[left], &bracket[right], low, high);
        let margin = 0.1 * (high - low);
        if (high - t).min(t - low) < margin {
            // Twice near an end is no progress.
            if near_an_end || t >= high || t <= low {
                t = if (t - high).abs() < (t - low).abs() { high - margin } else { low + margin };
                near_an_end = false;
            } else {
                near_an_end = true;
            }
        } else {
            near_an_end = false;
        }
        let now = line.at(t);
        trials += 1;
        if too_high(&now) || now.value >= bracket[0].value {
            bracket[1] = now;
            order(&mut bracket);
            continue;
        }
        let done = flat(&now);
        if !done && now.derivative * (bracket[1].t - bracket[0].t) >= 0.0 {
            bracket[1] = bracket[0].clone();
        }
        bracket[0] = now;
        if done {
            break;
        }
    }
    let [best, other] = bracket;
    // No finite point was found: that is no convergence.
    if best.t == 0.0 && !other.is_finite() { other } else { best }
}

/// Where the cubic through values and derivatives of two points, `a` left of `b`, has its minimum, cut to the ends; their middle if it has none.
fn minimum_of_cubic(a: &Point, b: &Point, low: f64, high: f64) -> f64 {
    let chord = a.derivative + b.derivative - 3.0 * (a.value - b.value) / (a.t - b.t);
    let square = chord * chord - a.derivative * b.derivative;
    if square >= 0.0 && square.is_finite() {
        let root = square.sqrt();
        let t =
            b.t - (b.t - a.t) * ((b.derivative + root - chord) / (b.derivative - a.derivative + 2.0 * root));
        t.min(high).max(low)
    } else {
        (low + high) / 2.0
    }
}
