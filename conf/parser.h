#ifndef CONF_PARSER_H
#define CONF_PARSER_H

#include "base/slice.h"

/* Takes the text of a rabbitmq.conf apart, without knowing any setting. The format is that of
 * cuttlefish:
 *
 *     # a comment; also behind a value
 *     heartbeat = 60
 *     loopback_users.first\.last = true      a dot inside one part of a key
 *     default_pass = 'with # and blanks '    between quotes everything counts, line ends too
 *     cluster_name = '''
 *     everything up to three quotes,
 *     line ends at either side left out
 *     '''
 *     include more.conf
 *
 * It reads only the slice it was given, and everything it hands out borrows from it. */
struct parser {
    struct slice rest;
    unsigned line; // of the front of rest, counted from 1
};

enum parser_kind {
    PARSER_SETTING, // key = value
    PARSER_INCLUDE, // value is the name of a file or a wildcard
    PARSER_FAULT,   // fault says what is wrong; the next call goes on behind that line
    PARSER_END
};

struct parser_item {
    enum parser_kind kind;
    unsigned line;      // where the item begins
    struct slice key;   // as it stands, dots escaped
    struct slice value; // without quotes
    const char *fault;
};

enum {
    PARSER_KEY_MAX = 512,
    PARSER_KEY_PARTS_MAX = 16,
    PARSER_VALUE_MAX = 65536,
    PARSER_TEXT_MAX = 1 << 20,
};

struct parser parser_of(struct slice text);
struct parser_item parser_next(struct parser *parser);

/* A key taken apart, its dots unescaped. */
struct parser_key {
    uint8_t text[PARSER_KEY_MAX]; // what the parts point into: not to be copied
    struct slice parts[PARSER_KEY_PARTS_MAX];
    size_t count;
};

/* False if text is not a key: parts of letters, digits, `_`, `-` and `\.`, joined by dots. */
bool parser_split_key(struct slice text, struct parser_key *key);

#endif
