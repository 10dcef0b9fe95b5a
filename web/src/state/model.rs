use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use datapath_core::lab::{Asked, Client, ClientKind, ControlPath, Lab, Packets, Question, Target, Through, Unasked};
use datapath_core::proxy::Mode;
use datapath_core::session::{Kept, Session, View};
use datapath_core::source::{Diagnostic, Position};
use datapath_core::trace::{ChainId, Origin};
use yew::{Reducible, UseReducerHandle};

use super::arriving::Pending;
use super::history::{Known, Past};
use super::{
    Action, Bookmark, Busy, Course, Go, LabId, Learning, Mistakes, Notice, Progress, Rejoined, Settings, Shown, Stop,
    Terminal, Undone, Written,
};
use crate::language::Preference;
use crate::shelf::Unkept;
use crate::text;
use crate::theme::Theme;

/// How fast the packet moves by itself.
pub const PACES: [f64; 4] = [0.5, 1.0, 2.0, 5.0];

#[derive(Clone)]
pub struct Model {
    /// Changes with every action; two models with the same number are the same.
    pub(super) revision: u32,
    /// Changes with every action that does more than move along the packet's way.
    pub settled: u32,
    /// Sending changes the lab in place: a copy of a large cluster for each packet would take too long.
    pub(super) session: Rc<RefCell<Session>>,
    /// Whether the lab that was open is still on its way, and something else stands in its place.
    pub is_placeholder: bool,
    /// The labs that are tried after that, the next one last, each with what is said if it opens.
    pub(super) coming: Vec<(Rc<Known>, Option<Notice>)>,
    /// The lab that is open, among those that the browser keeps.
    pub id: LabId,
    pub(super) next_id: LabId,
    pub(super) past: Past,
    /// The lab that was open before, as it was left.
    pub left: Option<Rc<Known>>,
    /// Changes with every lab that is opened and every action on it: what was computed from an earlier edition is
    /// stale.
    pub edition: u32,
    pub clients: Rc<[Client]>,
    pub targets: Rc<[Target]>,
    pub client: Option<Client>,
    pub target: Option<Target>,
    /// The datapaths that a figure shows; all if none is named.
    pub(super) datapaths: Rc<[Mode]>,
    /// Why the last action was not done.
    pub undone: Option<Undone>,
    /// None before anything was sent, and where it could not be.
    pub shown: Option<Rc<Shown>>,
    pub tick: usize,
    /// The lanes that go alone, with the moments that they are at.
    pub(super) apart: BTreeMap<usize, usize>,
    /// What the last step was, if it brought a lane to where the others are.
    pub rejoined: Option<Rejoined>,
    pub playing: bool,
    /// Index into [`PACES`].
    pub pace: usize,
    pub lane: usize,
    pub why: bool,
    pub keys: bool,
    pub theme: Theme,
    pub language: Preference,
    pub written: Rc<Written>,
    /// What is in the editor.
    pub draft: Rc<str>,
    /// Whether that is not [`Self::written`].
    pub edited: bool,
    /// What was in the editor before the text of the cluster was put there.
    pub discarded: Option<Rc<str>>,
    /// Why the text that was last loaded did not become a lab.
    pub refused: Rc<[Diagnostic]>,
    pub peek: Option<Peek>,
    /// How often a chain was chosen: the same one twice is brought into sight twice.
    pub peeks: u32,
    /// A place in the text to be shown, and the action that asked for it.
    pub revealed: Option<(u32, Position)>,
    pub unkept: Option<Unkept>,
    /// What is being done to open another lab, while that goes on.
    pub loading: Option<Busy>,
    pub pending: Rc<RefCell<Option<Pending>>>,
    /// What is to be said about labs that came or did not.
    pub notice: Option<Rc<Notice>>,
    /// Whether the tour is shown, and where it is.
    pub touring: bool,
    pub stop: Stop,
    /// Whether the sheet for keeping and sharing is open.
    pub keeping: bool,
    /// Why what was typed was not asked, and by which field.
    pub unasked: Option<Unasked>,
    /// The command line.
    pub terminal: Rc<Terminal>,
    /// The text that the example took the place of.
    pub set_aside: Option<Rc<str>>,
    /// Whether the list of lessons is open.
    pub menu: bool,
    /// None until its files are there.
    pub course: Option<Rc<Course>>,
    pub learning: Option<Rc<Learning>>,
    /// What is wrong with the lesson that came last.
    pub mistakes: Option<Rc<Mistakes>>,
    pub progress: Rc<Progress>,
}

