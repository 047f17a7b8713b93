//! A file name without a folder: the current one. In its own process, since it changes that.
#![allow(missing_docs)]

use sparring_store::{StoreError, try_write, write_atomic, write_new};
use std::fs;

#[test]
fn a_bare_file_name_is_one_in_the_current_folder() {
    let dir = tempfile::tempdir().unwrap();
    std::env::set_current_dir(dir.path()).unwrap();
    try_write("a.bin", 100).unwrap();
    write_atomic("a.bin", b"one").unwrap();
    write_atomic("a.bin", b"two").unwrap();
    assert_eq!(fs::read(dir.path().join("a.bin")).unwrap(), b"two");
    write_new("b.bin", b"new").unwrap();
    assert!(matches!(write_new("b.bin", b"newer").unwrap_err(), StoreError::Taken { .. }));
    assert_eq!(fs::read(dir.path().join("b.bin")).unwrap(), b"new");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}
