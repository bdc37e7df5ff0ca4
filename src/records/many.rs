//! Many rows in one statement: `INSERT … VALUES (…), (…), …`, written by the compiler from the table's own
//! single-row INSERT, so that the two can never name different columns.

use crate::db::{Error, Query, Session, Sql};

/// Rows that one such statement brings. More gain little: parsing and a round trip are shared by fifty already.
pub(super) const ROWS: usize = 50;

/// The statement of [`ROWS`] rows for a single-row INSERT that ends in `VALUES ($1, …)`.
macro_rules! many {
    ($one:expr) => {{
        const TEXT: [u8; crate::records::many::length($one)] = crate::records::many::text($one);
        match std::str::from_utf8(&TEXT) {
            Ok(text) => text,
            Err(_) => panic!("a statement is not UTF-8"),
        }
    }};
}
pub(super) use many;

/// Inserts all rows: as many as possible with the statement `many`, the rest with `one`.
pub(super) async fn insert_many<T>(
    on: &mut impl Session,
    (one, many): (Sql, Sql),
    rows: &[T],
    bind: impl for<'q> Fn(Query<'q>, &T) -> Query<'q>,
) -> Result<(), Error> {
    for chunk in rows.chunks(ROWS) {
        if chunk.len() == ROWS {
            chunk.iter().fold(on.query(many), &bind).execute().await?;
        } else {
            for row in chunk {
                bind(on.query(one), row).execute().await?;
            }
        }
    }
    Ok(())
}

/// How long the text is.
pub(super) const fn length(one: &str) -> usize {
    write(one, &mut [])
}

/// The text itself; `LEN` is its [`length`].
pub(super) const fn text<const LEN: usize>(one: &str) -> [u8; LEN] {
    let mut out = [0; LEN];
    write(one, &mut out);
    out
}

/// Writes as much of the text as `out` has room for; answers how long the whole is.
const fn write(one: &str, out: &mut [u8]) -> usize {
    let one = one.as_bytes();
    let (columns, head) = shape(one);
    let mut at = 0;
    while at < head {
        at = put(out, at, one[at]);
    }
    let mut number = 0;
    while number < columns * ROWS {
        let first = number % columns == 0;
        if number > 0 {
            at = put(out, at, b',');
            at = put(out, at, b' ');
        }
        if first {
            at = put(out, at, b'(');
        }
        number += 1;
        at = put(out, at, b'$');
        at = put_number(out, at, number);
        if number % columns == 0 {
            at = put(out, at, b')');
        }
    }
    at
}

/// How many parameters the statement has, and where its list of values begins.
const fn shape(one: &[u8]) -> (usize, usize) {
    let (mut columns, mut head, mut at) = (0, 0, 0);
    while at < one.len() {
        if one[at] == b'$' {
            if columns == 0 {
                head = at - 1;
            }
            columns += 1;
        }
        at += 1;
    }
    assert!(one[head] == b'(' && one[one.len() - 1] == b')', "not a plain INSERT … VALUES ($1, …)");
    (columns, head)
}

const fn put(out: &mut [u8], at: usize, byte: u8) -> usize {
    if at < out.len() {
        out[at] = byte;
    }
    at + 1
}

#[expect(clippy::cast_possible_truncation, reason = "a decimal digit fits in a byte")]
const fn put_number(out: &mut [u8], at: usize, number: usize) -> usize {
    let at = if number >= 10 { put_number(out, at, number / 10) } else { at };
    put(out, at, b'0' + (number % 10) as u8)
}

#[cfg(test)]
mod tests {
    const MANY: &str = many!("INSERT INTO t (a, b) VALUES ($1, $2)");

    #[test]
    fn rows_and_numbers_follow_each_other() {
        assert!(MANY.starts_with("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ("), "{MANY}");
        assert!(MANY.ends_with("), ($97, $98), ($99, $100)"), "{MANY}");
        assert_eq!(MANY.matches('(').count(), 1 + super::ROWS);
    }
}
