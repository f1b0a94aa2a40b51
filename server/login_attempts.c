#include "server/login_attempts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"
#include "server/random.h"

enum { DELAY_MS = 100, DELAY_MAX_MS = 2000, USER_MAX = 255 };

struct row {
    struct list_node link; // attempts.rows, those that tried last at the end
    struct map_node by_key;
    struct bytes key; // owned: the name and the address, each behind its length
    struct login_attempt_row seen;
    uint32_t delay_ms; // of the failure that came last; 0: it was none
};

struct login_attempts {
    struct list rows;
    struct map by_key; // struct row.by_key
    struct logins_view ever[LOGIN_PROTOCOL_COUNT];
    struct logins_view before[LOGIN_PROTOCOL_COUNT]; // those before the last reset
};

struct login_attempts *login_attempts_new(void)
{
    struct login_attempts *all = memory_new(sizeof *all);
    list_init(&all->rows);
    map_init(&all->by_key, random_hash_key());
    return all;
}

static void forget(struct login_attempts *all, struct row *row)
{
    map_remove(&all->by_key, &row->by_key);
    list_unlink(&row->link);
    bytes_finish(&row->key);
    free(row);
}

static struct row *first_of(const struct login_attempts *all)
{
    struct list_node *node = list_first(&all->rows);
    return node ? container_of(node, struct row, link) : NULL;
}

void login_attempts_clear(struct login_attempts *all)
{
    for (struct row *row; (row = first_of(all));) {
        forget(all, row);
    }
}

void login_attempts_free(struct login_attempts *all)
{
    if (all) {
        login_attempts_clear(all);
        map_finish(&all->by_key);
        free(all);
    }
}

static struct row *add(struct login_attempts *all, struct bytes *key, size_t user_len)
{
    struct row *row = memory_new(sizeof *row);
    if (all->by_key.count == LOGIN_ATTEMPTS_MAX) {
        forget(all, first_of(all));
    }
    row->key = *key;
    *key = (struct bytes){.len = 0};
    const uint8_t *text = row->key.ptr + 1;
    row->seen.user = (struct slice){text, user_len};
    row->seen.address = (struct slice){text + user_len, row->key.len - 1 - user_len};
    map_put(&all->by_key, &row->by_key, bytes_slice(&row->key));
    list_push(&all->rows, &row->link);
    return row;
}

/* The row of the address and the name, which is the last now. */
static struct row *row_of(struct login_attempts *all, const struct login_attempt *attempt)
{
    struct slice user = attempt->user;
    struct bytes key = {.len = 0};
    user.len = user.len < USER_MAX ? user.len : USER_MAX;
    bytes_add_u8(&key, (uint8_t)user.len);
    bytes_add(&key, user);
    bytes_add(&key, attempt->address);
    struct map_node *node = map_get(&all->by_key, bytes_slice(&key));
    struct row *row = node ? container_of(node, struct row, by_key) : add(all, &key, user.len);
    bytes_finish(&key);
    list_unlink(&row->link);
    list_push(&all->rows, &row->link);
    return row;
}

static void count(struct logins_view *logins, bool succeeded)
{
    logins->attempts++;
    logins->failed += !succeeded;
}

uint32_t login_attempts_add(struct login_attempts *all, const struct login_attempt *attempt)
{
    struct row *row = row_of(all, attempt);
    count(&all->ever[attempt->protocol], attempt->succeeded);
    count(&row->seen.logins[attempt->protocol], attempt->succeeded);
    if (attempt->succeeded) {
        row->delay_ms = 0;
    } else {
        row->delay_ms = row->delay_ms > 0 ? 2 * row->delay_ms : DELAY_MS;
        row->delay_ms = row->delay_ms < DELAY_MAX_MS ? row->delay_ms : DELAY_MAX_MS;
    }
    return row->delay_ms;
}

struct logins_view login_attempts_ever(const struct login_attempts *all,
                                       enum login_protocol protocol)
{
    return all->ever[protocol];
}

struct logins_view login_attempts_recent(const struct login_attempts *all,
                                         enum login_protocol protocol)
{
    struct logins_view recent = all->ever[protocol];
    recent.attempts -= all->before[protocol].attempts;
    recent.failed -= all->before[protocol].failed;
    return recent;
}

void login_attempts_reset(struct login_attempts *all)
{
    memcpy(all->before, all->ever, sizeof all->before);
}

bool login_attempts_at(const struct login_attempts *all, size_t index,
                       struct login_attempt_row *out)
{
    list_each(node, &all->rows) {
        if (index-- == 0) {
            *out = container_of(node, struct row, link)->seen;
            return true;
        }
    }
    return false;
}
