//! Values
