//! Samples of a GAN.

use super::args::Args;
use super::drawer::Drawer;
use crate::cli::pages::weights::load_gan;
use crate::cli::{Failure, Outcome};

pub(super) fn drawer(args: &Args) -> Outcome<Drawer> {
    let model = load_gan(&args.run, args.activation.as_ref(), &args.names.load()?)?;
    let classes = model.spec().form.classes;
    match args.class {
        Some(class) if classes == 0 => {
            return Err(Failure::Usage(format!("--class {class}: this GAN has no classes; leave it out")));
        }
        Some(class) if class >= classes => {
            return Err(Failure::Usage(format!(
                "--class {class}: this GAN has the classes 0 to {}",
                classes - 1
            )));
        }
        _ => {}
    }
    let (shape, most, class) = (model.shape(), model.most_samples(), args.class);
    Ok(Drawer {
        shape,
        most,
        draw: Box::new(move |key, ids| {
            let noise = match class {
                None => model.noise(key, ids),
                Some(class) => model.noise_of(key, ids, &vec![class; ids.len()]),
            };
            Ok(model.generate(noise).as_slice().to_vec())
        }),
        law: None,
    })
}
