//! Test images, what an autoencoder makes of them, and what PCA makes of them.

use crate::cli::Outcome;
use sparring::datasets::Split;
use sparring::metrics::{Pca, mse};
use sparring::models::Autoencoder;
use sparring::train::{pixels, reconstruct};
use sparring_report::grid::Image;
use sparring_report::html::{Block, ImageRow, ImageRows};
use sparring_report::svg::{Axis, BarChart, BarSeries, Chart};

/// All test images, both reconstructions, and the error of each.
pub(crate) struct Compared<'a> {
    test: &'a Split,
    rows: [Vec<f32>; 3],
    /// Of the network and of PCA, by image.
    errors: [Vec<f64>; 2],
}

impl<'a> Compared<'a> {
    pub(crate) fn new(model: &Autoencoder, pca: &Pca, test: &'a Split) -> Outcome<Self> {
        let x = pixels(test, &(0..test.len()).collect::<Vec<_>>()).as_slice().to_vec();
        let (ours, linear) = (reconstruct(model, test)?, pca.reconstruct(&x));
        let dim = test.dim();
        let error =
            |y: &[f32]| x.chunks_exact(dim).zip(y.chunks_exact(dim)).map(|(x, y)| mse(x, y)).collect();
        let errors = [error(&ours), error(&linear)];
        Ok(Self { test, errors, rows: [x, ours, linear] })
    }
    /// The first image of each of the first classes.
    pub(crate) fn first_of_each_class(&self, most: usize) -> Vec<usize> {
        (0..most).filter_map(|class| (0..self.test.len()).find(|&i| self.test.label(i) == class)).collect()
    }
    /// The images with the largest errors of the network, worst first.
    pub(crate) fn worst(&self, most: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.test.len()).collect();
        order.sort_by(|&a, &b| self.errors[0][b].total_cmp(&self.errors[0][a]).then(a.cmp(&b)));
        order.truncate(most);
        order
    }
}

/// Images side by side, the network's version below each, PCA's below that, each row with its name.
pub(crate) fn grid(compared: &Compared<'_>, indices: &[usize], caption: &str, code: usize) -> Outcome<Block> {
    let dim = compared.test.dim();
    let mean = |errors: &[f64]| indices.iter().map(|&i| errors[i]).sum::<f64>() / indices.len() as f64;
    let told = |errors: &[f64]| match mean(errors) {
        e if e.is_finite() => format!(", error {e:.4}"),
        _ => String::new(),
    };
    let labels = [
        "test image".to_string(),
        format!("network, {code} numbers{}", told(&compared.errors[0])),
        format!("PCA{}", told(&compared.errors[1])),
    ];
    let alts = ["test image", "the network's reconstruction", "the reconstruction by PCA"];
    let mut rows = Vec::new();
    for ((pixels, label), alt) in compared.rows.iter().zip(labels).zip(alts) {
        let image = |&i: &usize| Image::new(compared.test.shape(), &pixels[i * dim..(i + 1) * dim]);
        let images = indices.iter().map(image).collect::<Result<_, _>>()?;
        rows.push(ImageRow { label, alt: alt.into(), images });
    }
    let caption = format!("{caption} Beside each row its mean squared error of a pixel here.");
    Ok(Block::ImageRows(ImageRows { caption, rows }))
}

/// Mean error by class, network beside PCA.
pub(crate) fn per_class(compared: &Compared<'_>, classes: usize, linear: &str) -> Block {
    let mean = |errors: &[f64], class: usize| {
        let of = (0..errors.len()).filter(|&i| compared.test.label(i) == class).map(|i| errors[i]);
        let (sum, n) = of.fold((0.0, 0usize), |(sum, n), e| (sum + e, n + 1));
        sum / n as f64
    };
    let bars = |name: String, errors: &[f64]| BarSeries {
        name,
        values: (0..classes).map(|class| mean(errors, class)).collect(),
        ..BarSeries::default()
    };
    let [ours, by_pca] = &compared.errors;
    Block::Chart(Chart::Bar(BarChart {
        title: "Error by class".into(),
        description: "mean squared error of a pixel on the test images of each class".into(),
        x_label: "class".into(),
        categories: (0..classes).map(|c| c.to_string()).collect(),
        y: Axis { label: "mean squared error".into(), ..Axis::default() },
        series: vec![bars("network".into(), ours), bars(linear.into(), by_pca)],
    }))
}
