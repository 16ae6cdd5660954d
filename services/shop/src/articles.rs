//! Articles: what merchants submit becomes what the shop sells.

use accordant_events::catalog::{
    ArticleChanged, ArticleSubmitted, article_changed as changed, article_submitted as submitted,
};
use accordant_kit::processor::{Context, Decision, Failure, Processor, Read, Reason, View};
use accordant_wire::{Event, key};

use crate::time::log_time;

/// The index of SKUs, which are unique at a merchant.
const SKU: &str = "sku";

/// Decides about articles.
#[derive(Debug, Clone, Copy, Default)]
pub struct Articles;

impl Processor for Articles {
    type Input = ArticleSubmitted;
    type Change = ArticleChanged;
    const NAME: &'static str = "articles";

    fn reads(&self, input: &ArticleSubmitted) -> Vec<Read> {
        let value = sku_text(&input.merchant_id, &input.sku);
        vec![Read::Key(input.key()), Read::Index { name: SKU, value }]
    }

    fn indexes(&self, change: &ArticleChanged) -> Vec<(&'static str, String)> {
        match change.deleted {
            true => Vec::new(),
            false => vec![(SKU, sku_text(&change.merchant_id, &change.sku))],
        }
    }

    fn decide(
        &self,
        ctx: &Context,
        input: &ArticleSubmitted,
        view: &View<ArticleChanged>,
    ) -> Result<Decision<ArticleChanged>, Failure> {
        Ok(match input.operation {
            submitted::Operation::Upsert => upsert(ctx, input, view),
            submitted::Operation::Retire => retire(ctx, input, view),
        })
    }
}

fn upsert(
    ctx: &Context,
    input: &ArticleSubmitted,
    view: &View<ArticleChanged>,
) -> Decision<ArticleChanged> {
    let mut reasons = Vec::new();
    let title = input
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty());
    if title.is_none() {
        reasons.push(Reason::at(
            "title_missing",
            "/title",
            "an article on sale has a title",
        ));
    }
    let same_sku = view.index(SKU, &sku_text(&input.merchant_id, &input.sku));
    if let Some(other) = same_sku.iter().find(|it| it.article_id != input.article_id) {
        let message = format!(
            "article {} of {} has it",
            other.article_id, input.merchant_id
        );
        reasons.push(Reason::at("sku_taken", "/sku", message));
    }
    let Some(title) = title.filter(|_| reasons.is_empty()) else {
        return Decision::Reject(reasons);
    };
    Decision::Apply(vec![ArticleChanged {
        article_id: input.article_id,
        merchant_id: input.merchant_id.clone(),
        sku: input.sku.clone(),
        status: changed::ArticleStatus::Active,
        title: title.to_owned(),
        description: input.description.clone(),
        genres: input.genres.clone(),
        contributors: input.contributors.iter().map(contributor).collect(),
        attributes: input
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect(),
        format: input.format.as_ref().map(format),
        released_on: input.released_on,
        checksum: input.checksum,
        rating: input.rating,
        changed_at: log_time(ctx),
        version: view.version(&input.key()) + 1,
        deleted: false,
    }])
}

fn retire(
    ctx: &Context,
    input: &ArticleSubmitted,
    view: &View<ArticleChanged>,
) -> Decision<ArticleChanged> {
    match view.get(&input.key()) {
        Some(article) if !article.deleted => Decision::Apply(vec![ArticleChanged {
            status: changed::ArticleStatus::Retired,
            changed_at: log_time(ctx),
            version: article.version + 1,
            deleted: true,
            ..article.clone()
        }]),
        Some(_) | None => {
            let message = format!(
                "{} sells no article {}",
                input.merchant_id, input.article_id
            );
            Decision::Reject(vec![Reason::at("article_unknown", "/article_id", message)])
        }
    }
}

fn sku_text(merchant_id: &str, sku: &str) -> String {
    key::join([merchant_id, sku])
}

fn contributor(it: &submitted::Contributor) -> changed::Contributor {
    let role = match it.role {
        submitted::Role::Other => changed::Role::Other,
        submitted::Role::Director => changed::Role::Director,
        submitted::Role::Author => changed::Role::Author,
        submitted::Role::Distributor => changed::Role::Distributor,
    };
    changed::Contributor {
        name: it.name.clone(),
        role,
    }
}

fn attribute(
    value: &submitted::ArticleSubmittedAttributesValue,
) -> changed::ArticleChangedAttributesValue {
    use changed::ArticleChangedAttributesValue as Changed;
    use submitted::ArticleSubmittedAttributesValue as Submitted;
    match value {
        Submitted::Boolean(it) => Changed::Boolean(*it),
        Submitted::Double(it) => Changed::Double(*it),
        Submitted::String(it) => Changed::String(it.clone()),
    }
}

