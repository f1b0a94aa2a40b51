#ifndef EXCHANGE_EXCHANGES_H
#define EXCHANGE_EXCHANGES_H

#include "base/cursor.h"
#include "exchange/exchange.h"

struct exchanges; // opaque: the exchanges of one virtual host, by name and in order of declaration

struct exchanges *exchanges_new(struct hash_key key);
void exchanges_free(struct exchanges *all); // and every exchange in it; NULL is fine

struct exchange *exchanges_find(const struct exchanges *all, struct slice name); // or NULL

void exchanges_add(struct exchanges *all, struct exchange *exchange);    // takes it; a new name
void exchanges_remove(struct exchanges *all, struct exchange *exchange); // frees it

/* Walk in order of declaration; NULL at the end. */
struct exchange *exchanges_first(const struct exchanges *all);
struct exchange *exchanges_next(const struct exchanges *all, const struct exchange *exchange);
/* The same while exchanges come and go. */
void exchanges_begin(struct exchanges *all, struct cursor *cursor);
struct exchange *exchanges_next_of(struct cursor *cursor); // NULL at the end

/* The serial of the one that was added last, whether it is still there or not; see
 * exchange_serial. 0 if there never was one. */
uint64_t exchanges_last_serial(const struct exchanges *all);
size_t exchanges_count(const struct exchanges *all);

#endif
