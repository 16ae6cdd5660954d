//! The example applications: articles, prices and offers, each one type with one decide function.
