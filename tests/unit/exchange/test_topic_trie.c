#include "exchange/topic_trie.h"
#include "tests/unit/exchange/kit.h"

/* A pattern that was put into the trie. */
struct entry {
    struct list_node link; // topic_node_list
    struct topic_node *node;
    char pattern[256];
    bool matched;
};

static void insert(struct topic_trie *trie, struct entry *entry, const char *pattern)
{
    snprintf(entry->pattern, sizeof entry->pattern, "%s", pattern);
    entry->node = topic_trie_insert(trie, str(pattern));
    list_push(topic_node_list(entry->node), &entry->link);
}

static void delete (struct topic_trie *trie, struct entry *entry)
{
    list_unlink(&entry->link);
    topic_trie_prune(trie, entry->node);
}

static size_t match(struct topic_trie *trie, const char *key)
{
    size_t found = 0;
    uint32_t count = topic_trie_match(trie, str(key));
    for (uint32_t i = 0; i < count; i++) {
        list_each(node, topic_trie_matched(trie, i)) {
            struct entry *entry = container_of(node, struct entry, link);
            cr_assert(!entry->matched, "%s matched twice", entry->pattern);
            entry->matched = true;
            found++;
        }
    }
    return found;
}

static bool matches(const char *pattern, const char *key)
{
    struct topic_trie *trie = topic_trie_new(kit_key);
    struct entry entry = {0};
    insert(trie, &entry, pattern);
    bool found = match(trie, key) == 1;
    delete (trie, &entry);
    cr_assert_eq(topic_trie_node_count(trie), 0);
    topic_trie_free(trie);
    return found;
}

/* Each line was played against RabbitMQ 3.10.8. */
Test(topic_trie, empty_words_count_and_the_empty_key_has_none)
{
    cr_assert(matches("", "") && !matches("", "a"));
    cr_assert(!matches("*", "") && matches("*", "a") && !matches("*", "."));
    cr_assert(matches("#", "") && matches("#", "a.b"));
    cr_assert(!matches("a.*", "a") && matches("a.*", "a.") && matches("a.*", "a.b"));
    cr_assert(!matches("a.*", "a.."));
    cr_assert(matches("*.*", ".") && !matches("*.*", "") && matches("*.*", "a."));
    cr_assert(matches("#.#", "") && matches("#.#", "a"));
    cr_assert(!matches("*.#", "") && matches("*.#", "a") && matches("*.#", "a.b"));
    cr_assert(!matches("#.*.#", "") && matches("#.*.#", "a.b"));
}

Test(topic_trie, wildcards_are_whole_words)
{
    cr_assert(!matches("a*", "ab") && matches("a*", "a*"));
    cr_assert(!matches("##", "a.b") && matches("##", "##"));
    cr_assert(matches("*", "#") && matches("#", "*"));
}

/* The definition, with no regard to cost. */
static bool naive(char *const *pattern, char *const *key)
{
    if (!*pattern) {
        return !*key;
    }
    if (strcmp(*pattern, "#") == 0) {
        return naive(pattern + 1, key) || (*key && naive(pattern, key + 1));
    }
    return *key && (strcmp(*pattern, "*") == 0 || strcmp(*pattern, *key) == 0) &&
           naive(pattern + 1, key + 1);
}

static void split(char *copy, char *words[16])
{
    int count = 0;
    if (*copy) {
        do {
            words[count++] = copy;
            copy = strchr(copy, '.');
            if (copy) {
                *copy++ = '\0';
            }
        } while (copy);
    }
    words[count] = NULL;
}

static bool naive_matches(const char *pattern, const char *key)
{
    char pattern_copy[256];
    char key_copy[256];
    char *pattern_words[16];
    char *key_words[16];
    snprintf(pattern_copy, sizeof pattern_copy, "%s", pattern);
    snprintf(key_copy, sizeof key_copy, "%s", key);
    split(pattern_copy, pattern_words);
    split(key_copy, key_words);
    return naive(pattern_words, key_words);
}

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

static void random_key(uint64_t *seed, const char *const *words, uint32_t word_count, char *out)
{
    uint32_t count = draw(seed, 7);
    *out = '\0';
    for (uint32_t i = 0; i < count; i++) {
        const char *word = words[draw(seed, word_count)];
        out += snprintf(out, 4, i > 0 ? ".%s" : "%s", word);
    }
}

static const char *const random_words[] = {"a", "b", "", "a", "b", "ab", "*", "#", "#", "*"};

static void compare(struct topic_trie *trie, struct entry *entries, const bool *in, int count,
                    const char *key)
{
    match(trie, key);
    for (int i = 0; i < count; i++) {
        bool wanted = in[i] && naive_matches(entries[i].pattern, key);
        cr_assert_eq(entries[i].matched, wanted, "%s, %s", entries[i].pattern, key);
        entries[i].matched = false;
    }
}

