//! However an upload is cut into requests, it is the same piece.

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::{only_piece, send};
use crate::support::app::TestAppRef;
use crate::support::{World, both, files};

both!(any_cutting_is_the_same_piece, cuts_at_the_parts_of_an_object);

async fn any_cutting_is_the_same_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(3, "cut anywhere");
    let mut runner = TestRunner::deterministic();
    let cutting = vec(any::<u16>(), 0..12);
    for _ in 0..12 {
        let tree = cutting.new_tree(&mut runner).unwrap();
        let mut cuts: Vec<usize> = tree.current().iter().map(|cut| usize::from(*cut) % bytes.len()).collect();
        cuts.sort_unstable();
        let upload = world.apprentice.open(&world.showcase, "a.pdf", bytes.len()).await;
        assert_eq!(send(&world.apprentice, &upload, 0, &bytes, &cuts).await.moved(204), bytes.len(), "{cuts:?}");
        let piece = only_piece(&app, &world, &bytes).await;
        world.apprentice.delete(&format!("/api/v1/pieces/{}", piece["id"].as_str().unwrap())).await.expect(204);
    }
}

async fn cuts_at_the_parts_of_an_object(app: TestAppRef) {
    const PART: usize = 8 << 20;
    let world = World::new(&app).await;
    for (marker, len, cuts) in [
        (1, 2 * PART, vec![]),
        (2, 2 * PART, vec![PART]),
        (3, 2 * PART + 1, vec![PART - 1, PART + 1, 2 * PART]),
        (4, 3 * PART + 1000, vec![PART + 5, 2 * PART]),
    ] {
        let bytes = files::wav(len, marker);
        let upload = world.apprentice.open(&world.showcase, "call.wav", bytes.len()).await;
        assert_eq!(send(&world.apprentice, &upload, 0, &bytes, &cuts).await.moved(204), len, "{cuts:?}");
        let piece = only_piece(&app, &world, &bytes).await;
        world.apprentice.delete(&format!("/api/v1/pieces/{}", piece["id"].as_str().unwrap())).await.expect(204);
    }
}
