//! From what was counted to the table that people read.

use serde_json::{Value, json};

use crate::mix;
use crate::support::exhibit::Foundation;
use crate::support::figures::{cell as shown, percentile};
use crate::support::pace::Answer;
use crate::support::process::Memory;

/// What one foundation has shown.
pub struct Outcome {
    pub foundation: Foundation,
    pub idle: usize,
    /// Those that were neither answered nor let go until the end.
    pub still_open: usize,
    /// Answers before there were idle uploads.
    pub before: Vec<Answer>,
    /// Answers beside them.
    pub answers: Vec<Answer>,
    /// How many cores' worth of CPU time the service used beside them.
    pub cores: f64,
    pub memory: Memory,
    pub failures: Vec<String>,
}

pub fn name(foundation: Foundation) -> &'static str {
    match foundation {
        Foundation::Disk => "disk",
        Foundation::S3 => "s3",
    }
}

pub fn title(foundation: Foundation) -> &'static str {
    match foundation {
        Foundation::Disk => "exhibit, SQLite + disk",
        Foundation::S3 => "exhibit, PostgreSQL + S3",
    }
}

impl Outcome {
    fn before_p99(&self) -> f64 {
        percentile(&latencies(&self.before, |_| true), 0.99)
    }

    fn p(&self, share: f64) -> f64 {
        percentile(&latencies(&self.answers, |_| true), share)
    }

    fn uploads_p99(&self) -> f64 {
        percentile(&latencies(&self.answers, |answer| mix::is_upload(answer.number)), 0.99)
    }

    fn sent_late_p99(&self) -> f64 {
        percentile(&self.answers.iter().map(|answer| answer.delay_ms).collect::<Vec<f64>>(), 0.99)
    }

    pub fn line(&self) -> Value {
        json!({
            "target": name(self.foundation),
            "idle": self.idle,
            "still_open": self.still_open,
            "requests": self.answers.len(),
            "failures": self.failures.len(),
            "p50_ms": self.p(0.50),
            "p99_ms": self.p(0.99),
            "max_ms": self.p(1.0),
            "uploads_p99_ms": self.uploads_p99(),
            "sent_late_p99_ms": self.sent_late_p99(),
            "without_idle_p99_ms": self.before_p99(),
            "service_cores": self.cores,
            "service_peak_mib": self.memory.once,
            "service_summed_peak_mib": self.memory.summed,
        })
    }

    fn row(&self) -> String {
        let columns = [
            title(self.foundation).to_owned(),
            self.idle.to_string(),
            self.still_open.to_string(),
            self.answers.len().to_string(),
            self.failures.len().to_string(),
            shown(self.p(0.50), 1),
            shown(self.p(0.99), 1),
            shown(self.p(1.0), 1),
            shown(self.uploads_p99(), 1),
            shown(self.before_p99(), 1),
            shown(self.sent_late_p99(), 1),
            shown(self.cores, 2),
            shown(self.memory.once, 0),
            shown(self.memory.summed, 0),
        ];
        format!("| {} |\n", columns.join(" | "))
    }
}

pub fn table(outcomes: &[Outcome]) -> String {
    let mut table = String::from(
        "| service | idle uploads | still open | requests | failures | p50 ms | p99 ms | max ms | p99 of uploads \
         | p99 without idle ones | sent late, p99 ms | cores used | peak MiB | peaks summed |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    table.extend(outcomes.iter().map(Outcome::row));
    table
}

fn latencies(answers: &[Answer], counted: impl Fn(&Answer) -> bool) -> Vec<f64> {
    answers.iter().filter(|answer| counted(answer)).map(|answer| answer.latency_ms).collect()
}
