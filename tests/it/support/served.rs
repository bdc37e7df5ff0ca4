//! The program as several replicas on ports of their own, each of which can be killed and comes back where it was.

use std::net::TcpListener;
use std::path::PathBuf;

use exhibit::config::Settings;

use super::app::TestApp;
use super::faulty::Dice;
use super::process::{Program, Start};

/// The running replicas.
pub struct Served {
    settings: Settings,
    replicas: Vec<Replica>,
}

struct Replica {
    program: Program,
    folder: PathBuf,
    /// `HOST:PORT`.
    listen: String,
}

impl Served {
    /// Starts this many over a test's database and store.
    pub async fn start(app: &TestApp, count: usize, dice: &mut Dice) -> Self {
        let mut replicas = Vec::new();
        for number in 0..count {
            let folder = app.folder.path().join(format!("replica-{number}"));
            std::fs::create_dir(&folder).unwrap();
            let listen = free_address(dice);
            let program = serve(&app.settings, &folder, &listen).await;
            replicas.push(Replica { program, folder, listen });
        }
        Self { settings: app.settings.clone(), replicas }
    }

    /// Where they listen, `HOST:PORT` each.
    pub fn addresses(&self) -> Vec<String> {
        self.replicas.iter().map(|replica| replica.listen.clone()).collect()
    }

    /// Kills one of them, as the kernel does when memory runs out, and starts it again at the same address.
    pub async fn kill(&mut self, number: usize) {
        let number = number % self.replicas.len();
        let Replica { program, folder, listen } = self.replicas.remove(number);
        program.kill().await;
        let program = serve(&self.settings, &folder, &listen).await;
        self.replicas.insert(number, Replica { program, folder, listen });
    }

    pub async fn stop(self) {
        for replica in self.replicas {
            replica.program.stop().await;
        }
    }
}

async fn serve(settings: &Settings, folder: &std::path::Path, listen: &str) -> Program {
    Program::serve(settings, folder, Start { listen: Some(listen), ..Start::default() }).await
}

/// An address below the range that the kernel hands out for port 0, so that it is still free after a kill.
fn free_address(dice: &mut Dice) -> String {
    let addresses = std::iter::repeat_with(|| format!("127.0.0.1:{}", 20_000 + dice.below(10_000)));
    let mut free = addresses.filter(|address| TcpListener::bind(address).is_ok());
    free.next().expect("there is always a further one")
}
