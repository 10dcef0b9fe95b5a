use super::{Deed, UnknownDeed};

/// What is taken back at once: a deed, and what followed it by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub(super) deeds: Vec<Deed>,
}

/// Before the line of a deed that belongs to the one before it.
const ALSO: &str = "+ ";

impl From<Deed> for Step {
    fn from(deed: Deed) -> Self {
        Self { deeds: vec![deed] }
    }
}

impl Step {
    /// What the user did.
    pub fn deed(&self) -> &Deed {
        // Made of one deed, and only ever added to.
        &self.deeds[0]
    }

    /// It, and what followed.
    pub fn deeds(&self) -> &[Deed] {
        &self.deeds
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let also = |(index, deed): (usize, &Deed)| if index == 0 { deed.to_string() } else { format!("{ALSO}{deed}") };
        self.deeds.iter().enumerate().map(also)
    }
}

/// One line for each deed. What was done at once with opening comes first, as if it belonged to a deed before.
pub(super) fn write(opening: &[Deed], steps: &[Step]) -> Vec<String> {
    let opening = opening.iter().map(|deed| format!("{ALSO}{deed}"));
    opening.chain(steps.iter().flat_map(Step::lines)).collect()
}

pub(super) fn read<'l>(lines: impl Iterator<Item = &'l str>) -> Result<(Vec<Deed>, Vec<Step>), UnknownDeed> {
    let (mut opening, mut steps) = (Vec::new(), Vec::<Step>::new());
    for line in lines {
        match (line.strip_prefix(ALSO), steps.last_mut()) {
            (Some(also), Some(step)) => step.deeds.push(also.parse()?),
            (Some(also), None) => opening.push(also.parse()?),
            (None, _) => steps.push(Step::from(line.parse::<Deed>()?)),
        }
    }
    Ok((opening, steps))
}
