//! `exhibit serve`.

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::signal::unix::{SignalKind, signal};

use super::assemble;
use crate::clock::Clock;
use crate::config::Settings;
use crate::examine::ScannerState;
use crate::people::FIRST_ADMIN;
use crate::web::{self, App};

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics cannot be recorded")?;
    let app = assemble::app(&settings, Clock::system(), metrics).await?;
    let walls = app.examiner.open().await?;
    tracing::info!(landlock = walls.landlock, seccomp = walls.seccomp, "files are inspected in limited processes");
    if !(walls.landlock && walls.seccomp) {
        tracing::warn!("this kernel lacks a part of what keeps an inspection from files and network; see above");
    }
    match app.examiner.scanner().await {
        ScannerState::Ready => tracing::info!("the malware scanner answers"),
        ScannerState::Absent => tracing::info!("there is no malware scanner: files are not scanned"),
        ScannerState::Unavailable => tracing::warn!("no file is taken in until the malware scanner answers"),
    }
    if !web::has_front_end() {
        tracing::warn!(
            "the front end was not built into this program, so its pages have no style: run `make web` and build it again"
        );
    }
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen).with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    app.listens_on(address);
    welcome(&app).await?;
    let server = web::serve(app.clone(), listener, Duration::from_secs(settings.server.shutdown_s))?;
    let handle = server.handle();
    let leaving = app.clone();
    let drain = Duration::from_secs(settings.server.drain_s);
    // From before the line that says that it listens: whoever waits for that line may stop it at once.
    let stopped = stop_signal()?;
    tokio::spawn(async move {
        stopped.await;
        tracing::info!("stopping: uploads in flight are finished first");
        leaving.stop();
        tokio::time::sleep(drain).await;
        handle.stop(true).await;
    });
    announce(&format!("exhibit is listening on http://{address}"))?;
    server.await?;
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says, on the first start alone, how the first admin gets in: a program by the token, a person by the link.
async fn welcome(app: &App) -> anyhow::Result<()> {
    if let Some(token) = app.people.first_admin().await? {
        let link = app.access.invite_by_email(&FIRST_ADMIN.parse()?).await?;
        eprintln!(
            "exhibit: this is the first start. The admin's token, shown this once:\n\n    {}\n\n\
             and a link to set the admin's password, good once:\n\n    {}\n",
            token.secret.expose(),
            app.link(&format!("/link/{}", link.secret.expose()))
        );
    }
    Ok(())
}

/// One line on standard output, out at once: programs wait for it.
fn announce(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Waits for SIGTERM or SIGINT; what comes from now on is not missed.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
