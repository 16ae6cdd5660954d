//! From a path to what it is about.

use percent_encoding::percent_decode_str;

use crate::{
    error::Error,
    subject::{DEFAULT_CONTEXT, SubjectName},
};

/// What a path is about; who may do what with it is the handlers' business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Root,
    Subjects,
    Subject(SubjectName),
    SubjectMetadata(SubjectName),
    Versions(SubjectName),
    Version(SubjectName, String),
    VersionSchema(SubjectName, String),
    ReferencedBy(SubjectName, String),
    Tags(SubjectName, String),
    Undelete(SubjectName, String),
    VersionClients(SubjectName, String),
    VersionChanges(SubjectName, String),
    SubjectChanges(SubjectName),
    Schemas,
    SchemaTypes,
    Id(String),
    IdSchema(String),
    IdSubjects(String),
    IdVersions(String),
    IdClients(String),
    Guid(String),
    GuidIds(String),
    CheckAll(SubjectName),
    CheckVersion(SubjectName, String),
    CheckMany,
    GlobalConfig,
    Config(SubjectName),
    GlobalMode,
    Mode(SubjectName),
    Contexts,
    Context(String),
    MetadataId,
    MetadataVersion,
    MetadataDeployment,
}

/// A target, and the context that the path named before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) context: String,
    pub(crate) target: Target,
}

impl Route {
    /// Takes a path as it came: segments are split first, then decoded. A
    /// slash at the end means nothing.
    pub(crate) fn of(path: &str) -> Result<Route, Error> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = if path.is_empty() {
            vec![]
        } else {
            path.split('/').collect()
        };
        match segments.as_slice() {
            ["contexts", context] => {
                let context = context_of(&decode(context))?;
                let target = Target::Context(context.clone());
                Ok(Route { context, target })
            }
            ["contexts", context, rest @ ..] if !rest.is_empty() => {
                let context = context_of(&decode(context))?;
                let target = target(rest, &context)?;
                Ok(Route { context, target })
            }
            segments => {
                let context = DEFAULT_CONTEXT.to_owned();
                let target = target(segments, &context)?;
                Ok(Route { context, target })
            }
        }
    }
}

impl Target {
    /// The subject of a resource where an alias may stand for it. Settings and
    /// modes are the alias's own.
    pub(crate) fn aliased(&mut self) -> Option<&mut SubjectName> {
        match self {
            Target::Subject(subject)
            | Target::SubjectMetadata(subject)
            | Target::Versions(subject)
            | Target::Version(subject, _)
            | Target::VersionSchema(subject, _)
            | Target::ReferencedBy(subject, _)
            | Target::Tags(subject, _)
            | Target::Undelete(subject, _)
            | Target::VersionClients(subject, _)
            | Target::VersionChanges(subject, _)
            | Target::SubjectChanges(subject)
            | Target::CheckAll(subject)
            | Target::CheckVersion(subject, _) => Some(subject),
            Target::Root
            | Target::Subjects
            | Target::Schemas
            | Target::SchemaTypes
            | Target::Id(_)
            | Target::IdSchema(_)
            | Target::IdSubjects(_)
            | Target::IdVersions(_)
            | Target::IdClients(_)
            | Target::Guid(_)
            | Target::GuidIds(_)
            | Target::CheckMany
            | Target::GlobalConfig
            | Target::Config(_)
            | Target::GlobalMode
            | Target::Mode(_)
            | Target::Contexts
            | Target::Context(_)
            | Target::MetadataId
            | Target::MetadataVersion
            | Target::MetadataDeployment => None,
        }
    }

    /// Whether a schema is named by its id, and its subject as a parameter.
    pub(crate) fn is_of_id(&self) -> bool {
        matches!(
            self,
            Target::Id(_)
                | Target::IdSchema(_)
                | Target::IdSubjects(_)
                | Target::IdVersions(_)
                | Target::IdClients(_)
        )
    }

    /// What is asked for, in one word: a metric's label.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Target::Root => "root",
            Target::Subjects => "subjects",
            Target::Subject(_) => "subject",
            Target::SubjectMetadata(_) => "subject_metadata",
            Target::Versions(_) => "versions",
            Target::Version(..) => "version",
            Target::VersionSchema(..) => "version_schema",
            Target::ReferencedBy(..) => "referenced_by",
            Target::Tags(..) => "tags",
            Target::Undelete(..) => "undelete",
            Target::VersionClients(..) | Target::IdClients(_) => "clients",
            Target::VersionChanges(..) | Target::SubjectChanges(_) => "changes",
            Target::Schemas => "schemas",
            Target::SchemaTypes => "schema_types",
            Target::Id(_) => "schema_by_id",
            Target::IdSchema(_) => "text_by_id",
            Target::IdSubjects(_) => "subjects_by_id",
            Target::IdVersions(_) => "versions_by_id",
            Target::Guid(_) => "schema_by_guid",
            Target::GuidIds(_) => "ids_by_guid",
            Target::CheckAll(_) | Target::CheckVersion(..) => "check",
            Target::CheckMany => "check_many",
            Target::GlobalConfig | Target::Config(_) => "config",
            Target::GlobalMode | Target::Mode(_) => "mode",
            Target::Contexts | Target::Context(_) => "contexts",
            Target::MetadataId | Target::MetadataVersion | Target::MetadataDeployment => "server",
        }
    }
}

