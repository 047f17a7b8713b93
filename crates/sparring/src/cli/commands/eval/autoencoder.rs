//! The errors of an autoencoder of any kind, for people and for programs.

use crate::cli::Outcome;
use crate::cli::commands::examples::Examples;
use crate::cli::io::json::json;
use crate::cli::io::table::{facts, table};
use serde_json::Value;
use sparring::datasets::Split;
use sparring::metrics::{mean_image_mse, mse, psnr, unexplained};
use sparring::models::ImageCoder;
use sparring::train::{pixels, reconstructions};

fn rows(split: &Split) -> Vec<f32> {
    pixels(split, &(0..split.len()).collect::<Vec<_>>()).as_slice().to_vec()
}

/// What is told of a model beside its errors.
#[derive(Default)]
pub(super) struct Told {
    /// Keys of `--json`.
    pub(super) object: Vec<(&'static str, Value)>,
    pub(super) lines: Vec<(String, String)>,
}

/// The object of `--json`, and the tables.
pub(super) fn measure(
    model: &dyn ImageCoder,
    (examples, more): (&Examples, Told),
) -> Outcome<(Value, String)> {
    let split = &examples.split;
    let (x, y, dim, labels) = (rows(split), reconstructions(model, split)?, split.dim(), split.labels());
    let error = mse(&y, &x);
    let mean_image = mean_image_mse(&rows(&examples.data.set.train), &x, dim);
    let explained = 1.0 - unexplained(error, mean_image);
    let of_each: Vec<f64> = x.chunks_exact(dim).zip(y.chunks_exact(dim)).map(|(x, y)| mse(x, y)).collect();
    let per_class: Vec<(usize, usize, Option<f64>)> = (0..examples.data.set.classes)
        .map(|class| {
            let own: Vec<f64> =
                of_each.iter().zip(&labels).filter(|(_, l)| **l == class).map(|(e, _)| *e).collect();
            let mean = (!own.is_empty()).then(|| own.iter().sum::<f64>() / own.len() as f64);
            (class, own.len(), mean)
        })
        .collect();
    let mut object = json!({
        "n": split.len(), "mse": error, "psnr": psnr(error, 1.0), "mean_image_mse": mean_image, "explained": explained,
        "per_class": per_class.iter().map(|(class, n, mse)| json!({ "class": class, "name": examples.data.set.class_name(*class), "mse": mse, "examples": n })).collect::<Vec<_>>(),
    });
    let pairs = [
        ("MSE a pixel", format!("{error:.5}")),
        ("PSNR", format!("{:.2} dB", psnr(error, 1.0))),
        ("mean image", format!("{mean_image:.5}, the MSE of the mean training image")),
        ("explained", format!("{:.2} % of the variance around it", 100.0 * explained)),
    ];
    more.object.into_iter().for_each(|(key, value)| object[key] = value);
    let lines: Vec<_> = per_class
        .iter()
        .map(|(class, n, mse)| {
            vec![
                examples.data.set.class_name(*class),
                n.to_string(),
                mse.map_or("-".into(), |mse| format!("{mse:.5}")),
            ]
        })
        .collect();
    let pairs: Vec<_> =
        pairs.map(|(name, value)| (name.to_string(), value)).into_iter().chain(more.lines).collect();
    Ok((object, format!("{}\n\n{}", facts(&pairs), table(&["class", "examples", "MSE"], &lines))))
}
