/// Which part of a datagram a packet is. Only the first part has the header of the transport: every other one is
/// [`super::Transport::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The same in all parts.
    pub id: u32,
    /// Bytes of the datagram, behind its IP header, that come before this part; a multiple of 8.
    pub offset: u16,
    /// Others come behind it.
    pub more: bool,
}