fn target(segments: &[&str], context: &str) -> Result<Target, Error> {
    let subject = |text: &str| SubjectName::in_context(context, &decode(text));
    Ok(match segments {
        [] => Target::Root,
        ["subjects"] => Target::Subjects,
        ["subjects", s] => Target::Subject(subject(s)),
        ["subjects", s, "metadata"] => Target::SubjectMetadata(subject(s)),
        ["subjects", s, "versions"] => Target::Versions(subject(s)),
        ["subjects", s, "versions", v] => Target::Version(subject(s), decode(v)),
        ["subjects", s, "versions", v, "schema"] => Target::VersionSchema(subject(s), decode(v)),
        ["subjects", s, "versions", v, "referencedby"] => {
            Target::ReferencedBy(subject(s), decode(v))
        }
        ["subjects", s, "versions", v, "tags"] => Target::Tags(subject(s), decode(v)),
        ["subjects", s, "versions", v, "undelete"] => Target::Undelete(subject(s), decode(v)),
        ["subjects", s, "versions", v, "clients"] => Target::VersionClients(subject(s), decode(v)),
        ["subjects", s, "versions", v, "changes"] => Target::VersionChanges(subject(s), decode(v)),
        ["subjects", s, "changes"] => Target::SubjectChanges(subject(s)),
        ["schemas"] => Target::Schemas,
        ["schemas", "types"] => Target::SchemaTypes,
        ["schemas", "ids", id] => Target::Id(decode(id)),
        ["schemas", "ids", id, "schema"] => Target::IdSchema(decode(id)),
        ["schemas", "ids", id, "subjects"] => Target::IdSubjects(decode(id)),
        ["schemas", "ids", id, "versions"] => Target::IdVersions(decode(id)),
        ["schemas", "ids", id, "clients"] => Target::IdClients(decode(id)),
        ["schemas", "guids", guid] => Target::Guid(decode(guid)),
        ["schemas", "guids", guid, "ids"] => Target::GuidIds(decode(guid)),
        ["compatibility", "subjects", s, "versions"] => Target::CheckAll(subject(s)),
        ["compatibility", "subjects", s, "versions", v] => {
            Target::CheckVersion(subject(s), decode(v))
        }
        ["compatibility", "batch"] => Target::CheckMany,
        ["config"] => Target::GlobalConfig,
        ["config", s] => Target::Config(subject(s)),
        ["mode"] => Target::GlobalMode,
        ["mode", s] => Target::Mode(subject(s)),
        ["contexts"] => Target::Contexts,
        ["v1", "metadata", "id"] => Target::MetadataId,
        ["v1", "metadata", "version"] => Target::MetadataVersion,
        ["v1", "metadata", "deployment"] => Target::MetadataDeployment,
        _ => return Err(Error::PathNotFound),
    })
}

/// `.ctx`, `:.ctx:` or `ctx` as a path names a context.
fn context_of(text: &str) -> Result<String, Error> {
    let text = text.strip_prefix(':').unwrap_or(text);
    let text = text.strip_suffix(':').unwrap_or(text);
    let context = if text.starts_with('.') {
        text.to_owned()
    } else {
        format!(".{text}")
    };
    if SubjectName::new(context.clone(), String::new()).can_exist() {
        Ok(context)
    } else {
        Err(Error::BodyInvalid(format!("invalid context {text:?}")))
    }
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, target: &Target) {
        assert_eq!(Route::of(path).unwrap().target, *target, "{path}");
    }

    fn subject(text: &str) -> SubjectName {
        SubjectName::parse(text)
    }

    #[test]
    fn subjects_are_decoded_after_the_path_is_split() {
        check(
            "/subjects/a%2Fb/versions",
            &Target::Versions(subject("a/b")),
        );
        check(
            "/subjects/%3A.ctx%3As",
            &Target::Subject(subject(":.ctx:s")),
        );
        check("/subjects/a+b%20c", &Target::Subject(subject("a+b c")));
        check("/subjects/..", &Target::Subject(subject("..")));
        check("/subjects/%252F", &Target::Subject(subject("%2F")));
        check(
            "/subjects/versions/versions",
            &Target::Versions(subject("versions")),
        );
        check("/subjects//versions", &Target::Versions(subject("")));
        check("/subjects/%FF", &Target::Subject(subject("\u{fffd}")));
    }

    #[test]
    fn a_slash_at_the_end_means_nothing() {
        check("/", &Target::Root);
        check("", &Target::Root);
        check("/subjects/", &Target::Subjects);
        check(
            "/compatibility/subjects/s/versions/",
            &Target::CheckAll(subject("s")),
        );
    }

    #[test]
    fn a_context_may_stand_before_a_path() {
        let route = Route::of("/contexts/.ctx/subjects/s").unwrap();
        assert_eq!(route.context, ".ctx");
        assert_eq!(route.target, Target::Subject(subject(":.ctx:s")));
        assert_eq!(
            Route::of("/contexts/%3A.ctx%3A/schemas/ids/1")
                .unwrap()
                .context,
            ".ctx"
        );
        assert_eq!(Route::of("/contexts").unwrap().target, Target::Contexts);
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in [
            "/nope",
            "/subjects/s/nope",
            "/schemas/ids",
            "/subjects/s/versions/1/x",
        ] {
            assert!(
                matches!(Route::of(path), Err(Error::PathNotFound)),
                "{path}"
            );
        }
    }
}
