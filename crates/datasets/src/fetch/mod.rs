//! Bringing a known set to this machine (feature `fetch`).
//!
//! Mirrors are tried in order, each a few times with growing pauses; a broken transfer goes on where it stopped if the
//! server can prove that the file is the same; what arrives is unpacked and hashed before it takes its name. So a file
//! under its name is always the right one. A second call finds the files and does nothing.
//!
//! ```no_run
//! use sparring_datasets::fetch::{Event, Download, fetch};
//! use sparring_datasets::pinned::MNIST;
//! let download = Download::new(MNIST, "data/mnist");
//! let outcome = fetch(&download, &mut |event| if let Event::Stored { file, .. } = event { eprintln!("{file}") })?;
//! println!("{outcome}");
//! # Ok::<(), sparring_datasets::fetch::FetchError>(())
//! ```

mod attempt;
mod client;
mod download;
mod error;
mod event;
mod local;
mod lock;
mod mirrors;
mod partial;
mod redirect;
mod run;
mod verify;

pub use download::{Download, Pace, Proxies};
pub use error::{FetchError, Trouble};
pub use event::{Done, Event, Next, Outcome};
pub use run::fetch;
