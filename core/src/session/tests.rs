use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Damage, EXAMPLES, Kept, Replay, Session, Undo, View, pack, unpack};
use crate::lab::{Lab, WEB_SHOP, parse_command};

/// Links and files of version 1, which every later version must open.
const V1: &str = include_str!("golden/v1.fragment");
const V1_FILE: &str = include_str!("golden/v1.json");

const COMMANDS: [&str; 9] = [
    "kubectl scale deployment/web -n shop --replicas=5",
    "kubectl scale deployment/web -n shop --replicas=1",
    "kubectl rollout restart deployment/web -n shop",
    "lab fail-node node2",
    "lab recover-node node2",
    "kubectl drain node1 --ignore-daemonsets --force",
    "kubectl uncordon node1",
    "kubectl delete service/cart -n shop",
    "kubectl scale deployment/nobody -n shop --replicas=1",
];

#[derive(Clone, Copy, Debug)]
enum Move {
    Send(usize, usize),
    Next,
    Act(usize),
    Wait(u64),
    Undo,
    Redo,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0..100_usize, 0..100_usize).prop_map(|(client, target)| Move::Send(client, target)),
        3 => Just(Move::Next),
        2 => (0..COMMANDS.len()).prop_map(Move::Act),
        1 => prop_oneof![Just(1), Just(60), Just(3_600)].prop_map(Move::Wait),
        4 => Just(Move::Undo),
        3 => Just(Move::Redo),
    ]
}

fn make(session: &mut Session, at: Move) {
    let view = View::default();
    match at {
        Move::Send(client, target) => {
            let (clients, targets) = (session.lab().clients(), session.lab().targets());
            if let (Some(client), Some(target)) =
                (clients.get(client % clients.len().max(1)), targets.get(target % targets.len().max(1)))
            {
                session.send(client, target, &view);
            }
        }
        Move::Next => {
            session.send_next(&view);
        }
        Move::Act(command) => {
            let action = parse_command(COMMANDS[command]).expect("a command");
            if session.act(&action, &view).is_ok() {
                session.also_send_next();
            }
        }
        Move::Wait(seconds) => drop(session.wait(seconds, &view)),
        Move::Undo => assert!(!matches!(session.undo(&view), Undo::Replay(_)), "a small lab is copied"),
        Move::Redo => {
            session.redo(&view);
        }
    }
}

/// All that tells one state of a lab from another: what is shown of the packets, and all that nodes remember.
fn state(lab: &Lab) -> String {
    format!("{:?} {:?} {:?}", lab.now, lab.cluster, lab.lanes)
}

fn replayed(kept: Kept) -> Session {
    Replay::new(kept).finish().expect("a text that opened before").0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_place_among_the_steps_is_one_state_however_it_is_come_to(moves in vec(moves(), 1..24)) {
        let mut session = Session::open(WEB_SHOP).expect("the example");
        let mut seen = vec![state(session.lab())];
        for at in moves {
            let before = session.done;
            make(&mut session, at);
            let now = state(session.lab());
            if !matches!(at, Move::Undo | Move::Redo) && session.done > before {
                seen.truncate(session.done);
                seen.push(now.clone());
            }
            prop_assert!(now == seen[session.done], "after {at:?}");
        }
        let kept = session.keep(View { tick: 7, lane: 2, apart: BTreeMap::from([(1, 26)]), ..View::default() });
        for copy in [
            Kept::from_file(&kept.to_file()),
            Kept::from_file(&kept.to_compact()),
            Kept::from_fragment(&kept.to_fragment()).expect("a link"),
        ] {
            prop_assert_eq!(&copy, &Ok(kept.clone()));
        }
        prop_assert_eq!(&Kept::with_text(kept.text.clone(), &kept.without_text()), &Ok(kept.clone()));
        prop_assert!(state(replayed(kept).lab()) == state(session.lab()), "replayed");
    }

    #[test]
    fn any_text_is_kept_as_it_is(text: String, packet: usize, client: String) {
        let lab = Lab::open(WEB_SHOP, 1).expect("the example");
        let kept = Session::new(lab).keep(View { client, packet, ..View::default() });
        let kept = Kept { text: text.into(), ..kept };
        prop_assert_eq!(Kept::from_file(&kept.to_file()), Ok(kept.clone()));
        prop_assert_eq!(unpack(&pack(&kept.text)), Ok(kept.text.to_string()));
        prop_assert_eq!(Kept::from_fragment(&kept.to_fragment()), Some(Ok(kept)));
    }

    #[test]
    fn damaged_links_and_files_say_so(at in 0..V1.len(), sign: char, text: String) {
        let mut cut = V1.trim_end().to_owned();
        cut.truncate(at);
        prop_assert!(!matches!(Kept::from_fragment(&cut), Some(Ok(_))) || at + 1 >= V1.len());
        let changed: String = V1.trim_end().chars().enumerate().map(|(i, c)| if i == at { sign } else { c }).collect();
        if changed != V1.trim_end() {
            prop_assert!(!matches!(Kept::from_fragment(&changed), Some(Ok(_))), "{changed}");
        }
        let _ = Kept::from_fragment(&text);
        prop_assert!(Kept::from_file(&text).is_err());
        let mut file = V1_FILE.to_owned();
        file.replace_range(at % file.len()..=at % file.len(), &sign.to_string());
        let _ = Kept::from_file(&file).map_err(|damage| damage.to_string());
    }
}

