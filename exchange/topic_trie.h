#ifndef EXCHANGE_TOPIC_TRIE_H
#define EXCHANGE_TOPIC_TRIE_H

#include "base/hash.h"
#include "base/list.h"

/* The patterns of a topic exchange, word by word. Words are split by dots; `*` stands for one word
 * and `#` for any number of them; the empty key has no words, while "." has two empty ones.
 *
 * Matching walks all the ways through the trie at once: the set of nodes that the words so far can
 * reach, each node at most once. It costs at most words x nodes, whatever the patterns are, and
 * patterns that the words so far rule out cost nothing. To keep the sets small, `#` is stored
 * behind the stars next to it and one stands for several: "#.*.#" is kept as "*.#", its equal. */
struct topic_trie; // opaque
struct topic_node; // opaque: where a pattern ends; owned by the trie

struct topic_trie *topic_trie_new(struct hash_key key);
void topic_trie_free(struct topic_trie *trie);

/* The node of a pattern; made with all the nodes that lead to it if need be. */
struct topic_node *topic_trie_insert(struct topic_trie *trie, struct slice pattern);

/* What the caller keeps at a node. The trie only asks whether it is empty. */
struct list *topic_node_list(struct topic_node *node);

/* Frees the node and those that lead to it, as far as they hold and lead to nothing. */
void topic_trie_prune(struct topic_trie *trie, struct topic_node *node);

/* Finds the nodes whose patterns match key; returns their number. Their order depends on the
 * patterns and the key alone. */
uint32_t topic_trie_match(struct topic_trie *trie, struct slice key);

/* The list of the index-th node of the last match; it may be empty. */
const struct list *topic_trie_matched(const struct topic_trie *trie, uint32_t index);

size_t topic_trie_node_count(const struct topic_trie *trie); // without the root
uint64_t topic_trie_visited(const struct topic_trie *trie);  // nodes by all matches together

#endif
