//! What the samples of a GAN are worth.

use crate::cli::io::table::{facts, table};
use crate::cli::io::{json, say};
use crate::cli::options::Named;
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::models::Gan;
use sparring::train::{GanScores, samples_wanted};

/// The object of `--json`, and the tables: samples against the test examples of these data.
pub(super) fn measure(model: &Gan, data: &Named, seed: u64) -> Outcome<(Value, String)> {
    let n = samples_wanted(&data.set, &pages::gan::settings());
    if n > 0 {
        say::note(&format!("{n} samples .."));
    }
    let scores = pages::gan::scores(model, &data.set, seed)?;
    if let GanScores::Unjudged(why) = &scores {
        return Err(Failure::Failed(format!("{}: {}", data.asked, why.unjudged)));
    }
    Ok((json::value(&scores), text(&scores)))
}

fn text(scores: &GanScores) -> String {
    // Without spaces that only a page needs.
    let plain = |text: String| text.replace('\u{a0}', " ");
    let rows = pages::gan::rows(scores).into_iter();
    let rows: Vec<_> =
        rows.map(|r| [r.name.to_string(), r.samples, r.real, r.about].map(plain).to_vec()).collect();
    let mut parts = vec![table(&["", "samples", "real", ""], &rows)];
    if let GanScores::Images(s) = scores
        && let (Some(of), Some(real)) = (s.class_histogram, s.class_histogram_floor)
    {
        let line = |shares: [f64; 10]| shares.map(|p| format!("{:4.1}", 100.0 * p)).join(" ");
        let pairs = [("samples", line(of)), ("real", line(real))].map(|(name, v)| (name.to_string(), v));
        parts.push(format!("share of each class in %\n{}", facts(&pairs)));
    }
    parts.join("\n\n")
}