Test(topic_trie, agrees_with_the_definition_on_random_patterns_and_keys)
{
    enum { COUNT = 60 };
    static struct entry entries[COUNT];
    bool in[COUNT] = {false};
    uint64_t seed = 7;
    struct topic_trie *trie = topic_trie_new(kit_key);
    for (int round = 0; round < 5000; round++) {
        uint32_t i = draw(&seed, COUNT);
        char text[256];
        if (in[i]) {
            delete (trie, &entries[i]);
        } else {
            random_key(&seed, random_words, 10, text);
            insert(trie, &entries[i], text);
        }
        in[i] = !in[i];
        random_key(&seed, random_words, 7, text);
        compare(trie, entries, in, COUNT, text);
    }
    for (int i = 0; i < COUNT; i++) {
        if (in[i]) {
            delete (trie, &entries[i]);
        }
    }
    cr_assert_eq(topic_trie_node_count(trie), 0);
    topic_trie_free(trie);
}

enum { SHAPES = 5 };

/* Patterns with wildcards in every place; number makes each its own. */
static void shape(char *out, size_t size, int number)
{
    static const char *const shapes[SHAPES] = {
        "*.device%d.temperature", "#.alarm%d", "site%d.*.#", "*.*.sensor%d.#", "plant.#.line%d.*",
    };
    snprintf(out, size, shapes[number % SHAPES], number);
}

/* The nodes that one message visits among `count` patterns, most of which cannot match it. */
static uint64_t cost(int count, const char *key)
{
    struct topic_trie *trie = topic_trie_new(kit_key);
    struct entry *entries = calloc((size_t)count, sizeof *entries);
    for (int i = 0; i < count; i++) {
        char pattern[64];
        shape(pattern, sizeof pattern, i);
        insert(trie, &entries[i], pattern);
    }
    uint64_t before = topic_trie_visited(trie);
    match(trie, key);
    uint64_t visited = topic_trie_visited(trie) - before;
    for (int i = 0; i < count; i++) {
        delete (trie, &entries[i]);
    }
    cr_assert_eq(topic_trie_node_count(trie), 0);
    topic_trie_free(trie);
    free(entries);
    return visited;
}

Test(topic_trie, costs_no_more_for_ten_thousand_patterns_than_for_ten)
{
    static const char *const keys[] = {
        "plant.device0.temperature",
        "site2.x.sensor3.alarm1",
        "plant.line4.line4.line4.line4",
        "nothing.of.the.kind",
        "",
        "plant.a.b.c.d.e.f.g.h.i.j.k",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint64_t few = cost(10, keys[i]);
        uint64_t many = cost(10000, keys[i]);
        cr_assert_eq(many, few, "%s: %u nodes, then %u", keys[i], (unsigned)few, (unsigned)many);
    }
}

/* Ways to split the key among the hashes grow as a power of the length; visits may not. */
Test(topic_trie, many_hashes_in_a_pattern_cost_a_visit_a_word_each)
{
    struct topic_trie *trie = topic_trie_new(kit_key);
    struct entry entries[3] = {0};
    insert(trie, &entries[0], "a.#.#.#.#.#.#.#.#.b");
    insert(trie, &entries[1], "#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.b");
    insert(trie, &entries[2], "#.*.#.*.#.*.#.*.#.*.#.b");
    char key[256];
    for (size_t i = 0; i < 255; i++) {
        key[i] = i % 2 ? '.' : 'a'; // 128 words
    }
    key[255] = '\0';
    size_t nodes = topic_trie_node_count(trie) + 1;
    cr_assert_lt(nodes, 45);
    match(trie, key);
    cr_assert_leq(topic_trie_visited(trie), nodes * 129);
    for (int i = 0; i < 3; i++) {
        cr_assert(!entries[i].matched);
    }
    key[254] = 'b';
    cr_assert_eq(match(trie, key), 3);
    for (int i = 0; i < 3; i++) {
        delete (trie, &entries[i]);
    }
    topic_trie_free(trie);
}

Test(topic_trie, gives_its_memory_back)
{
    struct topic_trie *trie = topic_trie_new(kit_key);
    struct entry *entries = calloc(1000, sizeof *entries);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            char pattern[64];
            shape(pattern, sizeof pattern, i);
            insert(trie, &entries[i], pattern);
        }
        cr_assert_gt(topic_trie_node_count(trie), 1000);
        for (int i = 0; i < 1000; i += 2) {
            delete (trie, &entries[i]);
        }
        match(trie, "a.device5.temperature");
        cr_assert(entries[5].matched);
        entries[5].matched = false;
        for (int i = 1; i < 1000; i += 2) {
            delete (trie, &entries[i]);
        }
        cr_assert_eq(topic_trie_node_count(trie), 0);
    }
    free(entries);
    topic_trie_free(trie);
}

Test(topic_trie, takes_words_and_keys_of_any_length)
{
    struct topic_trie *trie = topic_trie_new(kit_key);
    struct entry whole = {0};
    struct entry all = {0};
    char word[256];
    memset(word, 'w', 255);
    word[255] = '\0';
    insert(trie, &whole, word);
    insert(trie, &all, "#");
    cr_assert_eq(match(trie, word), 2);
    whole.matched = all.matched = false;
    char longer[4096];
    memset(longer, 'w', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_assert_eq(match(trie, longer), 1); // a CC header may be longer than any pattern
    cr_assert(all.matched);
    delete (trie, &whole);
    delete (trie, &all);
    topic_trie_free(trie);
}
