//! What a file is that is neither a safetensors nor an .npz file, told from its first bytes, never from its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes that are looked at.
const LOOK: u64 = 4096;

const TORCH: &str = "it can run code and is not read; save it in Python with \
    safetensors.torch.save_file(torch.load(FILE, weights_only=True), \"model.safetensors\")";
const NUMPY: &str =
    "save the arrays under their names with safetensors.numpy.save_file(arrays, \"model.safetensors\")";
const TENSORFLOW: &str = "save the weights under PyTorch's names and layouts with safetensors.numpy.save_file(weights, \
    \"model.safetensors\"): dense kernels transposed, convolution kernels [out, in, height, width]";
const ONNX: &str = "a network rather than weights: `sparring attack`, `eval`, `predict`, `inspect` and `export FILE --out model.safetensors` read it";
const PICTURE: &str = "it holds no weights; name a run directory or a .safetensors file";
/// By this our own pages are known.
const GENERATOR: &str = "<meta name=\"generator\" content=\"sparring\">";
const UNPACK: &str = "unpack it first";

/// What a file is and the way from there to a safetensors file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Foreign {
    /// The format, with its article: `a PyTorch file (zip of pickles)`.
    pub what: &'static str,
    /// What to do with it.
    pub way_out: &'static str,
}

impl From<Foreign> for crate::StoreError {
    fn from(f: Foreign) -> Self {
        Self::Foreign { what: f.what, way_out: f.way_out }
    }
}

/// What the bytes at the beginning of a file say it is; `None` if they look like nothing known, like safetensors or like `.npz`.
pub fn recognise(first: &[u8]) -> Option<Foreign> {
    let first = &first[..first.len().min(LOOK as usize)];
    let known = |what, way_out| Some(Foreign { what, way_out });
    let holds = |text: &str| first.windows(text.len()).any(|w| w == text.as_bytes());
    match first {
        [] => known("an empty file", "the program that wrote it was cut off: write it again"),
        [_, _, _, _, _, _, _, 0, b'{', ..] => None,
        [b'P', b'K', 3, 4, ..] if holds("data.pkl") || holds("/data/0") => {
            known("a PyTorch file (zip of pickles)", TORCH)
        }
        _ if is_npz(first) => None,
        [b'P', b'K', 3, 4, ..] if holds("model.weights.h5") || holds("metadata.json") => {
            known("a Keras file (zip)", TENSORFLOW)
        }
        [b'P', b'K', 3, 4, ..] => known("a zip archive", UNPACK),
        // Protocol 2, then the magic number of torch.save before version 1.6.
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, ..] => known("a PyTorch file (old pickle)", TORCH),
        [0x80, 0..=5, ..] => known("a Python pickle", TORCH),
        [0x89, b'H', b'D', b'F', b'\r', b'\n', 0x1a, b'\n', ..] => {
            known("an HDF5 file (.h5 of Keras, perhaps)", TENSORFLOW)
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => known("one NumPy array (.npy)", NUMPY),
        [b'G', b'G', b'U', b'F', ..] => known(
            "a GGUF file (llama.cpp)",
            "its quantised numbers are no weights of these networks; start from the original .safetensors",
        ),
        [_, _, _, _, b'T', b'F', b'L', b'3', ..] => known("a TensorFlow Lite file", TENSORFLOW),
        [8, 1, 0x12, long, more, ..] if *long >= 0x80 && *more > 1 => {
            known("a TensorFlow SavedModel (protobuf)", TENSORFLOW)
        }
        // ir_version, then any field of ModelProto with a length.
        [8, 1..=30, 0x12 | 0x1a | 0x22 | 0x32 | 0x3a | 0x42, ..] => known("an ONNX file (protobuf)", ONNX),
        [0x89, b'P', b'N', b'G', ..] => known("a PNG picture", PICTURE),
        [0xff, 0xd8, 0xff, ..] => known("a JPEG picture", PICTURE),
        [b'G', b'I', b'F', b'8', ..] => known("a GIF picture", PICTURE),
        [b'%', b'P', b'D', b'F', ..] => known("a PDF document", PICTURE),
        [0x1f, 0x8b, ..] => known("a gzip file", UNPACK),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => known("a bzip2 file", UNPACK),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => known("an xz file", UNPACK),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => known("a zstd file", UNPACK),
        _ if first.get(257..262) == Some(b"ustar") => known("a tar archive", UNPACK),
        // Two zeros, a type of numbers, axes.
        [0, 0, 8 | 9 | 11..=14, 1..=4, ..] => {
            known("an IDX file: images or labels, not weights", "give its folder to --data")
        }
        _ => text(first),
    }
}

/// Whether a file is to be read as ONNX: by its name, so that a broken one is called by what it should be, or by its first bytes.
pub fn is_onnx(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"))
        || recognise_path(path).is_some_and(|foreign| foreign.way_out == ONNX)
}

/// Whether a file begins as an archive of NumPy's does: zip, its first member an array.
pub(crate) fn is_npz(bytes: &[u8]) -> bool {
    let Some((head, rest)) = bytes.split_first_chunk::<30>() else { return false };
    let name = rest.get(..usize::from(u16::from_le_bytes([head[26], head[27]])));
    head.starts_with(b"PK\x03\x04") && name.is_some_and(|name| name.ends_with(b".npy"))
}

