//! Compares a store's rows with the fold of the outbound topic.
