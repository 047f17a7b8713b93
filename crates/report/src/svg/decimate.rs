//! Fewer points, same picture.

/// Points thinned to the first, lowest, highest and last of each pixel column; `None` marks a gap and stays one.
///
/// Points are already in pixels. Curves that fit are left alone; so are those that run backwards, where columns mean nothing.
pub(super) fn decimate(points: Vec<Option<(f64, f64)>>, pixels: f64) -> Vec<Option<(f64, f64)>> {
    let forward = points.iter().flatten().zip(points.iter().flatten().skip(1)).all(|(a, b)| a.0 <= b.0);
    if points.len() as f64 <= 2.0 * pixels || !forward {
        return points;
    }
    let mut out = Vec::new();
    let mut column: Vec<(f64, f64)> = Vec::new();
    for point in points {
        match point {
            Some(p) => {
                if column.first().is_some_and(|first| first.0.floor() != p.0.floor()) {
                    flush(&mut column, &mut out);
                }
                column.push(p);
            }
            None => {
                flush(&mut column, &mut out);
                out.push(None);
            }
        }
    }
    flush(&mut column, &mut out);
    out
}

fn flush(column: &mut Vec<(f64, f64)>, out: &mut Vec<Option<(f64, f64)>>) {
    if column.len() <= 4 {
        out.extend(column.drain(..).map(Some));
        return;
    }
    let extreme = |better: fn(f64, f64) -> bool| {
        (1..column.len()).fold(0, |best, i| if better(column[i].1, column[best].1) { i } else { best })
    };
    let mut keep = vec![0, extreme(|a, b| a < b), extreme(|a, b| a > b), column.len() - 1];
    keep.sort_unstable();
    keep.dedup();
    out.extend(keep.into_iter().map(|i| Some(column[i])));
    column.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_peaks_ends_and_gaps() {
        let n = 50_000;
        let mut points: Vec<_> =
            (0..n).map(|i| Some((i as f64 / n as f64 * 100.0, ((i * 7919) % 1000) as f64))).collect();
        points[31_000] = Some((62.0, 9e9));
        points[40_000] = None;
        let thin = decimate(points.clone(), 100.0);
        assert!(thin.len() < 500, "{}", thin.len());
        assert!(thin.contains(&points[31_000]) && thin.contains(&None));
        assert_eq!((thin.first(), thin.last()), (points.first(), points.last()));
    }

    #[test]
    fn short_or_backward_curves_stay() {
        let short = vec![Some((0.0, 1.0)), None, Some((1.0, 2.0))];
        assert_eq!(decimate(short.clone(), 10.0), short);
        let circle: Vec<_> = (0..500).map(|i| Some((f64::from(i).cos(), f64::from(i).sin()))).collect();
        assert_eq!(decimate(circle.clone(), 10.0), circle);
    }
}
