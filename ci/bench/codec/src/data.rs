//! Data that looks like a shop's, the same in every run: a generator with a
//! fixed seed.

/// Events of a case. So many that a processor does not learn them by heart.
pub(crate) const EVENTS: usize = 64;

const WORDS: [&str; 16] = [
    "amber", "basalt", "cedar", "dune", "ember", "fjord", "grove", "harbour", "indigo", "juniper",
    "kelp", "lagoon", "meadow", "nimbus", "orchard", "prairie",
];

const CITIES: [&str; 6] = ["Bergen", "Ghent", "Lyon", "Málaga", "Porto", "Wrocław"];

const CURRENCIES: [&str; 4] = ["EUR", "NOK", "PLN", "USD"];

/// SplitMix64: small, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0, `end` excluded.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.next() as usize % choices.len()]
    }

    pub(crate) fn word(&mut self) -> &'static str {
        self.one_of(&WORDS)
    }

    pub(crate) fn city(&mut self) -> &'static str {
        self.one_of(&CITIES)
    }

    pub(crate) fn currency(&mut self) -> &'static str {
        self.one_of(&CURRENCIES)
    }

    pub(crate) fn words(&mut self, count: u64) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }

    /// The text of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    /// Microseconds of a moment in 2026.
    pub(crate) fn micros(&mut self) -> i64 {
        (1_767_225_600_000_000 + self.below(31_536_000_000_000)) as i64
    }

    pub(crate) fn sku(&mut self) -> String {
        format!("{}-{:04}", &self.word()[..4], self.below(10_000))
    }

    pub(crate) fn street(&mut self) -> String {
        format!("{} street {}", self.word(), 1 + self.below(180))
    }
}
