#ifndef TESTS_DIALOGUES_PLAYER_VALUE_INTERNAL_H
#define TESTS_DIALOGUES_PLAYER_VALUE_INTERNAL_H

#include "tests/dialogues/player/value.h"

/* scan.c: the parts that values are made of. */
void scan_fail(struct scanner *scan,
               const char *why);              // the first reason stays; nothing more is read
char scan_peek(const struct scanner *scan);   // NUL at the end
struct slice scan_name(struct scanner *scan); // of a variable
struct slice scan_key(struct scanner *scan);  // of an entry, and the : behind it
int64_t scan_integer(struct scanner *scan);
double scan_real(struct scanner *scan);

/* The octets of a string up to its closing quote; the opening one is taken. */
struct slice scan_quoted(struct scanner *scan);

/* "x"*1000: the string so many times over. */
struct slice scan_repeated(struct scanner *scan, struct slice unit);

/* A regular expression up to its closing slash; the opening one is taken. */
struct slice scan_regex(struct scanner *scan);

/* True if another entry follows; takes the comma between two, or what closes the last. */
bool scan_more(struct scanner *scan, char closing, bool first);

/* Moves the octets to the arena and gives back their memory. */
struct slice scan_keep(struct scanner *scan, struct bytes *octets);

/* value_table.c: a table or an array whose values have their types; what opens it is taken. */
struct value scan_table(struct scanner *scan, char closing);

#endif