/// A text file by its first line.
fn text(first: &[u8]) -> Option<Foreign> {
    let known = |what, way_out| Some(Foreign { what, way_out });
    let valid = match std::str::from_utf8(first) {
        Ok(text) => text,
        // The look may end inside a character.
        Err(e) if e.valid_up_to() + 4 > first.len() && e.valid_up_to() > 0 => {
            std::str::from_utf8(&first[..e.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if valid.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
        return None;
    }
    let begin = valid.trim_start_matches('\u{feff}').trim_start();
    if begin.starts_with("version https://git-lfs") {
        return known("a pointer of Git LFS, not the file itself", "get the file with `git lfs pull`");
    }
    if begin.starts_with('<') && valid.contains(GENERATOR) {
        return known(
            "a page of this program",
            "open it in a browser; what it tells of is the run it lies in",
        );
    }
    if begin.starts_with('<') {
        let way_out =
            "if it should be another file, its download failed or asked for a login: fetch it again";
        return known("a web page (HTML or XML)", way_out);
    }
    if begin.starts_with(['{', '[']) {
        return known("a JSON text", "it holds no weights; name the .safetensors file beside it");
    }
    known("a text file", "it holds no weights; name a run directory or a .safetensors file")
}

/// As [`recognise`], for a path: a folder as TensorFlow or PyTorch save it is recognised too.
pub fn recognise_path(path: &Path) -> Option<Foreign> {
    if path.is_dir() {
        let has = |name: &str| path.join(name).exists();
        if has("saved_model.pb") || has("keras_metadata.pb") {
            return Some(Foreign { what: "a TensorFlow SavedModel folder", way_out: TENSORFLOW });
        }
        if has("data.pkl") {
            return Some(Foreign { what: "an unpacked PyTorch file", way_out: TORCH });
        }
        return None;
    }
    // Opening a pipe would wait for its other end.
    if !path.is_file() {
        return None;
    }
    let mut first = Vec::new();
    File::open(path).ok()?.take(LOOK).read_to_end(&mut first).ok()?;
    recognise(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(entry: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(26, 0);
        bytes.extend((entry.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(entry.as_bytes());
        bytes
    }

    #[test]
    fn what_people_really_give_is_called_by_its_name() {
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        tar[100] = 0;
        let cases: &[(Vec<u8>, &str, &str)] = &[
            (zip("archive/data.pkl"), "a PyTorch file (zip", "safetensors.torch.save_file"),
            (zip("script/data/0"), "a PyTorch file (zip", "safetensors.torch.save_file"),
            (zip("metadata.json"), "a Keras file", "safetensors"),
            (zip("holiday.txt"), "a zip archive", "unpack"),
            (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".to_vec(), "old pickle", "torch.load"),
            (b"\x80\x04\x95\x10\0\0\0\0\0\0\0}".to_vec(), "a Python pickle", "safetensors"),
            (b"\x89HDF\r\n\x1a\n\0\0\0".to_vec(), "an HDF5 file", "save_file"),
            (b"\x93NUMPY\x01\0v\0{'descr'".to_vec(), "one NumPy array", "save_file"),
            (b"GGUF\x03\0\0\0\x01".to_vec(), "a GGUF file", "safetensors"),
            (b"\x1c\0\0\0TFL3\x14\0".to_vec(), "TensorFlow Lite", "save_file"),
            (b"\x08\x01\x12\xa0\xfe\x05\x0a".to_vec(), "SavedModel", "save_file"),
            (b"\x08\x08\x12\x07pytorch\x1a\x052.2.0:".to_vec(), "an ONNX file", "sparring attack"),
            (b"\x08\x07:\x80\x01".to_vec(), "an ONNX file", "safetensors"),
            (b"\x89PNG\r\n\x1a\n".to_vec(), "a PNG picture", "no weights"),
            (b"\xff\xd8\xff\xe0".to_vec(), "a JPEG", "no weights"),
            (b"\x1f\x8b\x08\0".to_vec(), "a gzip file", "unpack"),
            (tar, "a tar archive", "unpack"),
            (b"\0\0\x08\x03\0\0\0\x0a".to_vec(), "an IDX file", "--data"),
            (b"version https://git-lfs.github.com/spec/v1\noid".to_vec(), "Git LFS", "git lfs pull"),
            (b"\n<!doctype html>".to_vec(), "a web page", "fetch"),
            (format!("<!doctype html>\n<head>\n{GENERATOR}").into(), "a page of this program", "browser"),
            (b"{\"a\": 1}".to_vec(), "a JSON text", "safetensors"),
            ("epochs = 3 # über\n".into(), "a text file", "run directory"),
            (Vec::new(), "an empty file", "again"),
        ];
        for (bytes, what, way_out) in cases {
            let found = recognise(bytes).unwrap_or_else(|| panic!("nothing known: {what}"));
            assert!(found.what.contains(what), "{what}: {found:?}");
            assert!(found.way_out.contains(way_out), "{what}: {found:?}");
        }
        let whole = b"\x38\x03\0\0\0\0\0\0{\"a\"";
        assert_eq!(recognise(whole), None);
        assert_eq!(recognise(&zip("arr_0.npy")), None);
        assert_eq!(recognise(b"\x07\x99\xfe\x01\xc3"), None);
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(recognise_path(dir.path()), None);
        std::fs::write(dir.path().join("saved_model.pb"), b"x").unwrap();
        assert!(recognise_path(dir.path()).unwrap().what.contains("SavedModel"));
    }
}
