//! A mirror on 127.0.0.1 that keeps its callers waiting, or serves a folder.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How it answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Takes the call and says nothing.
    Silent,
    /// Sends the first half of the file, and then nothing.
    Half(PathBuf),
    /// Sends the file.
    Whole(PathBuf),
}

/// The mirror; its thread ends with this program.
#[derive(Debug)]
pub struct Server {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Server {
    /// Listens on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(manner: Manner) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (port, calls) = (listener.local_addr()?.port(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            // Kept open: a closed connection would be an answer.
            let mut kept = Vec::new();
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = answer(&stream, &manner);
                if !matches!(manner, Manner::Whole(_)) {
                    kept.push(stream);
                }
            }
        });
        Ok(Self { port, calls })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

fn answer(mut stream: &TcpStream, manner: &Manner) -> std::io::Result<()> {
    let (folder, part) = match manner {
        Manner::Silent => return Ok(()),
        Manner::Half(folder) => (folder, 2),
        Manner::Whole(folder) => (folder, 1),
    };
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request);
    let Some(name) = asked(&request) else { return Ok(()) };
    let Ok(bytes) = std::fs::read(folder.join(name)) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"1\"\r\nAccept-Ranges: bytes\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&bytes[..bytes.len() / part])?;
    stream.flush()
}

/// The file that a request asks for; no path leads out of the folder.
fn asked(request: &str) -> Option<&str> {
    let path = request.strip_prefix("GET /")?.split(' ').next()?;
    (!path.is_empty() && !path.contains(['/', '\\'])).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(server: &Server, name: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        write!(stream, "GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_folder_is_served_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "whole").unwrap();
        let server = Server::new(Manner::Whole(dir.path().into())).unwrap();
        assert!(get(&server, "a").ends_with("\r\n\r\nwhole"));
        assert!(get(&server, "b").starts_with("HTTP/1.1 404"));
        assert_eq!(server.calls(), 2);
        assert_eq!(asked("GET /../a HTTP/1.1"), None);
    }
}
