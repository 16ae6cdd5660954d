//! Bytes that ask for more than they are worth, against generated decoders:
//! owned, borrowed, and of a later version, which passes over them.
//!
//! Every case runs on a small stack and under an allocator that counts.

use accordant_wire::{DecodeError, Event, EventRef, Limits, write};

use crate::golden::hostile::everything::{v1, v2};

const STACK_BYTES: usize = 256 << 10;

/// What errors and their paths may take besides the budget.
const ERROR_BYTES: u64 = 64 << 10;

/// The fields of version 1 in their order, all empty.
#[derive(Debug, Clone)]
struct Fields {
    id: Vec<u8>,
    nulls: Vec<u8>,
    more_nulls: Vec<u8>,
    list: Vec<u8>,
    endless: Vec<u8>,
    laughs: Vec<u8>,
    tree: Vec<u8>,
    wide: Vec<u8>,
    texts: Vec<u8>,
    map: Vec<u8>,
    maps: Vec<u8>,
    choice: Vec<u8>,
    state: Vec<u8>,
    bytes: Vec<u8>,
}

impl Fields {
    fn empty() -> Fields {
        let zero = || vec![0];
        Fields {
            id: zero(),
            nulls: zero(),
            more_nulls: zero(),
            list: zero(),
            endless: zero(),
            laughs: zero(),
            tree: zero(),
            wide: zero(),
            texts: zero(),
            map: zero(),
            maps: zero(),
            choice: vec![0, 0],
            state: zero(),
            bytes: zero(),
        }
    }

    fn avro(&self) -> Vec<u8> {
        let fields = [
            &self.id,
            &self.nulls,
            &self.more_nulls,
            &self.list,
            &self.endless,
            &self.laughs,
            &self.tree,
            &self.wide,
            &self.texts,
            &self.map,
            &self.maps,
            &self.choice,
            &self.state,
            &self.bytes,
        ];
        fields.into_iter().flatten().copied().collect()
    }
}

fn long(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    write::long(value, &mut out);
    out
}

fn text(value: &str) -> Vec<u8> {
    let mut out = Vec::new();
    write::string(value, &mut out);
    out
}