/// A chain, map or virtual service that was chosen, to be seen in the ruleset of its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    pub lane: usize,
    pub node: usize,
    pub origin: Origin,
    /// Of its lines, the one with this word.
    pub word: Option<String>,
}

impl Peek {
    pub const fn chain(lane: usize, node: usize, chain: ChainId) -> Self {
        Self { lane, node, origin: Origin::Chain(chain), word: None }
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision
    }
}

/// What components get.
pub type Handle = UseReducerHandle<Model>;

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        next.revision += 1;
        next.settled += u32::from(!action.only_moves());
        next.act(action);
        next.listen();
        Rc::new(next)
    }
}

impl Model {
    /// The model of a lab that was just opened, with nothing sent.
    pub(super) fn new(session: Session, id: LabId) -> Self {
        let (clients, targets) = (session.lab().clients(), session.lab().targets());
        let written = Rc::new(Written::of(session.lab(), false));
        Self {
            revision: 0,
            settled: 0,
            edition: 0,
            client: clients.first().cloned(),
            target: targets.first().cloned(),
            clients: clients.into(),
            targets: targets.into(),
            session: Rc::new(RefCell::new(session)),
            is_placeholder: false,
            coming: Vec::new(),
            id,
            next_id: id + 1,
            past: Past::default(),
            left: None,
            datapaths: Rc::new([]),
            undone: None,
            shown: None,
            tick: 0,
            apart: BTreeMap::new(),
            rejoined: None,
            playing: false,
            pace: 1,
            lane: 0,
            why: false,
            keys: false,
            theme: Theme::Auto,
            language: Preference::default(),
            draft: written.text.clone(),
            written,
            edited: false,
            discarded: None,
            refused: Rc::new([]),
            peek: None,
            peeks: 0,
            revealed: None,
            unkept: None,
            loading: None,
            pending: Rc::default(),
            notice: None,
            touring: false,
            stop: Stop::Send,
            keeping: false,
            terminal: Rc::default(),
            set_aside: None,
            unasked: None,
            menu: false,
            course: None,
            learning: None,
            mistakes: None,
            progress: Rc::default(),
        }
    }

    /// Changes with every action.
    pub const fn revision(&self) -> u32 {
        self.revision
    }

    pub fn act(&mut self, action: Action) {
        let is_deed = action.is_deed();
        if is_deed {
            self.stop_loading();
        }
        self.follow_tour(&action);
        self.carry_out(action);
        if is_deed {
            self.try_goal();
        }
    }

