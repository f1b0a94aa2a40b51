#include "exchange/topic_trie.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"

enum { WORD_MAX = 255, NODE_KEY_MAX = sizeof(uint64_t) + WORD_MAX };

/* A child that is reached by a word is in the trie's one table, under its parent's number and the
 * word: most nodes have one child, and a table of their own would be most of their size. */
struct topic_node {
    struct map_node by_word;   // topic_trie.children
    struct topic_node *parent; // NULL of the root
    struct topic_node *star;   // owned; the child reached by `*`
    struct topic_node *hash;   // owned; the child reached by `#`
    struct list list;          // the caller's
    uint64_t number;           // never given twice
    uint64_t reached;          // the last step of a match that put it into a set
    uint32_t word_count;       // children reached by a word
    uint16_t key_len;          // 0 if not reached by a word
    bool repeats;              // reached by `#`: stays in the set whatever the next word is
    uint8_t key[];             // number of parent, then the word
};

/* The nodes that can be reached by the words so far. */
struct node_set {
    struct topic_node **items; // owned array of borrowed nodes
    uint32_t count;
    uint32_t cap;
};

struct topic_trie {
    struct map children; // struct topic_node.by_word; owned
    struct topic_node *root;
    struct node_set now;  // reached by the words so far
    struct node_set next; // reached by one word more
    uint64_t step;        // of all matches; tells whether a node is in `next` already
    uint64_t visited;
    uint64_t number_last;
    size_t node_count;
};

struct words {
    struct slice rest;
    bool more; // rest holds at least one word, possibly empty
};

static struct words words_of(struct slice key)
{
    return (struct words){.rest = key, .more = key.len > 0};
}

static bool next_word(struct words *words, struct slice *word)
{
    if (!words->more) {
        return false;
    }
    size_t len = 0;
    while (len < words->rest.len && words->rest.ptr[len] != '.') {
        len++;
    }
    *word = (struct slice){words->rest.ptr, len};
    words->more = len < words->rest.len;
    if (words->more) {
        words->rest = (struct slice){words->rest.ptr + len + 1, words->rest.len - len - 1};
    }
    return true;
}

static struct topic_node *node_new(struct topic_trie *trie, struct topic_node *parent,
                                   struct slice key)
{
    struct topic_node *node = memory_new(sizeof *node + key.len);
    list_init(&node->list);
    node->parent = parent;
    node->number = ++trie->number_last;
    node->key_len = (uint16_t)key.len;
    slice_copy(node->key, key);
    trie->node_count++;
    return node;
}

/* The key of parent's child by word in the trie's table, written to room. */
static struct slice node_key(const struct topic_node *parent, struct slice word,
                             uint8_t room[NODE_KEY_MAX])
{
    memcpy(room, &parent->number, sizeof parent->number);
    slice_copy(room + sizeof parent->number, word);
    return (struct slice){room, sizeof parent->number + word.len};
}

static struct topic_node *find_by_word(const struct topic_trie *trie,
                                       const struct topic_node *parent, struct slice word)
{
    if (parent->word_count == 0 || word.len > WORD_MAX) {
        return NULL;
    }
    uint8_t room[NODE_KEY_MAX];
    struct map_node *found = map_get(&trie->children, node_key(parent, word, room));
    return found ? container_of(found, struct topic_node, by_word) : NULL;
}

static struct topic_node *child_by_word(struct topic_trie *trie, struct topic_node *parent,
                                        struct slice word)
{
    CHECK(word.len <= WORD_MAX);
    struct topic_node *child = find_by_word(trie, parent, word);
    if (!child) {
        uint8_t room[NODE_KEY_MAX];
        child = node_new(trie, parent, node_key(parent, word, room));
        map_put(&trie->children, &child->by_word, (struct slice){child->key, child->key_len});
        parent->word_count++;
    }
    return child;
}

static struct topic_node *child_by_star(struct topic_trie *trie, struct topic_node *parent)
{
    if (!parent->star) {
        parent->star = node_new(trie, parent, (struct slice){0});
    }
    return parent->star;
}

static struct topic_node *child_by_hash(struct topic_trie *trie, struct topic_node *parent)
{
    if (!parent->hash) {
        parent->hash = node_new(trie, parent, (struct slice){0});
        parent->hash->repeats = true;
    }
    return parent->hash;
}

