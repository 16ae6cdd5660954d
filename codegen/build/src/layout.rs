//! Where everything stands in the generated code: modules, and the names of
//! types in them. Decided once, before anything is emitted.

use std::collections::{BTreeMap, BTreeSet};

use accordant_schema::{
    FullName, Kind, NodeId, Schema,
    contract::{Contract, ContractVersion, Contracts, Reference},
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    Error,
    choices::Choices,
    ident::{Scope, ident},
};

/// One version of one contract: a module with types of its own.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) version: &'a ContractVersion,
    /// Modules from the top of the generated code.
    pub(crate) modules: Vec<Ident>,
    /// What is defined in this module.
    pub(crate) own: BTreeMap<TypeKey, Ident>,
    /// The types of other units that the schema takes in, by position in the layout.
    pub(crate) references: Vec<usize>,
    /// The Rust type of each record, enum and union of the schema.
    pub(crate) types: BTreeMap<NodeId, RustType>,
}

/// A type that has a name in Rust, independent of the schema that it is seen in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TypeKey {
    /// The contract's own type, where the schema gives it no name.
    Root,
    Named(FullName),
    /// A union of several branches that are not null, by the record and field
    /// that it stands in, and the steps from there. In a root without a name it
    /// is the contract's name, and a field without one.
    Union(FullName, String, Vec<usize>),
}

/// A type's unit and its name there.
#[derive(Debug, Clone)]
pub(crate) struct RustType {
    pub(crate) unit: usize,
    pub(crate) name: Ident,
}

/// Everything's place.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) choices: &'a Choices,
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) root: Module,
}

/// A module of namespaces and contracts.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) children: BTreeMap<String, (Ident, Child)>,
}

#[derive(Debug)]
pub(crate) enum Child {
    Namespace(Module),
    /// The positions of the contract's units, ascending by version.
    Contract(Vec<usize>),
}

impl<'a> Layout<'a> {
    pub(crate) fn new(contracts: &'a Contracts, choices: &'a Choices) -> Result<Layout<'a>, Error> {
        let mut layout = Layout {
            choices,
            units: Vec::new(),
            root: Module::default(),
        };
        let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
        for contract in contracts.contracts.values() {
            layout.place(contract, &mut scopes);
        }
        let by_reference: BTreeMap<(FullName, u32), usize> = (layout.units.iter().enumerate())
            .map(|(at, unit)| ((unit.contract.name.clone(), unit.version.version.0), at))
            .collect();
        for at in 0..layout.units.len() {
            let version = layout.units[at].version;
            let references = references_in_order(contracts, version, &by_reference);
            let types = types_of(&layout, at, &references)?;
            layout.units[at].references = references;
            layout.units[at].types = types;
        }
        Ok(layout)
    }

    fn place(&mut self, contract: &'a Contract, scopes: &mut BTreeMap<String, Scope>) {
        let mut modules = Vec::new();
        let mut module = &mut self.root;
        let mut path = String::new();
        let namespace = contract.name.namespace();
        for part in namespace.split('.').filter(|part| !part.is_empty()) {
            let scope = scopes.entry(path.clone()).or_default();
            let (name, child) = module
                .children
                .entry(format!("{part}."))
                .or_insert_with(|| (scope.snake(part), Child::Namespace(Module::default())));
            modules.push(name.clone());
            path = format!("{path}{part}.");
            match child {
                Child::Namespace(inner) => module = inner,
                Child::Contract(_) => unreachable!("a namespace's key ends with a dot"),
            }
        }
        let name = scopes.entry(path).or_default().snake(contract.name.name());
        modules.push(name.clone());
        let mut units = Vec::new();
        for version in &contract.versions {
            units.push(self.units.len());
            let mut modules = modules.clone();
            modules.push(ident(&format!("v{}", version.version.0)));
            self.units.push(Unit {
                contract,
                version,
                modules,
                own: own_types(contract, &version.schema, self.choices),
                references: Vec::new(),
                types: BTreeMap::new(),
            });
        }
        module.children.insert(
            contract.name.name().to_owned(),
            (name, Child::Contract(units)),
        );
    }

    /// The path of a type from inside a unit's module, `depth` modules further in.
    pub(crate) fn path(&self, from: usize, depth: usize, to: &RustType) -> TokenStream {
        let name = &to.name;
        let mut supers = depth;
        let target = &self.units[to.unit].modules;
        let mut down: &[Ident] = &[];
        if from != to.unit {
            let own = &self.units[from].modules;
            let common = own.iter().zip(target).take_while(|(a, b)| a == b).count();
            supers += own.len() - common;
            down = &target[common..];
        }
        let up = std::iter::repeat_n(quote!(super::), supers);
        quote!(#(#up)* #(#down::)* #name)
    }

    /// The Rust name of a unit's contract's own type, if there is one.
    pub(crate) fn root_name(&self, unit: usize) -> Option<&Ident> {
        let unit = &self.units[unit];
        let named = || unit.types.get(&unit.version.schema.root).map(|it| &it.name);
        unit.own.get(&TypeKey::Root).or_else(named)
    }

    /// The path of an item of a unit's module from inside another's.
    pub(crate) fn item(&self, from: usize, to: usize, item: &str) -> TokenStream {
        self.path(
            from,
            0,
            &RustType {
                unit: to,
                name: ident(item),
            },
        )
    }
}

