//! One suite for both databases: SQLite always, PostgreSQL where
//! `ACCORDANT_TEST_POSTGRES` names one.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const APP: &str = "app";

/// Runs a test on every database that is there. The application's name keeps
/// tests apart in a database that they share.
async fn on_each<T: AsyncFn(&Store, &str)>(test: T) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/store.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    test(&store, APP).await;
    store.close().await;
    match std::env::var("ACCORDANT_TEST_POSTGRES") {
        Ok(url) => {
            let store = Store::open(&url).await.unwrap();
            test(&store, &format!("{APP}-{}", uuid::Uuid::new_v4())).await;
            store.close().await;
        }
        Err(_) => eprintln!("skipped on PostgreSQL: ACCORDANT_TEST_POSTGRES is not set"),
    }
}

fn row(key: &str, version: i64, value: &str) -> StateRow {
    StateRow {
        key: key.to_owned(),
        version,
        deleted: false,
        value: value.as_bytes().to_vec(),
        writer_version: 1,
    }
}

fn entry(name: &str, value: &str, key: &str) -> IndexRow {
    IndexRow {
        name: name.to_owned(),
        value: value.to_owned(),
        key: key.to_owned(),
    }
}

fn seen(event_id: &str, offset: i64, at_ms: i64) -> DedupRow {
    let id = DedupKey {
        contract: "c".to_owned(),
        key: "k".to_owned(),
        event_id: event_id.to_owned(),
    };
    DedupRow {
        id,
        at_ms,
        topic: "t".to_owned(),
        offset,
        outcome: b"{}".to_vec(),
    }
}

fn batch(app: &str, checkpoint: &Checkpoint) -> Batch {
    Batch {
        application: app.to_owned(),
        partition: 3,
        checkpoint: checkpoint.clone(),
        ..Batch::default()
    }
}

fn wanted_keys(keys: &[&str]) -> Wanted {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Wanted {
        keys,
        ..Wanted::default()
    }
}

