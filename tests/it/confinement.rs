//! Files that hurt the process which looks at them hurt nothing else: they are refused, what is uploaded beside them is
//! taken, and no such process can reach anything or outlives the service. The workers of these builds misbehave when a
//! file's name says so.

mod walls;

use exhibit::config::Settings;
use futures_util::future::join_all;

use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::still::Still;
use crate::support::{Answer, World, both, files};

both!(a_file_that_kills_its_worker_is_refused, files_beside_it_are_taken);
both!(with impatient: a_file_that_stalls_its_worker_is_refused);
both!(with without_workers: no_worker_can_be_started);
both!(with with_something_else: what_starts_is_no_worker);

fn impatient(settings: &mut Settings) {
    settings.inspection.timeout_s = 1;
}

fn without_workers(settings: &mut Settings) {
    settings.inspection.program = Some("/nowhere/exhibit".into());
}

fn with_something_else(settings: &mut Settings) {
    settings.inspection.program = Some("/bin/true".into());
}

/// A file at which the worker does this.
fn failing(what: &str) -> Upload {
    Upload::new(&format!("fail-{what}.txt"), format!("at this a worker would {what}").into_bytes())
}

fn sound(marker: &str) -> Upload {
    Upload::new("letter.pdf", files::pdf(2, marker))
}

fn is_too_complex(answer: Answer) {
    let problem = answer.problem(422, "too_complex");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("could not be inspected") && detail.contains("Export it again"), "{detail}");
    assert_eq!(problem["findings"][0]["code"], "too_complex");
}

async fn a_file_that_kills_its_worker_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    for what in ["abort", "panic", "exit", "swell"] {
        is_too_complex(world.apprentice.upload(&world.showcase, failing(what)).await);
        before.holds(&app, &world).await;
    }
    world.apprentice.upload(&world.showcase, sound("after all of them")).await.expect(201);
}

async fn a_file_that_stalls_its_worker_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let before = Still::of(&app, &world).await;
    for what in ["stall", "spin"] {
        is_too_complex(world.apprentice.upload(&world.showcase, failing(what)).await);
        before.holds(&app, &world).await;
    }
    world.apprentice.upload(&world.showcase, sound("after both")).await.expect(201);
}

/// More bad files than there are workers, and good ones among them.
async fn files_beside_it_are_taken(app: TestAppRef) {
    let world = World::new(&app).await;
    let uploads = (0..24_u8).map(|number| {
        let (world, is_bad) = (&world, number % 3 == 0);
        async move {
            let marker = format!("file {number}");
            let upload = if is_bad { Upload::new("fail-abort.txt", marker.into_bytes()) } else { sound(&marker) };
            (is_bad, world.apprentice.upload(&world.showcase, upload).await)
        }
    });
    for (is_bad, answer) in join_all(uploads).await {
        if is_bad { is_too_complex(answer) } else { answer.expect(201) }
    }
    assert_eq!(world.pieces().await.len(), 16);
    assert_eq!(app.stored().await.len(), 16);
}

async fn no_worker_can_be_started(app: TestAppRef) {
    is_unavailable(&app).await;
}

async fn what_starts_is_no_worker(app: TestAppRef) {
    is_unavailable(&app).await;
}

async fn is_unavailable(app: &TestAppRef) {
    let world = World::new(app).await;
    let before = Still::of(app, &world).await;
    let answer = world.apprentice.upload(&world.showcase, sound("not looked at")).await;
    assert_eq!(answer.header("retry-after"), "5");
    let problem = answer.problem(503, "inspection_unavailable");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("send it again") && !detail.contains("nowhere"), "{detail}");
    before.holds(app, &world).await;
}
