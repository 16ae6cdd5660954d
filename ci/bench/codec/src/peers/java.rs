//! Avro Java, in a process of its own: `java/Peer.java` with the jars of a
//! folder. It is in no turn with the others: it runs right behind them.

use std::{fs, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, ensure};

/// Avro Java's jars.
pub(crate) struct Java {
    libs: PathBuf,
}

/// Nanoseconds that a datum takes.
pub(crate) struct Figures {
    pub(crate) decode: f64,
    pub(crate) encode: f64,
}

impl Java {
    /// What `ci/java.sh` prints: `libs` stands beside the judge.
    pub(crate) fn of_judge(judge: &Path) -> anyhow::Result<Java> {
        let home = judge.parent().context("the judge stands in a folder")?;
        let libs = home.join("libs");
        ensure!(libs.is_dir(), "there are no jars in {}", libs.display());
        Ok(Java { libs })
    }

    pub(crate) fn measure(
        &self,
        schema: &str,
        encoded: &[Vec<u8>],
        rounds: usize,
    ) -> anyhow::Result<Figures> {
        let folder = std::env::temp_dir().join(format!("accordant-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let (text, data) = (folder.join("schema.avsc"), folder.join("data.bin"));
        fs::write(&text, schema)?;
        let mut bytes = u32::try_from(encoded.len())?.to_be_bytes().to_vec();
        for datum in encoded {
            bytes.extend(u32::try_from(datum.len())?.to_be_bytes());
            bytes.extend(datum);
        }
        fs::write(&data, bytes)?;
        let output = Command::new("java")
            .args(["-Dslf4j.internal.verbosity=ERROR", "-cp"])
            .arg(self.libs.join("*"))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("java/Peer.java"))
            .args([text.as_os_str(), data.as_os_str()])
            .arg(rounds.to_string())
            .output()
            .context("java cannot be started")?;
        fs::remove_dir_all(&folder)?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "Avro Java failed: {said}");
        let figure = |name: &str| -> anyhow::Result<f64> {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            Ok(line.context("Avro Java gave no figure")?.trim().parse()?)
        };
        Ok(Figures {
            decode: figure("decode")?,
            encode: figure("encode")?,
        })
    }
}