/// The units of the references, in the order of the schema's sources.
fn references_in_order(
    contracts: &Contracts,
    version: &ContractVersion,
    units: &BTreeMap<(FullName, u32), usize>,
) -> Vec<usize> {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: BTreeSet<&Reference> = BTreeSet::new();
    let mut open: Vec<&Reference> = version.references.iter().collect();
    while let Some(reference) = open.pop() {
        if !seen.insert(reference) {
            continue;
        }
        let key = (reference.name.clone(), reference.version.0);
        let target = (contracts.contracts.get(&reference.name))
            .and_then(|contract| contract.version(reference.version));
        if let (Some(unit), Some(target)) = (units.get(&key), target) {
            found.insert(target.text.as_str(), *unit);
            open.extend(&target.references);
        }
    }
    let texts = contracts.reference_texts(version);
    texts
        .into_iter()
        .filter_map(|text| found.get(text).copied())
        .collect()
}

/// The names of the types that a schema's own text defines.
fn own_types(contract: &Contract, schema: &Schema, choices: &Choices) -> BTreeMap<TypeKey, Ident> {
    let mut scope = Scope::default();
    // The root's name first: it must not give way to another type's.
    let is_external = |id: NodeId| choices.external(&schema.node(id).kind).is_some();
    let root = schema.name_of(schema.root).cloned();
    let root = root.filter(|_| !is_external(schema.root));
    let mut own = BTreeMap::new();
    if schema.name_of(schema.root).is_none() {
        own.insert(TypeKey::Root, scope.upper(contract.name.name()));
    }
    if let Some(root) = &root {
        own.insert(TypeKey::Named(root.clone()), scope.upper(root.name()));
    }
    for (name, id) in &schema.names {
        let node = schema.node(*id);
        let has_type = matches!(node.kind, Kind::Record(_) | Kind::Enum(_));
        if node.source == 0 && has_type && Some(name) != root.as_ref() && !is_external(*id) {
            own.insert(TypeKey::Named(name.clone()), scope.upper(name.name()));
        }
    }
    for (id, key, wanted) in unions(contract, schema, choices) {
        if schema.node(id).source == 0 {
            own.insert(key, scope.upper(&wanted));
        }
    }
    own
}

