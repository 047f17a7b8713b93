//! Inputs made here: data sets, files of other programs, weights changed on purpose.

use super::checks::NotTried;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// An IDX file of bytes with this shape.
pub fn idx(shape: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, shape.len() as u8];
    shape.iter().for_each(|extent| file.extend(extent.to_be_bytes()));
    file.extend(bytes);
    file
}

/// The four files of a set of `n` images of 28 x 28 bytes, for training and for testing the same.
///
/// # Errors
/// If they cannot be written.
pub fn idx_set(folder: &Path, n: u32) -> Result<(), NotTried> {
    let mut state = 1u32;
    let mut byte = || {
        // Numerical Recipes' generator; its high bits are random enough for pixels.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let pixels: Vec<u8> = (0..n * 784).map(|_| byte()).collect();
    let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    std::fs::create_dir_all(folder)?;
    for part in ["train", "t10k"] {
        std::fs::write(folder.join(format!("{part}-images-idx3-ubyte")), idx(&[n, 28, 28], &pixels))?;
        std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), idx(&[n], &labels))?;
    }
    Ok(())
}

/// The set of folder `from` with its training images and labels `times` over.
///
/// # Errors
/// If it cannot be read or written.
pub fn repeated(from: &Path, to: &Path, times: usize) -> Result<(), NotTried> {
    std::fs::create_dir_all(to)?;
    for (name, axes) in [("images-idx3-ubyte", 3), ("labels-idx1-ubyte", 1)] {
        std::fs::copy(from.join(format!("t10k-{name}")), to.join(format!("t10k-{name}")))?;
        let file = std::fs::read(from.join(format!("train-{name}")))?;
        let (head, rest) = file.split_at_checked(4 + 4 * axes).ok_or("an input is cut short".to_string())?;
        let mut shape: Vec<u32> =
            head[4..].chunks_exact(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
        shape[0] *= times as u32;
        std::fs::write(to.join(format!("train-{name}")), idx(&shape, &rest.repeat(times)))?;
    }
    Ok(())
}

/// The same bytes as gzip stores them.
///
/// # Errors
/// None that a vector could have.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>, NotTried> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes)?;
    Ok(packed.finish()?)
}

/// A safetensors file of another program: the header, and `data` bytes behind it that are not given and so are zeros.
///
/// # Errors
/// If it cannot be written.
pub fn safetensors(path: &Path, header: &Value, data: u64) -> Result<(), NotTried> {
    let mut text = header.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut file = std::fs::File::create(path)?;
    file.write_all(&(text.len() as u64).to_le_bytes())?;
    file.write_all(&text)?;
    // What is not written takes no room on the disk.
    file.set_len(8 + text.len() as u64 + data)?;
    Ok(())
}

/// The header of one tensor of `n` numbers.
pub fn one_tensor(name: &str, dtype: &str, n: u64) -> Value {
    json!({ name: { "dtype": dtype, "shape": [n], "data_offsets": [0, 4 * n] } })
}

/// The classifier at `from` with the weights and the bias of its last layer times `factor`: other logits, equal predictions.
///
/// # Errors
/// If it cannot be read or written.
pub fn last_layer_times(from: &Path, to: &Path, factor: f32) -> Result<(), NotTried> {
    let told = |e: sparring_store::StoreError| NotTried::Broken(e.to_string());
    let weights = sparring_store::read(from).map_err(told)?;
    let mut net = weights.build("").map_err(told)?;
    let layer = |name: &str| name.split('.').next().and_then(|n| n.parse::<usize>().ok());
    let last = weights.tensors().filter_map(|(name, _)| layer(name)).max();
    for p in &mut net.params {
        if layer(p.name()) == last {
            p.value.as_mut_slice().iter_mut().for_each(|w| *w *= factor);
        }
    }
    sparring_store::write(to, "classifier", &[("", &net)], Value::Null).map_err(told)
}

/// A stored (not compressed) zip archive with one entry, as `torch.save` begins one.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(content);
    let sized = |file: &mut Vec<u8>| {
        file.extend(sum.sum().to_le_bytes());
        file.extend((content.len() as u32).to_le_bytes().repeat(2));
        file.extend((name.len() as u16).to_le_bytes());
    };
    let mut file = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0".to_vec();
    sized(&mut file);
    file.extend([0; 2]);
    file.extend(name.as_bytes());
    file.extend(content);
    let directory = file.len() as u32;
    file.extend(b"PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0");
    sized(&mut file);
    file.extend([0; 16]);
    file.extend(name.as_bytes());
    let length = file.len() as u32 - directory;
    file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    file.extend(length.to_le_bytes());
    file.extend(directory.to_le_bytes());
    file.extend([0; 2]);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_as_long_as_they_say() {
        let dir = tempfile::tempdir().unwrap();
        let (few, many) = (dir.path().join("few"), dir.path().join("many"));
        idx_set(&few, 3).unwrap();
        repeated(&few, &many, 5).unwrap();
        let read = |name: &str| std::fs::read(many.join(name)).unwrap();
        assert_eq!(read("train-images-idx3-ubyte").len(), 16 + 15 * 784);
        assert_eq!(read("train-labels-idx1-ubyte")[4..8], 15u32.to_be_bytes());
        assert_eq!(
            read("t10k-labels-idx1-ubyte"),
            std::fs::read(few.join("t10k-labels-idx1-ubyte")).unwrap()
        );
    }

    #[test]
    fn the_last_layer_alone_changes() {
        use sparring_models::{ClassifierNet, Mlp};
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("a.safetensors"), dir.path().join("b.safetensors"));
        let spec = Mlp::default().spec();
        let model = ClassifierNet::new(spec, sparring_seed::Key::new(1)).unwrap();
        sparring_store::write(&from, "classifier", &[("", &model.net)], Value::Null).unwrap();
        last_layer_times(&from, &to, 4.0).unwrap();
        let (a, b) = (sparring_store::read(&from).unwrap(), sparring_store::read(&to).unwrap());
        let changed: Vec<_> = a
            .tensors()
            .filter(|(n, t)| b.get(n).unwrap().as_slice() != t.as_slice())
            .map(|(n, _)| n)
            .collect();
        assert_eq!(changed, ["5.bias", "5.weight"]);
        assert_eq!(b.get("5.bias").unwrap().as_slice()[0], 4.0 * a.get("5.bias").unwrap().as_slice()[0]);
    }
}
