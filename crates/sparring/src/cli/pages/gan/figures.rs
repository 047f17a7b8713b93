//! What samples are worth, in rows for a page or a terminal: each figure beside that of real examples.

use crate::cli::pages::number::{number, percent};
use sparring::train::{GanScores, GenerativeScores, StackedScores, ToyScores};

/// A figure of samples and the same of real examples.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Of the samples.
    pub(crate) samples: String,
    /// Of as many real examples in their place.
    pub(crate) real: String,
    /// What is good, and of how many samples.
    pub(crate) about: String,
}

fn row(name: &'static str, samples: String, real: String, about: impl Into<String>) -> Row {
    Row { name, samples, real, about: about.into() }
}

/// Every figure there is.
pub(crate) fn rows(scores: &GanScores) -> Vec<Row> {
    match scores {
        GanScores::Images(scores) => of_images(scores),
        GanScores::Toy(scores) => of_points(scores),
        GanScores::Stacked(scores) => of_stacked(scores),
        GanScores::Unjudged(_) => Vec::new(),
    }
}

/// The figures that matter most, one a line, for a terminal; why there are none.
pub(crate) fn brief(scores: &GanScores) -> Vec<String> {
    let shown =
        ["Fréchet distance", "precision", "recall", "rarest class", "modes", "high quality", "reverse KL"];
    if let GanScores::Unjudged(why) = scores {
        return vec![format!("figures         none: {}", why.unjudged)];
    }
    let name = |r: &Row| r.name.strip_suffix(" distance").unwrap_or(r.name);
    let of = |r: &Row| format!("{:<16}{} (real {})", name(r), r.samples, r.real).replace('\u{a0}', " ");
    rows(scores).iter().filter(|r| shown.contains(&r.name)).map(of).collect()
}

fn of_images(s: &GenerativeScores) -> Vec<Row> {
    let three = |v: f64| number(v, 3);
    let (n, near, k) = (s.samples, s.neighbours, s.k);
    let compared = format!("{n} samples, as many test images");
    let among = format!("{near} of each, balls to neighbour {k}");
    let mut rows = vec![
        row(
            "Fréchet distance",
            three(s.frechet),
            three(s.frechet_floor),
            format!("of features, 0 is best, falls with more samples; {compared}"),
        ),
        row(
            "kernel distance",
            format!("{} ± {}", number(s.kid, 1), number(s.kid_std, 1)),
            number(s.kid_floor, 1),
            "KID of features, 0 is best, does not hang on their number",
        ),
        row(
            "precision",
            three(s.precision),
            three(s.precision_floor),
            format!("samples that lie among real ones; {among}"),
        ),
        row("recall", three(s.recall), three(s.recall_floor), "real ones that lie among samples"),
        row(
            "density",
            three(s.density),
            three(s.density_floor),
            "how thick real ones lie around samples, about 1",
        ),
        row("coverage", three(s.coverage), three(s.coverage_floor), "real ones with a sample nearby"),
        row(
            "two-sample test",
            three(s.two_sample),
            three(s.two_sample_floor),
            "accuracy of the nearest neighbour at telling samples from real ones; 0.5 where they are alike",
        ),
    ];
    if let (Some(score), Some(std), Some(floor)) =
        (s.classifier_score, s.classifier_score_std, s.classifier_score_floor)
    {
        let score = format!("{} ± {}", number(score, 2), number(std, 2));
        rows.push(row("classifier score", score, number(floor, 2), "sure of each, of all classes: 1 to 10"));
    }
    if let (Some(of), Some(real)) = (s.class_histogram, s.class_histogram_floor) {
        let least = |shares: [f64; 10]| percent(shares.into_iter().fold(1.0, f64::min), 1);
        rows.push(row("rarest class", least(of), least(real), "its share"));
    }
    rows.push(row(
        "nearest",
        number(s.nearest, 2),
        number(s.nearest_floor, 2),
        format!("median distance in pixels to the nearest training image; {} samples", s.searched),
    ));
    let usual = percent(GenerativeScores::NEARER_THAN, 0);
    rows.push(row(
        "copies",
        percent(s.copies, 1),
        usual.clone(),
        format!("samples nearer to a training image than {usual} of the test images are"),
    ));
    rows
}

fn of_points(s: &ToyScores) -> Vec<Row> {
    let kl = |v: Option<f64>| v.map_or("–".into(), |v| number(v, 3));
    vec![
        row(
            "modes",
            format!("{} of {}", s.modes, s.of),
            s.of.to_string(),
            format!("with a sample of high quality among {}", s.samples),
        ),
        row(
            "high quality",
            percent(s.high_quality, 1),
            percent(s.high_quality_real, 1),
            "samples within three standard deviations of a mode",
        ),
        row("reverse KL", kl(s.reverse_kl), kl(s.reverse_kl_real), "from equally many of each mode, in nats"),
    ]
}

fn of_stacked(s: &StackedScores) -> Vec<Row> {
    vec![
        row(
            "modes",
            format!("{} of 1000", s.modes),
            s.modes_real.to_string(),
            format!("triples of digits among {} samples", s.samples),
        ),
        row(
            "reverse KL",
            number(s.reverse_kl, 3),
            number(s.reverse_kl_real, 3),
            "from equally many of each, in nats",
        ),
    ]
}
