//! What the tests have a worker do, by the file's name, as a parser that was taken over would: only in their builds.

use std::fs::{File, OpenOptions};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;

/// Does what the name says; any other name does nothing.
pub fn on_request(name: &str) {
    match name.trim_end_matches(".txt") {
        "fail-abort" => std::process::abort(),
        "fail-panic" => panic!("as a parser does"),
        "fail-exit" => std::process::exit(0),
        "fail-stall" => loop {
            std::thread::park();
        },
        "fail-spin" => loop {
            std::hint::spin_loop();
        },
        "fail-swell" => swell(),
        "fail-reach" => reach(),
        _ => {}
    }
}

/// Writes to more and more memory.
fn swell() {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 16 * 1024 * 1024]);
    }
}

/// Tries every way out; the first that is open shows as a death of the worker.
fn reach() {
    let open = [
        ("a file", File::open("/dev/null").is_ok()),
        ("its own program", File::open("/proc/self/exe").is_ok()),
        ("a folder", std::fs::read_dir("/").is_ok()),
        ("a new file", OpenOptions::new().create(true).append(true).open("/tmp/exhibit-reach").is_ok()),
        ("TCP", TcpStream::connect("127.0.0.1:1").is_err_and(|error| not_denied(&error))),
        ("UDP", UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("a Unix socket", UnixStream::pair().is_ok()),
        ("a program", Command::new("/bin/true").spawn().is_ok()),
        ("a thread", std::thread::Builder::new().spawn(|| {}).is_ok()),
    ];
    for (what, is_open) in open {
        assert!(!is_open, "{what} can be reached");
    }
}

fn not_denied(error: &std::io::Error) -> bool {
    error.kind() != std::io::ErrorKind::PermissionDenied
}