/// Every union with several branches that are not null.
fn unions(
    contract: &Contract,
    schema: &Schema,
    choices: &Choices,
) -> Vec<(NodeId, TypeKey, String)> {
    let mut found = Vec::new();
    // In a root without a name, whose own enum has the contract's.
    if schema.name_of(schema.root).is_none() {
        let name = &contract.name;
        let inside = unions_in(schema, schema.root, name, "", name.name().to_owned());
        found.extend(
            inside
                .into_iter()
                .map(|(id, key, wanted)| match id == schema.root {
                    true if is_enum(schema, id) => (id, TypeKey::Root, wanted),
                    true => (id, key, format!("{wanted}_value")),
                    false => (id, key, wanted),
                }),
        );
    }
    for id in schema.names.values() {
        let kind = &schema.node(*id).kind;
        // What is in a type of the user's own has its types there.
        let Kind::Record(record) = kind else {
            continue;
        };
        if choices.external(kind).is_some() {
            continue;
        }
        for field in &record.fields {
            let wanted = format!("{}_{}", record.name.name(), field.name);
            found.extend(unions_in(
                schema,
                field.ty,
                &record.name,
                &field.name,
                wanted,
            ));
        }
    }
    found
}

/// The unions in a field, or in a root without a name.
fn unions_in(
    schema: &Schema,
    ty: NodeId,
    owner: &FullName,
    field: &str,
    wanted: String,
) -> Vec<(NodeId, TypeKey, String)> {
    let mut found = Vec::new();
    let mut open = vec![(ty, Vec::new(), wanted)];
    while let Some((id, steps, wanted)) = open.pop() {
        let step = |next: usize| steps.iter().copied().chain([next]).collect::<Vec<_>>();
        match &schema.node(id).kind {
            Kind::Array(items) => open.push((*items, step(0), format!("{wanted}_item"))),
            Kind::Map(values) => open.push((*values, step(0), format!("{wanted}_value"))),
            Kind::Union(branches) => {
                let real = branches.iter().filter(|it| !is_null(schema, **it)).count();
                if real > 1 {
                    let key = TypeKey::Union(owner.clone(), field.to_owned(), steps.clone());
                    found.push((id, key, wanted.clone()));
                }
                for (index, branch) in branches.iter().enumerate() {
                    open.push((*branch, step(index), wanted.clone()));
                }
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Record(_)
            | Kind::Enum(_)
            | Kind::Fixed(_) => {}
        }
    }
    found
}

/// Whether a union is an enum and nothing around it.
pub(crate) fn is_enum(schema: &Schema, id: NodeId) -> bool {
    let branches = schema.node(id).kind.branches();
    branches.len() > 1 && !branches.iter().any(|branch| is_null(schema, *branch))
}

/// The Rust types of a unit's schema, those of its references included.
fn types_of(
    layout: &Layout<'_>,
    at: usize,
    references: &[usize],
) -> Result<BTreeMap<NodeId, RustType>, Error> {
    let schema = &layout.units[at].version.schema;
    let named = schema.names.iter().filter_map(|(name, id)| {
        let kind = &schema.node(*id).kind;
        let has_type = matches!(kind, Kind::Record(_) | Kind::Enum(_));
        (has_type && layout.choices.external(kind).is_none())
            .then(|| (*id, TypeKey::Named(name.clone())))
    });
    let unions = unions(layout.units[at].contract, schema, layout.choices)
        .into_iter()
        .map(|(id, key, _)| (id, key));
    let mut types = BTreeMap::new();
    for (id, key) in named.chain(unions) {
        let unit = match schema.node(id).source {
            0 => Some(at),
            source => references.get(source - 1).copied(),
        };
        let name = unit.and_then(|unit| layout.units[unit].own.get(&key).cloned());
        let (Some(unit), Some(name)) = (unit, name) else {
            let this = &layout.units[at];
            return Err(Error::Unsupported {
                contract: format!("{} {}", this.contract.name, this.version.version),
                path: format!("{key:?}"),
                reason: "its contract is not loaded".to_owned(),
            });
        };
        types.insert(id, RustType { unit, name });
    }
    Ok(types)
}

pub(crate) fn is_null(schema: &Schema, id: NodeId) -> bool {
    matches!(schema.node(id).kind, Kind::Null)
}
