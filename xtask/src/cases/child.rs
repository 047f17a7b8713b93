//! A program that is watched: memory, threads and time by `/proc`, so that a fault cannot take the machine with it.

use super::checks::NotTried;
use super::ended::Ended;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(4);
/// Clock ticks a second in `/proc/PID/stat`: 100 on every Linux that people run.
const TICKS: f64 = 100.0;

/// When a program is ended for the machine's sake.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Seconds on the clock.
    pub seconds: u64,
    /// Megabytes resident.
    pub mb: u64,
    /// Threads.
    pub threads: u64,
}

impl Default for Limits {
    /// Ten minutes (a demo beside other work), 3 GB, 1,500 threads.
    fn default() -> Self {
        Self { seconds: 600, mb: 3000, threads: 1500 }
    }
}

/// Whether memory and threads of a program can be seen here.
///
/// # Errors
/// [`NotTried::Skip`] where there is no `/proc`: a check of memory would see 0 MB and be right whatever happened.
pub fn visible() -> Result<(), NotTried> {
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) if field(&status, "VmHWM:") > 0 => Ok(()),
        _ => Err(NotTried::Skip(
            "no /proc/PID/status here: memory and threads of a program are not seen".into(),
        )),
    }
}

/// The most that was seen of a program.
#[derive(Clone, Copy, Debug, Default)]
struct Most {
    mb: u64,
    threads: u64,
    cpu: f64,
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    child: Child,
    out: Option<File>,
    err: File,
    begun: Instant,
    limits: Limits,
    most: Most,
    stopped: Option<&'static str>,
}

impl Running {
    /// Starts it; standard output is kept unless `out` takes it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(mut command: Command, out: Option<Stdio>, limits: Limits) -> Result<Self, String> {
        let keep = || tempfile::tempfile().map_err(|e| format!("no temporary file: {e}"));
        let share = |file: &File| file.try_clone().map_err(|e| format!("no temporary file: {e}"));
        let err = keep()?;
        let kept = if out.is_none() { Some(keep()?) } else { None };
        let stdout = match (out, &kept) {
            (Some(out), _) => out,
            (None, Some(file)) => Stdio::from(share(file)?),
            (None, None) => Stdio::null(),
        };
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::from(share(&err)?));
        let child =
            command.spawn().map_err(|e| format!("{:?} cannot be started: {e}", command.get_program()))?;
        Ok(Self {
            child,
            out: kept,
            err,
            begun: Instant::now(),
            limits,
            most: Most::default(),
            stopped: None,
        })
    }

    /// Whether it runs still; looks at it, and ends it where it goes past a limit.
    pub fn runs(&mut self) -> bool {
        self.look();
        let past = [
            (self.begun.elapsed().as_secs() > self.limits.seconds, "ended here: too long"),
            (self.most.mb > self.limits.mb, "ended here: too much memory"),
            (self.most.threads > self.limits.threads, "ended here: too many threads"),
        ];
        if let Some((_, why)) = past.iter().find(|(past, _)| *past) {
            self.stopped = self.stopped.or(Some(why));
            let _ = self.child.kill();
        }
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until `ready` or the end, at most `seconds`; whether `ready` came first.
    pub fn until(&mut self, seconds: f64, mut ready: impl FnMut(&mut Self) -> bool) -> bool {
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        while Instant::now() < end && self.runs() {
            if ready(self) {
                return true;
            }
            std::thread::sleep(PAUSE);
        }
        false
    }

    /// Sends a signal (INT is what Ctrl-C sends) and waits; seconds until it ended, or nothing if it ran on for `patience`.
    pub fn signal(&mut self, name: &str, patience: f64) -> Option<f64> {
        let pid = self.child.id().to_string();
        let _ = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &pid]).status();
        let from = Instant::now();
        self.until(patience, |_| false);
        (!self.runs()).then(|| from.elapsed().as_secs_f64())
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) -> Ended {
        let _ = self.child.kill();
        self.end()
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ended {
        while self.runs() {
            std::thread::sleep(PAUSE);
        }
        let status = self.child.wait().ok();
        let text = |file: &mut File| {
            let mut bytes = Vec::new();
            let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ended {
            code: status.and_then(|s| s.code()),
            signal: status.and_then(|s| s.signal()),
            out: self.out.as_mut().map(text).unwrap_or_default(),
            err: text(&mut self.err),
            mb: self.most.mb,
            threads: self.most.threads,
            cpu: self.most.cpu,
            stopped: self.stopped,
        }
    }

    /// What it has said on standard error so far.
    pub fn said(&self) -> String {
        // The program writes through the same open file: read by position, which moves nothing.
        use std::os::unix::fs::FileExt;
        let length = self.err.metadata().map_or(0, |m| m.len()) as usize;
        let mut bytes = vec![0; length];
        let n = self.err.read_at(&mut bytes, 0).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..n]).into_owned()
    }

    /// Processor time so far, in seconds.
    pub fn cpu(&self) -> f64 {
        self.most.cpu
    }

    fn look(&mut self) {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()));
        let status = read("status").unwrap_or_default();
        self.most.mb = self.most.mb.max(field(&status, "VmHWM:") / 1024);
        self.most.threads = self.most.threads.max(field(&status, "Threads:"));
        self.most.cpu = self.most.cpu.max(processor_time(&read("stat").unwrap_or_default()));
    }
}

impl Drop for Running {
    /// Nothing outlives its row.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number behind a name in `/proc/PID/status`; 0 if it is not there.
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Seconds of user and system time in `/proc/PID/stat`; the name of the program, in brackets, may hold spaces.
fn processor_time(stat: &str) -> f64 {
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = behind.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str, limits: Limits) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Running::start(command, None, limits).unwrap()
    }

    #[test]
    fn files_of_proc_are_read() {
        assert_eq!(field("Name:\tx\nVmHWM:\t  2048 kB\nThreads:\t3\n", "VmHWM:"), 2048);
        assert_eq!(field("Name:\tx\n", "Threads:"), 0);
        let stat = "7 (a b) c) S 1 7 7 0 -1 4 0 0 0 0 150 50 0 0 20 0 1 0";
        assert_eq!(processor_time(stat), 2.0);
    }

    #[test]
    fn ends_and_words_are_kept() {
        let ended = shell("echo '{\"a\":1}'; echo sparring: no >&2; exit 2", Limits::default()).end();
        assert!(ended.refused() && ended.says(&["NO"]) && ended.object().is_err());
        assert_eq!(ended.brief(), "exit 2, \"sparring: no\"");
        let ended = shell("echo '{\"a\":1}'", Limits::default()).end();
        assert_eq!(ended.object().unwrap()["a"], 1);
        assert!(!ended.refused());
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let ended = shell("exec sleep 60", Limits { seconds: 0, ..Limits::default() }).end();
        assert_eq!((ended.stopped, ended.signal), (Some("ended here: too long"), Some(9)));
    }

    #[test]
    fn a_signal_arrives() {
        let mut running =
            shell("trap 'exit 143' TERM; echo ready >&2; while :; do sleep 0.01; done", Limits::default());
        assert!(running.until(60.0, |r| r.said().contains("ready")));
        assert!(running.signal("TERM", 60.0).is_some());
        assert_eq!(running.end().code, Some(143));
    }
}
