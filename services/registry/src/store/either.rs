//! One query on either database: its text stands once, its connection's type
//! does not.

/// Runs one query on either database's connection.
macro_rules! on {
    ($tx:expr, $connection:ident => $query:expr) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $query.await
            }
            Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $query.await
            }
        }
    };
}

/// The same for a query without an answer.
macro_rules! execute {
    ($tx:expr, $query:expr) => {
        match $tx {
            Tx::Sqlite(tx) => $query.execute(&mut **tx).await.map(|_| ()),
            Tx::Postgres(tx) => $query.execute(&mut **tx).await.map(|_| ()),
        }
    };
}
