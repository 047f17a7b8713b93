//! The comparison as Markdown.

use super::comparison::{Comparison, LIMIT, Outcome};
use crate::median::{median, quartiles};
use crate::peers::short;
use std::fmt::Write;

/// A table for each instruction set under the sentence that says on what it was measured; then the rows without figures.
pub fn page(all: &[Comparison], about: &str) -> String {
    let mut text = format!("{about}\n");
    let mut isas: Vec<_> = all.iter().map(|c| c.isa).collect();
    isas.dedup();
    for isa in isas {
        let rows: Vec<_> = all.iter().filter(|c| c.isa == isa && !c.ratios().is_empty()).collect();
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n### {isa}\n\n| row | threads | unit | old | new | new / old | quartiles | |\n|---|---|---|---|---|---|---|---|\n"
        );
        rows.iter().for_each(|c| text += &line(c));
    }
    text.push('\n');
    for c in all {
        let about = match &c.outcome {
            Outcome::Measured { .. } => continue,
            Outcome::OneSided { new: true } => "is new".into(),
            Outcome::OneSided { new: false } => "is not in the working tree any more".into(),
            Outcome::Skipped(why) => format!("was skipped: {why}"),
            Outcome::Failed { new, why } => {
                format!("failed in {}: {why}", if *new { "the working tree" } else { "the old commit" })
            }
        };
        let _ = writeln!(text, "- {} ({}, {} threads) {about}", c.row, c.isa, c.threads);
    }
    let slower = all.iter().filter(|c| c.slower()).count();
    let measured = all.iter().filter(|c| !c.ratios().is_empty()).count();
    let percent = (100.0 * (1.0 - LIMIT)).round();
    let gap = if measured < all.len() { "\n" } else { "" };
    let _ = writeln!(text, "{gap}{slower} of {measured} rows slower by more than {percent} %.");
    text
}

/// A row of the table.
pub fn line(c: &Comparison) -> String {
    let (ratios, [old, new]) = (c.ratios(), c.medians());
    let [low, high] = quartiles(&ratios);
    let metric = match &c.outcome {
        Outcome::Measured { new, .. } => new.first().map_or("", |m| m.metric.as_str()),
        _ => "",
    };
    let mark = if c.slower() { "**" } else { "" };
    let remarks: Vec<&str> = [(c.slower(), "slower"), (c.noisy(), "noisy")]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect();
    format!(
        "| {} | {} | {metric} | {} | {} | {mark}{:.3}{mark} | {low:.3} .. {high:.3} | {} |\n",
        c.row,
        c.threads,
        short(old),
        short(new),
        median(&ratios),
        remarks.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::super::comparison::planted;
    use super::*;
    use sparring_math::simd::Isa;

    #[test]
    fn slower_rows_stand_out_and_the_rest_is_named() {
        let without =
            |row: &str, outcome| Comparison { row: row.into(), isa: Isa::Baseline, threads: 2, outcome };
        let all = [
            planted("mlp", "examples/s", &[200.0, 200.0], &[100.0, 120.0]),
            planted("ae", "examples/s", &[100.0], &[150.0]),
            planted("gan", "images/s", &[100.0, 100.0], &[70.0, 110.0]),
            without("resnet", Outcome::OneSided { new: true }),
            without("gone", Outcome::OneSided { new: false }),
            without("broken", Outcome::Failed { new: true, why: "NaN".into() }),
        ];
        let text = page(&all, "Machine.");
        for part in [
            "Machine.\n\n### baseline\n\n| row |",
            "| mlp | 2 | examples/s | 200 | 110 | **0.550** | 0.525 .. 0.575 | slower |\n",
            "| ae | 2 | examples/s | 100 | 150 | 1.500 | 1.500 .. 1.500 |  |\n",
            "**0.900** | 0.800 .. 1.000 | slower, noisy |\n",
            "\n- resnet (baseline, 2 threads) is new",
            "\n- gone (baseline, 2 threads) is not in the working tree",
            "\n- broken (baseline, 2 threads) failed in the working tree: NaN",
            "2 of 3 rows slower by more than 3 %.",
        ] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
    }
}
