//! The team: every task runs once, whichever thread calls it, also if one panics.

use sparring_tensor::{par, team};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, OnceLock};

/// Runs a region of `tasks` and checks that each ran once.
fn once(tasks: usize) {
    let seen: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
    team::run(tasks, |i| {
        seen[i].fetch_add(1, Relaxed);
    });
    assert!(seen.iter().all(|s| s.load(Relaxed) == 1), "{tasks} tasks");
}

#[test]
fn every_task_once() {
    for threads in [1, 2, 3, 7] {
        team::with_threads(threads, || {
            assert_eq!(team::threads(), threads);
            (0..40).for_each(once);
            once(10_000);
        });
    }
}

#[test]
fn every_item_once_and_what_it_wrote_is_seen() {
    for threads in [1, 2, 7] {
        team::with_threads(threads, || {
            for round in 0..2000 {
                let mut items = vec![round; round % 17];
                team::for_each_mut(&mut items, |i, v| *v += i);
                assert!(items.iter().enumerate().all(|(i, &v)| v == round + i));
            }
            let mut items = vec![0; 103];
            team::for_each_chunk(&mut items, 10, |i, c| c.iter_mut().for_each(|v| *v += i + 1));
            assert!(items.iter().enumerate().all(|(i, &v)| v == i / 10 + 1));
        });
    }
    team::for_each_chunk(&mut [0u8; 0], 0, |_, _| unreachable!());
}

#[test]
fn several_threads_take_part() {
    // Another test may hold the team, hence the attempts.
    let met = (0..1000).any(|_| {
        let here = std::thread::current().id();
        let others = AtomicUsize::new(0);
        team::with_threads(2, || {
            team::run(64, |_| {
                std::thread::sleep(std::time::Duration::from_micros(100));
                if std::thread::current().id() != here {
                    others.fetch_add(1, Relaxed);
                }
            });
        });
        others.into_inner() > 0
    });
    assert!(met);
}

#[test]
fn a_region_inside_a_region_runs_there() {
    team::with_threads(3, || {
        team::run(8, |_| {
            let here = std::thread::current().id();
            assert_eq!(team::threads(), 1);
            assert_eq!(team::with_threads(5, team::threads), 1);
            team::run(8, |_| assert_eq!(std::thread::current().id(), here));
            let mut items = [0; 5];
            team::for_each_mut(&mut items, |i, v| *v = i);
            assert_eq!(items, [0, 1, 2, 3, 4]);
        });
        assert_eq!(team::threads(), 3);
    });
}

#[test]
fn panics_come_out_and_the_team_lives_on() {
    for threads in [1, 2, 7] {
        team::with_threads(threads, || {
            for bad in [0, 1, 50, 99] {
                let ran = AtomicUsize::new(0);
                let result = catch_unwind(AssertUnwindSafe(|| {
                    team::run(100, |i| {
                        assert!(i != bad, "task {i}");
                        ran.fetch_add(1, Relaxed);
                    });
                }));
                let payload = result.expect_err("task {bad} panics");
                assert_eq!(payload.downcast_ref::<String>(), Some(&format!("task {bad}")));
                assert!(ran.into_inner() < 100);
                assert_eq!(team::threads(), threads);
                once(100);
            }
        });
    }
}

#[test]
fn all_may_panic_at_once() {
    team::with_threads(4, || {
        for _ in 0..200 {
            assert!(catch_unwind(|| team::run(8, |_| std::panic::resume_unwind(Box::new(())))).is_err());
            once(8);
        }
    });
}

#[test]
fn callers_side_by_side() {
    let start = Barrier::new(4);
    std::thread::scope(|s| {
        for caller in 0..4 {
            let start = &start;
            s.spawn(move || {
                start.wait();
                team::with_threads(2 + caller % 3, || (0..3000).for_each(|i| once(i % 9)));
            });
        }
    });
}

#[test]
fn after_a_pause_the_sleepers_come_back() {
    team::with_threads(3, || {
        for pause in [0, 1, 2, 5] {
            for _ in 0..5 {
                std::thread::sleep(std::time::Duration::from_millis(pause));
                once(30);
            }
        }
    });
}

#[test]
fn on_a_thread_of_rayon() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    pool.install(|| {
        assert_eq!(team::threads(), 3);
        once(100);
        rayon::join(|| once(100), || rayon::join(|| once(50), || team::with_threads(2, || once(50))));
        team::with_threads(2, || team::run(4, |_| once(4)));
    });
}

#[test]
fn a_cell_filled_by_a_loop_on_threads_of_rayon() {
    // A loop that handed its chunks to rayon would, waiting for them, begin another of the tasks below, and wait for itself.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    for _ in 0..200 {
        let cell = OnceLock::new();
        let filled = || {
            cell.get_or_init(|| {
                let mut all = vec![0; 4096];
                par::for_each_chunk(&mut all, 16, 1 << 30, |i, c| c.fill(i));
                all
            })
        };
        pool.install(|| team::run(64, |i| assert_eq!(filled()[16 * i], i)));
    }
}