#[tokio::test]
async fn a_take_over_fences_who_had_the_partition() {
    on_each(async |store, app| {
        let first = store.take_over(app, 3).await.unwrap();
        assert_eq!(
            first,
            Checkpoint {
                epoch: 1,
                ..Checkpoint::default()
            }
        );
        let second = store.take_over(app, 3).await.unwrap();
        assert_eq!(second.epoch, 2);
        let late = Batch {
            rows: vec![row("a", 1, "late")],
            ..batch(app, &first)
        };
        let refused = store.apply(&late).await;
        assert!(
            matches!(refused, Err(StoreError::Fenced { epoch: 1, .. })),
            "{refused:?}"
        );
        let loaded = store.load(app, 3, &wanted_keys(&["a"])).await.unwrap();
        assert_eq!(loaded.rows, []);
        store.apply(&batch(app, &second)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_reads_back() {
    on_each(async |store, app| {
        let mut checkpoint = store.take_over(app, 3).await.unwrap();
        checkpoint.positions = BTreeMap::from([("a".to_owned(), 7), ("b".to_owned(), 0)]);
        checkpoint.outbound_next = Some(11);
        checkpoint.outcome_next = Some(12);
        store.apply(&batch(app, &checkpoint)).await.unwrap();
        let read = store.checkpoints(app).await.unwrap();
        assert_eq!(read, BTreeMap::from([(3, checkpoint.clone())]));
        let next = store.take_over(app, 3).await.unwrap();
        assert_eq!(
            next,
            Checkpoint {
                epoch: 2,
                ..checkpoint
            }
        );
    })
    .await;
}

#[tokio::test]
async fn the_first_record_of_a_version_wins() {
    on_each(async |store, app| {
        let checkpoint = store.take_over(app, 3).await.unwrap();
        for (version, value) in [(1, "one"), (2, "two"), (2, "again"), (1, "older")] {
            let rows = vec![row("a", version, value)];
            store
                .apply(&Batch {
                    rows,
                    ..batch(app, &checkpoint)
                })
                .await
                .unwrap();
        }
        let loaded = store.load(app, 3, &wanted_keys(&["a", "b"])).await.unwrap();
        assert_eq!(loaded.rows, [row("a", 2, "two")]);
        let elsewhere = store.load(app, 4, &wanted_keys(&["a"])).await.unwrap();
        assert_eq!(
            elsewhere.rows,
            [],
            "another partition's entity is another one"
        );
    })
    .await;
}

#[tokio::test]
async fn an_index_finds_entities_until_the_entry_goes() {
    on_each(async |store, app| {
        let checkpoint = store.take_over(app, 3).await.unwrap();
        let added = Batch {
            rows: vec![row("a", 1, "one"), row("b", 1, "one")],
            index_added: vec![entry("sku", "x", "a"), entry("sku", "x", "b")],
            ..batch(app, &checkpoint)
        };
        store.apply(&added).await.unwrap();
        let lookup = BTreeSet::from([("sku".to_owned(), "x".to_owned())]);
        let wanted = Wanted {
            indexes: lookup,
            ..Wanted::default()
        };
        let mut loaded = store.load(app, 3, &wanted).await.unwrap();
        loaded.indexes.sort();
        loaded.rows.sort_by(|a, b| a.key.cmp(&b.key));
        assert_eq!(
            loaded.indexes,
            [entry("sku", "x", "a"), entry("sku", "x", "b")]
        );
        assert_eq!(loaded.rows, [row("a", 1, "one"), row("b", 1, "one")]);
        let index_removed = vec![entry("sku", "x", "a")];
        store
            .apply(&Batch {
                index_removed,
                ..batch(app, &checkpoint)
            })
            .await
            .unwrap();
        let loaded = store.load(app, 3, &wanted).await.unwrap();
        assert_eq!(loaded.indexes, [entry("sku", "x", "b")]);
    })
    .await;
}

#[tokio::test]
async fn a_dedup_entry_is_found_until_it_is_too_old() {
    on_each(async |store, app| {
        let checkpoint = store.take_over(app, 3).await.unwrap();
        let dedup = vec![seen("old", 1, 0), seen("new", 2, DEDUP_WINDOW_MS)];
        store
            .apply(&Batch {
                dedup,
                ..batch(app, &checkpoint)
            })
            .await
            .unwrap();
        let earlier = vec![DedupRow {
            offset: 1,
            ..seen("new", 1, 5)
        }];
        store
            .apply(&Batch {
                dedup: earlier,
                ..batch(app, &checkpoint)
            })
            .await
            .unwrap();
        let events = [seen("old", 0, 0).id, seen("new", 0, 0).id].into();
        let wanted = Wanted {
            events,
            ..Wanted::default()
        };
        let loaded = store.load(app, 3, &wanted).await.unwrap();
        assert_eq!(loaded.dedup.len(), 2);
        store
            .prune_dedup(app, 3, DEDUP_WINDOW_MS + 1)
            .await
            .unwrap();
        let loaded = store.load(app, 3, &wanted).await.unwrap();
        assert_eq!(loaded.dedup, [seen("new", 2, DEDUP_WINDOW_MS)]);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_has_every_page_of_rows() {
    on_each(async |store, app| {
        let checkpoint = store.take_over(app, 3).await.unwrap();
        let rows: Vec<StateRow> = (0..1_500)
            .map(|n| row(&format!("k{n}"), 1, "value"))
            .collect();
        store
            .apply(&Batch {
                rows,
                ..batch(app, &checkpoint)
            })
            .await
            .unwrap();
        let snapshot = store.snapshot(app, 3).await.unwrap();
        assert_eq!(snapshot.checkpoint, Some(checkpoint));
        assert_eq!(snapshot.rows.len(), 1_500);
        let untouched = store.snapshot(app, 4).await.unwrap();
        assert_eq!(untouched, Snapshot::default());
    })
    .await;
}

#[tokio::test]
async fn an_application_has_one_instance() {
    let folder = tempfile::tempdir().unwrap();
    on_each(async |store, app| {
        let held = store.lock_application(app, folder.path()).await.unwrap();
        let second = store.lock_application(app, folder.path()).await;
        assert!(
            matches!(second, Err(StoreError::Locked { .. })),
            "{second:?}"
        );
        drop(
            store
                .lock_application(&format!("{app}-other"), folder.path())
                .await
                .unwrap(),
        );
        drop(held);
    })
    .await;
}

#[tokio::test]
async fn another_scheme_is_refused() {
    let refused = Store::open("mysql://host/db").await;
    assert!(matches!(refused, Err(StoreError::Scheme { scheme }) if scheme == "mysql"));
}