    fn carry_out(&mut self, action: Action) {
        match action {
            Action::Client(client) => self.choose_client(client),
            Action::Balancer(balancer) => self.choose_balancer(&balancer),
            Action::Target(target) => self.target = Some(target),
            Action::Ask(asked, packets) => self.ask(&asked, packets),
            Action::SendAgain => self.send_again(),
            Action::Send => self.send(),
            Action::SendBetween(client, target) => self.send_between(client, target),
            Action::SendNext => self.send_next(),
            Action::Close => self.close(),
            Action::Packet(packet) => self.show(packet, 0),
            Action::Go(go) => self.stop_and_go(go),
            Action::Apart(lane) => self.part(lane),
            Action::TogglePlay => self.toggle_play(),
            Action::Beat => self.beat(),
            Action::Pace(pace) => self.pace = pace.min(PACES.len() - 1),
            Action::Lane(lane) => self.lane = self.nearest_lane(lane),
            Action::ToggleWhy => self.why = !self.why,
            Action::Keys(open) => self.keys = open,
            Action::Theme(theme) => self.theme = theme,
            Action::Language(language) => self.language = language,
            // What is rendered from here on is in the language.
            Action::Spoken(true) => {}
            Action::Spoken(false) => self.notice = Some(Rc::new(Notice::NoLanguage)),
            Action::Draft(draft) => self.write(draft.into()),
            Action::Load => self.load(),
            Action::BringUpToDate => self.bring_up_to_date(true),
            Action::Discard => self.discard(),
            Action::BackFromDiscard => self.bring_back_discarded(),
            Action::LoadOn => self.load_on(),
            Action::StopLoading => self.stop_loading(),
            Action::Example => self.load_example(),
            Action::BackFromExample => self.load_set_aside(),
            Action::Operate(action) => self.operate(&action, None),
            Action::Fill(form, action) => self.operate(&action, Some(form)),
            Action::Wait(seconds) => self.wait(seconds),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Bring(known) => self.bring(known),
            Action::FromLink(known) => {
                self.bring(known);
                self.notice.get_or_insert_with(|| Rc::new(Notice::FromLink));
            }
            Action::Files(texts) => self.take_files(&texts),
            Action::Notice(notice) => self.notice = notice.map(Rc::new),
            Action::Keeping(open) => self.keeping = open,
            Action::Tour(open) => self.touring = open,
            Action::TourTo(stop) => self.stop = stop,
            Action::Shell(open) => self.open_shell(open),
            Action::ShellTo(location) => Rc::make_mut(&mut self.terminal).at = Some(location),
            Action::Type(line) => self.type_line(&line),
            Action::ClearShell => Rc::make_mut(&mut self.terminal).typed.clear(),
            Action::SaveEdit(text) => self.save_edit(text.as_deref()),
            Action::StopListening => Rc::make_mut(&mut self.terminal).monitors.clear(),
            Action::Peek(peek) => {
                self.peek = peek;
                self.peeks = self.peeks.wrapping_add(1);
            }
            Action::Reveal(reason) => {
                let position = reason.position(&self.written.text);
                self.revealed = position.map(|position| (self.revision, position));
            }
            Action::Fork(id) => {
                self.id = id;
                self.next_id = self.next_id.max(id + 1);
                self.notice = Some(Rc::new(Notice::Forked));
            }
            Action::Unkept(why) => self.unkept = why,
            Action::Study(study) => self.study(study),
        }
    }

    /// The lanes that are shown: all, but in a figure that is about some datapaths.
    pub fn lanes(&self) -> Vec<usize> {
        let lab = self.lab();
        let is_named = |lane: &usize| self.datapaths.contains(&lab.lanes[*lane].mode);
        let all = 0..lab.lanes.len();
        let named: Vec<_> = all.clone().filter(is_named).collect();
        // A copied node may have none of them.
        if named.is_empty() { all.collect() } else { named }
    }

    /// A copied node has one lane only.
    pub(super) fn nearest_lane(&self, lane: usize) -> usize {
        self.lanes().into_iter().min_by_key(|shown| shown.abs_diff(lane)).unwrap_or_default()
    }

    /// Number of ticks of the packet that is shown.
    pub fn ticks(&self) -> usize {
        self.shown.as_ref().map_or(1, |shown| shown.timeline.ticks())
    }

    /// Whether sending is what there is to do next: nothing is on its way, or something else was chosen meanwhile.
    pub fn sends_next(&self) -> bool {
        let chosen = self.client.as_ref().map(Client::to_string).zip(self.target.as_ref().map(Target::to_string));
        let session = self.session.borrow();
        let sent = session.last_sent().map(|(client, target)| (client.to_owned(), target.to_owned()));
        self.at() >= self.last() || chosen != sent
    }