#[test]
fn links_and_files_of_version_1_open() {
    let kept = Kept::from_fragment(V1.trim_end()).expect("a link").expect("of version 1");
    assert_eq!(Kept::from_file(V1_FILE), Ok(kept.clone()));
    assert_eq!(V1_FILE, kept.to_file());
    let lab = replayed(kept.clone());
    assert_eq!(lab.steps().count(), 4);
    assert_eq!(
        kept.view,
        View {
            client: "pod client-node1 on node1".to_owned(),
            target: "shop/cart:http at ClusterIP 10.96.40.7:80/tcp".to_owned(),
            packet: 1,
            tick: 12,
            lane: 2,
            ..View::default()
        }
    );
    let packets: Vec<_> = lab.lab().lanes.iter().map(|lane| (lane.past.len(), lane.journeys.len())).collect();
    assert_eq!(packets, [(2, 1); 3]);
}

/// A link names an example by its number: where one must change, it becomes a new one, and the old one stays.
#[test]
fn examples_stay_as_they_are() {
    use sha2::{Digest, Sha256};
    let digests: Vec<_> =
        EXAMPLES.iter().map(|text| data_encoding::HEXLOWER.encode(&Sha256::digest(text)[..8])).collect();
    assert_eq!(digests, ["45c12baf3f312c2e"]);
}

#[test]
fn what_is_wrong_is_said() {
    let file = |rest: &str| Kept::from_file(&format!("{{\"datapath-lab\": 1, \"example\": 1{rest}}}"));
    assert!(file("").is_ok());
    for (rest, said) in [
        (", \"done\": [\"fly\"]", "“fly” is nothing that this version"),
        (", \"done\": [\"sleep soon\"]", "sleep SECONDS"),
        (", \"done\": \"next\"", "“done” is wrong: expected a list of strings"),
        (", \"undone\": [\"+ next\"]", "“undone” is wrong"),
        (", \"text\": \"\"", "“text” is wrong"),
        (", \"view\": []", "“view” is wrong: expected an object"),
        (", \"view\": {\"packet\": -1}", "“view.packet” is wrong: expected a whole number"),
    ] {
        let damage = file(rest).expect_err(rest).to_string();
        assert!(damage.contains(said), "{rest}: {damage}");
    }
    assert_eq!(Kept::from_file("{}"), Err(Damage::NotALab));
    assert_eq!(Kept::from_file("{\n  x"), Err(Damage::NotJson { line: 2, column: 3 }));
    assert_eq!(Kept::from_file("{\"datapath-lab\": 2}"), Err(Damage::Newer { version: "2".to_owned() }));
    assert_eq!(Kept::from_fragment("#v12.abc"), Some(Err(Damage::Newer { version: "12".to_owned() })));
    assert_eq!(Kept::from_fragment("#lanes"), None);
    for cut in ["#v1", "#v1=", "#v1=abc"] {
        assert_eq!(Kept::from_fragment(cut), Some(Err(Damage::Incomplete)), "{cut}");
    }
    assert_eq!(Kept::from_fragment("#v1.ab%20"), Some(Err(Damage::Sign { sign: '%', at: 3 })));
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 65_000_000], 9);
    let bomb = format!("v1.{}", data_encoding::BASE64URL_NOPAD.encode(&bomb));
    assert_eq!(Kept::from_fragment(&bomb), Some(Err(Damage::TooLarge { most: 64_000_000 })));
}

#[test]
fn what_followed_a_step_by_itself_goes_with_it() {
    let mut session = Session::open(WEB_SHOP).expect("the example");
    let before = state(session.lab());
    let scale = parse_command(COMMANDS[0]).expect("a command");
    session.act(&scale, &View { tick: 9, ..View::default() }).expect("it can be scaled");
    assert!(session.also_send_next());
    assert!(session.path().is_some());
    let Undo::Done(view) = session.undo(&View::default()) else { panic!("a copy was kept") };
    assert_eq!((state(session.lab()) == before, view.map(|view| view.tick)), (true, Some(9)));
    assert!(session.path().is_none());
    assert!(matches!(session.undo(&View::default()), Undo::Nothing));
    assert!(session.redo(&View::default()).is_some());
    assert!(session.path().is_some() && session.redo(&View::default()).is_none());

    // What cannot be done leaves what can be done again.
    assert!(matches!(session.undo(&View::default()), Undo::Done(_)));
    let nobody = parse_command("kubectl scale deployment/nobody -n shop --replicas=1").expect("a command");
    assert!(session.act(&nobody, &View::default()).is_err());
    assert!(state(session.lab()) == before && session.redoable().is_some());
}
