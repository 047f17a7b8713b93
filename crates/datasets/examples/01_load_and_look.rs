//! Load a data set, look at an image, walk through an epoch.
//! `cargo run -p sparring-datasets --example 01_load_and_look -- [NAME|FOLDER]`

use sparring_datasets::{Batches, DataError, Last, Order, find};
use sparring_seed::Key;

fn main() -> Result<(), DataError> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "mnist-10k".into());
    let data = find(&name)?;
    println!(
        "{}: {} to learn from, {} to judge by, {:?}",
        data.name,
        data.train.len(),
        data.test.len(),
        data.provenance
    );

    let [_, height, width] = data.shape();
    let image = data.train.row(0);
    println!("the first example is a {}:", data.train.label(0));
    for row in image.chunks(width).take(height) {
        let line: String = row.iter().map(|&x| [' ', '.', 'o', '@'][(x * 3.99) as usize]).collect();
        println!("  {line}");
    }

    let mut counts = vec![0; data.classes];
    for batch in Batches::new(&data.train, 128, Key::new(1), 0, Order::Shuffled, Last::Keep) {
        batch.labels.iter().for_each(|&label| counts[label] += 1);
    }
    println!("examples of each class: {counts:?}");
    Ok(())
}
