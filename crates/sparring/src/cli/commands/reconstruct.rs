//! `sparring reconstruct RUN`: images through an autoencoder and back.

use crate::cli::io::json::{json, value};
use crate::cli::io::table::{facts, table};
use crate::cli::io::{out, say};
use crate::cli::options::{FitArgs, MachineArgs, Named, Names, count, fitted};
use crate::cli::pages::coder::load_coder;
use crate::cli::{Failure, Outcome};
use sparring::metrics::{mean_image_mse, mse, psnr};
use sparring::models::ImageCoder;
use sparring::store::{try_write, write_new};
use sparring::tensor::Array;
use sparring::train::{pixels, reconstructions};
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory of `sparring train autoencoder`, `train vae` or `train vq-vae`, or its weights file.
    run: PathBuf,
    /// Pictures to put through it instead of a set's images: PNGs, fitted as `sparring predict` does.
    #[arg(value_name = "IMAGE.png", conflicts_with = "data")]
    images: Vec<PathBuf>,
    /// A folder with the set's files, or a name: its test images. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    #[command(flatten)]
    fit: FitArgs,
    /// A picture of images, in pairs of rows: as they are, and what comes out. Must not exist yet; without the flag none is made.
    #[arg(long, value_name = "FILE.png")]
    out: Option<PathBuf>,
    /// How many images of the set are in the picture, the first ones.
    #[arg(long, default_value_t = 32, value_parser = count)]
    shown: usize,
    /// Images in a row of the picture.
    #[arg(long, default_value_t = 16, value_parser = count)]
    columns: usize,
    /// Side of the square that each pixel becomes, in pixels of the picture.
    #[arg(long, default_value_t = 2, value_parser = count)]
    scale: usize,
    #[command(flatten)]
    machine: MachineArgs,
}

/// Images and what became of them, rows of pixels.
struct Through {
    x: Vec<f32>,
    y: Vec<f32>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if let Some(file) = &args.out {
        out::ending(file, "--out", &["png"])?;
        out::free(file, "--out")?;
    }
    if args.images.is_empty() && args.fit.is_given() {
        return Err(Failure::Usage("--fit and --as-is are for pictures, and none is named".into()));
    }
    args.machine.start()?;
    let (coder, known) = load_coder(&args.run, &Names::Same)?;
    let model = coder.model();
    let dim: usize = model.image_shape().iter().product();
    let asked = known.data.as_ref().map(|d| d.asked.clone());
    let (through, mut object, text) = if args.images.is_empty() {
        let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
        data.fits(model.image_shape(), &format!("this {}", coder.word()))?;
        of_set(model, &data)?
    } else {
        of_pictures(model, args, asked.as_deref())?
    };
    let n = through.x.len() / dim;
    let (error, least) =
        (mse(&through.x, &through.y), through.y.iter().copied().fold(f32::INFINITY, f32::min));
    if !(error.is_finite() && least.is_finite()) {
        return Err(Failure::at(
            &args.run,
            format!("its reconstructions are no numbers (error {error}): the weights are of no use"),
        ));
    }
    (object["n"], object["mse"], object["psnr"]) = (n.into(), error.into(), psnr(error, 1.0).into());
    let mut said = vec![("MSE a pixel".to_string(), format!("{error:.5}, {n} images"))];
    said.push(("PSNR".into(), format!("{:.2} dB", psnr(error, 1.0))));
    said.extend(text.0);
    if let Some(file) = &args.out {
        let shown = if args.images.is_empty() { args.shown.min(n) } else { n };
        picture(model, &through, (shown, dim), args, file)?;
        object["out"] = value(file);
        said.push((
            "picture".into(),
            format!("{}, {shown} images, what comes out below each", say::path(file)),
        ));
    }
    if args.machine.json {
        (object["model"], object["code"]) = (value(&args.run), model.code_numbers().into());
        say::json(&object);
    } else {
        let rows = if text.1.is_empty() { String::new() } else { format!("\n\n{}", text.1) };
        say::result(&format!("{}{rows}", facts(&said)));
    }
    Ok(())
}

/// What is told beside the error: names with values, and a table.
type Told = (Vec<(String, String)>, String);

/// The test images of a set.
fn of_set(model: &dyn ImageCoder, data: &Named) -> Outcome<(Through, serde_json::Value, Told)> {
    let (train, test) = (&data.set.train, &data.set.test);
    let every = |n: usize| (0..n).collect::<Vec<_>>();
    let (x, y) = (pixels(test, &every(test.len())).as_slice().to_vec(), reconstructions(model, test)?);
    let mean = mean_image_mse(pixels(train, &every(train.len())).as_slice(), &x, test.dim());
    let explained = 1.0 - mse(&x, &y) / mean;
    let object = json!({ "data": data.asked, "mean_image_mse": mean, "explained": explained });
    let told = vec![
        (
            "mean image".to_string(),
            format!("{mean:.5}, the MSE of the mean training image of {}", data.asked),
        ),
        ("explained".to_string(), format!("{:.2} % of the variance around it", 100.0 * explained)),
    ];
    Ok((Through { x, y }, object, (told, String::new())))
}

/// Pictures that were named; one that cannot be read ends the command.
fn of_pictures(
    model: &dyn ImageCoder,
    args: &Args,
    asked: Option<&str>,
) -> Outcome<(Through, serde_json::Value, Told)> {
    let shape = model.image_shape();
    let fit = args.fit.of(shape, asked);
    let (mut x, mut y, mut lines, mut objects) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for path in &args.images {
        let one = fitted(path, shape, fit)?;
        let [c, h, w] = shape;
        let through = model.reconstruction_of(Array::from_slice([1, c, h, w], &one.x));
        let error = mse(&one.x, through.as_slice());
        lines.push(vec![
            path.display().to_string(),
            format!("{error:.5}"),
            format!("{:.2}", psnr(error, 1.0)),
        ]);
        objects.push(json!({ "file": path, "mse": error, "psnr": psnr(error, 1.0), "steps": one.steps }));
        x.extend(&one.x);
        y.extend(through.as_slice());
    }
    let rows = table(&["picture", "MSE", "PSNR dB"], &lines);
    Ok((Through { x, y }, json!({ "images": objects }), (Vec::new(), rows)))
}

/// Rows of images, each above a row of what comes out; the last row is filled up with black.
fn picture(
    model: &dyn ImageCoder,
    through: &Through,
    (n, dim): (usize, usize),
    args: &Args,
    file: &Path,
) -> Outcome {
    let (shape, columns) = (model.image_shape(), args.columns.min(n));
    let layout = GridSpec { columns, scale: args.scale, ..GridSpec::default() };
    let places = 2 * n.div_ceil(columns) * columns;
    layout
        .size(places, [shape[1], shape[2]])
        .map_err(|e| Failure::Usage(format!("{e} (--scale, --shown, --columns)")))?;
    try_write(file, ((places * dim) as u64).min(64 << 20))?;
    let mut rows = Vec::with_capacity(places * dim);
    for first in (0..n).step_by(columns) {
        let last = n.min(first + columns);
        for of in [&through.x, &through.y] {
            rows.extend_from_slice(&of[first * dim..last * dim]);
            rows.resize(rows.len() + (first + columns - last) * dim, 0.0);
        }
    }
    Ok(write_new(file, &png_grid(&images_from_rows(shape, &rows)?, &layout)?)?)
}
