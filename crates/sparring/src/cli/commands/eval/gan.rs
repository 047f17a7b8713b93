//! What the samples of a GAN are worth.

use crate::cli::io::table::{facts, table};
use crate::cli::io::{json, say};
use crate::cli::options::Named;
use crate::cli::pages;
use crate::cli::{Failure, Outcome};

use serde_json::Value;
use sparring::models::Gan;
use sparring::seed::Key;
use sparring::train::{GanScores, labelled_scores_of_gan, samples_wanted};

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
    let (mut object, mut told) = (json::value(&scores), text(&scores));
    let alarms: Vec<String> = scores.lack().iter().map(ToString::to_string).collect();
    alarms.iter().for_each(|alarm| told.push_str(&format!("\n\nalarm: {alarm}")));
    object["alarms"] = json::value(&alarms);
    if model.spec().form.classes > 0 {
        say::note("classifiers trained on samples and on real images ..");
    }
    let (settings, key) = (pages::gan::settings(), Key::new(seed).named("judged"));
    if let Some(of) = labelled_scores_of_gan(model, &data.set, &settings, key)? {
        for (name, figure) in
            [("gan_train", of.gan_train), ("gan_test", of.gan_test), ("gan_train_floor", of.real)]
        {
            object[name] = json::value(&figure);
        }
        let percent = |v: f64| format!("{:.2} %", 100.0 * v);
        let rows = [
            (
                "GAN-train",
                percent(of.gan_train),
                format!(
                    "of the test images, by a classifier trained on {} samples; on as many real images {}",
                    of.samples,
                    percent(of.real)
                ),
            ),
            (
                "GAN-test",
                percent(of.gan_test),
                "of the samples, by the one trained on real images".to_string(),
            ),
        ];
        let rows: Vec<_> = rows.map(|(name, value, about)| vec![name.to_string(), value, about]).to_vec();
        told = format!("{told}\n\n{}", table(&["", "right", ""], &rows));
    }
    Ok((object, told))
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
