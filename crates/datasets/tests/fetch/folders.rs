//! What is in the folder before, beside and after a fetch.

use crate::server::{Server, honest};
use crate::{Case, gzip, quick};
use sparring_datasets::fetch::{Done, Download, FetchError, Proxies, fetch};
use sparring_datasets::pinned::Pinned;
use std::fs;
use std::time::Duration;

#[test]
fn two_fetches_at_once_download_once() {
    let (case, body) = (Case::new(), Case::new().packed);
    let server = Server::start(move |_, s| {
        std::thread::sleep(Duration::from_millis(200));
        honest(s, &body)
    });
    let dir = tempfile::tempdir().unwrap();
    let done: Vec<Done> = std::thread::scope(|scope| {
        let work = || case.fetch(dir.path(), &[&server.url]).0.unwrap().done;
        let all = [scope.spawn(work), scope.spawn(work), scope.spawn(work)];
        all.map(|t| t.join().unwrap()).into()
    });
    assert_eq!(done.iter().filter(|d| **d == Done::Fetched(1)).count(), 1, "{done:?}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_held_folder_is_an_error_in_the_end() {
    let case = Case::new();
    let dir = tempfile::tempdir().unwrap();
    let lock = fs::File::create(dir.path().join(".sparring-fetch.lock")).unwrap();
    lock.lock().unwrap();
    let (outcome, log) = case.fetch(dir.path(), &["http://127.0.0.1:1/"]);
    assert!(matches!(outcome, Err(FetchError::Locked(_))));
    assert!(log[0].starts_with("Waiting"));
}

#[test]
fn what_lay_under_the_name_is_never_written_over() {
    let (case, body) = (Case::new(), Case::new().packed);
    let server = Server::start(move |_, s| honest(s, &body));
    for name in ["digits", "digits.gz"] {
        let dir = tempfile::tempdir().unwrap();
        let mine = gzip(b"another set of the same file name");
        fs::write(dir.path().join(name), &mine).unwrap();
        let (files, mirrors) = ([case.file()], [server.url.as_str()]);
        let mut request = Download::new(Pinned { name: "toy", files: &files, mirrors: &mirrors }, dir.path());
        request.proxies = Proxies::Direct;
        let error = fetch(&request, &mut |_| ()).unwrap_err();
        assert!(matches!(&error, FetchError::Occupied { path, .. } if path.ends_with(name)), "{error}");
        assert_eq!(fs::read(dir.path().join(name)).unwrap(), mine);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_run_that_was_killed_is_continued_by_the_next() {
    let case = Case::new();
    let body = case.packed.clone();
    let n = body.len();
    let server = Server::start(move |seen, s| {
        let headers = format!("Content-Length: {}\r\nContent-Range: bytes 1000-{}/{n}\r\n", n - 1000, n - 1);
        assert_eq!(seen.range.as_deref(), Some("bytes=1000-"));
        crate::server::reply(s, "206 Partial Content", &headers, &body[1000..])
    });
    let dir = tempfile::tempdir().unwrap();
    // What a killed process leaves: the part and its note.
    fs::write(dir.path().join(".digits.gz.part"), &case.packed[..1000]).unwrap();
    let note = format!("{}digits.gz\n\"one\"\n{n}\n", server.url);
    fs::write(dir.path().join(".digits.gz.part.note"), note).unwrap();
    case.fetch(dir.path(), &[&server.url]).0.unwrap();
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_folder_may_serve_instead_of_the_network() {
    let case = Case::new();
    let files = [case.file()];
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut request =
        Download::new(Pinned { name: "toy", files: &files, mirrors: &[] }, to.path().join("new/folder"));
    request.from = Some(from.path().into());
    let run = |request: &Download<'_>| fetch(request, &mut |_| ());
    assert!(matches!(run(&request), Err(FetchError::NotThere { .. })));
    fs::write(from.path().join("digits.gz"), &case.packed[..case.packed.len() - 1]).unwrap();
    assert!(matches!(run(&request), Err(FetchError::WrongCopy { .. })));
    let in_place = |request: &Download<'_>| fs::read_dir(&request.to).unwrap().count();
    assert_eq!(fs::read_dir(to.path()).unwrap().count(), 0, "a fetch that failed takes its folders back");
    fs::write(from.path().join("digits.gz"), &case.packed).unwrap();
    assert_eq!(run(&request).unwrap().done, Done::Copied(1));
    assert_eq!(run(&request).unwrap().done, Done::Nothing);
    assert_eq!(in_place(&request), 2);
}

#[test]
fn what_killed_fetches_left_is_swept_by_the_next() {
    let case = Case::new();
    let files = [case.file()];
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(from.path().join("digits.gz"), &case.packed).unwrap();
    let mut request = Download::new(Pinned { name: "toy", files: &files, mirrors: &[] }, to.path());
    request.from = Some(from.path().into());
    let leave = |names: &[&str]| names.iter().for_each(|n| fs::write(to.path().join(n), b"half").unwrap());
    let hidden = || {
        let names = fs::read_dir(to.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|n| n.contains(".part")).count()
    };
    let all = [".digits.gz.part", ".digits.gz.part.note", ".digits.copy.part"];
    // A file that comes by a copy has no more need of its download; later nothing has to be brought at all.
    for done in [Done::Copied(1), Done::Nothing] {
        leave(&all);
        assert_eq!(fetch(&request, &mut |_| ()).unwrap().done, done);
        assert_eq!(hidden(), 0, "{done:?}");
    }
    // What is still being brought is left alone.
    let lock = fs::File::open(to.path().join(".sparring-fetch.lock")).unwrap();
    lock.lock().unwrap();
    leave(&all);
    assert_eq!(fetch(&request, &mut |_| ()).unwrap().done, Done::Nothing);
    assert_eq!(hidden(), 3);
}

#[test]
fn nonsense_is_refused_before_anything_is_touched() {
    let case = Case::new();
    let files = [case.file()];
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("never");
    let mut request = Download::new(Pinned { name: "toy", files: &files, mirrors: &[] }, &to);
    request.mirrors = vec!["ftp://a.org/".into()];
    assert!(fetch(&request, &mut |_| ()).unwrap_err().to_string().contains("ftp://a.org/"));
    request.mirrors.clear();
    request.pace = quick();
    request.pace.attempts = 0;
    assert!(matches!(fetch(&request, &mut |_| ()), Err(FetchError::Pace)));
    assert!(!to.exists());
}
