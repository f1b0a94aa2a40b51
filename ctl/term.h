#ifndef CTL_TERM_H
#define CTL_TERM_H

#include <jansson.h>

#include "base/bytes.h"

/* Terms of Erlang's, which RabbitMQ's tools print with --formatter erlang. A term is kept as JSON:
 * a word, such as an atom, as the text that it is spelled with; a list, tuple or map as an array of
 * which the first element says what it is. Every function returns a new reference. */

json_t *term_atom(const char *text);
json_t *term_binary(struct slice text);

/* Empty; elements are appended with json_array_append_new. A map has keys and values by turns. */
json_t *term_list(void);
json_t *term_tuple(void);
json_t *term_map(void);

/* {name,value}, of which the value is taken. */
json_t *term_pair(const char *name, json_t *value);

/* A value of the API's. Texts are binaries, numbers and truths what they are, nothing is undefined;
 * objects are lists of pairs if `proplists` says so, else maps. */
enum term_objects { TERM_MAPS, TERM_PROPLISTS };
json_t *term_of(const json_t *value, enum term_objects objects);

/* Appends it as Erlang's ~p does: in one line if that has less than 80 columns, else with what does
 * not fit in lines below each other. */
void term_print(const json_t *term, struct bytes *out);

#endif
