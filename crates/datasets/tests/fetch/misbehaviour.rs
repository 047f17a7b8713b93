//! One test for each way in which a server or network may fail.

use crate::server::{Server, honest, reply};
use crate::{Case, gzip, quick};
use sparring_datasets::fetch::{Done, FetchError};
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

#[test]
fn an_honest_mirror_gives_the_file_and_a_second_run_does_nothing() {
    let (case, body) = (Case::new(), Case::new().packed);
    let server = Server::start(move |_, s| honest(s, &body));
    let dir = tempfile::tempdir().unwrap();
    let (outcome, log) = case.fetch(dir.path(), &[&server.url]);
    assert_eq!(outcome.unwrap().done, Done::Fetched(1));
    assert!(log.iter().any(|l| l.starts_with("Progress")), "{log:?}");
    assert_eq!(server.seen()[0].path, "/digits.gz");
    let (again, _) = case.fetch(dir.path(), &[&server.url]);
    let again = again.unwrap();
    assert_eq!(again.done, Done::Nothing);
    assert!(again.to_string().contains("nothing to do"));
    assert_eq!(server.seen().len(), 1, "the second run asked nobody");
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the file and the empty lock: {left:?}");
}

#[test]
fn a_drop_in_the_middle_is_resumed_where_it_stopped() {
    let (case, body) = (Case::new(), Case::new().packed);
    let server = Server::start(move |seen, s| {
        let headers = format!("Content-Length: {}\r\nETag: \"one\"\r\n", body.len());
        match &seen.range {
            None => reply(s, "200 OK", &headers, &body[..200_000]),
            Some(range) => {
                assert_eq!(seen.if_range.as_deref(), Some("\"one\""));
                let from: usize = range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap();
                let n = body.len();
                let headers =
                    format!("Content-Length: {}\r\nContent-Range: bytes {from}-{}/{n}\r\n", n - from, n - 1);
                reply(s, "206 Partial Content", &headers, &body[from..])
            }
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let (outcome, log) = case.fetch(dir.path(), &[&server.url]);
    outcome.unwrap();
    assert_eq!(server.seen()[1].range.as_deref(), Some("bytes=200000-"));
    assert!(
        log.iter().any(|l| l.starts_with("Failed") && l.contains("CutShort") && l.contains("Retry")),
        "{log:?}"
    );
}

#[test]
fn a_resume_that_gives_the_whole_again_or_another_part_starts_afresh() {
    for wrong in ["whole", "start", "total", "416", "bytes"] {
        let (case, body) = (Case::new(), Case::new().packed);
        let server = Server::start(move |seen, s| {
            let n = body.len();
            if seen.index == 0 {
                return reply(
                    s,
                    "200 OK",
                    &format!("Content-Length: {n}\r\nETag: \"one\"\r\n"),
                    &body[..150_000],
                );
            }
            let part = |s: &mut _, from: usize, total: usize, bytes: &[u8]| {
                let range = format!("Content-Range: bytes {from}-{}/{total}\r\n", total - 1);
                reply(s, "206 Partial Content", &format!("Content-Length: {}\r\n{range}", bytes.len()), bytes)
            };
            match (seen.range.is_some(), wrong) {
                (true, "start") => part(s, 100_000, n, &body[100_000..]),
                (true, "total") => part(s, 150_000, n + 5, &body[150_000..]),
                (true, "416") => reply(s, "416 Range Not Satisfiable", "Content-Length: 0\r\n", b""),
                // The right headers over bytes of another version of the file.
                (true, "bytes") => part(s, 150_000, n, &vec![7; n - 150_000]),
                _ => honest(s, &body),
            }
        });
        let dir = tempfile::tempdir().unwrap();
        let (outcome, log) = case.fetch(dir.path(), &[&server.url]);
        outcome.unwrap_or_else(|e| panic!("{wrong}: {e} {log:?}"));
        assert!(server.seen()[1].range.is_some(), "{wrong}");
    }
}

#[test]
fn a_part_without_proof_is_not_resumed() {
    let (case, body) = (Case::new(), Case::new().packed);
    let server = Server::start(move |seen, s| {
        let end = if seen.index == 0 { 100_000 } else { body.len() };
        reply(s, "200 OK", &format!("Content-Length: {}\r\nETag: W/\"weak\"\r\n", body.len()), &body[..end])
    });
    let dir = tempfile::tempdir().unwrap();
    case.fetch(dir.path(), &[&server.url]).0.unwrap();
    assert!(server.seen().iter().all(|s| s.range.is_none()));
}

#[test]
fn lies_about_the_length_are_noticed() {
    let case = Case::new();
    let body = case.packed.clone();
    // Too long a promise: cut short each time. Too short a one: a broken gzip stream. An absurd one: refused at once.
    for (promised, why) in
        [(body.len() + 9, "cut short"), (body.len() - 9, "gzip"), (usize::MAX / 2, "more than")]
    {
        let body = body.clone();
        let server =
            Server::start(move |_, s| reply(s, "200 OK", &format!("Content-Length: {promised}\r\n"), &body));
        let text = case.fails(&[&server.url]);
        assert!(text.contains(why), "{promised}: {text}");
    }
}

#[test]
fn an_endless_body_without_a_length_is_stopped_at_the_cap() {
    let case = Case::new();
    let server = Server::start(|_, s| {
        reply(s, "200 OK", "", b"\x1f\x8b")?;
        loop {
            s.write_all(&[0; 4096])?;
        }
    });
    assert!(case.fails(&[&server.url]).contains("more than"));
}

#[test]
fn a_gzip_bomb_is_stopped_one_byte_past_the_right_length() {
    let case = Case::new();
    let bomb = gzip(&vec![0; 50_000_000]);
    let server = Server::start(move |_, s| honest(s, &bomb));
    let text = case.fails(&[&server.url]);
    assert!(text.contains(&format!("unpacks to {} bytes", case.raw.len() + 1)), "{text}");
}

#[test]
fn a_web_page_with_status_200_is_refused_with_and_without_its_type() {
    let case = Case::new();
    for kind in ["Content-Type: text/html; charset=utf-8\r\n", ""] {
        let server =
            Server::start(move |_, s| reply(s, "200 OK", kind, b"<!doctype html><title>Log in</title>"));
        assert!(case.fails(&[&server.url]).contains("web page"));
        assert_eq!(server.seen().len(), 1, "asking again does not help");
    }
}

#[test]
fn a_wrong_hash_names_the_mirror_and_the_next_one_serves() {
    let (case, body) = (Case::new(), Case::new().packed);
    let mut other = case.raw.clone();
    other[77] ^= 1;
    let other = gzip(&other);
    let bad = Server::start(move |_, s| honest(s, &other));
    let good = Server::start(move |_, s| honest(s, &body));
    let text = case.fails(&[&bad.url]);
    assert!(text.contains("SHA-256") && text.contains(&bad.url), "{text}");
    let dir = tempfile::tempdir().unwrap();
    let (outcome, log) = case.fetch(dir.path(), &[&bad.url, &good.url]);
    outcome.unwrap();
    assert!(log.iter().any(|l| l.contains("Hash") && l.contains("next: Mirror")), "{log:?}");
}

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let (case, body) = (Case::new(), Case::new().packed);
    let circle =
        Server::start(|_, s| reply(s, "302 Found", "Location: /digits.gz\r\nContent-Length: 0\r\n", b""));
    assert!(case.fails(&[&circle.url]).contains("more than 5 redirects"));
    assert_eq!(circle.seen().len(), 6);
    let moved = Server::start(move |seen, s| match seen.path.as_str() {
        "/new/digits.gz" => honest(s, &body),
        _ => reply(s, "301 Moved Permanently", "Location: new/digits.gz\r\nContent-Length: 0\r\n", b""),
    });
    case.fetch(tempfile::tempdir().unwrap().path(), &[&moved.url]).0.unwrap();
    let away = Server::start(|_, s| {
        reply(s, "302 Found", "Location: file:///etc/hosts\r\nContent-Length: 0\r\n", b"")
    });
    assert!(case.fails(&[&away.url]).contains("refused a redirect"));
}

#[test]
fn a_trickle_and_a_silence_end_in_time() {
    let case = Case::new();
    let trickle = Server::start(|_, s| {
        reply(s, "200 OK", "Content-Length: 100000\r\n", b"")?;
        loop {
            s.write_all(b"x")?;
            sleep(Duration::from_millis(100));
        }
    });
    let begun = std::time::Instant::now();
    assert!(case.fails(&[&trickle.url]).contains("not done within"));
    // A bound against hanging, not a measurement: without the total time-out this would run for hours.
    assert!(begun.elapsed() < 20 * quick().total);
    let silent = Server::start(|_, s| {
        reply(s, "200 OK", "Content-Length: 100000\r\n", b"xx")?;
        sleep(Duration::from_secs(30));
        Ok(())
    });
    let text = case.fails(&[&silent.url]);
    assert!(text.contains("no answer in time"), "{text}");
    assert_eq!(silent.seen().len(), 3, "each attempt is one request");
}

#[test]
fn a_server_in_trouble_is_asked_again_and_an_absent_file_is_not() {
    let (case, body) = (Case::new(), Case::new().packed);
    let ill = Server::start(move |seen, s| match seen.index {
        0 => reply(s, "503 Service Unavailable", "Content-Length: 0\r\n", b""),
        // Hangs up without a word.
        1 => Ok(()),
        _ => honest(s, &body),
    });
    case.fetch(tempfile::tempdir().unwrap().path(), &[&ill.url]).0.unwrap();
    assert_eq!(ill.seen().len(), 3);
    let absent = Server::start(|_, s| reply(s, "404 Not Found", "Content-Length: 0\r\n", b""));
    assert!(case.fails(&[&absent.url]).contains("404"));
    assert_eq!(absent.seen().len(), 1);
}

#[test]
fn a_server_that_unpacks_on_the_way_is_understood() {
    let (case, raw) = (Case::new(), Case::new().raw);
    let server = Server::start(move |_, s| honest(s, &raw));
    let dir = tempfile::tempdir().unwrap();
    let (outcome, _) = case.fetch(dir.path(), &[&server.url]);
    assert_eq!(outcome.unwrap().files, [dir.path().join("digits")]);
}

#[test]
fn without_a_network_the_error_says_what_to_put_where() {
    let case = Case::new();
    // A port that was free a moment ago: nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let dir = tempfile::tempdir().unwrap();
    let error = case.fetch(dir.path(), &[&url]).0.unwrap_err();
    assert!(matches!(&error, FetchError::Unavailable { missing, .. } if missing == &["digits.gz"]));
    let text = error.to_string();
    for part in ["digits.gz", &url, dir.path().to_str().unwrap(), "by hand", "--from DIR"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains('\n'));
}
