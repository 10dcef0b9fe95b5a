use crate::message;
use crate::message::Message;
use crate::trace::Fault;

/// What is the matter with a packet, to stand behind a colon.
pub(super) fn told(fault: Fault) -> Message {
    match fault {
        Fault::LoopbackDestination => message!("fault-loopback-destination"),
        Fault::LoopbackSource => message!("fault-loopback-source"),
        Fault::LoopbackSourceLeaves => message!("fault-loopback-source-leaves"),
        Fault::SourceOfMany => message!("fault-source-of-many"),
        Fault::GroupNotJoined => message!("fault-group-not-joined"),
        Fault::OwnSource => message!("fault-own-source"),
        Fault::NoWayBack => message!("fault-no-way-back"),
        Fault::DoesNotForward => message!("fault-does-not-forward"),
        Fault::OwnOverlayPacket => message!("fault-own-overlay-packet"),
        Fault::TooLongForPort => message!("fault-too-long-for-port"),
        Fault::UnknownPeer => message!("fault-unknown-peer"),
        Fault::DeadLoop => message!("fault-dead-loop"),
        Fault::NoBridge => message!("fault-no-bridge"),
        Fault::TurnsBack => message!("fault-turns-back"),
        Fault::NobodyHasAddress => message!("fault-nobody-has-address"),
        Fault::NoOtherPort => message!("fault-no-other-port"),
        Fault::FragmentAlone => message!("fault-fragment-alone"),
        Fault::ErrorToAnother => message!("fault-error-to-another"),
        Fault::ErrorOfNothing => message!("fault-error-of-nothing"),
        Fault::EchoReplyAlone => message!("fault-echo-reply-alone"),
        Fault::SctpOutOfTheBlue => message!("fault-sctp-out-of-the-blue"),
        Fault::SctpInitWithTag => message!("fault-sctp-init-with-tag"),
        Fault::SctpBeginsNothing => message!("fault-sctp-begins-nothing"),
        Fault::SctpWrongTag => message!("fault-sctp-wrong-tag"),
        Fault::SctpWithoutChunks => message!("fault-sctp-without-chunks"),
        Fault::SctpChunksApart => message!("fault-sctp-chunks-apart"),
        Fault::SctpChunkOutOfPlace => message!("fault-sctp-chunk-out-of-place"),
        Fault::SctpOtherInitAck => message!("fault-sctp-other-init-ack"),
        Fault::TcpAckAlone => message!("fault-tcp-ack-alone"),
        Fault::TcpBeginsNothing => message!("fault-tcp-begins-nothing"),
        Fault::TcpFlagsOutOfPlace => message!("fault-tcp-flags-out-of-place"),
    }
}
