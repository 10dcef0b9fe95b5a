use super::DataType;

/// `frag FIELD`, `exthdr frag`: of the header with which IPv6 says which part of a datagram a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FragmentKey {
    /// Whether there is one.
    Present,
    NextHeader,
    Reserved,
    /// In units of 8 bytes.
    Offset,
    Reserved2,
    More,
    Id,
}

impl FragmentKey {
    const FIELDS: [(Self, &'static str); 6] = [
        (Self::NextHeader, "nexthdr"),
        (Self::Reserved, "reserved"),
        (Self::Offset, "frag-off"),
        (Self::Reserved2, "reserved2"),
        (Self::More, "more-fragments"),
        (Self::Id, "id"),
    ];

    /// None for [`Self::Present`], which asks for no field.
    pub fn field(self) -> Option<&'static str> {
        Self::FIELDS.into_iter().find(|(key, _)| *key == self).map(|(_, name)| name)
    }

    pub fn from_field(name: &str) -> Option<Self> {
        Self::FIELDS.into_iter().find(|(_, known)| *known == name).map(|(key, _)| key)
    }

    pub const fn data_type(self) -> DataType {
        match self {
            Self::Present => DataType::Boolean,
            Self::NextHeader => DataType::InetProto,
            Self::Reserved => DataType::Integer(8),
            Self::Offset => DataType::Integer(13),
            Self::Reserved2 => DataType::Integer(2),
            Self::More => DataType::Integer(1),
            Self::Id => DataType::Integer(32),
        }
    }
}
