//! Test images, what an autoencoder makes of them, and what PCA makes of them.

use crate::cli::Outcome;
use sparring::datasets::Split;
use sparring::metrics::{Pca, mse};
use sparring::models::Autoencoder;
use sparring::train::{pixels, reconstruct};
use sparring_report::grid::{GridSpec, Image, png_grid};
use sparring_report::html::{Block, Figure};
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

/// Images side by side, the network's version below each, PCA's below that.
pub(crate) fn grid(compared: &Compared<'_>, indices: &[usize], caption: String) -> Outcome<Block> {
    let dim = compared.test.dim();
    let mut images = Vec::new();
    for rows in &compared.rows {
        for &i in indices {
            images.push(Image::new(compared.test.shape(), &rows[i * dim..(i + 1) * dim])?);
        }
    }
    let layout = GridSpec { columns: indices.len(), scale: 3, ..GridSpec::default() };
    let mean = |errors: &[f64]| indices.iter().map(|&i| errors[i]).sum::<f64>() / indices.len() as f64;
    let [ours, linear] = [mean(&compared.errors[0]), mean(&compared.errors[1])];
    let caption = format!("{caption} Mean error here: network {ours:.4}, PCA {linear:.4}.");
    let alt = "Three rows of images: originals, the network's reconstructions, those of PCA".to_string();
    Ok(Block::Figure(Figure { png: png_grid(&images, &layout)?, alt, caption }))
}

/// Mean error by class, network beside PCA.
pub(crate) fn per_class(compared: &Compared<'_>, classes: usize, pca: String) -> Block {
    let labels = compared.test.labels();
    let present: Vec<usize> = (0..classes).filter(|c| labels.contains(c)).collect();
    let mean = |errors: &[f64], class: usize| {
        let of = (0..errors.len()).filter(|&i| compared.test.label(i) == class).map(|i| errors[i]);
        let (sum, n) = of.fold((0.0, 0usize), |(sum, n), e| (sum + e, n + 1));
        sum / n as f64
    };
    let bars = |name: String, errors: &[f64]| BarSeries {
        name,
        values: present.iter().map(|&class| mean(errors, class)).collect(),
        ..BarSeries::default()
    };
    let [ours, linear] = &compared.errors;
    Block::Chart(Chart::Bar(BarChart {
        title: "Error by class".into(),
        description: "mean squared error of a pixel on the test images of each class".into(),
        x_label: "class".into(),
        categories: present.iter().map(ToString::to_string).collect(),
        y: Axis { label: "mean squared error".into(), ..Axis::default() },
        series: vec![bars("network".into(), ours), bars(pca, linear)],
    }))
}