struct topic_node *topic_trie_insert(struct topic_trie *trie, struct slice pattern)
{
    struct topic_node *node = trie->root;
    struct words words = words_of(pattern);
    struct slice word;
    bool hash_due = false; // seen, and kept back until the stars that follow are through
    while (next_word(&words, &word)) {
        if (slice_eq(word, SLICE("#"))) {
            hash_due = true;
        } else if (slice_eq(word, SLICE("*"))) {
            node = child_by_star(trie, node);
        } else {
            node = child_by_word(trie, hash_due ? child_by_hash(trie, node) : node, word);
            hash_due = false;
        }
    }
    return hash_due ? child_by_hash(trie, node) : node;
}

struct list *topic_node_list(struct topic_node *node)
{
    return &node->list;
}

static void node_set_finish(struct node_set *set)
{
    free(set->items);
    *set = (struct node_set){0};
}

static void release_if_empty(struct topic_trie *trie)
{
    if (trie->node_count == 0) {
        struct hash_key key = trie->children.hash_key;
        map_finish(&trie->children);
        map_init(&trie->children, key);
        node_set_finish(&trie->now);
        node_set_finish(&trie->next);
    }
}

static bool is_idle(const struct topic_node *node)
{
    return list_empty(&node->list) && !node->star && !node->hash && node->word_count == 0;
}

static void detach(struct topic_trie *trie, struct topic_node *node)
{
    struct topic_node *parent = node->parent;
    if (node == parent->star) {
        parent->star = NULL;
    } else if (node == parent->hash) {
        parent->hash = NULL;
    } else {
        map_remove(&trie->children, &node->by_word);
        parent->word_count--;
    }
}

void topic_trie_prune(struct topic_trie *trie, struct topic_node *node)
{
    while (node->parent && is_idle(node)) {
        struct topic_node *parent = node->parent;
        detach(trie, node);
        free(node);
        trie->node_count--;
        node = parent;
    }
    release_if_empty(trie);
}

struct topic_trie *topic_trie_new(struct hash_key key)
{
    struct topic_trie *trie = memory_new(sizeof *trie);
    map_init(&trie->children, key);
    trie->root = node_new(trie, NULL, (struct slice){0});
    trie->node_count = 0;
    return trie;
}

void topic_trie_free(struct topic_trie *trie)
{
    CHECK(trie->node_count == 0);
    map_finish(&trie->children);
    node_set_finish(&trie->now);
    node_set_finish(&trie->next);
    free(trie->root);
    free(trie);
}

static void reach(struct topic_trie *trie, struct topic_node *node)
{
    struct node_set *set = &trie->next;
    if (node->reached == trie->step) {
        return;
    }
    if (set->count == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 16;
        set->items = memory_grow(set->items, set->cap * sizeof(struct topic_node *));
    }
    node->reached = trie->step;
    set->items[set->count++] = node;
    trie->visited++;
    if (node->hash) {
        reach(trie, node->hash); // `#` may stand for no word; it has no `#` of its own
    }
}

static void step_begin(struct topic_trie *trie)
{
    trie->step++;
    trie->next.count = 0;
}

static void step_end(struct topic_trie *trie)
{
    struct node_set now = trie->now;
    trie->now = trie->next;
    trie->next = now;
}

static void follow(struct topic_trie *trie, struct slice word)
{
    step_begin(trie);
    for (uint32_t i = 0; i < trie->now.count; i++) {
        struct topic_node *node = trie->now.items[i];
        struct topic_node *by_word = find_by_word(trie, node, word);
        if (by_word) {
            reach(trie, by_word);
        }
        if (node->star) {
            reach(trie, node->star);
        }
        if (node->repeats) {
            reach(trie, node);
        }
    }
    step_end(trie);
}

uint32_t topic_trie_match(struct topic_trie *trie, struct slice key)
{
    struct words words = words_of(key);
    struct slice word;
    step_begin(trie);
    reach(trie, trie->root);
    step_end(trie);
    while (trie->now.count > 0 && next_word(&words, &word)) {
        follow(trie, word);
    }
    return trie->now.count;
}

const struct list *topic_trie_matched(const struct topic_trie *trie, uint32_t index)
{
    CHECK(index < trie->now.count);
    return &trie->now.items[index]->list;
}

size_t topic_trie_node_count(const struct topic_trie *trie)
{
    return trie->node_count;
}

uint64_t topic_trie_visited(const struct topic_trie *trie)
{
    return trie->visited;
}