/// Decodes on a small stack, within the budget of memory.
#[track_caller]
fn bounded(
    name: &str,
    limits: Limits,
    decode: impl FnOnce() -> Result<(), DecodeError> + Send,
) -> Result<(), String> {
    std::thread::scope(|scope| {
        let run = || {
            let mut result = Ok(());
            let counted = allocation_counter::measure(|| result = decode());
            (result, counted.bytes_max)
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let (result, bytes_max) = thread.spawn_scoped(scope, run).unwrap().join().unwrap();
        let allowed = limits.allocation_bytes_max as u64 + ERROR_BYTES;
        assert!(bytes_max <= allowed, "{name}: {bytes_max} of {allowed}");
        result.map_err(|error| error.to_string())
    })
}

/// What each of the three decoders says, `""` for a success.
#[track_caller]
fn check_within(limits: Limits, avro: &[u8], owned: &str, view: &str, skipped: &str) {
    let text = |result: Result<(), String>| result.err().unwrap_or_default();
    let read = bounded("owned", limits, || {
        v1::Everything::from_avro(1, avro, limits).map(drop)
    });
    assert_eq!(text(read), owned, "owned");
    let read = bounded("view", limits, || {
        v1::EverythingRef::from_avro(1, avro, limits).map(drop)
    });
    assert_eq!(text(read), view, "view");
    let read = bounded("skipped", limits, || {
        v2::Everything::from_avro(1, avro, limits).map(drop)
    });
    assert_eq!(text(read), skipped, "skipped");
}

#[track_caller]
fn check(fields: &Fields, expected: &str) {
    let avro = fields.avro();
    check_within(Limits::default(), &avro, expected, expected, expected);
}

/// Refused where it is read; to pass over it costs nothing.
#[track_caller]
fn check_read(fields: &Fields, expected: &str) {
    let avro = fields.avro();
    check_within(Limits::default(), &avro, expected, expected, "");
}

#[test]
fn a_datum_of_empty_fields_is_one() {
    check(&Fields::empty(), "");
}

/// A1: ten million nulls in five bytes; eight times nine million, nested.
#[test]
fn a1_nulls() {
    let mut fields = Fields::empty();
    fields.nulls = [long(10_000_000), long(0)].concat();
    check(
        &fields,
        "nulls: more than 1000000 items that take no bytes (at byte 5)",
    );
    let mut fields = Fields::empty();
    let nulls = [long(900_000), long(0)].concat();
    fields.more_nulls = [long(8), nulls.repeat(8), long(0)].concat();
    let read = "more_nulls[1]: more than 1000000 items that take no bytes (at byte 10)";
    let skipped = "more_nulls: more than 1000000 items that take no bytes (at byte 10)";
    check_within(Limits::default(), &fields.avro(), read, read, skipped);
}

/// A1: a list of a thousand nodes in a thousand bytes.
#[test]
fn a1_a_deep_list() {
    let mut fields = Fields::empty();
    fields.list = [vec![2; 1_000], vec![0]].concat();
    let path = vec!["next"; 254].join(".");
    check(
        &fields,
        &format!("list.{path}.next: nested deeper than 256 (at byte 259)"),
    );
}

/// A1: a record that holds itself without a union.
#[test]
fn a1_a_record_without_an_end() {
    let mut fields = Fields::empty();
    fields.endless = vec![2];
    let path = vec!["again"; 255].join(".");
    check(
        &fields,
        &format!("endless.{path}: nested deeper than 256 (at byte 5)"),
    );
}

/// A1: records that each hold the next one twice, and no byte.
#[test]
fn a1_billion_laughs() {
    let mut fields = Fields::empty();
    fields.laughs = long(25);
    for decoded in [
        v1::Everything::from_avro(1, &fields.avro(), Limits::default()).map(drop),
        v1::EverythingRef::from_avro(1, &fields.avro(), Limits::default()).map(drop),
        v2::Everything::from_avro(1, &fields.avro(), Limits::default()).map(drop),
    ] {
        let error = decoded.unwrap_err().to_string();
        let expected = ": more than 1000000 items that take no bytes (at byte 6)";
        assert!(error.ends_with(expected), "{error}");
    }
}

/// A tree has many nodes without being deep: boxes are memory too.
#[test]
fn a1_a_wide_tree() {
    let mut level = vec![0, 0, 0];
    for _ in 0..18 {
        level = [vec![2], level.clone(), vec![2], level, vec![0]].concat();
    }
    let mut fields = Fields::empty();
    fields.tree = [vec![2], level].concat();
    let avro = fields.avro();
    let limits = Limits {
        allocation_bytes_max: 1 << 20,
        ..Limits::default()
    };
    let read = bounded("owned", limits, || {
        v1::Everything::from_avro(1, &avro, limits).map(drop)
    });
    let error = read.unwrap_err();
    let expected = "the datum needs more than 1048576 bytes of memory";
    assert!(error.contains(expected), "{error}");
    assert_eq!(
        bounded("skipped", limits, || {
            v2::Everything::from_avro(1, &avro, limits).map(drop)
        }),
        Ok(())
    );
}

/// A1: what is large on the stack nests less deep.
#[test]
fn a1_large_values_nest_less_deep() {
    let mut fields = Fields::empty();
    // Each node: another one, and no parts.
    fields.wide = [vec![2; 200], vec![0; 201]].concat();
    let avro = fields.avro();
    let limits = Limits::default();
    let decode = || v1::Everything::from_avro(1, &avro, limits).map(drop);
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let read = std::thread::scope(|scope| {
        let thread = thread.spawn_scoped(scope, decode).unwrap();
        thread.join().unwrap()
    });
    let error = read.unwrap_err().to_string();
    assert!(error.contains("nested deeper than 256"), "{error}");
}

/// A2: counts and sizes of blocks that cannot be.
#[test]
fn a2_blocks_that_cannot_be() {
    let mut fields = Fields::empty();
    fields.texts = [long(i64::MIN), long(0)].concat();
    let read = "texts: a block of 9223372036854775808 items, 6 bytes left (at byte 19)";
    // What is passed over by its size has only that.
    let skipped = "texts: a block of 9223372036854775808 items, 0 bytes left (at byte 19)";
    check_within(Limits::default(), &fields.avro(), read, read, skipped);
}

/// A2: the size of a block is below zero, beyond the end, or too small.
#[test]
fn a2_sizes_of_blocks() {
    let mut fields = Fields::empty();
    fields.texts = [long(-1), long(-5), vec![0], long(0)].concat();
    check(&fields, "texts: a length of -5 (at byte 9)");
    fields.texts = [long(-1), long(1_000), vec![0], long(0)].concat();
    check(
        &fields,
        "texts: the input ends: 1000 bytes needed, 8 left (at byte 11)",
    );
    fields.texts = [long(-3), long(1), vec![0, 0, 0], long(0)].concat();
    let avro = fields.avro();
    let skipped = "texts: a block of 3 items, 1 bytes left (at byte 10)";
    check_within(Limits::default(), &avro, "", "", skipped);
}

/// A2: a count, and then the end.
#[test]
fn a2_a_count_and_then_the_end() {
    let fields = Fields::empty();
    let start: Vec<u8> = fields.avro()[..8].to_vec();
    for (count, expected) in [
        (1, "texts: a block of 1 items, 0 bytes left (at byte 9)"),
        (
            i64::MAX,
            "texts: a block of 9223372036854775807 items, 0 bytes left (at byte 18)",
        ),
    ] {
        let avro = [start.clone(), long(count)].concat();
        check_within(Limits::default(), &avro, expected, expected, expected);
    }
}

/// A3: branches and symbols that are not there.
#[test]
fn a3_branches_and_symbols() {
    for index in [-1, 2, 1 << 31] {
        let mut fields = Fields::empty();
        fields.choice = [long(index), long(0)].concat();
        check(
            &fields,
            &format!("choice: branch {index} of a union of 2 (at byte 11)"),
        );
        let mut fields = Fields::empty();
        fields.state = long(index);
        check_read(
            &fields,
            &format!("state: symbol {index} of an enum of 2 (at byte 13)"),
        );
    }
}

/// A4: a number of eleven bytes.
#[test]
fn a4_long_numbers() {
    let mut fields = Fields::empty();
    fields.texts = [vec![0xff; 10], vec![0]].concat();
    check(
        &fields,
        "texts: a variable-length integer has more than 64 bits (at byte 8)",
    );
}

/// A5: a million entries of one key, of different keys, and of keys that are
/// alike for long.
#[test]
fn a5_maps() {
    let too_large = "map: the datum needs more than 16777216 bytes of memory (at byte 12)";
    let entry = [text("k"), text("")].concat();
    let mut fields = Fields::empty();
    fields.map = [long(1_000_000), entry.repeat(1_000_000), long(0)].concat();
    check_read(&fields, too_large);
    fields.map = [long(50_000), entry.repeat(50_000), long(0)].concat();
    check(&fields, "");
    let entries = |count: usize, start: &str| {
        let entry = |at: usize| [text(&format!("{start}{}", count - at)), text("v")].concat();
        let entries: Vec<u8> = (0..count).flat_map(entry).collect();
        [long(count as i64), entries, long(0)].concat()
    };
    fields.map = entries(50_000, "");
    check(&fields, "");
    fields.map = entries(5_000, &"x".repeat(200));
    check(&fields, "");
}

/// A5: many small maps and many small blocks: nodes and growth are memory too.
#[test]
fn a5_small_maps_and_small_blocks() {
    let limits = Limits {
        allocation_bytes_max: 1 << 20,
        ..Limits::default()
    };
    let mut fields = Fields::empty();
    let map = [long(1), text("k"), long(7), long(0)].concat();
    fields.maps = [long(1_000), map.repeat(1_000), long(0)].concat();
    check_within(limits, &fields.avro(), "", "", "");
    fields.maps = [long(100_000), map.repeat(100_000), long(0)].concat();
    let avro = fields.avro();
    for read in [
        bounded("owned", limits, || {
            v1::Everything::from_avro(1, &avro, limits).map(drop)
        }),
        bounded("view", limits, || {
            v1::EverythingRef::from_avro(1, &avro, limits).map(drop)
        }),
    ] {
        let error = read.unwrap_err();
        assert!(error.contains("more than 1048576 bytes"), "{error}");
    }
    let mut fields = Fields::empty();
    let block = [long(1), text("")].concat();
    fields.texts = [block.repeat(10_000), long(0)].concat();
    check_within(limits, &fields.avro(), "", "", "");
    fields.texts = [block.repeat(200_000), long(0)].concat();
    let avro = fields.avro();
    let owned = bounded("owned", limits, || {
        v1::Everything::from_avro(1, &avro, limits).map(drop)
    });
    assert!(owned.unwrap_err().contains("more than 1048576 bytes"));
}

/// A6: text that is not UTF-8.
#[test]
fn a6_text() {
    let mut fields = Fields::empty();
    fields.id = vec![4, 0xc3, 0x28];
    check(&fields, "id: a string is not UTF-8 (at byte 0)");
}

/// A7: bytes after the datum.
#[test]
fn a7_trailing_bytes() {
    let mut fields = Fields::empty();
    fields.bytes = vec![0, 0, 0];
    check(&fields, "2 bytes after the datum (at byte 15)");
}
