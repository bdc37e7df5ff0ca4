//! PostgreSQL connections between the pool and those who use them. The pool makes sure of a connection whenever it comes
//! back, which is a round trip: one that ended its work well is kept out of it, for the next who comes at once.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Executor, Postgres};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How long a connection is kept out of the pool while nobody uses it, and how long while somebody does: then the
/// pool looks after its age and health.
const IDLE: Duration = Duration::from_secs(1);
const BUSY: Duration = Duration::from_secs(60);

/// All connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lanes {
    pool: PgPool,
    spare: Arc<Mutex<Vec<Spare>>>,
    /// As many as the pool has connections: whoever has a permit finds one here or there.
    permits: Arc<Semaphore>,
}

#[derive(Debug)]
struct Spare {
    /// Always there until it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    taken_at: Instant,
    kept_at: Instant,
}

/// A connection in use. Dropped, it goes back to the pool; in a transaction, after a rollback.
#[derive(Debug)]
pub struct Lane {
    /// Always there until it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    taken_at: Instant,
    in_transaction: bool,
    lanes: Lanes,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    pub fn new(pool: PgPool) -> Self {
        let permits = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Self { pool, spare: Arc::default(), permits }
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection, within the time that the pool's settings give.
    ///
    /// # Errors
    /// When there is none by then.
    pub async fn lane(&self) -> Result<Lane, sqlx::Error> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = timeout(self.pool.options().get_acquire_timeout(), permit).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let (connection, taken_at) = match self.spare() {
            Some(mut spare) => (spare.connection.take(), spare.taken_at),
            None => (Some(self.pool.acquire().await?), Instant::now()),
        };
        let permit = Some(permit);
        Ok(Lane { connection, taken_at, in_transaction: false, lanes: self.clone(), permit })
    }

    /// A connection in a transaction.
    ///
    /// # Errors
    /// As [`Lanes::lane`].
    pub async fn begin(&self) -> Result<Lane, sqlx::Error> {
        let mut lane = self.lane().await?;
        lane.in_transaction = true;
        lane.execute("BEGIN").await?;
        Ok(lane)
    }

    fn spare(&self) -> Option<Spare> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let found = spare.pop()?;
        if found.kept_at.elapsed() < IDLE {
            return Some(found);
        }
        // Those below it lie there for even longer.
        spare.clear();
        None
    }

    fn keep(&self, connection: PoolConnection<Postgres>, taken_at: Instant) {
        // With the lock held: whoever closes the pool clears these next.
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if taken_at.elapsed() < BUSY && !self.pool.is_closed() {
            spare.push(Spare { connection: Some(connection), taken_at, kept_at: Instant::now() });
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.permits.close();
        let closed = self.pool.close();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).clear();
        closed.await;
    }
}

impl Lane {
    /// Keeps the connection for the next who comes: it did what it was asked.
    pub fn keep(mut self) {
        if let Some(connection) = self.connection.take() {
            self.lanes.keep(connection, self.taken_at);
        }
    }

    /// Ends the transaction.
    ///
    /// # Errors
    /// When it is unknown whether it ended well.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT").await?;
        self.in_transaction = false;
        self.keep();
        Ok(())
    }
}

impl Deref for Lane {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect("a lane in use has its connection")
    }
}

impl DerefMut for Lane {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a lane in use has its connection")
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        hang_up(self.connection.take());
    }
}

/// Where no runtime is any more, nothing can look after a connection: it is closed as it is.
fn hang_up(connection: Option<PoolConnection<Postgres>>) {
    if Handle::try_current().is_err() {
        drop(connection.map(PoolConnection::detach));
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take_if(|_| self.in_transaction) else {
            return hang_up(self.connection.take());
        };
        let (lanes, taken_at, permit) = (self.lanes.clone(), self.taken_at, self.permit.take());
        if let Ok(runtime) = Handle::try_current() {
            // At once: what it has locked, others wait for.
            runtime.spawn(async move {
                let ended = connection.execute("ROLLBACK").await;
                match ended {
                    Ok(_) => lanes.keep(connection, taken_at),
                    Err(_) => connection.close_on_drop(),
                }
                drop(permit);
            });
        } else {
            hang_up(Some(connection));
        }
    }
}
