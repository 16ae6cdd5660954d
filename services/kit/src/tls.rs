//! The cryptography behind `https://`: chosen once a process, before any client
//! is made. HTTP clients of one build may have been compiled without a choice of
//! their own.

/// Installs the provider unless the process has one already. Cheap to repeat.
pub fn install_provider() {
    // An error says that there is one: then that one stays.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
}
