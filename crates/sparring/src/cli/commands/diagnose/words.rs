//! A diagnosis for people.

use crate::cli::io::table::{facts, grouped, table};
use sparring_report::html::Block;
use sparring_study::{LayerDiagnosis, NetworkDiagnosis};

/// A number in few digits.
fn short(v: f64) -> String {
    match v.abs() {
        a if a == 0.0 || (1e-3..1e5).contains(&a) => format!("{v:.4}"),
        _ => format!("{v:.2e}"),
    }
}

fn row(l: &LayerDiagnosis) -> Vec<String> {
    let percent = |v: Option<f64>| v.map_or("-".into(), |v| format!("{:.1}", 100.0 * v));
    let (of, out) = (l.activation.as_ref(), &l.output);
    // Moments leave out what is not finite.
    let found = |v: f64| if out.nan + out.inf > 0 { "not finite".into() } else { short(v) };
    vec![
        l.name.clone(),
        l.kind.clone(),
        percent(of.map(|a| a.dead)),
        percent(of.map(|a| a.saturated)),
        percent(of.map(|_| out.sparsity)),
        found(out.std),
        out.effective_rank.map_or("-".into(), |r| format!("{r:.1}")),
        found(l.gradient_rms),
        l.weight.as_ref().and_then(|w| w.spectral_norm).map_or("-".into(), short),
    ]
}

/// The bounds of the network as a whole.
fn bounds(of: &NetworkDiagnosis) -> Vec<(String, String)> {
    let upper = match (of.lipschitz.upper, &of.lipschitz.unknown) {
        (Some(upper), _) => format!("at most {}, the product of bounds of its layers", short(upper)),
        (None, Some(layer)) => format!("no bound from above: layer {layer} has none that is known"),
        (None, None) => "no bound from above".into(),
    };
    // Power iterations come from below, so their product certifies nothing.
    let closer = of.lipschitz.estimate.map_or(String::new(), |estimate| {
        format!(" (about {} with spectral norms by power iteration: an estimate)", short(estimate))
    });
    let finite = of.layers.iter().all(|l| l.output.nan + l.output.inf == 0);
    let lower = match finite {
        true => format!("at least {}, found by ascent", short(of.lipschitz.lower)),
        false => "no bound from below: there are numbers that are not finite".into(),
    };
    let mut pairs = vec![("Lipschitz", format!("{lower}; {upper}{closer}"))];
    if let Some(regions) = of.linear_regions {
        let regions = grouped(regions as usize);
        pairs.push(("linear regions", format!("at least {regions} between the first two examples")));
    }
    pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// The same on a page.
pub(super) fn bounds_block(of: &NetworkDiagnosis) -> Block {
    Block::facts(bounds(of))
}

/// The table, the bounds and the verdicts.
pub(super) fn text(of: &NetworkDiagnosis) -> String {
    let headers =
        ["layer", "kind", "dead %", "saturated %", "zeros %", "std", "rank", "gradient rms", "spectral norm"];
    let rows: Vec<_> = of.layers.iter().map(row).collect();
    let verdicts = match of.verdicts.is_empty() {
        true => "no verdict: nothing here is beyond its threshold".to_string(),
        false => of.verdicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    format!("{}\n\n{}\n\n{verdicts}", table(&headers, &rows), facts(&bounds(of)))
}
