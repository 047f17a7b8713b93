//! The comparison: ours beside the best variant of each peer, row by row.

use super::figures::Figures;

/// A row of the comparison.
#[derive(Debug)]
pub struct Line<'a> {
    /// Ours.
    pub ours: &'a Figures,
    /// The best variant of each peer that has the row, fastest peer first.
    pub best: Vec<&'a Figures>,
}

/// The rows that we ran, in order of first appearance; of a variant that was measured twice the later figures count.
pub fn lines(all: &[Figures]) -> Vec<Line<'_>> {
    let newest = |i: usize| {
        !all[i + 1..].iter().any(|f| same(f, &all[i]) && f.peer == all[i].peer && f.variant == all[i].variant)
    };
    let figures: Vec<&Figures> = (0..all.len()).filter(|&i| newest(i)).map(|i| &all[i]).collect();
    let ours = figures.iter().copied().filter(|f| f.peer == "sparring");
    ours.map(|ours| Line { ours, best: best(ours, &figures) }).collect()
}

fn same(a: &Figures, b: &Figures) -> bool {
    a.row == b.row && a.threads == b.threads
}

/// The fastest variant of each peer on the row of `ours`, fastest peer first.
fn best<'a>(ours: &Figures, figures: &[&'a Figures]) -> Vec<&'a Figures> {
    let mut best: Vec<&Figures> = Vec::new();
    for &f in figures.iter().filter(|f| f.peer != "sparring" && same(f, ours) && f.median().is_finite()) {
        match best.iter_mut().find(|b| b.peer == f.peer) {
            Some(b) if f.ratio(b) > 1.0 => *b = f,
            Some(_) => {}
            None => best.push(f),
        }
    }
    best.sort_by(|a, b| ours.ratio(a).total_cmp(&ours.ratio(b)));
    best
}

/// For a terminal.
pub fn plain(all: &[Figures]) -> String {
    let mut text = String::new();
    for Line { ours, best } in lines(all) {
        text += &format!(
            "{:<28} {}t  ours {:>9} {:<12} loss {}\n",
            ours.row,
            ours.threads,
            short(ours.median()),
            ours.metric,
            loss(ours.loss)
        );
        for b in best {
            let name = format!("{} {}", b.peer, b.variant);
            text += &format!(
                "{:>9.2}x  {name:<27} {:>9} {:<12} loss {}\n",
                ours.ratio(b),
                short(b.median()),
                b.metric,
                loss(b.loss)
            );
        }
    }
    text
}

/// Three or four significant digits, thousands and millions as letters.
pub fn short(v: f64) -> String {
    let (v, unit) = match v.abs() {
        a if a >= 1e9 => (v / 1e9, " G"),
        a if a >= 1e6 => (v / 1e6, " M"),
        a if a >= 1e4 => (v / 1e3, " k"),
        _ => (v, ""),
    };
    let decimals = if v.abs() >= 1000.0 { 0 } else { 3 - (v.abs().max(1.0).log10().floor() as usize + 1) };
    format!("{v:.decimals$}{unit}")
}

/// Four significant digits of a loss.
pub fn loss(v: f64) -> String {
    if v == 0.0 || v.abs() >= 1000.0 { format!("{v:.0}") } else { format!("{v:.4}") }
}

#[cfg(test)]
mod tests {
    use super::super::figures::planted;
    use super::*;

    #[test]
    fn the_best_variant_of_each_peer_counts() {
        let all = [
            planted("sparring", "", "mlp", "examples/s", &[10.0]),
            planted("torch", "eager", "mlp", "examples/s", &[2.0]),
            planted("torch", "fused", "mlp", "examples/s", &[4.0]),
            planted("jax", "scan", "mlp", "examples/s", &[5.0]),
            planted("jax", "scan", "ae", "examples/s", &[99.0]),
            planted("sparring", "", "mlp", "examples/s", &[20.0]),
        ];
        let lines = lines(&all);
        assert_eq!(lines.len(), 1);
        let names: Vec<_> = lines[0].best.iter().map(|b| format!("{} {}", b.peer, b.variant)).collect();
        assert_eq!(
            (lines[0].ours.median(), names),
            (20.0, vec!["jax scan".to_string(), "torch fused".to_string()])
        );
        let text = plain(&all);
        assert!(text.contains("5.00x  torch fused") && text.contains("4.00x  jax scan"), "{text}");
    }

    #[test]
    fn numbers_are_short() {
        let texts = [188_465.0, 2.5e9, 5123.4, 19.0, 0.523, 117.92].map(short);
        assert_eq!(texts, ["188 k", "2.50 G", "5123", "19.0", "0.52", "118"]);
    }
}
