//! What has arrived of a file so far, and how the server called it.

use super::Trouble;
use super::client::Resume;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// `.NAME.part` and its note: address, validator and length, so that a later attempt or run can go on.
pub(super) struct Partial {
    data: PathBuf,
    note: PathBuf,
    copy: bool,
}

impl Partial {
    /// Of the download of `NAME.gz`.
    pub fn download(folder: &Path, name: &str) -> Self {
        Self::new(folder, &format!("{name}.gz"), false)
    }
    /// Of the copy of `NAME`; nobody goes on with one.
    pub fn copy(folder: &Path, name: &str) -> Self {
        Self::new(folder, &format!("{name}.copy"), true)
    }
    fn new(folder: &Path, name: &str, copy: bool) -> Self {
        let [data, note] = ["part", "part.note"].map(|end| folder.join(format!(".{name}.{end}")));
        Self { data, note, copy }
    }
    pub fn is_copy(&self) -> bool {
        self.copy
    }
    /// Whether there is anything of it.
    pub fn exists(&self) -> bool {
        self.data.exists() || self.note.exists()
    }
    pub fn path(&self) -> &Path {
        &self.data
    }
    /// The point to go on from, if the bytes came from `url` and the server gave a validator.
    pub fn resume(&self, url: &str) -> Option<Resume> {
        let note = fs::read_to_string(&self.note).ok()?;
        let mut lines = note.lines();
        let (from_url, validator, total) = (lines.next()?, lines.next()?, lines.next()?.parse().ok()?);
        let from = fs::metadata(&self.data).ok()?.len();
        (from_url == url && 0 < from && from < total && lines.next().is_none()).then(|| Resume {
            from,
            validator: validator.into(),
            total,
        })
    }
    /// An empty file, and a note if going on will be possible.
    pub fn begin(&self, url: &str, validator: Option<&str>, total: Option<u64>) -> Result<File, Trouble> {
        self.discard();
        let file = File::create(&self.data).map_err(Trouble::disk(&self.data))?;
        if let (Some(validator), Some(total)) = (validator, total) {
            fs::write(&self.note, format!("{url}\n{validator}\n{total}\n"))
                .map_err(Trouble::disk(&self.note))?;
        }
        Ok(file)
    }
    /// The file, to be written at its end.
    pub fn go_on(&self) -> Result<File, Trouble> {
        OpenOptions::new().append(true).open(&self.data).map_err(Trouble::disk(&self.data))
    }
    /// Forgets both; what is not there cannot hurt.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.note);
        let _ = fs::remove_file(&self.data);
    }
    /// Only the note; the data have got their name.
    pub fn close(&self) {
        let _ = fs::remove_file(&self.note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn only_the_same_address_with_a_validator_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let part = Partial::download(dir.path(), "a");
        assert!(part.resume("u").is_none());
        part.begin("u", Some("\"e\""), Some(9)).unwrap().write_all(b"1234").unwrap();
        let resume = part.resume("u").unwrap();
        assert_eq!((resume.from, resume.validator.as_str(), resume.total), (4, "\"e\"", 9));
        assert!(part.resume("v").is_none());
        part.go_on().unwrap().write_all(b"56789").unwrap();
        assert!(part.resume("u").is_none(), "whole already");
        part.begin("u", None, Some(9)).unwrap().write_all(b"1234").unwrap();
        assert!(part.resume("u").is_none(), "no validator");
        part.discard();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
