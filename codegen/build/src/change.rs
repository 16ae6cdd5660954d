//! Expressions that make one value of another, no more of them than needed.

use proc_macro2::TokenStream;
use quote::quote;

/// How a value of one Rust type becomes one of another.
pub(crate) enum Change {
    /// It is one.
    None,
    /// By a function.
    Function(TokenStream),
    /// It is what a reference is to.
    Copy,
    /// By an expression over the value's.
    Expression(Box<dyn Fn(&TokenStream) -> TokenStream>),
}

impl Change {
    pub(crate) fn new(expression: impl Fn(&TokenStream) -> TokenStream + 'static) -> Change {
        Change::Expression(Box::new(expression))
    }

    pub(crate) fn of(&self, value: &TokenStream) -> TokenStream {
        match self {
            Change::None => value.clone(),
            Change::Function(function) => quote!(#function(#value)),
            Change::Copy => quote!(*#value),
            Change::Expression(expression) => expression(value),
        }
    }

    /// Of each value of an iterator or an option that is one, if it changes.
    pub(crate) fn each(&self) -> Option<TokenStream> {
        match self {
            Change::None => None,
            Change::Copy => Some(quote!(.copied())),
            Change::Function(_) | Change::Expression(_) => {
                let change = self.argument();
                Some(quote!(.map(#change)))
            }
        }
    }

    /// As an argument that takes the value.
    fn argument(&self) -> TokenStream {
        match self {
            Change::Function(function) => function.clone(),
            Change::None | Change::Copy | Change::Expression(_) => {
                let value = self.of(&quote!(value));
                quote!(|value| #value)
            }
        }
    }

    /// The change, and another one of what comes out of it.
    pub(crate) fn then(self, next: impl Fn(&TokenStream) -> TokenStream + 'static) -> Change {
        Change::new(move |value| next(&self.of(value)))
    }
}
