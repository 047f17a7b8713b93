//! A network as a file that people write: TOML with torch.nn's names, arguments and defaults.

mod place;
mod read;
mod value;
mod write;

pub use read::{parse_spec, read_spec};
pub use write::spec_text;

/// Keys of the file.
const INPUT: &str = "input";
const NORMALIZE: &str = "normalize";
const LAYERS: &str = "layers";
const OUTPUTS: &str = "outputs";
/// Keys of a layer beside those of its parameters.
const TYPE: &str = "type";
const NAME: &str = "name";
const INPUTS: &str = "inputs";
