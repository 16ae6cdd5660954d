//! What a map takes, by an allocator that counts, is what its type says.

use std::collections::{BTreeMap, HashMap};

use accordant_wire::{Limits, Reader, values::MapValue, write};

/// A map of that many entries, its keys ascending.
fn avro(entries: usize) -> Vec<u8> {
    let mut avro = Vec::new();
    write::long(entries as i64, &mut avro);
    for entry in 0..entries {
        write::string(&format!("{entry:06}"), &mut avro);
        write::long(7, &mut avro);
    }
    avro.push(0);
    avro
}

/// The budget is what it may take: one byte less is refused, and in it all fits.
#[track_caller]
fn check<M: MapValue<Value = i64>>(name: &str) {
    for entries in (0..70).chain([100, 113, 449, 1_000, 1_793, 7_169]) {
        let avro = avro(entries);
        let first = if entries == 0 { 0 } else { M::FIRST_BYTES };
        let budget = first + entries * (M::ENTRY_BYTES + 6);
        let read = |allocation_bytes_max: usize| {
            let limits = Limits {
                allocation_bytes_max,
                ..Limits::default()
            };
            Reader::new(&avro, limits).map::<M>(1, Reader::long)
        };
        let mut is_read = false;
        let counted = allocation_counter::measure(|| is_read = read(budget).is_ok());
        assert!(is_read, "{name} of {entries}");
        let bytes = counted.bytes_max;
        assert!(
            bytes <= budget as u64,
            "{name} of {entries}: {bytes} of {budget}"
        );
        if entries > 0 {
            assert!(read(budget - 1).is_err(), "{name} of {entries}");
        }
    }
}

#[test]
fn maps_take_what_is_counted() {
    check::<BTreeMap<String, i64>>("ordered");
    check::<HashMap<String, i64>>("hashed");
}
