//! The span ids of a trace, as long as each is that of one record.

use super::place::Node;
use spanwise_model::keyed::HashState;
use spanwise_model::SpanId;
use std::hash::BuildHasher;

/// Finds nodes by their ids, in room that is kept from one trace to the next.
#[derive(Default)]
pub(super) struct Ids {
    /// One more than the place of a node, or zero; twice as many as there are nodes
    /// or more, a power of two.
    slots: Vec<u32>,
    hashing: HashState,
}

impl Ids {
    /// Enters the ids of all nodes; false where two of them are equal.
    pub(super) fn fill(&mut self, nodes: &[Node]) -> bool {
        let slots = (nodes.len() * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(slots, 0);
        let mut places = (1..).zip(nodes);
        places.all(|(place, node)| match self.look_up(nodes, node.span_id) {
            Err(slot) => {
                self.slots[slot] = place;
                true
            }
            Ok(_) => false,
        })
    }

    /// The place of the node with this id.
    #[inline]
    pub(super) fn find(&self, nodes: &[Node], id: SpanId) -> Option<u32> {
        self.look_up(nodes, id).ok()
    }

    /// The place of the node with this id, or else the slot that it would have.
    #[inline]
    fn look_up(&self, nodes: &[Node], id: SpanId) -> Result<u32, usize> {
        let last = self.slots.len() - 1;
        let mut slot = self.hashing.hash_one(id.0) as usize & last;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                place if nodes[place as usize - 1].span_id == id => return Ok(place - 1),
                _ => slot = (slot + 1) & last,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_until_two_are_equal() {
        let mut ids = Ids::default();
        for count in [0, 1, 2, 100] {
            let node = |id| Node::with_id(SpanId(id));
            let mut nodes: Vec<Node> = (0..count).map(|n| node(n * 7)).collect();
            assert!(ids.fill(&nodes), "{count} ids");
            for (place, node) in (0..).zip(&nodes) {
                assert_eq!(ids.find(&nodes, node.span_id), Some(place));
            }
            assert_eq!(ids.find(&nodes, SpanId(1)), None);
            nodes.push(node(0));
            assert_eq!(ids.fill(&nodes), count == 0, "zero is an id too");
        }
    }
}