    pub fn lab(&self) -> Ref<'_, Lab> {
        Ref::map(self.session.borrow(), Session::lab)
    }

    /// What the last action on the cluster led to.
    pub fn path(&self) -> Option<Arc<ControlPath>> {
        self.session.borrow().path().cloned()
    }

    pub fn view(&self) -> View {
        View {
            client: self.client.as_ref().map(Client::to_string).unwrap_or_default(),
            target: self.target.as_ref().map(Target::to_string).unwrap_or_default(),
            packet: self.shown.as_ref().map_or(0, |shown| shown.packet),
            tick: self.tick_of_lab(),
            lane: self.lane,
            apart: self.apart.clone(),
        }
    }

    /// All that it takes to come back here; None while something is being done.
    pub fn keep(&self) -> Option<Kept> {
        self.session.try_borrow().ok().map(|session| session.keep(self.view()))
    }

    pub fn known(&self) -> Option<Known> {
        if self.is_placeholder {
            return None;
        }
        let lesson = self.learning.as_deref().map(Bookmark::of);
        let title = lesson.as_ref().map_or_else(|| text::say(&self.lab().title()), |lesson| lesson.title.clone());
        let draft = self.edited.then(|| self.draft.clone());
        Some(Known { id: self.id, title, kept: self.keep()?, draft, lesson })
    }

    pub const fn settings(&self) -> Settings {
        Settings { theme: self.theme, language: self.language, pace: self.pace, why: self.why, stop: self.stop }
    }

    /// Puts a text into the editor. Whether it is that of the cluster is found out here, since comparing megabytes at every step
    /// would take longer than the step.
    pub(super) fn write(&mut self, draft: Rc<str>) {
        let is_own = *draft == *self.written.text;
        (self.draft, self.edited) = (draft, !is_own);
    }

    /// Shows a packet of the open connection at a tick.
    pub(super) fn show(&mut self, packet: usize, tick: usize) {
        self.playing = false;
        self.peek = None;
        self.apart.clear();
        self.rejoined = None;
        let shown = Shown::of(&self.lab(), packet, &self.lanes());
        self.shown = shown.map(Rc::new);
        self.tick = tick.min(self.ticks() - 1);
    }

    pub(super) fn send(&mut self) {
        self.unasked = None;
        self.send_from(None, Packets::One);
    }

    /// Opens a connection from a source port; from the next one without.
    fn send_from(&mut self, port: Option<u16>, packets: Packets) {
        let (Some(client), Some(target)) = (&self.client, &self.target) else {
            return;
        };
        let view = self.view();
        self.session.borrow_mut().send_from(client, target, port, packets, &view);
        self.past.forget_later();
        self.show(0, 0);
    }

    fn ask(&mut self, asked: &Asked, packets: Packets) {
        let asked = self.lab().asked(asked, (self.client.as_ref(), self.target.as_ref()));
        match asked {
            Ok(Question { client, target, port }) => {
                self.unasked = None;
                self.take_in(client, target);
                self.send_from(port, packets);
            }
            Err(why) => self.unasked = Some(why),
        }
    }

    fn choose_balancer(&mut self, balancer: &Target) {
        let chosen = self.lab().by_balancer(balancer, self.target.as_ref());
        if let Some((client, target)) = chosen {
            self.take_in(Some(client), target);
        }
    }

    fn stop_and_go(&mut self, go: Go) {
        self.playing = false;
        self.go(go);
    }

    /// Who was by a balancer and is chosen as somebody outside comes another way.
    fn choose_client(&mut self, client: Client) {
        if client.kind == ClientKind::Outside
            && let Some(target) = self.target.take()
        {
            let is_balancers = target.through == Through::LoadBalancer;
            let beside = if is_balancers { self.lab().beside_balancer(&target) } else { target };
            self.target = Some(beside);
        }
        self.client = Some(client);
    }

    fn send_again(&mut self) {
        let last = self.session.borrow().last_flow();
        if let Some((client, target, port)) = last {
            self.take_in(Some(client), target);
            self.send_from(Some(port), Packets::One);
        }
    }

    /// Chooses a client and a target, which need not be among those that the lab lists.
    pub(super) fn take_in(&mut self, client: Option<Client>, target: Target) {
        if let Some(client) = client.as_ref().filter(|client| !self.clients.contains(client)) {
            self.clients = [std::slice::from_ref(client), &self.clients].concat().into();
        }
        if !self.targets.contains(&target) {
            self.targets = [std::slice::from_ref(&target), &self.targets].concat().into();
        }
        (self.client, self.target) = (client, Some(target));
    }

    fn send_next(&mut self) {
        let view = self.view();
        if self.session.borrow_mut().send_next(&view) {
            self.past.forget_later();
            self.show(usize::MAX, 0);
        }
    }

    /// Closes the connection, and shows the client's FIN, before any last acknowledgement.
    fn close(&mut self) {
        let view = self.view();
        let fin = self.lab().lanes.iter().map(|lane| lane.journeys.len()).max().unwrap_or_default();
        if self.session.borrow_mut().close(&view) {
            self.past.forget_later();
            self.show(fin, 0);
        }
    }
}
