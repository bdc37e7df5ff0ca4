//! What every handler may reach: one value, made once, shared by all workers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use metrics_exporter_prometheus::PrometheusHandle;

use super::cookie::Cookies;
use crate::access::Access;
use crate::assessment::Assessment;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Database;
use crate::domain::calendar::Calendar;
use crate::domain::standard::{Standards, Wording};
use crate::examine::Examiner;
use crate::gateway::Gateway;
use crate::intake::Intake;
use crate::mail::Mailer;
use crate::people::People;
use crate::storage::{Integrity, Storage};

/// The assembled service.
#[derive(Clone)]
pub struct App {
    pub db: Database,
    pub storage: Storage,
    /// What the store was found to do when the service started.
    pub integrity: Integrity,
    pub clock: Clock,
    pub standards: Arc<Standards>,
    pub wording: Arc<Wording>,
    pub calendar: Arc<Calendar>,
    pub people: People,
    pub access: Access,
    pub mailer: Mailer,
    pub cookies: Cookies,
    /// A proxy in front names the client in `X-Forwarded-For`.
    pub forwarded: bool,
    pub intake: Intake,
    pub examiner: Examiner,
    pub gateway: Gateway,
    pub assessment: Assessment,
    pub metrics: PrometheusHandle,
    /// As they are in force.
    pub settings: Arc<Settings>,
    stopping: Arc<AtomicBool>,
    public_url: Option<String>,
    /// Known once it listens.
    address: Arc<OnceLock<SocketAddr>>,
}

/// What the service is assembled from.
pub struct Parts {
    pub db: Database,
    pub storage: Storage,
    pub integrity: Integrity,
    pub clock: Clock,
    pub standards: Arc<Standards>,
    pub wording: Arc<Wording>,
    pub calendar: Arc<Calendar>,
    pub examiner: Examiner,
    pub mailer: Mailer,
    pub metrics: PrometheusHandle,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts, settings: &Settings) -> Self {
        let Parts { db, storage, integrity, clock, standards, wording, calendar, examiner, mailer, metrics } = parts;
        let people = People::new(db.clone(), clock.clone());
        let access = Access::new(db.clone(), clock.clone(), settings.sign_in.clone())
            .with_passkeys(settings.server.public_url.as_deref());
        let intake = Intake::new(db.clone(), storage.clone(), clock.clone(), &settings.uploads, examiner.clone());
        let gateway = Gateway::new(
            db.clone(),
            storage.clone(),
            clock.clone(),
            Arc::clone(&standards),
            Arc::clone(&calendar),
            settings.gateway.clone(),
        );
        let assessment =
            Assessment::new(db.clone(), clock.clone(), Arc::clone(&standards), Arc::clone(&calendar), gateway.clone());
        Self {
            db,
            storage,
            integrity,
            clock,
            standards,
            wording,
            calendar,
            people,
            access,
            mailer,
            cookies: Cookies { plain_http: settings.sign_in.plain_http },
            forwarded: settings.server.forwarded,
            intake,
            examiner,
            gateway,
            assessment,
            metrics,
            settings: Arc::new(settings.clone()),
            stopping: Arc::default(),
            public_url: settings.server.public_url.clone(),
            address: Arc::default(),
        }
    }

    /// Notes where it listens: links begin with that, unless it is said where people reach it.
    pub fn listens_on(&self, address: SocketAddr) {
        let _ = self.address.set(address);
    }

    /// Where people reach it, if the settings say so.
    #[must_use]
    pub fn public_url_if_set(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    /// A link to a path of this service, for a mail or to be passed on. It never follows what a request says of its
    /// host, which anybody can make up.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        match (&self.public_url, self.address.get()) {
            (Some(url), _) => format!("{url}{path}"),
            // Every address of the machine: a link for the one who sits at it.
            (None, Some(address)) if address.ip().is_unspecified() => {
                format!("http://localhost:{}{path}", address.port())
            }
            (None, Some(address)) => format!("http://{address}{path}"),
            (None, None) => path.to_owned(),
        }
    }

    /// Says from now on that the service is not ready: balancers stop sending before connections are closed.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
