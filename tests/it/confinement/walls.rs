//! What keeps a worker in, seen from outside: on the processes of a service that runs as it does for its users.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::{failing, is_too_complex, sound};
use crate::support::app::{TestAppRef, run};
use crate::support::client::Upload;
use crate::support::process::{self, Program, Start};
use crate::support::{Backend, Client, World, eventually};

#[test]
fn a_worker_reaches_neither_files_nor_network() {
    run(Backend::Embedded, |_| {}, reaches_nothing);
}

#[test]
fn a_worker_is_limited_and_knows_nothing() {
    run(Backend::Embedded, |_| {}, is_limited);
}

#[test]
fn a_worker_killed_from_outside_costs_its_file_only() {
    run(Backend::Embedded, |_| {}, killed_from_outside);
}

#[test]
fn no_worker_outlives_the_service() {
    run(Backend::Embedded, |_| {}, outlived_by_none);
}

/// A process of the service over a test's database and store.
async fn serve(app: &TestAppRef) -> (Program, Client, World) {
    let world = World::new(app).await;
    app.app.db.close().await;
    let program = Program::serve(&app.settings, app.folder.path(), Start::default()).await;
    let client = world.apprentice.through(&program.address);
    (program, client, world)
}

/// The service's workers.
fn workers(service: Pid) -> Vec<Pid> {
    let numbers = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let children =
        numbers.filter(|number| stat(*number).is_some_and(|(_, parent, _)| parent == service.as_raw_nonzero().get()));
    children.filter_map(Pid::from_raw).collect()
}

/// State, parent and processor time of a process, while it is there.
fn stat(number: i32) -> Option<(char, i32, u64)> {
    let text = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The program's name stands in brackets and may hold anything.
    let words: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some((words.first()?.chars().next()?, words.get(1)?.parse().ok()?, words.get(11)?.parse().ok()?))
}

/// Whether it computes for longer than a start takes: hundredths of a second.
fn is_busy(worker: Pid) -> bool {
    stat(worker.as_raw_nonzero().get()).is_some_and(|(_, _, time)| time > 30)
}

/// Nobody may be there to reap it.
fn has_ended(worker: Pid) -> bool {
    stat(worker.as_raw_nonzero().get()).is_none_or(|(state, ..)| state == 'Z')
}

async fn reaches_nothing(app: TestAppRef) {
    let (program, client, world) = serve(&app).await;
    // It dies of the first way out that is open.
    client.upload(&world.showcase, failing("reach")).await.expect(201);
    assert!(!Path::new("/tmp/exhibit-reach").exists());
    program.stop().await;
    assert_eq!(process::told(app.folder.path()), "");
}

async fn is_limited(app: TestAppRef) {
    let (program, client, world) = serve(&app).await;
    client.upload(&world.showcase, sound("any")).await.expect(201);
    let workers = workers(program.id());
    assert!(!workers.is_empty());
    for worker in workers {
        let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", worker.as_raw_nonzero())).unwrap();
        let limits = read("limits");
        let limit = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{limits}"));
            line[name.len()..].split_whitespace().nth(1).unwrap().parse::<u64>().unwrap_or(u64::MAX)
        };
        for (name, most) in [
            ("Max address space", 1 << 30),
            ("Max data size", 480 << 20),
            ("Max file size", 0),
            ("Max core file size", 0),
            ("Max open files", 5),
            ("Max cpu time", 600),
        ] {
            assert!(limit(name) <= most, "{name}: {}", limit(name));
        }
        let status = read("status");
        for wall in ["NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1"] {
            assert!(status.contains(wall), "{wall}: {status}");
        }
        assert_eq!(read("environ"), "RAYON_NUM_THREADS=1\0");
    }
    program.stop().await;
}

async fn killed_from_outside(app: TestAppRef) {
    let (program, client, world) = serve(&app).await;
    let id = program.id();
    let kill = async {
        let mut busy = None;
        let find = || {
            busy = workers(id).into_iter().find(|worker| is_busy(*worker));
            busy.is_some()
        };
        eventually("a worker looks at the file", find).await;
        kill_process(busy.unwrap(), Signal::KILL).unwrap();
    };
    let (answer, ()) = tokio::join!(client.upload(&world.showcase, failing("spin")), kill);
    is_too_complex(answer);
    let piece = client.upload(&world.showcase, sound("after it")).await.json(201);
    assert_eq!(piece["slot"], 1);
    program.stop().await;
    let told = process::told(app.folder.path());
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("did not survive") && told.contains("SIGKILL"), "{told}");
    assert!(told.contains("pieces/") && !told.contains("fail-spin"), "the id and not the name: {told}");
}

async fn outlived_by_none(app: TestAppRef) {
    let (program, client, world) = serve(&app).await;
    let found = workers(program.id());
    assert!(!found.is_empty(), "one is warm from the start");
    program.stop().await;
    eventually("the workers of a service that was stopped are gone", || found.iter().copied().all(has_ended)).await;

    let program = Program::serve(&app.settings, app.folder.path(), Start::default()).await;
    let (client, id) = (client.through(&program.address), program.id());
    let mut busy = Vec::new();
    {
        let upload = client.try_upload(&world.showcase, Upload::new("fail-spin.txt", b"for ever".to_vec()));
        let find = || {
            busy = workers(id);
            busy.iter().any(|worker| is_busy(*worker))
        };
        tokio::select! {
            answer = upload => panic!("it was not to be answered: {answer:?}"),
            () = eventually("a worker looks at the file", find) => {}
        }
    }
    program.kill().await;
    eventually("the workers of a service that was killed are gone", || busy.iter().copied().all(has_ended)).await;
}
