//! What every handler may reach: one value, made once, shared by all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics_exporter_prometheus::PrometheusHandle;

use crate::clock::Clock;
use crate::config::Settings;
use crate::db::Database;
use crate::domain::calendar::Calendar;
use crate::domain::standard::{Standards, Wording};
use crate::examine::Examiner;
use crate::gateway::Gateway;
use crate::intake::Intake;
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
    pub intake: Intake,
    pub examiner: Examiner,
    pub gateway: Gateway,
    pub metrics: PrometheusHandle,
    stopping: Arc<AtomicBool>,
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
    pub metrics: PrometheusHandle,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts, settings: &Settings) -> Self {
        let Parts { db, storage, integrity, clock, standards, wording, calendar, examiner, metrics } = parts;
        let people = People::new(db.clone(), clock.clone());
        let intake = Intake::new(db.clone(), storage.clone(), clock.clone(), &settings.uploads, examiner.clone());
        let gateway = Gateway::new(
            db.clone(),
            storage.clone(),
            clock.clone(),
            Arc::clone(&standards),
            Arc::clone(&calendar),
            settings.gateway.clone(),
        );
        let stopping = Arc::default();
        Self {
            db,
            storage,
            integrity,
            clock,
            standards,
            wording,
            calendar,
            people,
            intake,
            examiner,
            gateway,
            metrics,
            stopping,
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
