use super::*;
use std::cell::RefCell;
use std::path::PathBuf;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A system that notes which directories are synced and what they hold then, and may have no links.
#[derive(Default)]
struct Seen {
    synced: RefCell<Vec<(PathBuf, Vec<String>)>>,
    no_links: Option<ErrorKind>,
    no_sync: bool,
}

impl Disk for Seen {
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.no_links.map_or_else(|| fs::hard_link(from, to), |kind| Err(kind.into()))
    }
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        self.synced.borrow_mut().push((directory.to_path_buf(), names(directory)));
        if self.no_sync { Err(ErrorKind::StorageFull.into()) } else { System.sync_directory(directory) }
    }
}

#[test]
fn the_directory_is_synced_once_after_the_file_has_its_name() {
    for over in [Over::Replaces, Over::Refuses] {
        let dir = tempfile::tempdir().unwrap();
        let (path, seen) = (dir.path().join("a.bin"), Seen::default());
        place(&path, over, &seen, |file| file.write_all(b"new")).unwrap();
        let synced = seen.synced.into_inner();
        assert_eq!(synced.len(), 1);
        assert_eq!(synced[0].0, dir.path());
        assert!(synced[0].1.contains(&"a.bin".to_string()), "synced before the rename: {synced:?}");
        let failing = Seen { no_sync: true, ..Seen::default() };
        let path = dir.path().join("b.bin");
        let e = place(&path, over, &failing, |file| file.write_all(b"new")).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::StorageFull, "a sync that fails is told");
    }
}

#[test]
fn a_taken_name_is_never_written_over() {
    for no_links in [None, Some(ErrorKind::PermissionDenied), Some(ErrorKind::Unsupported)] {
        let dir = tempfile::tempdir().unwrap();
        let (path, disk) = (dir.path().join("a.bin"), Seen { no_links, ..Seen::default() });
        place(&path, Over::Refuses, &disk, |file| file.write_all(b"first")).unwrap();
        let e = place(&path, Over::Refuses, &disk, |file| file.write_all(b"second")).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&path).unwrap(), names(dir.path())), (b"first".to_vec(), vec!["a.bin".into()]));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.bin");
    write_new(&path, b"first").unwrap();
    let e = write_new(&path, b"second").unwrap_err();
    assert!(matches!(e, StoreError::Taken { .. }) && e.to_string().contains("a.bin"), "{e}");
}

#[test]
fn of_threads_that_write_a_new_file_one_wins() {
    for no_links in [None, Some(ErrorKind::Unsupported)] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        let write = |i: u8| {
            let disk = Seen { no_links, ..Seen::default() };
            place(&path, Over::Refuses, &disk, |file| file.write_all(&[i; 5000])).is_ok()
        };
        let won: Vec<u8> = std::thread::scope(|s| {
            let write = &write;
            let all: Vec<_> = (0..8u8).map(|i| (i, s.spawn(move || write(i)))).collect();
            all.into_iter().filter_map(|(i, t)| t.join().unwrap().then_some(i)).collect()
        });
        assert_eq!(won.len(), 1);
        assert_eq!(fs::read(&path).unwrap(), [won[0]; 5000]);
        assert_eq!(names(dir.path()), ["a.bin"]);
    }
}

#[test]
fn a_full_disk_at_any_offset_leaves_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.bin");
    write_atomic(&path, b"old").unwrap();
    for offset in 0..200 {
        let full = place(&path, Over::Replaces, &System, |file| {
            file.write_all(&vec![7; offset])?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(dir.path()), ["a.bin"]);
    }
    write_atomic(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(dir.path()), ["a.bin"]);
}

#[test]
fn a_panic_while_writing_leaves_the_old_file_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.bin");
    write_atomic(&path, b"old").unwrap();
    let cut_off = || place(&path, Over::Replaces, &System, |_| panic!("cut off"));
    assert!(std::panic::catch_unwind(cut_off).is_err());
    assert_eq!((fs::read(&path).unwrap(), names(dir.path())), (b"old".to_vec(), vec!["a.bin".into()]));
}

#[test]
fn places_that_take_no_file_are_named_and_kept_clean() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    write_atomic(&file, b"old").unwrap();
    let taken = dir.path().join("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("inside"), b"kept").unwrap();
    for path in [file.join("below"), dir.path().join("no/such/folder"), taken, "/".into(), "..".into()] {
        let shown = &*path.display().to_string();
        for e in [write_atomic(&path, b"new").unwrap_err(), write_new(&path, b"new").unwrap_err()] {
            assert!(e.to_string().contains(shown), "{e}");
        }
    }
    try_write(&file, 5000).unwrap();
    assert!(try_write(file.join("below"), 10).is_err());
    assert_eq!(fs::read(&file).unwrap(), b"old");
    assert_eq!(names(dir.path()), ["file", "taken"]);
    assert_eq!(names(&dir.path().join("taken")), ["inside"]);
}

#[test]
fn threads_that_write_one_name_leave_one_whole_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.bin");
    std::thread::scope(|s| {
        for i in 0..4u8 {
            let path = &path;
            s.spawn(move || (0..10).for_each(|_| write_atomic(path, &[i; 5000]).unwrap()));
        }
    });
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.len() == 5000 && bytes.iter().all(|b| *b == bytes[0]));
    assert_eq!(names(dir.path()), ["a.bin"]);
}
