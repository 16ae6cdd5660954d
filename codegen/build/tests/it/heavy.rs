//! A fixed that is larger than a thread's stack.

use std::collections::BTreeMap;

use accordant_wire::{DecodeRef, Encode, Event, EventRef, Limits, values::LargeFixed};

use crate::golden::shapes::heavy::{Heavy, HeavyEither, HeavyRef};

const STACK_BYTES: usize = 256 << 10;

/// In debug builds too, where every move is a copy.
#[test]
fn a_small_stack_is_enough() {
    let work = || {
        let mut image = LargeFixed::zeroed();
        image[6_999_999] = 1;
        let heavy = Heavy::builder()
            .id("a")
            .image(image)
            .small([2; 4_096])
            .optional(LargeFixed::zeroed())
            .either(HeavyEither::Page(LargeFixed::zeroed()))
            .pages(vec![LargeFixed::zeroed()])
            .huge(LargeFixed::zeroed())
            .images(BTreeMap::new())
            .build()
            .unwrap();
        let mut avro = Vec::new();
        heavy.clone().encode(&mut avro).unwrap();
        let owned = Heavy::from_avro(1, &avro, Limits::default()).unwrap();
        assert_eq!(owned, heavy);
        let view = HeavyRef::from_avro(1, &avro, Limits::default()).unwrap();
        assert_eq!(view.image.len(), 7_000_000);
        assert_eq!(view.into_owned(), heavy);
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    thread.spawn(work).unwrap().join().unwrap();
}

/// The bytes count as memory, as a string's do.
#[test]
fn many_of_them_are_refused() {
    let image = LargeFixed::<7_000_000>::zeroed();
    let mut avro = vec![0];
    avro.extend_from_slice(&image);
    avro.extend([0; 4_096]);
    avro.extend([0, 2, 0, 0]);
    avro.extend([0; 5_000]);
    avro.push(4);
    for key in [b'a', b'b'] {
        avro.extend([2, key]);
        avro.extend_from_slice(&image);
    }
    avro.push(0);
    let error = Heavy::from_avro(1, &avro, Limits::default()).unwrap_err();
    assert!(error.to_string().starts_with("images"), "{error}");
    let text = "needs more than 16777216 bytes";
    assert!(error.to_string().contains(text), "{error}");
    let limits = Limits {
        allocation_bytes_max: 32 << 20,
        ..Limits::default()
    };
    assert_eq!(Heavy::from_avro(1, &avro, limits).unwrap().images.len(), 2);
}
