//! Writing files so that nobody ever sees half of one.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, bail};

/// Writes files that must not be there yet, or none of them.
///
/// # Errors
/// One is there already, or a file or folder cannot be written.
pub(super) fn create(root: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    for (name, _) in files {
        let path = root.join(name);
        if path.exists() {
            bail!(
                "{} is there already; nothing is written\nfix: choose another name, or remove it first",
                path.display()
            );
        }
    }
    for (name, text) in files {
        let path = root.join(name);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        replace(&path, text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Replaces a file at once: whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    fs::set_permissions(file.path(), permissions(path, folder)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Those of the file that is replaced; a new one is as open as its neighbours,
/// not private as a temporary file is.
#[cfg(unix)]
fn permissions(path: &Path, folder: &Path) -> std::io::Result<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;

    const READ_AND_WRITE: u32 = 0o666;
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.permissions()),
        Err(_) => {
            let mode = fs::metadata(folder)?.permissions().mode() & READ_AND_WRITE;
            Ok(fs::Permissions::from_mode(mode))
        }
    }
}

#[cfg(not(unix))]
fn permissions(path: &Path, folder: &Path) -> std::io::Result<fs::Permissions> {
    Ok(fs::metadata(path)
        .or_else(|_| fs::metadata(folder))?
        .permissions())
}