fn format(format: &submitted::ArticleSubmittedFormat) -> changed::ArticleChangedFormat {
    use changed::ArticleChangedFormat as Changed;
    use submitted::ArticleSubmittedFormat as Submitted;
    match format {
        Submitted::Physical(it) => Changed::Physical(changed::Physical {
            weight_grams: it.weight_grams,
        }),
        Submitted::Digital(it) => Changed::Digital(changed::Digital {
            running_minutes: it.running_minutes,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use accordant_kit::processor::Trial;
    use uuid::Uuid;

    use super::*;

    fn article(number: u128, sku: &str) -> ArticleSubmitted {
        ArticleSubmitted {
            article_id: Uuid::from_u128(number),
            merchant_id: "merchant".to_owned(),
            sku: sku.to_owned(),
            operation: submitted::Operation::Upsert,
            title: Some("Title".to_owned()),
            description: None,
            genres: Vec::new(),
            contributors: Vec::new(),
            attributes: BTreeMap::new(),
            format: None,
            released_on: None,
            checksum: None,
            rating: None,
            submitted_at: None,
        }
    }

    fn retirement(number: u128) -> ArticleSubmitted {
        ArticleSubmitted {
            operation: submitted::Operation::Retire,
            title: None,
            ..article(number, "any")
        }
    }

    /// The new version and whether the article is gone, or the reasons' codes.
    fn decide(
        trial: &mut Trial<Articles>,
        input: &ArticleSubmitted,
    ) -> Result<(i64, bool), String> {
        match trial.decide(input).unwrap() {
            Decision::Apply(changes) => {
                let [change] = changes.as_slice() else {
                    panic!("{changes:?}")
                };
                Ok((change.version, change.deleted))
            }
            Decision::Reject(reasons) => {
                let codes: Vec<String> = reasons.into_iter().map(|it| it.code).collect();
                Err(codes.join(" "))
            }
            Decision::Nothing => panic!("a submission always ends in something"),
        }
    }

    #[test]
    fn every_change_counts_the_version_up() {
        let mut trial = Trial::new(Articles);
        assert_eq!(decide(&mut trial, &article(1, "a")), Ok((1, false)));
        assert_eq!(decide(&mut trial, &article(1, "a")), Ok((2, false)));
        assert_eq!(decide(&mut trial, &retirement(1)), Ok((3, true)));
        assert_eq!(decide(&mut trial, &article(1, "a")), Ok((4, false)));
    }

    #[test]
    fn a_retirement_needs_an_article_on_sale() {
        let mut trial = Trial::new(Articles);
        assert_eq!(
            decide(&mut trial, &retirement(1)),
            Err("article_unknown".to_owned())
        );
        decide(&mut trial, &article(1, "a")).unwrap();
        decide(&mut trial, &retirement(1)).unwrap();
        assert_eq!(
            decide(&mut trial, &retirement(1)),
            Err("article_unknown".to_owned())
        );
    }

    #[test]
    fn a_sku_is_unique_at_a_merchant_while_it_is_on_sale() {
        let mut trial = Trial::new(Articles);
        decide(&mut trial, &article(1, "a")).unwrap();
        assert_eq!(
            decide(&mut trial, &article(2, "a")),
            Err("sku_taken".to_owned())
        );
        let elsewhere = ArticleSubmitted {
            merchant_id: "other".to_owned(),
            ..article(3, "a")
        };
        assert_eq!(decide(&mut trial, &elsewhere), Ok((1, false)));
        decide(&mut trial, &article(1, "b")).unwrap();
        assert_eq!(decide(&mut trial, &article(2, "a")), Ok((1, false)));
        assert_eq!(
            decide(&mut trial, &article(4, "b")),
            Err("sku_taken".to_owned())
        );
        decide(&mut trial, &retirement(1)).unwrap();
        assert_eq!(decide(&mut trial, &article(4, "b")), Ok((1, false)));
    }

    #[test]
    fn every_reason_is_given_at_once() {
        let mut trial = Trial::new(Articles);
        decide(&mut trial, &article(1, "a")).unwrap();
        for title in [None, Some("  ".to_owned())] {
            let input = ArticleSubmitted {
                title,
                ..article(2, "a")
            };
            assert_eq!(
                decide(&mut trial, &input),
                Err("title_missing sku_taken".to_owned())
            );
        }
    }

    #[test]
    fn what_was_submitted_is_what_is_sold() {
        let mut trial = Trial::new(Articles);
        let input = ArticleSubmitted {
            genres: vec!["Drama".to_owned()],
            contributors: vec![submitted::Contributor {
                name: "Somebody".to_owned(),
                role: submitted::Role::Author,
            }],
            attributes: BTreeMap::from([(
                "votes".to_owned(),
                submitted::ArticleSubmittedAttributesValue::Double(7.5),
            )]),
            format: Some(submitted::ArticleSubmittedFormat::Physical(
                submitted::Physical { weight_grams: 200 },
            )),
            rating: Some(6.9),
            ..article(1, "a")
        };
        decide(&mut trial, &input).unwrap();
        let sold = trial.entity(&input.key()).unwrap();
        assert_eq!(sold.genres, ["Drama"]);
        assert_eq!(sold.contributors[0].role, changed::Role::Author);
        let votes = changed::ArticleChangedAttributesValue::Double(7.5);
        assert_eq!(sold.attributes["votes"], votes);
        let physical = changed::Physical { weight_grams: 200 };
        assert_eq!(
            sold.format,
            Some(changed::ArticleChangedFormat::Physical(physical))
        );
        assert_eq!(sold.rating, Some(6.9));
    }
}
