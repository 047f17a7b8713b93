//! Points of the plane beside those a generator makes of noise.

use sparring::datasets::{Dataset, Split};
use sparring::models::Gan;
use sparring::seed::Key;
use sparring_report::html::{Block, Section};
use sparring_report::svg::{Axis, Chart, PointGroup, ScatterChart, Units};

/// Points of each kind.
const POINTS: usize = 1000;

/// Whether examples are points of a plane.
pub(super) fn are_points(shape: [usize; 3]) -> bool {
    shape == [1, 1, 2]
}

/// The section: test points and as many samples.
pub(super) fn points(model: &Gan, set: &Dataset, seed: u64) -> Section {
    let n = POINTS.min(set.test.len());
    let key = Key::new(seed).named("points");
    let ids: Vec<u64> = (0..n as u64).collect();
    let samples: Vec<f32> = ids
        .chunks(model.most_samples().max(1))
        .flat_map(|ids| model.generate(model.noise(key, ids)).as_slice().to_vec())
        .collect();
    let mut section = Section::new("Samples");
    section.blocks.push(Block::text(format!(
        "{n} test points below, as many samples of new noise above them. Nothing was picked."
    )));
    section.blocks.push(Block::Chart(chart(&set.test.first(n), &samples)));
    section
}

fn chart(real: &Split, samples: &[f32]) -> Chart {
    let group = |name: &str, x: &[f32], slot| PointGroup {
        name: name.into(),
        points: x.as_chunks::<2>().0.iter().map(|p| (f64::from(p[0]), f64::from(p[1]))).collect(),
        slot: Some(slot),
    };
    Chart::Scatter(ScatterChart {
        title: "Samples (orange) and test points (grey)".into(),
        description: "test points in grey, samples in orange".into(),
        x: Axis { label: "x".into(), ..Axis::default() },
        y: Axis { label: "y".into(), ..Axis::default() },
        units: Units::Equal,
        groups: vec![group("", &real.all().x, 6), group("", samples, 1)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_report::svg::Size;

    #[test]
    fn every_point_is_drawn() {
        let data = sparring::datasets::find("ring-8(n=80)").unwrap();
        let svg = chart(&data.test.first(40), &[0.5, 0.5, 0.9, 0.5]).to_svg(Size::Wide);
        assert_eq!(svg.matches("h0").count(), 42);
        assert!(are_points(data.shape()) && !are_points([1, 28, 28]));
    }
}
