//! The program is killed at each step of an upload or a withdrawal, started again and swept: every acknowledged
//! piece is there with its digest, nothing else is, and the same upload sent again gives one piece.

#[cfg(feature = "failpoints")]
mod points;

#[test]
fn the_crash_tests_are_run() {
    let killing = cfg!(feature = "failpoints");
    assert!(
        killing,
        "without the feature `failpoints` nothing is ever killed: run `make test`, or `cargo test --features failpoints`"
    );
}
