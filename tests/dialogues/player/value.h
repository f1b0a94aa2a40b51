#ifndef TESTS_DIALOGUES_PLAYER_VALUE_H
#define TESTS_DIALOGUES_PLAYER_VALUE_H

#include "base/bytes.h"
#include "tests/dialogues/player/vars.h"

/* A value as a script writes it (README.md, "Values"). */
enum value_kind {
    VALUE_ANY,     // *
    VALUE_ABSENT,  // absent
    VALUE_TEXT,    // "..."
    VALUE_NUMBER,  // 42, -1, true, false
    VALUE_WORD,    // a bare word
    VALUE_REGEX,   // /.../
    VALUE_TABLE,   // {...}, [...]: the whole table or array, octet for octet
    VALUE_PART,    // ~{...}: a table that has at least these entries
    VALUE_CAPTURE, // $name of a variable that is not set: sets it
};

struct value {
    enum value_kind kind;
    int64_t number;              // NUMBER
    struct slice text;           // TEXT, WORD, REGEX, CAPTURE: the name; TABLE: the encoded entries
    struct value_entry *entries; // PART
    struct gap *gaps;            // TABLE: where any octets will do
};

/* A number in a table that is not known beforehand: T*. */
struct gap {
    struct gap *next;
    size_t offset; // in the encoded entries
    size_t len;
};

struct value_entry {
    struct value_entry *next;
    struct slice key;
    struct value value;
};

/* A place in the text of a statement. Everything that is read from it is allocated in the arena. */
struct scanner {
    const char *pos;
    const char *end;
    struct arena *arena;
    const struct vars *vars;
    struct gap *gaps;  // of the table being read
    const char *error; // why the statement makes no sense; sticky, NULL so far
};

void scan_space(struct scanner *scan);
bool scan_char(struct scanner *scan, char c); // takes it, if it is next
bool scan_at_end(struct scanner *scan);       // behind any white space

/* A run of letters, digits and - _ . # : empty if there is none. */
struct slice scan_word(struct scanner *scan);

struct value scan_value(struct scanner *scan);

/* "100ms", "3s": the number of milliseconds. */
int scan_duration(struct scanner *scan);

/* Octets written as hexadecimal pairs and strings, up to the end: 41 4d "QP" 00. */
struct slice scan_octets(struct scanner *scan);

#endif
