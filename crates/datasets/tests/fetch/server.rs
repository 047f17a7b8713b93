//! A small web server in this process that can misbehave on purpose.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How many came before it.
    pub index: usize,
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
}

pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers each request, on a connection of its own, by what `answer` writes.
    pub fn start(
        answer: impl Fn(&Seen, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("its address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer, count) = (seen.clone(), Arc::new(answer), AtomicUsize::new(0));
        // The thread ends with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer, index) = (log.clone(), answer.clone(), count.fetch_add(1, SeqCst));
                std::thread::spawn(move || {
                    let mut stream = stream;
                    if let Some(seen) = request(index, &stream) {
                        log.lock().expect("the log").push(seen.clone());
                        // The client may hang up first; that is part of the game.
                        let _ = answer(&seen, &mut stream);
                    }
                });
            }
        });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the log").clone()
    }
}

fn request(index: usize, stream: &TcpStream) -> Option<Seen> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_string();
    let mut seen = Seen { index, path, range: None, if_range: None };
    for line in lines {
        let line = line.ok()?;
        match line.split_once(": ").map(|(k, v)| (k.to_ascii_lowercase(), v)) {
            Some((k, v)) if k == "range" => seen.range = Some(v.into()),
            Some((k, v)) if k == "if-range" => seen.if_range = Some(v.into()),
            _ if line.is_empty() => return Some(seen),
            _ => {}
        }
    }
    None
}

/// An answer with these headers (each ended by `\r\n`) and this body; the connection closes after it.
pub fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n")?;
    stream.write_all(body)?;
    stream.flush()
}

/// A whole file as an honest server gives it.
pub fn honest(stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
    reply(stream, "200 OK", &format!("Content-Length: {}\r\nETag: \"one\"\r\n", body.len()), body)
}
