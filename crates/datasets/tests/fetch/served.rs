//! Files that are known by what is served, and not by what it unpacks to.

use crate::server::{Server, honest};
use crate::{Case, gzip, quick};
use sha2::{Digest, Sha256};
use sparring_datasets::fetch::{Done, Download, FetchError, Proxies, fetch};
use sparring_datasets::pinned::{Pinned, PinnedFile, Proof};
use std::fs;

/// MD5 of "sparring\n", by md5sum.
const MD5: &str = "43e1e112829979d6250b7e1dedfb414c";

fn request<'a>(files: &'a [PinnedFile<'a>], mirrors: &'a [&'a str], to: &std::path::Path) -> Download<'a> {
    let mut request = Download::new(Pinned { name: "toy", files, mirrors }, to);
    (request.proxies, request.pace) = (Proxies::Direct, quick());
    request
}

#[test]
fn the_served_file_is_what_is_compared() {
    for (name, packed) in [("digits", Case::new().packed), ("all.zip", Case::new().raw)] {
        let sha256: String = Sha256::digest(&packed).iter().map(|b| format!("{b:02x}")).collect();
        let file = PinnedFile { name, bytes: packed.len() as u64, proof: Proof::Served(&sha256) };
        let (files, body) = ([file], packed.clone());
        let server = Server::start(move |_, s| honest(s, &body));
        let dir = tempfile::tempdir().unwrap();
        let mirrors = [server.url.as_str()];
        let outcome = fetch(&request(&files, &mirrors, dir.path()), &mut |_| ()).unwrap();
        assert_eq!(
            (outcome.done, server.seen()[0].path.as_str()),
            (Done::Fetched(1), format!("/{}", file.served_name()).as_str())
        );
        assert_eq!(fs::read(&outcome.files[0]).unwrap(), packed);
        assert_eq!(outcome.files[0], dir.path().join(file.served_name()));
        let again = fetch(&request(&files, &mirrors, dir.path()), &mut |_| ()).unwrap();
        assert_eq!(again.done, Done::Nothing);
        // The same contents, packed again, are another file.
        let other = gzip(&[Case::new().raw, vec![0]].concat());
        let bad = Server::start(move |_, s| honest(s, &other));
        let empty = tempfile::tempdir().unwrap();
        let text = fetch(&request(&files, &[&bad.url], empty.path()), &mut |_| ()).unwrap_err().to_string();
        assert!(text.contains("as it is served") || text.contains("more than"), "{text}");
        assert!(fs::read_dir(empty.path()).map_or(0, Iterator::count) <= 1, "only a lock may stay");
    }
}

#[test]
fn md5_is_compared_where_nothing_else_is_known() {
    let file = PinnedFile { name: "words", bytes: 9, proof: Proof::ServedMd5(MD5) };
    let (files, dir) = ([file], tempfile::tempdir().unwrap());
    fs::write(dir.path().join("words.gz"), "sparring\n").unwrap();
    let outcome = fetch(&request(&files, &[], dir.path()), &mut |_| ()).unwrap();
    assert_eq!(outcome.done, Done::Nothing);
    fs::write(dir.path().join("words.gz"), "Sparring\n").unwrap();
    let error = fetch(&request(&files, &[], dir.path()), &mut |_| ()).unwrap_err();
    assert!(
        matches!(error, FetchError::Occupied { .. })
            && error.to_string().contains("MD5 of the file as it is served"),
        "{error}"
    );
}
