//! The applications on a real broker: on when `ACCORDANT_TEST_KAFKA` names one.

mod live;
mod registry;
