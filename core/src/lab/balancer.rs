//! Load balancers as senders: who is outside and comes by the address of a Service's balancer.

use std::net::IpAddr;

use super::{Client, ClientKind, Lab, Target, Through};

impl Lab {
    /// Of each balancer's address the target that stands for it, in the order of the Services.
    pub fn balancers(&self) -> Vec<Target> {
        let mut all: Vec<Target> = Vec::new();
        for target in self.targets().into_iter().filter(|target| target.through == Through::LoadBalancer) {
            if !all.iter().any(|known| known.is_of_balancer(&target)) {
                all.push(target);
            }
        }
        all
    }

    /// Somebody outside and what is asked then: of the chosen Service the port that is chosen, if the balancer is its.
    pub fn by_balancer(&self, balancer: &Target, chosen: Option<&Target>) -> Option<(Client, Target)> {
        let client = self.outside(balancer.destination.address)?;
        let asked = chosen.filter(|chosen| chosen.service == balancer.service);
        let all = self.targets();
        let same = all.iter().filter(|target| balancer.is_of_balancer(target));
        let port = same.clone().find(|target| asked.is_some_and(|asked| asked.is_same_port(target)));
        Some((client, port.unwrap_or(balancer).clone()))
    }

    /// The way of somebody who does not come by the balancer: by a node's port, or else by what the Service has first.
    pub fn beside_balancer(&self, chosen: &Target) -> Target {
        let all = self.targets();
        let other = |target: &&Target| chosen.is_same_port(target) && target.through != Through::LoadBalancer;
        let by_node = |target: &&Target| matches!(target.through, Through::NodePort { .. });
        let found = all.iter().filter(other).find(by_node).or_else(|| all.iter().find(other));
        found.unwrap_or(chosen).clone()
    }

    fn outside(&self, address: IpAddr) -> Option<Client> {
        let fits = |client: &Client| client.address.is_some_and(|own| own.is_ipv4() == address.is_ipv4());
        self.clients().into_iter().find(|client| client.kind == ClientKind::Outside && fits(client))
    }
}

impl Target {
    fn is_of_balancer(&self, other: &Self) -> bool {
        other.through == Through::LoadBalancer
            && self.service == other.service
            && self.destination.address == other.destination.address
    }

    fn is_same_port(&self, other: &Self) -> bool {
        self.service == other.service && self.port_name == other.port_name && self.protocol == other.protocol
    }

    /// Which of the balancers somebody outside comes by who asks for this.
    pub fn balancer_in(&self, client: &Client, balancers: &[Self]) -> Option<usize> {
        let is_outside = client.kind == ClientKind::Outside && self.through == Through::LoadBalancer;
        balancers.iter().position(|balancer| is_outside && balancer.is_of_balancer(self))
    }
}

#[cfg(test)]
mod tests {
    use crate::k8s::NamespacedName;
    use crate::lab::{ClientKind, Lab, Subject, Through, WEB_SHOP};

    #[test]
    fn somebody_outside_comes_by_a_balancer_and_by_a_node() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        assert!(lab.balancers().is_empty());
        let cart = Subject::Service(NamespacedName::new("shop", "cart"));
        for (path, value) in [("spec.type", "LoadBalancer"), ("status.loadBalancer.ingress[*].ip", "198.51.100.200")] {
            let action = lab.edit(&cart, path, value).expect("a field");
            lab.act(&action).expect("it can be changed");
        }
        let balancers = lab.balancers();
        let (place, balancer) = balancers.iter().enumerate().next().expect("it has one now");
        let (client, target) = lab.by_balancer(balancer, None).expect("somebody is outside");
        assert_eq!((client.kind.clone(), target.through.clone()), (ClientKind::Outside, Through::LoadBalancer));
        assert_eq!(target.balancer_in(&client, &balancers), Some(place));
        assert!(lab.send(&client, &target));
        for lane in &lab.lanes {
            let outcome = format!("{:?}", lane.journeys[0].outcome);
            assert!(outcome.starts_with("Answered"), "{}: {outcome}", lane.mode);
        }
        let beside = lab.beside_balancer(&target);
        assert!(matches!(beside.through, Through::NodePort { .. }) && beside.service == target.service);
        assert_eq!(beside.balancer_in(&client, &balancers), None);
        let again = lab.by_balancer(balancer, Some(&beside)).expect("somebody is outside").1;
        assert_eq!((again.port_name.clone(), again.through.clone()), (beside.port_name.clone(), Through::LoadBalancer));
        let pod = lab.clients().into_iter().next().expect("a pod");
        assert_eq!(target.balancer_in(&pod, &balancers), None, "a pod comes by nobody's balancer");
    }
}
