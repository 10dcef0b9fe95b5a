use crate::trace::Index;

/// What one dimension of an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Ip,
    Net,
    /// A protocol with a port, or with an ICMP type and code.
    Port,
    /// A port alone, for TCP and UDP alike.
    BarePort,
    Mark,
    Device,
    /// Another set.
    Set,
}

/// How the kernel keeps the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Hash,
    Bitmap,
    List,
}

/// A type of sets.
#[derive(Debug, PartialEq, Eq)]
pub struct SetType {
    pub name: &'static str,
    pub dimensions: &'static [Dimension],
    pub storage: Storage,
    /// The revision that Linux 6.18 has.
    pub revision: u8,
}

const fn hash(name: &'static str, revision: u8, dimensions: &'static [Dimension]) -> SetType {
    SetType { name, dimensions, storage: Storage::Hash, revision }
}

/// The types that are modelled.
pub static TYPES: [SetType; 13] = [
    hash("hash:ip", 6, &[Dimension::Ip]),
    hash("hash:net", 7, &[Dimension::Net]),
    hash("hash:ip,port", 7, &[Dimension::Ip, Dimension::Port]),
    hash("hash:ip,port,ip", 6, &[Dimension::Ip, Dimension::Port, Dimension::Ip]),
    hash("hash:ip,port,net", 8, &[Dimension::Ip, Dimension::Port, Dimension::Net]),
    hash("hash:net,port", 8, &[Dimension::Net, Dimension::Port]),
    hash("hash:net,net", 4, &[Dimension::Net, Dimension::Net]),
    hash("hash:net,port,net", 3, &[Dimension::Net, Dimension::Port, Dimension::Net]),
    hash("hash:ip,mark", 3, &[Dimension::Ip, Dimension::Mark]),
    hash("hash:net,iface", 8, &[Dimension::Net, Dimension::Device]),
    SetType { name: "bitmap:ip", dimensions: &[Dimension::Ip], storage: Storage::Bitmap, revision: 3 },
    SetType { name: "bitmap:port", dimensions: &[Dimension::BarePort], storage: Storage::Bitmap, revision: 3 },
    SetType { name: "list:set", dimensions: &[Dimension::Set], storage: Storage::List, revision: 3 },
];

impl SetType {
    pub fn find(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|kind| kind.name == name)
    }

    pub fn is_list(&self) -> bool {
        self.storage == Storage::List
    }

    /// Networks are looked up by each prefix length in turn (`mtype_test_cidrs`).
    pub fn index(&self) -> Index {
        match self.storage {
            Storage::Hash if self.has_nets() => Index::PrefixHash,
            Storage::Hash => Index::Hash,
            Storage::Bitmap => Index::Bitmap,
            Storage::List => Index::List,
        }
    }

    pub fn has_nets(&self) -> bool {
        self.dimensions.contains(&Dimension::Net)
    }
}
