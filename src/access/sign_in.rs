//! Signing in with a password. An attempt is counted before its password is looked at, and in the database, so that
//! neither haste nor several replicas give a guesser more of them.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Access, Error, Opened, Visit};
use crate::db::Tx;
use crate::domain::digest::Digest;
use crate::domain::people::Email;
use crate::records::throttles::{self, Tally};
use crate::records::{passwords, users};

/// Somebody who wants to come in.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// As it was typed; what is no address belongs to nobody.
    pub email: String,
    /// Where the attempt comes from.
    pub address: Option<IpAddr>,
    pub visit: Visit,
}

/// What an attempt is counted for.
#[derive(Clone, Copy)]
pub(super) struct Subjects {
    pub(super) account: Digest,
    pub(super) address: Option<Digest>,
}

impl Subjects {
    /// Takes back what was counted for one whose password was right.
    pub(super) async fn forgive(self, tx: &mut Tx) -> Result<(), Error> {
        throttles::forgive(tx, self.account).await?;
        if let Some(address) = self.address {
            throttles::forgive_one(tx, address).await?;
        }
        Ok(())
    }
}

impl Access {
    /// # Errors
    /// [`Error::Wrong`], [`Error::AccountThrottled`], [`Error::AddressThrottled`] or [`Error::Busy`].
    pub async fn sign_in(&self, attempt: Attempt, password: &str) -> Result<Opened, Error> {
        let subjects = self.counted("password", &attempt).await?;
        let email: Option<Email> = attempt.email.parse().ok();
        let user = match &email {
            Some(email) => users::find_by_email(&mut &self.db, email).await?,
            None => None,
        };
        let known = match &user {
            Some(user) => passwords::find(&mut &self.db, user.id).await?,
            None => None,
        };
        let is_right = self.is_right(password, known).await?;
        let user = user.filter(|_| is_right).ok_or(Error::Wrong)?;
        let mut tx = self.db.write().await?;
        subjects.forgive(&mut tx).await?;
        let opened = self.open(&mut tx, user.id, &attempt.visit).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// Counts an attempt of some sort, unless there were too many.
    pub(super) async fn count(&self, sort: &str, attempt: &Attempt) -> Result<(), Error> {
        self.counted(sort, attempt).await.map(drop)
    }

    /// As [`Access::count`], to be taken back.
    pub(super) async fn counted(&self, sort: &str, attempt: &Attempt) -> Result<Subjects, Error> {
        // The address first, always: two that lock the same rows in different orders would wait for each other.
        self.tally(sort, attempt, true, true).await
    }

    /// Counts an attempt that is not anybody's yet.
    pub(super) async fn count_address(&self, sort: &str, attempt: &Attempt) -> Result<(), Error> {
        self.tally(sort, attempt, true, false).await.map(drop)
    }

    /// Counts for an account what was counted for the address before.
    pub(super) async fn count_account(&self, sort: &str, attempt: &Attempt) -> Result<Subjects, Error> {
        self.tally(sort, attempt, false, true).await
    }

    async fn tally(
        &self,
        sort: &str,
        attempt: &Attempt,
        by_address: bool,
        by_account: bool,
    ) -> Result<Subjects, Error> {
        let now = self.clock.now();
        let window = TimeDelta::minutes(self.settings.window_min.into());
        let subjects = subjects(sort, attempt);
        let mut tx = self.db.write().await?;
        throttles::remove_old(&mut tx, now - window).await?;
        let mut tallies = [None, None];
        if let Some(subject) = subjects.address.filter(|_| by_address) {
            tallies[0] = Some(throttles::count(&mut tx, subject, now, now - window).await?);
        }
        if by_account {
            tallies[1] = Some(throttles::count(&mut tx, subjects.account, now, now - window).await?);
        }
        tx.commit().await?;
        let over = |tally: Option<Tally>, most: u32| -> Option<DateTime<Utc>> {
            tally.filter(|tally| tally.attempts > most).map(|tally| tally.started_at + window)
        };
        if let Some(until) = over(tallies[0], self.settings.address_attempts) {
            return Err(Error::AddressThrottled { until });
        }
        if let Some(until) = over(tallies[1], self.settings.account_attempts) {
            return Err(Error::AccountThrottled { until });
        }
        Ok(subjects)
    }
}

fn subjects(sort: &str, attempt: &Attempt) -> Subjects {
    let account = format!("{sort} account {}", attempt.email.trim().to_lowercase());
    let address = |address| Digest::of(format!("{sort} address {}", network(address)).as_bytes());
    Subjects { account: Digest::of(account.as_bytes()), address: attempt.address.map(address) }
}

/// An address of version 6 stands for its whole network: whoever has one has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_network_of_version_6_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }
}
